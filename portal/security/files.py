"""The one rule for files that we send: docs/security.md, "Files".

A file's name decides what a browser is told it is, never its content. Pictures are shown,
everything else is downloaded, and nothing runs or loads anything in our origin. Views send
files through `by_rule` alone; a test fails for one that does it by itself.
"""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from io import StringIO
from pathlib import PurePosixPath
from typing import TypeVar

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from django.views.static import serve

PICTURES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
DOCUMENTS = {
    ".csv": "text/csv; charset=utf-8",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".odp": f"{_OPEN}.presentation",
    ".ods": f"{_OPEN}.spreadsheet",
    ".odt": f"{_OPEN}.text",
    ".pdf": "application/pdf",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".txt": "text/plain; charset=utf-8",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}
_EXPORTS = {".json": "application/json"}
TYPES = PICTURES | DOCUMENTS | _EXPORTS
UNLISTED = "application/octet-stream"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
_AT_OWN_ADDRESS = "documents"  # Wagtail's folder; /documents/ asks who can read each
Response = TypeVar("Response", bound=HttpResponseBase)


def by_rule(response: Response, name: str, *, download: bool = False) -> Response:
    """Return a response with the headers of a file of this name.

    Args:
        response: What holds the file's content.
        name: The name that it is saved under.
        download: Download it even if it is a picture.
    """
    ending = PurePosixPath(name).suffix.lower()
    response.headers["Content-Type"] = TYPES.get(ending, UNLISTED)
    disposition = content_disposition_header(download or ending not in PICTURES, name)
    response.headers["Content-Disposition"] = disposition or "inline"
    response.headers.pop("Content-Encoding", None)  # of "a.svg.gz", guessed from its name
    for header, value in HEADERS.items():
        response.headers[header] = value
    return response


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as the text of a CSV file that spreadsheets open as it is meant.

    It begins with a byte order mark, without which they do not see the pound sign. Text that
    they would run as a formula begins with an apostrophe.
    """
    out = StringIO("\ufeff")
    out.seek(0, 2)
    csv.writer(out).writerows([harmless(str(cell)) for cell in row] for row in rows)
    return out.getvalue()


_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def harmless(cell: str) -> str:
    """Return a spreadsheet's cell, with an apostrophe first if it would run as a formula."""
    is_formula = _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def in_xml(text: str) -> str:
    """Return text as feeds and Word files can hold it.

    XML has no control characters, and one line break pasted from Word would fail the whole file.
    """
    return _NOT_IN_XML.sub(" ", text)


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send an uploaded picture or other file of the media folder; documents are not found."""
    parts = PurePosixPath(path).parts
    if parts[:1] == (_AT_OWN_ADDRESS,):
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = "public, max-age=3600"
    return by_rule(response, parts[-1]) if isinstance(response, FileResponse) else response


def document(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap Wagtail's view of a document, which asks who can read it; also its form."""

    @wraps(view)
    def ruled(request: HttpRequest, *args: str, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        return by_rule(response, args[-1]) if isinstance(response, FileResponse) else response

    return ruled
