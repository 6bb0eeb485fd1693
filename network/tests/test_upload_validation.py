"""Uploaded files: only visible content is kept, and only people with access get it."""

import io
import os
import shutil
import struct
import time
import zlib
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from network.actions import sign_ups, tasks
from network.choices import UploadKind
from network.forms.saving import UploadField, plain_name
from network.models import Event, Refused, Upload
from network.upload_validation import (
    LARGEST,
    LONGEST_SIDE,
    MOST_PIXELS,
    FitFile,
    fit,
)
from portal.security.pdf import Unfit, harmless_pdf
from portal.tests.security.test_doors import give_second_factor

SCRIPT = b"<script>alert(1)</script>"
LOGO, DECISION = UploadKind.LOGO, UploadKind.DECISION


def picture(image_format="PNG", size=(40, 30), mode="RGB", **saved) -> bytes:
    drawn = io.BytesIO()
    Image.new(mode, size, "teal").save(drawn, image_format, **saved)
    return drawn.getvalue()


def pdf(change=None, **written) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if change:
        change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG whose header claims an enormous size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    )


def why(content: bytes, kind=LOGO) -> str:
    with pytest.raises(Unfit) as refusal:
        fit("file", content, kind)
    return str(refusal.value)


# ---- What a file is ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("image_format", "content_type", "ending"),
    [("PNG", "image/png", "png"), ("JPEG", "image/jpeg", "jpg"), ("WEBP", "image/webp", "webp")],
)
def test_a_picture_is_drawn_anew_as_what_it_is(image_format, content_type, ending):
    kept = fit("logo.exe", picture(image_format), LOGO)
    assert (kept.content_type, kept.ending) == (content_type, ending)
    with Image.open(io.BytesIO(kept.content)) as again:
        assert (again.format, again.size) == (image_format, (40, 30))


def test_a_logo_stays_see_through():
    kept = fit("logo.png", picture(mode="RGBA"), LOGO)
    with Image.open(io.BytesIO(kept.content)) as again:
        assert again.mode == "RGBA"


def test_nothing_that_hides_in_a_picture_is_kept():
    notes = PngInfo()
    notes.add_text("Comment", SCRIPT.decode())
    exif = Image.Exif()
    exif[270] = SCRIPT.decode()
    for content in [
        picture(pnginfo=notes),
        picture() + SCRIPT,
        picture("JPEG", exif=exif),
        picture("JPEG", comment=SCRIPT),
        picture("JPEG") + b"PK\x03\x04" + SCRIPT,
        picture("WEBP", exif=exif),
    ]:
        assert SCRIPT in content
        assert SCRIPT not in fit("logo", content, LOGO).content


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ" + b"\0" * 200,
        b"PK\x03\x04" + b"\0" * 200,
        b"GIF89a" + b"\0" * 200,
        b"just words",
        pdf(),
    ],
)
def test_no_other_kind_of_file_passes_for_a_logo(content):
    assert "PNG, JPEG or WebP" in why(content)


def test_a_decision_is_a_pdf_or_a_scan_of_it():
    assert fit("minutes.pdf", pdf(), DECISION).content_type == "application/pdf"
    assert fit("scan.jpg", picture("JPEG"), DECISION).ending == "jpg"
    assert "a PDF, or a PNG or JPEG" in why(picture("WEBP"), DECISION)


def test_an_empty_file_says_so():
    assert "is empty" in why(b"")


@pytest.mark.parametrize("kind", UploadKind)
def test_what_is_too_large_says_how_large_it_may_be(kind):
    assert f"smaller than {LARGEST[kind] // 2**20} MB" in why(b"x" * (LARGEST[kind] + 1), kind)


@pytest.mark.parametrize(
    "size", [(60_000, 60_000), (LONGEST_SIDE + 1, 1), (4001, MOST_PIXELS // 4000)]
)
def test_a_bomb_is_refused_before_it_is_unpacked(size):
    began = time.process_time()
    assert "million pixels" in why(bomb(*size))
    assert time.process_time() - began < 1, "it was unpacked"


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_breaks_off_says_so(image_format):
    whole = picture(image_format, size=(300, 300))
    assert "We cannot read" in why(whole[:40])
    assert "We cannot read" in why(bomb(300, 300))


# ---- PDFs --------------------------------------------------------------------------------
def _with_script(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)


def _with_file(writer: PdfWriter) -> None:
    writer.add_attachment("evil.exe", b"MZ")


def _with_launch(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch")})
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})


def _opening(kind: str):
    def change(writer: PdfWriter) -> None:
        action = DictionaryObject({NameObject("/S"): NameObject(kind)})
        writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)

    return change


def test_a_pdf_that_opens_at_a_page_is_taken():
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    _opening("/GoTo")(writer)
    content = io.BytesIO()
    writer.write(content)
    assert harmless_pdf(content.getvalue()) == content.getvalue()


def _with_script_that_nothing_leads_to(writer: PdfWriter) -> None:
    writer._add_object(DictionaryObject({NameObject("/JS"): TextStringObject("app.alert(1)")}))


@pytest.mark.parametrize(
    "change",
    [
        _with_script,
        _with_file,
        _with_launch,
        _with_script_that_nothing_leads_to,
        *map(_opening, ["/URI", "/GoToR", "/Movie", "/Sound"]),
    ],
)
def test_a_pdf_that_can_do_something_is_refused(change):
    assert "scripts" in why(pdf(change), DECISION)


def test_a_pdf_with_a_password_is_refused():
    assert "password" in why(pdf(lambda writer: writer.encrypt("secret")), DECISION)


@pytest.mark.parametrize(
    "content", [SCRIPT + pdf(), pdf() + SCRIPT, pdf()[:80], b"%PDF-1.7\n%%EOF"]
)
def test_a_pdf_that_is_not_whole_or_is_something_else_too_is_refused(content):
    assert "again" in why(content, DECISION) or "Select" in why(content, DECISION)


@examples(max_examples=100)
@given(st.binary(max_size=300), st.sampled_from([b"", picture()[:60], pdf()[:200], b"%PDF-1.4\n"]))
def test_no_file_breaks_the_check(rest, start):
    for kind in UploadKind:
        try:
            fit("file", start + rest, kind)
        except Unfit as unfit:
            assert str(unfit)


# ---- The field ---------------------------------------------------------------------------
class OneFile(forms.Form):
    logo = UploadField(kind=LOGO, label="Logo")


def test_the_field_gives_a_file_that_may_be_kept():
    form = OneFile({}, {"logo": SimpleUploadedFile("Our logo.svg", picture(), "image/svg+xml")})
    assert form.is_valid()
    kept = form.cleaned_data["logo"]
    assert (kept.name, kept.content_type) == ("Our logo.svg", "image/png")


@pytest.mark.parametrize("content", [b"", b"words"])
def test_the_field_says_what_is_wrong(content):
    form = OneFile({}, {"logo": SimpleUploadedFile("logo.png", content)})
    assert not form.is_valid()
    assert form.errors["logo"]


def test_no_file_is_no_answer():
    form = OneFile({}, {})
    assert form.is_valid()
    assert form.cleaned_data["logo"] is None


@given(st.text(max_size=400))
def test_a_name_is_one_short_line(typed):
    name = plain_name(typed)
    assert 0 < len(name) <= 120
    assert name.isprintable() or all(sign.isspace() or ord(sign) > 127 for sign in name)
    assert not set(name) & set("\0\n\r\u202e\u200b")


def test_a_megabyte_of_a_name_keeps_its_ending():
    assert plain_name("a" * 2**20 + ".pdf") == "a" * 116 + ".pdf"


# ---- Keeping and handing out -------------------------------------------------------------
@pytest.fixture
def root() -> Path:
    """An empty folder for uploads."""
    shutil.rmtree(settings.UPLOADS_ROOT, ignore_errors=True)
    return settings.UPLOADS_ROOT


@pytest.fixture
def kept(story, officer, root) -> Upload:
    sign_up = story.started()
    file = fit("../../<b>Logo</b>.svg", picture(), LOGO)
    return tasks.keep_upload(sign_up, by=officer, kind=LOGO, file=file)


def files(root) -> list:
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_a_name_of_ours(kept, root):
    (path,) = files(root)
    assert path.parent.name == "logo"
    assert path.suffix == ".png"
    assert len(path.stem) == 32
    assert kept.sign_up.upload_of(LOGO) == kept
    assert Event.objects.filter(what="sign_up.logo_uploaded", sign_up=kept.sign_up).exists()


def test_a_newer_file_takes_the_place_of_the_older_which_stays_as_history(kept, officer):
    newer = tasks.keep_upload(
        kept.sign_up, by=officer, kind=LOGO, file=fit("b.png", picture(), LOGO)
    )
    kept.refresh_from_db()
    assert kept.replaced_at is not None
    assert kept.sign_up.upload_of(LOGO) == newer


def test_a_file_can_be_taken_back(kept, officer):
    tasks.remove_upload(kept.sign_up, by=officer, kind=LOGO)
    assert kept.sign_up.upload_of(LOGO) is None
    tasks.remove_upload(kept.sign_up, by=officer, kind=LOGO)
    assert Event.objects.filter(what="sign_up.logo_removed").count() == 1


def test_what_is_refused_leaves_neither_row_nor_file(kept, officer, root):
    before = files(root)
    sign_ups.withdraw(kept.sign_up, by=officer)
    with pytest.raises(Refused):
        tasks.keep_upload(kept.sign_up, by=officer, kind=LOGO, file=FitFile("x", b"x", "image/png"))
    assert (Upload.objects.count(), files(root)) == (1, before)


def test_a_file_whose_row_never_came_is_swept_a_day_later(kept, root):
    orphan = root / "logo" / "orphan.png"
    fresh = root / "logo" / "fresh.png"
    (row,) = files(root)
    for path in (orphan, fresh):
        path.write_bytes(b"x")
    long_ago = time.time() - 2 * 24 * 3600
    for path in (orphan, row):
        os.utime(path, (long_ago, long_ago))
    assert tasks.sweep_orphans() == 1
    assert sorted(files(root)) == sorted([row, fresh])


def test_a_colleague_and_staff_download_it_and_nobody_else(
    as_, kept, officer, manager, editor, stranger, client
):
    give_second_factor(manager)
    address = kept.get_absolute_url()
    for person in (officer, manager):
        answer = as_(person).get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert answer["Content-Disposition"] == (
            f'attachment; filename="{kept.sign_up.reference}-logo.png"'
        )
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "no-store" in answer["Cache-Control"]
        assert b"".join(answer.streaming_content) == kept.file.open().read()
    for person in (editor, stranger):
        assert as_(person).get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert as_(officer).post(address).status_code == 405


def test_a_file_of_another_sign_up_or_none_is_a_404(as_, kept, officer, root):
    browser = as_(officer)
    address = kept.get_absolute_url()
    elsewhere = address.replace(kept.sign_up.reference, "KIL-2020-0001")
    assert browser.get(elsewhere).status_code == 404
    assert browser.get(address.replace(f"/{kept.pk}/", "/9999999/")).status_code == 404
    for path in files(root):
        path.unlink()
    assert browser.get(address).status_code == 404
