"""Pages for faults: 503 while the database or the disk is unwell, 500 for faults of our own.

Nothing here reads the database. What was typed comes back in the page, ready to be sent again.
"""

import errno
import sys
from collections.abc import Callable

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string

from portal.json_api import refusal
from portal.security.token_guessing import ACCOUNT

RETRY_AFTER = 30  # seconds
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


def is_outage(problem: BaseException | None) -> bool:
    """Whether the database or the disk cannot be used, rather than our code be wrong."""
    if isinstance(problem, OperationalError | InterfaceError) or type(problem) is DatabaseError:
        return True
    return isinstance(problem, OSError) and problem.errno in _DISK


class OutageMiddleware:
    """Answers an outage with our page of 503, wherever behind it the outage was met.

    Django turns an exception into a response at once, and in DEBUG into a page for developers;
    `note_outage` hears of it before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        return unavailable(request) if getattr(request, "met_outage", False) else response


def note_outage(request: HttpRequest | None = None, **kwargs: object) -> None:
    """Receive `got_request_exception`, and mark the request if it met an outage."""
    if request is not None and is_outage(sys.exc_info()[1]):
        request.met_outage = True  # type: ignore[attr-defined]


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: our page for faults of our own."""
    return _page(request, "500.html", 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that the site cannot be reached just now, and when to try again."""
    if request.path_info.startswith("/api/"):
        message = "The service cannot answer just now. Try again in half a minute."
        response = refusal(503, "E_UNAVAILABLE", message)
        response["Access-Control-Allow-Origin"] = "*"
    else:
        response = _page(request, "503.html", 503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    context = {"sent": request.method == "POST", "action": request.get_full_path()}
    if context["sent"]:
        context |= _typed(request)
    response = HttpResponse(render_to_string(template, context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def _typed(request: HttpRequest) -> dict[str, object]:
    """Return what was sent: its fields, those with words to read, and whether it had files.

    Nothing of an account's form comes back, because it has passwords and codes.
    """
    if request.path_info.startswith(ACCOUNT):
        return {}
    try:
        posted, had_files = request.POST, bool(request.FILES)
    except (OSError, BadRequest, MultiPartParserError, SuspiciousOperation):
        return {}  # it could not be read
    fields = [(name, value) for name, values in posted.lists() for value in values]
    words = [value for _, value in fields if " " in value.strip()]
    return {"fields": fields, "words": words, "had_files": had_files}
