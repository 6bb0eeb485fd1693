"""Decorator and answers that all views of the open API share.

    @json_api("GET")
    def search(request: HttpRequest) -> HttpResponse:
        return answer({"count": 0, "results": []}, seconds=60)

Mount the view in portal/api.py. The decorator allows every origin, on errors too
(`Access-Control-Allow-Origin: *`, so browsers send no cookies and caches need no `Vary`),
answers OPTIONS, refuses other methods in JSON and needs no CSRF token. An API view must not
use the session or the user. docs/decisions/0007-plain-json-api.md says why this is not a
package.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def json_api(*methods: str) -> Callable[[View], View]:
    """Make a view part of the open API.

    Args:
        methods: The methods it answers; OPTIONS is added, and HEAD with GET.
    """
    allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])
    preflight = {
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": "86400",  # a day; browsers cap it at about two hours
    }

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method == "OPTIONS":
                response = HttpResponse(status=204, headers=preflight | {"Allow": allowed})
            elif request.method not in allowed.split(", "):
                message = f"This web address only accepts {' and '.join(methods)}."
                response = refusal(405, "E_METHOD", message)
                response["Allow"] = allowed
            else:
                response = view(request, *args, **kwargs)
            response["Access-Control-Allow-Origin"] = "*"
            return response

        return opened

    return decorate


def answer(data: object, status: int = 200, *, seconds: int = 0) -> HttpResponse:
    """Return data as JSON, in ASCII only, because a lone surrogate would break the encoding.

    Args:
        data: What `json.dumps` takes.
        status: The HTTP status.
        seconds: How long anyone can cache the answer; 0 forbids it.
    """
    response = HttpResponse(json.dumps(data), content_type="application/json", status=status)
    response["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-store"
    return response


def refusal(status: int, code: str, message: str, field: str = "") -> HttpResponse:
    """Return one error in the API's format; `field` is "" for the whole request."""
    return answer({"errors": [{"code": code, "field": field, "message": message}]}, status)


def conditional_answer(request: HttpRequest, data: object) -> HttpResponse:
    """Return data with its ETag, or 304 if the client has it."""
    return revalidated(request, answer(data))


def revalidated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return a response with its ETag, or 304 if the client has it.

    Caches must revalidate each time, because what is withdrawn must disappear at once.
    """
    response["Cache-Control"] = "public, no-cache"
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def too_many(times: int, seconds: int) -> HttpResponse:
    """Return 429 for a client that has used up its `times` requests.

    Args:
        times: The limit, named in the message.
        seconds: When to try again.
    """
    message = f"You sent more than {times} requests in a minute. Wait a minute, then try again."
    response = refusal(429, "E_TOO_MANY", message)
    response["Retry-After"] = str(seconds)
    return response
