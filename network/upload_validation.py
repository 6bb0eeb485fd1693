"""Validation of councils' files: redraw pictures, reject PDFs with active content."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import filetype
from PIL import Image, ImageOps

from network.choices import UploadKind
from portal.security.pdf import Unfit, harmless_pdf

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


@dataclass(frozen=True)
class FitFile:
    """A validated file: its bytes as they will be served, its name and type."""

    name: str
    content: bytes
    content_type: str

    @property
    def ending(self) -> str:
        return _ENDINGS[self.content_type]


def fit(name: str, content: bytes, kind: UploadKind) -> FitFile:
    """Return the validated file.

    Args:
        name: The officer's name for it, in one line.

    Raises:
        Unfit: If we do not accept it.
    """
    if not content:
        raise Unfit("The file is empty. Select another file.")
    if len(content) > LARGEST[kind]:
        raise Unfit(too_large(kind))
    found = filetype.guess_mime(content[:8192])
    if found not in WANTED[kind]:
        raise Unfit(f"Select {_IN_WORDS[kind]}. This file is something else, despite its name.")
    return FitFile(name, _CHECKS[found](content), found)


def too_large(kind: UploadKind) -> str:
    """Return the error message for a file that is too large."""
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
            raise Unfit("We cannot read the picture. Save it again and try again.") from problem

    return draw


_TOO_MANY_PIXELS = (
    f"The picture must have fewer than {MOST_PIXELS // 1_000_000} million pixels, and no side "
    f"longer than {LONGEST_SIDE:,} pixels. Make it smaller and try again."
)


def _draw(content: bytes, image_format: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[image_format]) as opened:
        # Check the header's size before decoding any pixels.
        if opened.width * opened.height > MOST_PIXELS or max(opened.size) > LONGEST_SIDE:
            raise Unfit(_TOO_MANY_PIXELS)
        picture = ImageOps.exif_transpose(opened)
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        plain = picture.convert(mode)
    # Drop metadata: locations, comments and anything hidden there.
    bare = Image.frombytes(mode, plain.size, plain.tobytes())
    drawn = io.BytesIO()
    bare.save(drawn, image_format, quality=90)
    return drawn.getvalue()


_CHECKS: dict[str, Callable[[bytes], bytes]] = {
    "image/png": _drawn_anew("PNG"),
    "image/jpeg": _drawn_anew("JPEG"),
    "image/webp": _drawn_anew("WEBP"),
    "application/pdf": harmless_pdf,
}
