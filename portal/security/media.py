"""Uploaded files of the media folder: pictures are shown, everything else is downloaded."""

from pathlib import PurePosixPath

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

_PICTURES = {".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"}
_DOCUMENTS = "documents"  # where Wagtail puts them


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send a file that runs no script and loads nothing, whatever it is.

    Documents have an address of their own, /documents/, which asks who can read them.
    docs/operations.md has the same rule for a web server in front.
    """
    if PurePosixPath(path).parts[:1] == (_DOCUMENTS,):
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, max-age=3600"
    if PurePosixPath(path).suffix.lower() not in _PICTURES:
        response["Content-Disposition"] = "attachment"
    return response
