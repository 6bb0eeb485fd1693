"""Middleware for NUL bytes and 404 pages, and a transaction for views of the admin."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.views.defaults import page_not_found

_READING = {"GET", "HEAD", "OPTIONS"}
View = Callable[..., HttpResponseBase]


class NoNulMiddleware:
    """Keep NUL bytes away from PostgreSQL, which accepts none in text.

    Cookies with a NUL are ignored, because Python reads `"\\000"` in any cookie as one. A
    path with a NUL is not found and a header with one is refused. Forms check their own fields.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        if "\0" in request.path_info:
            raise Http404
        if any("\0" in text for text in request.headers.values()):
            return HttpResponseBadRequest("A header holds a NUL byte.", content_type="text/plain")
        request.COOKIES = {
            name: value for name, value in request.COOKIES.items() if "\0" not in name + value
        }
        return self.get_response(request)


class OwnNotFoundMiddleware:
    """Show the site's 404 page in DEBUG too, where Django would list its URL patterns."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Return our 404 page for a view's Http404 in DEBUG, else None."""
        if settings.DEBUG and isinstance(problem, Http404):
            return page_not_found(request, problem)
        return None


def in_one_transaction(view: View) -> View:
    """Run a view's unsafe requests in one transaction, as ATOMIC_REQUESTS would.

    Wagtail saves a page first and sends its signals afterwards, mostly outside a transaction.
    A crash between the two would leave a withdrawn page in search (DESIGN 5, point 6).
    """

    @wraps(view)
    def whole(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method in _READING:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return whole
