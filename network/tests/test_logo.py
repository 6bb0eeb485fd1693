"""The council's logo: handed in, shown to who works on it, taken back."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from network.choices import UploadKind


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    return SimpleUploadedFile("our logo.png", drawn.getvalue())


def test_a_logo_is_handed_in_and_taken_back(as_, story, officer, stranger):
    sign_up = story.started()
    address = reverse("network:sign_up_logo", args=[sign_up.reference])
    browser = as_(officer)
    assert browser.post(address, {"file": picture()}).status_code == 302
    assert "our logo.png" in browser.get(address).content.decode()
    assert as_(stranger).post(address, {"file": picture()}).status_code == 404

    browser.post(address, {"remove": "yes"})
    assert sign_up.upload_of(UploadKind.LOGO) is None


def test_what_is_no_picture_gets_a_message_and_no_file_gets_one_too(as_, story, officer):
    sign_up = story.started()
    address = reverse("network:sign_up_logo", args=[sign_up.reference])
    for data in [{}, {"file": SimpleUploadedFile("x.png", b"<svg onload=alert(1)>")}]:
        assert "There is a problem" in as_(officer).post(address, data).content.decode()
    assert sign_up.upload_of(UploadKind.LOGO) is None
