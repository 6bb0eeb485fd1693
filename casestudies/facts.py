"""Every fact on the site that somebody claims, for an editor to check against its source.

Figures and dated steps of case studies, and whatever in the blocks of a page says "as at":
quotations, examples and worked-out multipliers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.text import capfirst
from wagtail.blocks import ListBlock, StreamValue, StructValue
from wagtail.fields import StreamField
from wagtail.models import Page

from casestudies import citations
from casestudies.models import CaseStudyPage, Source

FIGURE, STEP = "Figure", "Step"
WITHOUT_SOURCE = {"Worked-out multiplier"}  # its address shows every number it rests on


@dataclass(frozen=True)
class Fact:
    """One claim, with all an editor needs to check it. "" is what is not known."""

    page: str
    address: str
    kind: str
    fact: str
    date: str
    claimed_by: str
    source: str
    publisher: str
    published: str
    source_address: str
    note: str = ""

    @property
    def lacks(self) -> list[str]:
        """What it must have and has not: its date, who claims it, or its source."""
        needed = {"date": self.date, "claimant": self.claimed_by}
        if self.kind not in WITHOUT_SOURCE:
            needed["source"] = self.source
        return [name for name, value in needed.items() if not value.strip()]


HEADS = [field.name for field in fields(Fact)]


def published() -> Iterator[Fact]:
    """Yield the facts of every published page, page by page; no invented council's."""
    invented = CaseStudyPage.objects.invented().values("pk")
    pages = Page.objects.live().exclude(pk__in=invented).order_by("path")
    for page in pages.specific():
        yield from facts_of(page)


def facts_of(page: Page) -> Iterator[Fact]:
    """Yield the facts of one page in its order, figures first."""
    where = {"page": page.title, "address": f"{settings.SITE_URL}{page.url or ''}"}
    sources = {}
    if isinstance(page, CaseStudyPage):
        sources = {source.label: source for source in page.sources.all()}
        yield from _figures(page, where, sources)
        yield from _steps(page, where, sources)
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            for label, value in _dated(getattr(page, field.name), field.verbose_name):
                yield _of_block(str(label), value, where, sources)


def _figures(
    page: CaseStudyPage, where: dict[str, str], sources: dict[str, Source]
) -> Iterator[Fact]:
    for result in page.results.all():
        yield Fact(
            **where,
            kind=FIGURE,
            fact=str(result),
            date=result.period,
            claimed_by=result.claimed_by,
            note=result.note,
            **_cited([result.source], sources),
        )


def _steps(
    page: CaseStudyPage, where: dict[str, str], sources: dict[str, Source]
) -> Iterator[Fact]:
    """Yield the dated steps; whoever published their source claims them."""
    for step in page.steps:
        if not step.value["date"]:
            continue
        html = step.value["what"].source
        cited = _cited(citations.labels_in(html), sources)
        words = " ".join(strip_tags(citations.without(html)).split())
        yield Fact(
            **where,
            kind=STEP,
            fact=words,
            date=step.value.when,
            claimed_by=cited["publisher"],
            **cited,
        )


def _of_block(
    label: str, value: StructValue, where: dict[str, str], sources: dict[str, Source]
) -> Fact:
    said = [value.get(name) or "" for name in ("quote", "text", "what")]
    who = [value.get(name) or "" for name in ("who", "said_by", "role", "claimed_by", "place")]
    if value.get("source"):
        cited = _cited([value["source"]], sources)
    else:
        address = value.get("source_url") or value.get("address") or ""
        cited = {
            "source": value.get("source_title") or address,
            "publisher": "",
            "published": "",
            "source_address": address,
        }
    return Fact(
        **where,
        kind=label,
        fact=" ".join(filter(None, said)),
        date=value["as_at"] or "",
        claimed_by=", ".join(filter(None, who)),
        **cited,
    )


def _cited(labels: list[str], sources: dict[str, Source]) -> dict[str, str]:
    """Return the sources of these labels in one: of a label without a source, nothing."""
    found = [sources[label] for label in labels if label in sources]
    return {
        "source": "; ".join(f"{source.label}: {source.title}" for source in found),
        "publisher": "; ".join(source.publisher for source in found),
        "published": "; ".join(source.published_text for source in found),
        "source_address": "; ".join(source.url or source.note for source in found),
    }


def _dated(value: Any, label: str) -> Iterator[tuple[str, StructValue]]:
    """Yield each block within a stream that says "as at", with what editors call it."""
    if isinstance(value, StreamValue):
        for child in value:
            yield from _dated(child.value, capfirst(child.block.label))
    elif isinstance(value, StructValue):
        if "as_at" in value:
            yield label, value
        for name, each in value.items():
            yield from _dated(each, value.block.child_blocks[name].label)
    elif isinstance(getattr(value, "list_block", None), ListBlock):
        for child in value:
            yield from _dated(child, label)
