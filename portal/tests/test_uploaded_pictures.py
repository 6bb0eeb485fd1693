"""Uploaded pictures are drawn anew outside this process, within a fixed memory."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from portal import uploaded_pictures
from portal.uploaded_pictures import LONGEST_SIDE, TooManyPixels, Unreadable, drawn_anew

MEGABYTE = 1024


def picture(image_format: str, size=(4000, 4000), mode="RGBA", **how) -> bytes:
    drawn = io.BytesIO()
    mode = "RGB" if image_format == "JPEG" else mode
    Image.linear_gradient("L").resize(size).convert(mode).save(drawn, image_format, **how)
    return drawn.getvalue()


def most_memory() -> int:
    """Return the most kilobytes that this process held since `forget_memory`."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])


def forget_memory() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return most_memory()


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("side", [2_000, LONGEST_SIDE])
def test_large_picture_takes_no_memory_here(image_format, side):
    content = picture(image_format)
    before = forget_memory()
    drawn = drawn_anew(content, image_format, side)
    assert most_memory() - before < 16 * MEGABYTE + 2 * len(drawn) // 1024
    with Image.open(io.BytesIO(drawn)) as opened:
        assert (opened.format, opened.size) == (image_format, (min(4000, side),) * 2)


def test_picture_that_lies_on_its_side_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn = drawn_anew(picture("JPEG", (400, 200), exif=exif), "JPEG", 100)
    with Image.open(io.BytesIO(drawn)) as opened:
        assert opened.size == (50, 100)
        assert not opened.getexif()


def test_palette_with_transparency_stays_see_through():
    content = io.BytesIO()
    flat = Image.new("P", (20, 20))
    flat.save(content, "PNG", transparency=0)
    with Image.open(io.BytesIO(drawn_anew(content.getvalue(), "PNG"))) as opened:
        assert opened.mode == "RGBA"
        assert opened.getpixel((0, 0))[3] == 0


def test_too_many_pixels_and_broken_files_are_refused():
    with pytest.raises(TooManyPixels):
        drawn_anew(picture("PNG", (4001, 4000), "RGB"), "PNG")
    with pytest.raises(Unreadable):
        drawn_anew(picture("PNG")[:-5000], "PNG")
    with pytest.raises(Unreadable):
        drawn_anew(picture("PNG", (10, 10)), "JPEG")


def test_picture_that_takes_too_long_is_refused_and_lets_the_next_in(monkeypatch):
    monkeypatch.setattr(uploaded_pictures, "PATIENCE", 0.01)
    with pytest.raises(Unreadable):
        drawn_anew(picture("PNG", (10, 10)), "PNG")
    monkeypatch.setattr(uploaded_pictures, "PATIENCE", 30)
    monkeypatch.setattr(uploaded_pictures, "BUSY_FOR", 0.01)
    with uploaded_pictures._one_at_a_time, pytest.raises(uploaded_pictures.Busy):
        drawn_anew(picture("PNG", (10, 10)), "PNG")
    assert drawn_anew(picture("PNG", (10, 10)), "PNG")
