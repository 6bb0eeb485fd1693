"""What a link to a document says: its kind and its size."""

import re
from pathlib import PurePosixPath
from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_KINDS = {
    "csv": "CSV",
    "docx": "Word",
    "odp": "OpenDocument slides",
    "ods": "OpenDocument spreadsheet",
    "odt": "OpenDocument text",
    "pdf": "PDF",
    "pptx": "PowerPoint",
    "txt": "text",
    "xlsx": "Excel",
}
_LINK = re.compile(r'<a data-file="([^"]*)"( [^>]*)>(.*?)</a>', re.DOTALL)


@register.filter
def kind_and_size(document: Any) -> str:
    """Return "PDF, 240 KB" of a document."""
    ending = PurePosixPath(document.file.name).suffix.lower().lstrip(".")
    kind = _KINDS.get(ending, ending.upper())
    return f"{kind}, {filesizeformat(document.file_size)}" if document.file_size else kind


@register.filter
def with_files_named(html: str) -> SafeString:
    """Return rich text as HTML, with kind and size after each link to a document."""
    return mark_safe(_LINK.sub(r"<a\2>\3</a> (\1)", html))  # noqa: S308
