"""A picture that an editor uploads keeps its pixels, and nothing of where it was taken."""

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageCms

from portal.models import Picture
from portal.security import pictures
from portal.uploaded_pictures import LONGEST_SIDE, Busy, Unreadable, drawn_anew

pytestmark = pytest.mark.django_db
GPS = 0x8825
PLACE = b"SECRET-PLACE"


def photograph(image_format: str = "JPEG", size=(60, 40)) -> bytes:
    """Return a picture that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = PLACE.decode()
    exif[0x0112] = 6  # it lies on its side
    exif.get_ifd(GPS)[2] = (53.0, 47.0, 30.0)
    drawn = io.BytesIO()
    Image.new("RGB", size, "green").save(drawn, image_format, exif=exif, comment=PLACE)
    return drawn.getvalue()


@pytest.fixture
def editing(as_, editor, settings):
    settings.DEBUG = True  # no second factor
    return as_(editor)


@pytest.fixture
def upload(editing, settings, tmp_path):
    """Return a function that uploads a picture in the admin's form, and returns the page."""
    settings.MEDIA_ROOT = tmp_path

    def post(content: bytes, name: str = "hall.jpg", **fields):
        given = {"title": "Hall", "file": ContentFile(content, name=name), "collection": 1}
        return editing.post("/admin/images/add/", given | {"rights": "ours"} | fields)

    return post


@pytest.mark.parametrize(
    ("image_format", "name"), [("JPEG", "a.jpg"), ("WEBP", "a.webp"), ("PNG", "a.png")]
)
def test_original_keeps_no_place(upload, tmp_path, image_format, name):
    content = photograph(image_format)
    assert PLACE in content
    upload(content, name)
    picture = Picture.objects.get()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PLACE not in kept
    with Image.open(picture.file.path) as opened:
        assert opened.format == image_format
        assert not opened.getexif()
        assert opened.size == (picture.width, picture.height) == (40, 60)
    assert picture.file_size == picture.file.size


def test_several_at_once_keep_no_place_and_need_no_rights_yet(editing, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    given = {"title": "A", "files[]": ContentFile(photograph(), name="a.jpg"), "collection": 1}
    answer = editing.post(
        "/admin/images/multiple/add/", given, headers={"X-Requested-With": "XMLHttpRequest"}
    )
    assert answer.json()["success"]
    assert PLACE not in Picture.objects.get().file.read()


def test_chooser_of_a_page_cleans_it_too(editing, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    prefix = "image-chooser-upload"
    given = {"title": "A", "collection": 1, "rights": "ours", "credit": ""}
    posted = {f"{prefix}-{name}": value for name, value in given.items()}
    posted[f"{prefix}-file"] = ContentFile(photograph(), name="a.jpg")
    editing.post("/admin/images/chooser/create/", posted)
    assert PLACE not in Picture.objects.get().file.read()


def test_form_refuses_what_was_kept_unclean(editing):
    """Wagtail keeps the file of an upload whose title is wrong, and would take it as it is."""
    given = {"title": "A" * 300, "files[]": ContentFile(photograph(), name="a.jpg")}
    answer = editing.post(
        "/admin/images/multiple/add/",
        given | {"collection": 1},
        headers={"X-Requested-With": "XMLHttpRequest"},
    ).json()
    number = answer["uploaded_file_id"]
    prefix = f"uploaded-image-{number}"
    named = {f"{prefix}-title": "A", f"{prefix}-collection": 1, f"{prefix}-rights": "ours"}
    answer = editing.post(
        f"/admin/images/multiple/create_from_uploaded_image/{number}/",
        named,
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert "with a shorter title" in answer.json()["form"]
    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rights": ""}, "Select why we can publish this picture"),
        ({"rights": "cc-by"}, "Enter who to credit. The licence requires it"),
    ],
)
def test_rights_are_asked_for(upload, fields, said):
    assert said in upload(photograph(), **fields).content.decode()
    assert not Picture.objects.exists()


def test_gif_and_long_picture_are_refused_in_plain_words(upload):
    drawn = io.BytesIO()
    Image.new("RGB", (9, 9)).save(drawn, "GIF")
    upload(drawn.getvalue(), "a.gif")
    assert not Picture.objects.exists()
    page = upload(photograph(size=(LONGEST_SIDE + 1, 1))).content.decode()
    assert "No side of the picture can be longer than 8,000 pixels" in page


def test_busy_and_broken_are_told_apart(upload, monkeypatch):
    assert (
        "We cannot read the picture" in upload(photograph(size=(900, 900))[:-200]).content.decode()
    )

    def busy(*args):
        raise Busy

    def unreadable(*args):
        raise Unreadable

    monkeypatch.setattr(pictures, "drawn_anew", unreadable)
    assert "We cannot read the picture" in upload(photograph()).content.decode()
    monkeypatch.setattr(pictures, "drawn_anew", busy)
    assert "We are reading another picture" in upload(photograph()).content.decode()
    assert not Picture.objects.exists()


def test_colours_of_another_profile_are_turned_into_those_of_the_web():
    """A profile is dropped with the rest, so the numbers must mean the same without it."""
    wide = io.BytesIO()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (4, 4), (200, 30, 30)).save(wide, "PNG", icc_profile=lab)
    with Image.open(io.BytesIO(drawn_anew(wide.getvalue(), "PNG"))) as opened:
        assert opened.getpixel((0, 0)) == (200, 30, 30)
        assert "icc_profile" not in opened.info


def test_new_focal_point_forgets_the_old_cuts(upload, editing):
    upload(photograph(size=(400, 300)))
    picture = Picture.objects.get()
    for spec in ("width-100", "fill-50x50"):
        picture.get_rendition(spec)
    given = {"title": "Hall", "collection": 1, "rights": "ours", "credit": "", "tags": ""}
    point = {f"focal_point_{name}": 10 for name in ("x", "y", "width", "height")}
    editing.post(f"/admin/images/{picture.pk}/", given | point)
    picture.refresh_from_db()
    assert picture.focal_point_x == 10
    assert [each.filter_spec for each in picture.renditions.all()] == ["width-100"]
