"""The embedded calculator: frame, loader script and accent style sheet.

These addresses are permanent, because other sites rely on them. No cookie, session or database;
nothing entered is stored or logged.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import wraps
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_http_methods, require_safe

from multiplier.calculator.answers import answer_to
from multiplier.calculator.forms import QUICK, CalculatorForm
from multiplier.calculator.questions import QUESTIONS
from multiplier.calculator.views import sent
from multiplier.embed import accents
from portal.page_cache import kept
from portal.security.origin import View, is_same_origin

LANGUAGES = {"en": "English"}
SHORT = "short"
LONGEST_VALUE = 80
DAY = 24 * 3600
LOADER = (settings.BASE_DIR / "multiplier" / "assets" / "embed" / "v1.js").read_bytes()
_LOADER_MARK = f'"{hashlib.sha256(LOADER).hexdigest()[:20]}"'


def ancestors(allowed: list[str]) -> list[str]:
    """Return the allowed frame ancestors: the setting's, and this site for its preview."""
    return allowed if "*" in allowed else [SELF, *allowed]


@dataclass(frozen=True)
class Look:
    """Appearance of a frame. Invalid requests are dropped."""

    theme: str = "light"
    accent: str = ""
    language: str = "en"
    result: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Look:
        """Parse an appearance: an unknown theme is light, an invalid accent is dropped."""
        theme = query.get("theme", "")
        theme = theme if theme in accents.THEMES else "light"
        accent = accents.read(query.get("accent", "")) or ""
        if accent and not accents.passes(accent, accents.THEMES[theme]):
            accent = ""
        language = query.get("lang", "")
        language = language if language in LANGUAGES else "en"
        return cls(theme, accent, language, SHORT if query.get("result") == SHORT else "")

    @property
    def is_short(self) -> bool:
        """Whether the answer has only the sentence, the figure and the picture."""
        return self.result == SHORT

    @property
    def query(self) -> dict[str, str]:
        """Query parameters of this appearance, without defaults."""
        said = {"accent": self.accent.removeprefix("#"), "result": self.result}
        if self.theme != "light":
            said["theme"] = self.theme
        if self.language != "en":
            said["lang"] = self.language
        return {name: value for name, value in said.items() if value}

    @property
    def address(self) -> str:
        """Address of the frame with this appearance."""
        frame = reverse("multiplier:embed_v1")
        return f"{frame}?{urlencode(self.query)}" if self.query else frame


def prefilled(query: QueryDict) -> dict[str, str]:
    """Return the form fields in an address. `local` is an alias of `area`."""
    typed = {name: query.get(name, "") for name in CalculatorForm.base_fields}
    typed["area"] = typed["area"] or query.get("local", "")
    return {name: value[:LONGEST_VALUE].replace("\0", "") for name, value in typed.items() if value}


def _from_a_frame(view: View) -> View:
    """Accept POSTs from our own frame, even sandboxed; reject those from other sites.

    A frame sandboxed without allow-same-origin sends `Origin: null`, as any page can. That
    is safe here, because the answer uses no session, changes nothing, and shows another
    site no more than it sent.
    """

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        sandboxed = request.headers.get("Origin") == "null"
        if request.method == "POST" and not (sandboxed or is_same_origin(request)):
            raise PermissionDenied("This form was sent from another site.")
        return view(request, *args, **kwargs)

    return checked


@kept("theme", "accent", "lang", "result", "how")
@_from_a_frame
@xframe_options_exempt
@csp_replace({"frame-ancestors": ancestors(settings.EMBED_ANCESTORS)})
@require_http_methods(["GET", "HEAD", "POST"])
def embed_v1(request: HttpRequest) -> HttpResponse:
    """Show the calculator alone, for frames on sites in settings.EMBED_ANCESTORS."""
    look = Look.of(request.GET)
    posted = request.method == "POST"
    question = QUESTIONS["calculator"]
    begun = {"how": QUICK, **prefilled(request.GET)}
    form = sent(question, request.POST) if posted else question.form_class(initial=begun)
    assert isinstance(form, CalculatorForm)
    accent = [look.theme, look.accent.removeprefix("#")]
    context = {
        "form": form,
        "answer": answer_to(form) if form.is_valid() else None,
        "look": look,
        "action": look.address,
        "whole_answer": replace(look, result="").address,
        "accent_sheet": reverse("multiplier:accent_v1", args=accent) if look.accent else "",
    }
    response = render(request, "multiplier/embed_v1.html", context)
    # Let a sandboxed frame's own script read the answer.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "no-store" if posted else "max-age=300"
    return response


@kept()
@require_safe
@condition(etag_func=lambda request: _LOADER_MARK)
@cache_control(public=True, max_age=3600, stale_while_revalidate=7 * DAY)
def loader_v1(request: HttpRequest) -> HttpResponse:
    """Return the unminified script that adds our widgets to other sites' pages."""
    response = HttpResponse(LOADER, content_type="text/javascript; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@kept()
@require_safe
@cache_control(public=True, max_age=365 * DAY, immutable=True)
def accent_v1(request: HttpRequest, theme: str, colour: str) -> HttpResponse:
    """Return a style sheet with one rule, because our policy forbids inline styles."""
    accent = accents.read(colour)
    grounds = accents.THEMES.get(theme)
    if grounds is None or accent is None or not accents.passes(accent, grounds):
        raise Http404
    ink, edge = accents.ink_on(accent), accents.edge_of(accent)
    rules = f"--accent:{accent};--accent-ink:{ink};--accent-edge:{edge};"
    response = HttpResponse(f':root[data-theme="{theme}"]{{{rules}}}', content_type="text/css")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
