"""oEmbed 1.0 (oembed.com): what other sites show for a pasted address of ours."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from multiplier.calculator.forms import QUICK
from multiplier.embed.frame import Look, prefilled
from multiplier.embed.snippets import Snippet

WIDEST, NARROWEST, LOWEST = 760, 280, 200
CACHE_SECONDS = 24 * 3600


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Return the calculator as a frame, in JSON or XML; 404 if the address shows no widget."""
    kind = request.GET.get("format", "json")
    if kind not in ("json", "xml"):
        return _plainly("The format must be json or xml.", 501)
    if "url" not in request.GET:
        return _plainly("Enter the parameter url.", 400)
    snippet = _snippet_of(request.GET["url"], _limit(request, "maxwidth", WIDEST))
    if snippet is None:
        return _plainly("You cannot embed that web address.", 404)
    tall = max(LOWEST, _limit(request, "maxheight", snippet.height))
    told = _told(replace(snippet, tall=tall))
    response: HttpResponse = JsonResponse(told)
    if kind == "xml":
        lines = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in told.items())
        text = f'<?xml version="1.0" encoding="utf-8" standalone="yes"?><oembed>{lines}</oembed>'
        response = HttpResponse(text, content_type="text/xml; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"max-age={CACHE_SECONDS}"
    return response


def _snippet_of(address: str, width: int) -> Snippet | None:
    """Return the widget of an address: the calculator's, the frame's or the builder's."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.netloc != urlsplit(settings.SITE_URL).netloc:
        return None
    names = ("calculator", "embed_v1", "embed_builder")
    if parts.path not in {reverse(f"multiplier:{name}") for name in names}:
        return None
    query = QueryDict(parts.query)
    chosen = Look.of(query).query | prefilled(query)
    if chosen.get("how") == QUICK:
        del chosen["how"]
    return Snippet(chosen, max(NARROWEST, width))


def _limit(request: HttpRequest, name: str, usual: int) -> int:
    """Return the requested number of pixels; the default for a missing or invalid one."""
    said = request.GET.get(name, "")
    return min(usual, int(said)) if said.isascii() and said.isdigit() and len(said) < 6 else usual


def _told(snippet: Snippet) -> dict[str, object]:
    return {
        "version": "1.0",
        "type": "rich",
        "title": snippet.title,
        "provider_name": "Keep it Local",
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": CACHE_SECONDS,
        "width": snippet.width,
        "height": snippet.height,
        "html": snippet.frame,
    }


def _plainly(words: str, status: int) -> HttpResponse:
    response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response
