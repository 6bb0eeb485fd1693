"""Open API below /api/v1/, and its OpenAPI document.

Each app has its own views, mounted in `urlpatterns`, and its own part of the document:
`<app>/openapi.json` with `paths` and `components`, named in DESCRIBED. The parts are merged
here and served at /api/v1/openapi.json. Describe additions in docs/api.md too.
"""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from portal.json_api import answer, json_api, refusal

# The apps with an openapi.json, in the document's order.
DESCRIBED = ["multiplier", "search", "network", "casestudies"]

_FAULTS = {
    "type": "object",
    "required": ["errors"],
    "additionalProperties": False,
    "properties": {
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["code", "field", "message"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "string", "pattern": "^E_[A-Z0-9_]+$"},
                    "field": {
                        "type": "string",
                        "description": "The field with the error. Empty for the whole request.",
                    },
                    "message": {
                        "type": "string",
                        "description": "For people to read. It can change.",
                    },
                },
            },
        }
    },
}


def _error_response(description: str) -> dict[str, Any]:
    faults = {"schema": {"$ref": "#/components/schemas/Faults"}}
    return {"description": description, "content": {"application/json": faults}}


@cache
def document() -> dict[str, Any]:
    """Return the whole OpenAPI document; cached for the process."""
    whole: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Keep it Local",
            "version": "1",
            "description": "Open to every website. You do not need a key, we set no cookies, and "
            "we do not log what you ask. Within a version we can add fields and codes, but never "
            "remove them.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {},
        "components": {
            "schemas": {"Faults": _FAULTS},
            "responses": {
                "NotJson": _error_response("The body is not JSON, or names a field twice."),
                "TooLarge": _error_response("The body is too large."),
                "Faults": _error_response("Every error in the request."),
            },
        },
    }
    for app in DESCRIBED:
        part = json.loads((settings.BASE_DIR / app / "openapi.json").read_text("utf-8"))
        whole["paths"] |= part["paths"]
        for kind, found in part["components"].items():
            whole["components"].setdefault(kind, {}).update(found)
    return whole


@json_api("GET")
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI document."""
    return answer(document(), seconds=300)


@json_api("GET", "POST")
def not_found(request: HttpRequest) -> HttpResponse:
    """Return a JSON 404 for any other address below /api/v1/."""
    return refusal(404, "E_NOT_FOUND", "There is nothing at this web address. See docs/api.md.")


urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", openapi, name="openapi"),
    path("", include("multiplier.api")),
    path("", include("search.views.api")),
    path("", include("network.api")),
    path("", include("casestudies.api")),
    re_path(r"", not_found),
]
