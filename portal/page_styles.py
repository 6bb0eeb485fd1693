"""A stylesheet for each page, of the rules that can have an effect on it.

The site's sheet is built whole (`portal/assets/scss/site.scss`), and most pages use a tenth of
it. `page_styles.json`, built beside it, says which classes and elements each selector needs.
A page's address of its sheet says which of them the page has, so any process can make it, and
nothing is stored. Pages with the same things share one (ADR 0020).
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_safe

from portal.page_cache import kept

WHOLE = "portal/css/site.css"
A_YEAR = 365 * 24 * 60 * 60  # seconds
SOURCE = Path(__file__).with_suffix(".json")

_ELEMENT = re.compile(rb"<([a-z][a-z0-9-]*)")
_CLASSES = re.compile(rb'\sclass="([^"]*)"')
_SCRIPT = re.compile(rb'/js/([\w-]+?)(?:\.[0-9a-f]{12})?\.js"')
_MODULE = re.compile(rb'data-module="([\w-]+)"')
_FONT = re.compile(r"\.\./(fonts/[\w.-]+)")
# Comes when somebody enters such a field.
_PICKER, _HAS_PICKER = "council-picker", b"data-autocomplete"


@dataclass(frozen=True)
class Rule:
    """One rule of the sheet, or one at-rule without selectors.

    Attributes:
        around: The `@media` and `@supports` around it, the outermost first.
        selectors: Each with the set of names it needs, as bits; none for a rule of every page.
        body: Its declarations; the whole text of a rule without selectors.
    """

    around: tuple[str, ...]
    selectors: tuple[tuple[str, int], ...]
    body: str

    def on(self, names: int) -> str:
        """Return its text on a page with these names; "" if it has no effect there."""
        if not self.selectors:
            return self.body
        these = [selector for selector, needs in self.selectors if needs & names == needs]
        return f"{','.join(these)}{{{self.body}}}" if these else ""


class Sheet:
    """The whole sheet, in rules.

    Args:
        text: `page_styles.json`.
    """

    def __init__(self, text: str) -> None:
        data = json.loads(text)
        self.version = sha256(text.encode()).hexdigest()
        self.bits = {name: 1 << place for place, name in enumerate(data["names"])}
        self.scripts = {name: self._mask(made) for name, made in data["scripts"].items()}
        self.rules = [
            Rule(
                tuple(rule["around"]),
                tuple((selector, self._mask(needs)) for selector, needs in rule["selectors"]),
                _FONT.sub(lambda found: static(f"portal/{found[1]}"), rule["body"]),
            )
            for rule in data["rules"]
        ]

    def _mask(self, names: Iterable[str]) -> int:
        mask = 0
        for name in names:
            mask |= self.bits.get(name, 0)
        return mask

    def names_of(self, html: bytes) -> int:
        """Return what a page has and what its scripts can add, as bits."""
        found = {
            f".{name}" for each in set(_CLASSES.findall(html)) for name in each.decode().split()
        }
        found.update(name.decode() for name in set(_ELEMENT.findall(html)))
        names = self._mask(found)
        for script in {*_SCRIPT.findall(html), *_MODULE.findall(html)}:
            names |= self.scripts.get(script.decode(), 0)
        if _HAS_PICKER in html:
            names |= self.scripts.get(_PICKER, 0)
        return names

    def text_for(self, names: int) -> str:
        """Return the sheet of a page that has these names, in the order of the whole one."""
        rules = ((rule.around, rule.on(names)) for rule in self.rules)
        parts = []
        for around, group in groupby(
            ((a, text) for a, text in rules if text), lambda pair: pair[0]
        ):
            inner = "".join(text for _, text in group)
            parts.append("".join(f"{each}{{" for each in around) + inner + "}" * len(around))
        return "".join(parts)


@cache
def sheet() -> Sheet:
    """Return the sheet, read once in each process."""
    return Sheet(SOURCE.read_text(encoding="utf-8"))


def address_for(html: bytes) -> str:
    """Return the address of a page's own sheet."""
    names = sheet().names_of(html)
    packed = urlsafe_b64encode(names.to_bytes(len(sheet().bits) // 8 + 1)).decode().rstrip("=")
    return reverse("page_styles", args=[_signature(packed), packed])


@lru_cache(maxsize=256)
def _signature(packed: str) -> str:
    """Return what only we can add to a set of names, so that nobody can ask for a million sheets.

    It changes with the sheet, because what is behind an address never does.
    """
    return salted_hmac(f"portal.page_styles {sheet().version}", packed).hexdigest()[:16]


@kept()
@require_safe
def page_styles(request: HttpRequest, signature: str, packed: str) -> HttpResponse:
    """Return the sheet of a page; the whole one's address for a page made before an upgrade."""
    if not constant_time_compare(signature, _signature(packed)):
        return redirect(static(WHOLE))
    names = int.from_bytes(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    response = HttpResponse(sheet().text_for(names), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


class PageStylesMiddleware:
    """Lead each page to a sheet of its own instead of the whole one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_html = response.get("Content-Type", "").startswith("text/html")
        if is_html and isinstance(response, HttpResponse):
            whole = f'"{static(WHOLE)}"'.encode()
            if whole in response.content:
                own = f'"{address_for(response.content)}"'.encode()
                response.content = response.content.replace(whole, own, 1)
        return response
