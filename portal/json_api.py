"""What every address below /api/v1/ has in common. CORS for the whole API stands here.

    @json_api("GET")
    def search(request: HttpRequest) -> HttpResponse:
        return answer({"count": 0, "results": []}, seconds=60)

and the app's addresses are mounted in portal/api.py. The decorator lets every origin in, on
errors too (`Access-Control-Allow-Origin: *`, so no page may send cookies along, and caches
need no `Vary`), answers OPTIONS, refuses other methods in JSON, and asks for no CSRF token:
an API view must use neither session nor user. Why no package does this:
docs/decisions/0007-plain-json-api.md.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]

# A preflight's answer may be kept for a day (browsers cap it to two hours or so).
_PREFLIGHT_SECONDS = "86400"


def json_api(*methods: str) -> Callable[[View], View]:
    """Make a view part of the open API, for these methods (GET brings HEAD along)."""
    allowed = [*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"]

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method == "OPTIONS":
                response = HttpResponse(status=204)
                response["Allow"] = ", ".join(allowed)
            elif request.method not in allowed:
                message = f"This address answers {' and '.join(methods)}."
                response = refusal(405, "E_METHOD", message)
                response["Allow"] = ", ".join(allowed)
            else:
                response = view(request, *args, **kwargs)
            return _open_to_all(response, allowed)

        return opened

    return decorate


def _open_to_all(response: HttpResponse, allowed: list[str]) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    if response.status_code == 204:
        response["Access-Control-Allow-Methods"] = ", ".join(allowed)
        response["Access-Control-Allow-Headers"] = "Content-Type"
        response["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
    return response


def answer(data: object, status: int = 200, *, seconds: int = 0) -> HttpResponse:
    """Data as JSON, which anyone may keep for `seconds`; nobody may without.

    ASCII only, so that half a surrogate pair in the data cannot break the encoding.
    """
    response = HttpResponse(json.dumps(data), content_type="application/json", status=status)
    response["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-store"
    return response


def refusal(status: int, code: str, message: str, field: str = "") -> HttpResponse:
    """One fault, in the form that every fault of the API has."""
    return answer({"errors": [{"code": code, "field": field, "message": message}]}, status)


def answer_unless_known(request: HttpRequest, data: object) -> HttpResponse:
    """Data with its ETag; 304 to who has it. Kept copies must ask each time: what is
    withdrawn has to be gone at once."""
    response = answer(data)
    response["Cache-Control"] = "public, no-cache"
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def too_many(times: int, seconds: int) -> HttpResponse:
    """More questions than one address of the internet may ask in so many seconds."""
    message = f"That was more than {times} questions in a minute. Please wait one, then go on."
    response = refusal(429, "E_TOO_MANY", message)
    response["Retry-After"] = str(seconds)
    return response
