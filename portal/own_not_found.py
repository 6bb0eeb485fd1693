"""In DEBUG too, an address that leads nowhere shows the site's own page: `make run` is what
people look at, and Django's list of patterns tells them nothing."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found


class OwnNotFoundMiddleware:
    """Answers a view's Http404 with the 404 page, where Django would show its own in DEBUG."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """The page; none for other problems, and none where it stands anyway."""
        if settings.DEBUG and isinstance(problem, Http404):
            return page_not_found(request, problem)
        return None
