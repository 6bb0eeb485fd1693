"""What an uploaded file must be: read for what it is, not for what it says it is.

Pictures are drawn anew, so that nothing but the picture is left of the file. PDFs cannot be:
those that hold scripts, files or a password are refused (network.harmless_pdf).
"""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import filetype
from PIL import Image, ImageOps

from network.choices import UploadKind

MEGABYTE = 1024 * 1024
LARGEST = {UploadKind.LOGO: 5 * MEGABYTE, UploadKind.DECISION: 10 * MEGABYTE}
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 8_000
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "application/pdf": "pdf"}
_PICTURES = ("image/png", "image/jpeg", "image/webp")
WANTED = {UploadKind.LOGO: _PICTURES, UploadKind.DECISION: ("application/pdf", *_PICTURES[:2])}
_IN_WORDS = {
    UploadKind.LOGO: "a PNG, JPEG or WebP picture",
    UploadKind.DECISION: "a PDF, or a PNG or JPEG picture",
}


class Unfit(Exception):
    """A file that we do not take; the text says why, and what to do."""


@dataclass(frozen=True)
class FitFile:
    """A file that may be kept: its bytes as they will be handed out, and what they are."""

    name: str
    content: bytes
    content_type: str

    @property
    def ending(self) -> str:
        return _ENDINGS[self.content_type]


def fit(name: str, content: bytes, kind: UploadKind) -> FitFile:
    """The file as it may be kept. `name` is what the officer called it, in one line.

    Raises: Unfit.
    """
    if not content:
        raise Unfit("The file is empty. Choose another file.")
    if len(content) > LARGEST[kind]:
        raise Unfit(too_large(kind))
    found = filetype.guess_mime(content[:8192])
    if found not in WANTED[kind]:
        raise Unfit(
            f"Choose {_IN_WORDS[kind]}. This file is something else, whatever its name says."
        )
    return FitFile(name, _CHECKS[found](content), found)


def too_large(kind: UploadKind) -> str:
    """What somebody reads whose file is too large."""
    return f"The file must be smaller than {LARGEST[kind] // MEGABYTE} MB."


def _drawn_anew(image_format: str) -> Callable[[bytes], bytes]:
    def draw(content: bytes) -> bytes:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                return _draw(content, image_format)
        except Unfit:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
            raise Unfit(_TOO_MANY_PIXELS) from bomb
        except Exception as problem:  # whatever a broken file makes a decoder raise
            raise Unfit("The picture can’t be read. Save it afresh and try again.") from problem

    return draw


_TOO_MANY_PIXELS = (
    f"The picture must have fewer than {MOST_PIXELS // 1_000_000} million pixels, and no side "
    f"longer than {LONGEST_SIDE:,} pixels. Make it smaller and try again."
)


def _draw(content: bytes, image_format: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[image_format]) as opened:
        # Told by the header, before a single pixel is unpacked.
        if opened.width * opened.height > MOST_PIXELS or max(opened.size) > LONGEST_SIDE:
            raise Unfit(_TOO_MANY_PIXELS)
        picture = ImageOps.exif_transpose(opened)
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        plain = picture.convert(mode)
    # Without what the file said of itself: places, comments, whatever was hidden there.
    bare = Image.frombytes(mode, plain.size, plain.tobytes())
    drawn = io.BytesIO()
    bare.save(drawn, image_format, quality=90)
    return drawn.getvalue()


def _harmless_pdf(content: bytes) -> bytes:
    # The reader takes 16 MB of memory, and PDFs are few.
    from network.harmless_pdf import harmless_pdf  # noqa: PLC0415

    return harmless_pdf(content)


_CHECKS: dict[str, Callable[[bytes], bytes]] = {
    "image/png": _drawn_anew("PNG"),
    "image/jpeg": _drawn_anew("JPEG"),
    "image/webp": _drawn_anew("WEBP"),
    "application/pdf": _harmless_pdf,
}
