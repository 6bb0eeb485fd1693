"""Briefing packs: several case studies in one page to print, or in one Word file.

Which ones is said by the address alone (`?page=<slug>&page=<slug>`), so that a pack can be kept,
sent and changed without a cookie.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, When
from wagtail.contrib.redirects.models import Redirect

from casestudies.models import CaseStudyIndexPage, CaseStudyPage
from search.engines.words import clean

ABOUT = (
    "The Keep it Local Network is a network of councils that endorse six principles for working "
    "with their communities. Its portal publishes what councils did, what came of it and what was "
    "hard, each figure with its date, its source and who claims it."
)
MOST = 8
MOST_OTHERS = 12
_LONGEST = 80  # of a name that is not found, as we say it again


@dataclass(frozen=True)
class Pack:
    """The case studies of an address, those that are not published, and how many were too many."""

    pages: Sequence[CaseStudyPage]
    missing: Sequence[str]
    left_out: int

    @classmethod
    def of(cls, slugs: Sequence[str]) -> Pack:
        """Return the pack of these slugs, in their order; old slugs lead to renamed pages."""
        asked = list(dict.fromkeys(filter(None, (clean(slug)[:_LONGEST] for slug in slugs))))
        wanted = asked[:MOST]
        found = {page.slug: page for page in _published().filter(slug__in=wanted)}
        if lost := [slug for slug in wanted if slug not in found]:
            found |= _renamed(lost)
        pages = {found[slug].pk: found[slug] for slug in wanted if slug in found}
        missing = [slug for slug in wanted if slug not in found]
        return cls(list(pages.values()), missing, len(asked) - len(wanted))

    @property
    def query(self) -> str:
        """The pack as a query string, without what is not in it."""
        return urlencode([("page", page.slug) for page in self.pages])

    @cached_property
    def others(self) -> Sequence[CaseStudyPage]:
        """A few other case studies to add: first about the same principles, full before short."""
        numbers = {p.pk for page in self.pages for p in page.principles.all()}
        about = CaseStudyPage.objects.filter(principles__in=numbers).values("pk")
        alike = Case(When(pk__in=about, then=0), default=1)
        others = CaseStudyPage.objects.listed().exclude(pk__in=[page.pk for page in self.pages])
        shown = others.only("title", "slug").order_by(alike, "completeness", "title", "pk")
        return list(shown[:MOST_OTHERS])


def _published() -> Any:
    """Return what a pack can have, with all that it shows."""
    parts = ("principles", "sources", "results", "corrections")
    return CaseStudyPage.objects.listed().select_related("council").prefetch_related(*parts)


def _renamed(slugs: Sequence[str]) -> dict[str, CaseStudyPage]:
    """Return published pages by the slugs that they once had."""
    paths = {
        Redirect.normalise_path(f"{CaseStudyIndexPage.ADDRESS}{slug}/"): slug for slug in slugs
    }
    rows = Redirect.objects.filter(old_path__in=paths).values_list("old_path", "redirect_page")
    led = {page: paths[path] for path, page in rows if page}
    return {led[page.pk]: page for page in _published().filter(pk__in=led)} if led else {}


_ID = re.compile(
    r'\b(id|for|headers|aria-labelledby|aria-describedby|aria-controls)="([^"]+)"'
    r'|\bhref="#([^"]+)"|\burl\(#([^)]+)\)'
)
_LANDMARK = re.compile(r'(<section\b[^>]*?) aria-labelledby="[^"]*"')
_HEADING = re.compile(r"(</?h)([1-5])(?=[\s>])")


def within(html: str, name: str) -> str:
    """Return the HTML of one page as a part of another.

    Its headings are one level lower, and its ids and the links to them begin with `name`, so
    that no id is there twice. Its sections are no landmarks, because those of several pages would
    have the same names.
    """

    def own(found: re.Match[str]) -> str:
        attribute, ids, link, drawn = found.groups()
        if attribute:
            return f'{attribute}="{" ".join(f"{name}-{each}" for each in ids.split())}"'
        return f'href="#{name}-{link}"' if link else f"url(#{name}-{drawn})"

    html = _LANDMARK.sub(r"\1", html)
    html = _HEADING.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", html)
    return _ID.sub(own, html)
