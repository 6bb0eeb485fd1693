"""Logo and minutes: uploaded, served to people with access, removed."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from network.actions import tasks
from network.choices import SignUpTask, UploadKind
from network.models import FormalDecision


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


def test_what_is_typed_is_saved_on_the_way_to_the_logo(as_, story, officer):
    sign_up = story.started()
    task = reverse("network:sign_up_publicity", args=[sign_up.reference])
    typed = {"quote": "It works.", "is_finished": "no", "version": "0", "file": "yes"}
    onward = as_(officer).post(task, typed)
    assert onward.url == reverse("network:sign_up_logo", args=[sign_up.reference])
    assert "It works." in as_(officer).get(task).content.decode()


def test_what_is_no_picture_gets_a_message_and_no_file_gets_one_too(as_, story, officer):
    sign_up = story.started()
    address = reverse("network:sign_up_logo", args=[sign_up.reference])
    for data in [{}, {"file": SimpleUploadedFile("x.png", b"<svg onload=alert(1)>")}]:
        assert "There is a problem" in as_(officer).post(address, data).content.decode()
    assert sign_up.upload_of(UploadKind.LOGO) is None


def test_minutes_that_are_published_nowhere_are_uploaded_for_staff_alone(
    as_, staff, story, officer, stranger, manager
):
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ROUTE, {"route": "decision"})
    task = reverse("network:sign_up_decision", args=[sign_up.reference])
    address = reverse("network:sign_up_decision_file", args=[sign_up.reference])
    browser = as_(officer)
    typed = {"minute_reference": "CAB-42", "is_finished": "no", "version": "0", "file": "yes"}
    assert browser.post(task, typed).url == address
    assert tasks.newest_save(sign_up, SignUpTask.DECISION).answers["minute_reference"] == "CAB-42"
    assert as_(stranger).get(address).status_code == 404
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"file": picture()}).url == task
    assert "our logo.png" in browser.get(task).content.decode()

    kept = sign_up.upload_of(UploadKind.DECISION)
    story.save(sign_up, SignUpTask.DECISION, {"body_name": "Cabinet"})
    review = reverse("network_staff:sign_up", args=[sign_up.reference])
    assert kept.get_absolute_url() in staff(manager).get(review).content.decode()
    assert staff(manager).get(kept.get_absolute_url()).status_code == 200
    assert as_(stranger).get(kept.get_absolute_url()).status_code == 404


def test_other_minutes_are_confirmed_anew(story, officer, manager):
    sign_up = story.started()
    decision = FormalDecision.objects.create(
        sign_up=sign_up, confirmed_by=manager, confirmed_at=timezone.now()
    )
    tasks.remove_upload(sign_up, by=officer, kind=UploadKind.DECISION)

    decision.refresh_from_db()
    assert decision.confirmed_at is None


def test_staff_find_the_logo_where_they_review(as_, staff, story, officer, manager):
    sign_up = story.started()
    review = reverse("network_staff:sign_up", args=[sign_up.reference])
    assert 'id="logo"' not in staff(manager).get(review).content.decode()
    address = reverse("network:sign_up_logo", args=[sign_up.reference])
    as_(officer).post(address, {"file": picture()})

    kept = sign_up.upload_of(UploadKind.LOGO)
    assert kept.get_absolute_url() in staff(manager).get(review).content.decode()
