"""The multiplier's JSON: computes, stores nothing, logs nothing. Documented in docs/api.md."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from multiplier.engine import InputErrors, json_format
from portal.json_api import answer, json_api, refusal

MOST_BYTES = 64 * 1024
_TOO_LARGE = f"A request must be {MOST_BYTES // 1024} kB or smaller."


@json_api("POST")
def multiplier(request: HttpRequest) -> HttpResponse:
    """Calculate a multiplier from lines or from three rounds."""
    return _answer(request, json_format.calculate)


@json_api("POST")
def shift(request: HttpRequest) -> HttpResponse:
    """Calculate the effect of moving money to local suppliers."""
    return _answer(request, json_format.shift)


@json_api("POST")
def compare(request: HttpRequest) -> HttpResponse:
    """Compare two requests."""
    return _answer(request, json_format.compare)


@json_api("POST")
def check(request: HttpRequest) -> HttpResponse:
    """Calculate the rates that a claimed multiplier needs."""
    return _answer(request, json_format.check)


def _answer(request: HttpRequest, act: Callable[[object], json_format.Json]) -> HttpResponse:
    # Check before reading. Django reads no further than CONTENT_LENGTH.
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isascii() and length.isdigit() and int(length[:20]) > MOST_BYTES:
        return refusal(413, "E_TOO_LARGE", _TOO_LARGE)
    try:
        return answer(act(json_format.parse(request.read())))
    except json_format.NotJson as fault:
        return refusal(400, "E_JSON", str(fault))
    except InputErrors as faults:
        errors = [
            {"code": each.code, "field": each.field, "message": each.message}
            for each in faults.errors
        ]
        return answer({"errors": errors}, 422)


# The trailing slash is optional, because a POST cannot follow a redirect.
urlpatterns = [
    re_path(r"^multiplier/?$", multiplier, name="api_multiplier"),
    re_path(r"^multiplier/shift/?$", shift, name="api_multiplier_shift"),
    re_path(r"^multiplier/compare/?$", compare, name="api_multiplier_compare"),
    re_path(r"^multiplier/check/?$", check, name="api_multiplier_check"),
]
