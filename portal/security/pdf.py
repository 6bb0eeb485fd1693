"""PDFs without active content, whoever uploads them."""

import io
from collections.abc import Iterator
from typing import Any


class Unfit(Exception):
    """Raised for a file that we do not accept. The message says why, and what to do."""


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
