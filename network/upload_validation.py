"""Validation of uploaded files: redraw pictures, reject PDFs with active content."""

import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

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
    """Raised for a file that we do not accept. The message says why, and what to do."""


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


MOST_OBJECTS = 50_000
# Active content and attachments in a PDF (ISO 32000-2, 12.6 and 7.11.4).
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/AA"}
_ACTIVE_VALUES = {
    ("/S", "/JavaScript"),
    ("/S", "/Launch"),
    ("/S", "/SubmitForm"),
    ("/S", "/ImportData"),
    ("/S", "/GoToE"),
    ("/S", "/GoToR"),
    ("/S", "/Movie"),
    ("/S", "/Sound"),
    ("/Subtype", "/Movie"),
    ("/S", "/Rendition"),
    ("/Subtype", "/RichMedia"),
    ("/Type", "/EmbeddedFile"),
}


def harmless_pdf(content: bytes) -> bytes:
    """Return the PDF unchanged after checking it.

    Raises:
        Unfit: If it is damaged, protected, too complex, or has active content.
    """
    # Readers ignore bytes before and after the PDF, where another file type could hide.
    if not (content.startswith(b"%PDF-") and content.rstrip(b"\0\t\n\r ").endswith(b"%%EOF")):
        raise Unfit("The PDF is not complete. Print it to PDF again and try again.")
    import pypdf  # noqa: PLC0415 (16 MB of memory, and PDFs are few)

    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Unfit("The PDF has a password. Save it without one and try again.")
        if not len(reader.pages):
            raise Unfit("The PDF has no pages. Select another file.")
        if any(map(_is_active, _dictionaries(reader, pypdf.generic.IndirectObject))):
            raise Unfit(
                "The PDF contains scripts, active forms or other files. Print it to PDF again, "
                "which leaves them out, and try again."
            )
    except Unfit:
        raise
    except Exception as problem:  # whatever a broken file makes the reader raise
        raise Unfit("We cannot read the PDF. Print it to PDF again and try again.") from problem
    return content


def _is_active(found: dict) -> bool:
    pairs = {(key, value) for key, value in found.items() if isinstance(value, str)}
    opens = found.get("/OpenAction")  # goes to a page, or acts as soon as it is opened
    opens = opens.get_object() if opens is not None else None
    acts = isinstance(opens, dict) and opens.get("/S") != "/GoTo"
    return acts or not (_ACTIVE_KEYS.isdisjoint(found) and _ACTIVE_VALUES.isdisjoint(pairs))


def _dictionaries(reader: Any, reference: type) -> Iterator[dict]:
    """Yield every dictionary of the file, including those no page refers to."""
    numbers = {(number, part) for part, at in reader.xref.items() for number in at}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise Unfit("The PDF has too many parts. Print it to PDF again and try again.")
    waiting: list[object] = [reader.trailer]
    for number, part in sorted(numbers):
        waiting.append(reader.get_object(reference(number, part, reader)))
        while waiting:
            found = waiting.pop()
            if isinstance(found, dict):
                yield found
                # Use raw values to skip references, because the outer loop visits every object.
                waiting.extend(dict.values(found))
            elif isinstance(found, list):
                waiting.extend(list.__iter__(found))


_CHECKS: dict[str, Callable[[bytes], bytes]] = {
    "image/png": _drawn_anew("PNG"),
    "image/jpeg": _drawn_anew("JPEG"),
    "image/webp": _drawn_anew("WEBP"),
    "application/pdf": harmless_pdf,
}
