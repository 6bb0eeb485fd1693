"""The multiplier's JSON: computes, stores nothing, logs nothing. Documented in docs/api.md."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from multiplier.engine import InputErrors, json_format
from portal.json_api import answer, json_api, refusal

MOST_BYTES = 64 * 1024
_TOO_LARGE = f"A request is at most {MOST_BYTES // 1024} kB."


class _TooLarge(ValueError):
    """The body is longer than we read."""


@json_api("POST")
def multiplier(request: HttpRequest) -> HttpResponse:
    """Answer one multiplier, from lines or from three rounds."""
    return _answer(request, json_format.calculate)


@json_api("POST")
def shift(request: HttpRequest) -> HttpResponse:
    """Answer what moving money to local suppliers brings."""
    return _answer(request, json_format.shift)


@json_api("POST")
def compare(request: HttpRequest) -> HttpResponse:
    """Answer A beside B."""
    return _answer(request, json_format.compare)


@json_api("POST")
def check(request: HttpRequest) -> HttpResponse:
    """Answer what must be true for a claimed multiplier to hold."""
    return _answer(request, json_format.check)


def _answer(request: HttpRequest, act: Callable[[object], json_format.Json]) -> HttpResponse:
    try:
        return answer(act(json_format.parse(_body(request))))
    except _TooLarge:
        return refusal(413, "E_TOO_LARGE", _TOO_LARGE)
    except json_format.NotJson as fault:
        return refusal(400, "E_JSON", str(fault))
    except InputErrors as faults:
        errors = [
            {"code": each.code, "field": each.field, "message": each.message}
            for each in faults.errors
        ]
        return answer({"errors": errors}, 422)


def _body(request: HttpRequest) -> bytes:
    """Return the body; raise _TooLarge before any of it is read if it is too long.

    Django reads no further than the length that was announced, whatever follows.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isascii() and length.isdigit() and int(length[:20]) > MOST_BYTES:
        raise _TooLarge
    return request.read()


# With a slash at the end or without: a POST cannot follow a redirect.
urlpatterns = [
    re_path(r"^multiplier/?$", multiplier, name="api_multiplier"),
    re_path(r"^multiplier/shift/?$", shift, name="api_multiplier_shift"),
    re_path(r"^multiplier/compare/?$", compare, name="api_multiplier_compare"),
    re_path(r"^multiplier/check/?$", check, name="api_multiplier_check"),
]
