"""Keeps NUL bytes away from PostgreSQL, which takes none in a text and raises."""

from django.http import Http404, HttpRequest, HttpResponseBadRequest


class NoNulMiddleware:
    """Forgets cookies that hold a NUL; a path that does is no page, a header is refused.

    A cookie may have come with any request and needs no intent: Python reads `"\\000"`
    in it as a NUL. What forms and query strings hold, forms check.
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
