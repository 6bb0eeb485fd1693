"""The open API, below /api/v1/: whose addresses it has, and the document that describes them.

Each app brings its own views and its own part of the OpenAPI document (paths and schemas);
they are put together here. Say what you add in docs/api.md too.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from portal.json_api import json_api, refusal


@json_api("GET", "POST")
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any other address below /api/: programs get JSON, not a page."""
    return refusal(404, "E_NOT_FOUND", "There is nothing at this address. See docs/api.md.")


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("multiplier.api")),
    re_path(r"", nothing_here),
]
