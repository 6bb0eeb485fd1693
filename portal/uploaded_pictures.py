"""Drawing uploaded pictures anew, in a process of its own with limited memory and time.

A picture of 5 MB can take hundreds, which the web server would never give back. `python -m
portal.uploaded_pictures FORMAT SIDE PIXELS` reads a picture from its input and writes it drawn
anew, without whatever was hidden in the file. It imports no Django, so it starts in a moment.
"""

import io
import sys
import threading
import warnings

from PIL import Image, ImageCms, ImageOps

from portal import limited_process

MEMORY = 384 * 1024 * 1024  # of addresses; Python and Pillow take a fifth of it
SECONDS, PATIENCE = 15, 30  # of the processor; of the clock
BUSY_FOR = 5  # seconds to wait for a picture that is drawn before
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 8_000
_TOO_MANY, _BROKEN = 3, 4  # exit codes
_one_at_a_time = threading.Lock()  # in each process


class TooManyPixels(Exception):
    """Raised for a picture with too many pixels, or a side over LONGEST_SIDE."""


class Busy(Exception):
    """Raised if another picture is still being drawn after BUSY_FOR."""


class Unreadable(Exception):
    """Raised for a picture that cannot be read within the limits."""


def drawn_anew(
    content: bytes, image_format: str, side: int = LONGEST_SIDE, most_pixels: int = MOST_PIXELS
) -> bytes:
    """Return the picture with only its pixels in it.

    Args:
        content: The file.
        image_format: Pillow's name of its format, which it keeps.
        side: How many pixels its longer side has at most; a larger one is made smaller.
        most_pixels: How many it can have in all.

    Raises:
        TooManyPixels, Unreadable: If it is refused.
        Busy: If someone else's comes first.
    """
    if not _one_at_a_time.acquire(timeout=BUSY_FOR):
        raise Busy
    try:
        code, drawn = limited_process.run(
            __name__,
            *(image_format, str(side), str(most_pixels)),
            content=content,
            patience=PATIENCE,
        )
    except limited_process.TookTooLong:
        raise Unreadable from None
    finally:
        _one_at_a_time.release()
    if code == _TOO_MANY:
        raise TooManyPixels
    if code:
        raise Unreadable
    return drawn


def _draw(content: bytes, image_format: str, side: int, most_pixels: int) -> bytes:
    with Image.open(io.BytesIO(content), formats=[image_format]) as picture:
        # Check the header's size before decoding any pixels.
        if picture.width * picture.height > most_pixels or max(picture.size) > LONGEST_SIDE:
            raise TooManyPixels
        picture.draft("RGB", (side, side))  # a JPEG can be decoded at half its size
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        plain: Image.Image = picture if picture.mode == mode else picture.convert(mode)
        plain.thumbnail((side, side))
        plain = _in_srgb(plain)
        ImageOps.exif_transpose(plain, in_place=True)
        # Drop metadata: locations, comments and anything hidden there.
        plain.info.clear()
        drawn = io.BytesIO()
        plain.save(drawn, image_format, quality=90)
        return drawn.getvalue()


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Return a picture in the colours of the web, because its own profile is dropped."""
    if not (profile := picture.info.get("icc_profile")):
        return picture
    try:
        ImageCms.profileToProfile(
            picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), inPlace=True
        )
    except ImageCms.PyCMSError:  # a profile of another kind of picture, or a broken one
        return picture
    return picture


def main() -> int:
    """Draw a picture from standard input with limited memory; return the exit code."""
    limited_process.limit(MEMORY, SECONDS)
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image_format, side, most_pixels = sys.argv[1:]
        content = sys.stdin.buffer.read()
        sys.stdout.buffer.write(_draw(content, image_format, int(side), int(most_pixels)))
    except (TooManyPixels, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return _TOO_MANY
    except Exception:  # whatever a broken file makes a decoder raise
        return _BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(main())
