"""Validation of councils' files: redraw pictures, reject PDFs with active content."""

from dataclasses import dataclass

import filetype

from network.choices import UploadKind
from portal.security.pdf import Unfit, harmless_pdf
from portal.uploaded_pictures import (
    LONGEST_SIDE,
    MOST_PIXELS,
    Busy,
    TooManyPixels,
    Unreadable,
    drawn_anew,
)

MEGABYTE = 1024 * 1024
LARGEST = {UploadKind.LOGO: 5 * MEGABYTE, UploadKind.DECISION: 10 * MEGABYTE}
LOGO_SIDE = 2_000  # pixels: more than any page shows
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "application/pdf": "pdf"}
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
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
    if found == "application/pdf":
        return FitFile(name, harmless_pdf(content), found)
    return FitFile(name, _drawn_anew(content, _FORMATS[found], kind), found)


def too_large(kind: UploadKind) -> str:
    """Return the error message for a file that is too large."""
    return f"The file must be smaller than {LARGEST[kind] // MEGABYTE} MB."


_TOO_MANY_PIXELS = (
    f"The picture must have fewer than {MOST_PIXELS // 1_000_000} million pixels, and no side "
    f"longer than {LONGEST_SIDE:,} pixels. Make it smaller and try again."
)


def _drawn_anew(content: bytes, image_format: str, kind: UploadKind) -> bytes:
    try:
        side = LOGO_SIDE if kind == UploadKind.LOGO else LONGEST_SIDE
        return drawn_anew(content, image_format, side)
    except TooManyPixels:
        raise Unfit(_TOO_MANY_PIXELS) from None
    except Busy:
        raise Unfit("We are reading someone else’s picture. Try again in a minute.") from None
    except Unreadable:
        raise Unfit("We cannot read the picture. Save it again and try again.") from None
