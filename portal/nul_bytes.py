"""Keeps NUL bytes away from PostgreSQL, which takes none in a text and raises."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest


class NoNulMiddleware:
    """Forgets cookies that hold a NUL; refuses a path or a header that does, with 400.

    A cookie may have come with any request and needs no intent: Python reads `"\\000"`
    in it as a NUL. What forms and query strings hold, forms check.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        texts = [value for name, value in request.META.items() if name.startswith("HTTP_")]
        if any("\0" in text for text in (request.path_info, *texts)):
            raise SuspiciousOperation("A NUL byte in the path or in a header.")
        request.COOKIES = {
            name: value for name, value in request.COOKIES.items() if "\0" not in name + value
        }
        return self.get_response(request)
