"""Whether a PDF only shows pages: no scripts, no other files, no password."""

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from network.fit_files import Unfit

MOST_OBJECTS = 50_000
# What makes a PDF do something, or carry something along (ISO 32000-2, 12.6 and 7.11.4).
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/AA"}
_ACTIVE_VALUES = {
    ("/S", "/JavaScript"),
    ("/S", "/Launch"),
    ("/S", "/SubmitForm"),
    ("/S", "/ImportData"),
    ("/S", "/GoToE"),
    ("/S", "/Rendition"),
    ("/Subtype", "/RichMedia"),
    ("/Type", "/EmbeddedFile"),
}


def harmless_pdf(content: bytes) -> bytes:
    """The PDF as it came, looked through. Raises: Unfit."""
    # Readers forgive words before and behind; there, another kind of file could hide.
    if not (content.startswith(b"%PDF-") and content.rstrip(b"\0\t\n\r ").endswith(b"%%EOF")):
        raise Unfit("The PDF is not whole. Print it to PDF afresh and try again.")
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Unfit("The PDF has a password. Save it without one and try again.")
        if not len(reader.pages):
            raise Unfit("The PDF has no pages. Choose another file.")
        if any(map(_is_active, _dictionaries(reader))):
            raise Unfit(
                "The PDF holds scripts, forms that act, or other files. Print it to PDF afresh, "
                "which leaves them out, and try again."
            )
    except Unfit:
        raise
    except Exception as problem:  # whatever a broken file makes the reader raise
        raise Unfit("The PDF can’t be read. Print it to PDF afresh and try again.") from problem
    return content


def _is_active(found: DictionaryObject) -> bool:
    pairs = {(key, value) for key, value in found.items() if isinstance(value, str)}
    return not _ACTIVE_KEYS.isdisjoint(found) or not _ACTIVE_VALUES.isdisjoint(pairs)


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, those that no page leads to included."""
    numbers = {(number, part) for part, at in reader.xref.items() for number in at}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise Unfit("The PDF has too many parts. Print it to PDF afresh and try again.")
    waiting: list[object] = [reader.trailer]
    for number, part in sorted(numbers):
        waiting.append(reader.get_object(IndirectObject(number, part, reader)))
        while waiting:
            found = waiting.pop()
            if isinstance(found, DictionaryObject):
                yield found
                # Raw, so that references are not followed: each is in the list itself.
                waiting.extend(dict.values(found))
            elif isinstance(found, ArrayObject):
                waiting.extend(list.__iter__(found))
