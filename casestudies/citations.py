"""Citations: `[[label of a source]]` in a case study, shown as the source's number.

Sources are numbered in the order in which the page first cites them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from html import unescape
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html

if TYPE_CHECKING:
    from wagtail.blocks.stream_block import StreamValue

    from casestudies.models.evidence import Result, Source

#: Rich texts that can cite sources, in the order of the page; the steps and the story can too.
TEXTS = (
    "the_problem",
    "who_decided",
    "on_the_figures",
    "money",
    "people",
    "time",
    "what_it_took",
    "what_was_hard",
    "advice",
    "contact",
)
STREAMS = ("steps", "story")
CITATION = re.compile(r"\s*\[\[([^\[\]]+)\]\]")
SEVERAL = re.compile(rf"(?:{CITATION.pattern})+")


def labels_in(html: str) -> list[str]:
    """Return the labels that a rich text cites, in its order."""
    return [unescape(label).strip() for label in CITATION.findall(html)]


def labels_of(value: str | StreamValue) -> list[str]:
    """Return the labels that a rich text or a stream cites; its quotations name theirs."""
    if isinstance(value, str):
        return labels_in(value)
    return [label for text in _strings(value.get_prep_value()) for label in labels_in(text)]


def _strings(value: object) -> Iterator[str]:
    """Yield the texts in the stored form of a stream."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from (f"[[{each}]]",) if name == "source" and each else _strings(each)


def without(text: str) -> str:
    """Return a text without its citations, for search."""
    return CITATION.sub("", text)


def unknown_problem(value: str | StreamValue, labels: Collection[str]) -> str:
    """Return what is wrong with the citations of a rich text or a stream, or "".

    Args:
        value: The text or stream.
        labels: The labels of the page's sources.
    """
    unknown = [label for label in labels_of(value) if label not in labels]
    if not unknown:
        return ""
    return (
        f"No source on this page has the label “{unknown[0]}”. Use a label exactly as it appears "
        "under Sources, or remove the brackets"
    )


class Numbering:
    """The numbers of a page's sources, and where each is cited.

    Ask for the texts in the order of the page, then for `sources`.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_label = {source.label: source for source in sources}
        self._cited_ones: dict[str, Source] = {}
        for source in self._by_label.values():
            source.number, source.uses = 0, []

    @property
    def sources(self) -> list[Source]:
        """Sources with their numbers: as first cited, then those that nothing cites."""
        for source in self._by_label.values():
            self._number(source)
        return list(self._cited_ones.values())

    def text(self, html: str) -> SafeString:
        """Return a rich text as the page shows it; a label of no source is left out."""
        return self.rendered(expand_db_html(html))

    def rendered(self, html: str) -> SafeString:
        """Return the safe HTML of blocks, with its citations as numbers."""
        return mark_safe(SEVERAL.sub(self._cited, html))  # noqa: S308

    def _cited(self, found: re.Match[str]) -> str:
        """Return the numbers of the sources that stand at one place."""
        sources = [self._by_label.get(label) for label in labels_in(found[0])]
        links = [
            format_html(
                '<a id="{}" href="#{}" title="{}">'
                '<span class="govuk-visually-hidden">Source </span>{}</a>',
                self._use(source),
                source.anchor,
                source.label,
                source.number,
            )
            for source in sources
            if source
        ]
        return f'<sup class="cited">{", ".join(links)}</sup>' if links else ""

    def cite(self, result: Result) -> None:
        """Set a figure's `cited`, and the id of the link to it."""
        result.cited = self._by_label.get(result.source)
        if result.cited:
            result.cited_from = self._use(result.cited)

    def _number(self, source: Source) -> None:
        self._cited_ones.setdefault(source.label, source)
        source.number = source.number or len(self._cited_ones)

    def _use(self, source: Source) -> str:
        self._number(source)
        source.uses.append(f"cited-{source.number}-{len(source.uses) + 1}")
        return source.uses[-1]
