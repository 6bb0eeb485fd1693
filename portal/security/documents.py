"""Documents that editors upload: each is what its name says, and none of them does anything."""

import re
import zipfile
from pathlib import PurePosixPath
from typing import IO, Any

import filetype
from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm

from portal.security.files import DOCUMENTS
from portal.security.pdf import Unfit, harmless_pdf

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
_MACROS = re.compile(r"(^|/)(vbaProject|activeX|Basic/|Scripts/)", re.IGNORECASE)
_OTHER = "This file is not what its name says. Save it again as {}, and select the new file."
_LONGEST_LIST = 1024 * 1024  # of an Office file's parts
MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 5_000
# How an Office file names its main part, and an OpenDocument file itself.
_NAMED = {
    ending: ("[Content_Types].xml", f"{kind}.main+xml".encode())
    for ending, kind in DOCUMENTS.items()
    if "openxmlformats" in kind
} | {
    ending: ("mimetype", kind.encode())
    for ending, kind in DOCUMENTS.items()
    if "opendocument" in kind
}


def check(name: str, file: IO[bytes]) -> None:
    """Check a document's content against its name.

    Raises:
        Unfit: If it is something else, or has macros, scripts or files in it.
    """
    ending = PurePosixPath(name).suffix.lower()
    file.seek(0)
    if ending in _NAMED:
        _check_office(ending, file)
    elif ending == ".pdf":
        harmless_pdf(file.read())
    elif ending not in DOCUMENTS or not _is_text(file.read()):
        raise Unfit(_OTHER.format("a PDF"))
    file.seek(0)


def _is_text(content: bytes) -> bool:
    return filetype.guess(content[:8192]) is None and not _CONTROL.search(content)


def _check_office(ending: str, file: IO[bytes]) -> None:
    part, named = _NAMED[ending]
    try:
        with zipfile.ZipFile(file) as parts, parts.open(part) as found:
            names, is_named = parts.namelist(), named in found.read(_LONGEST_LIST)
            unpacked = sum(each.file_size for each in parts.infolist())
    except Exception as problem:  # whatever a broken file makes the reader raise
        raise Unfit(_OTHER.format(f"a {ending} file")) from problem
    if not is_named:
        raise Unfit(_OTHER.format(f"a {ending} file"))
    if unpacked > MOST_UNPACKED or len(names) > MOST_PARTS:
        raise Unfit("This file is too large once it is unpacked. Make it smaller and try again.")
    if any(map(_MACROS.search, names)):
        raise Unfit("This file has macros. Save it without them, or as a PDF, and try again.")


class DocumentForm(BaseDocumentForm):
    """Wagtail's form of a document, which looks at the content as well as at the name."""

    def clean_file(self) -> Any:
        """Return the file, or raise ValidationError if it is not fit to be published."""
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            try:
                check(file.name, file)
            except Unfit as unfit:
                raise ValidationError(str(unfit)) from unfit
        return file
