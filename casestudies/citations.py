"""Citations: `[[label of a source]]` in the text of a case study, shown as the source's number."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import unescape
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html

if TYPE_CHECKING:
    from casestudies.models.evidence import Result, Source

#: Fields that can cite sources, in the order of the page.
BEFORE_FIGURES = ("the_problem", "what_they_did")
AFTER_FIGURES = ("on_the_figures", "what_was_hard", "what_it_took", "tips")
CITATION = re.compile(r"\s*\[\[([^\[\]]+)\]\]")


def labels_in(html: str) -> list[str]:
    """Return the labels that a rich text cites, in its order."""
    return [unescape(label).strip() for label in CITATION.findall(html)]


def without(text: str) -> str:
    """Return a text without its citations, for search."""
    return CITATION.sub("", text)


def unknown_problem(html: str, labels: Collection[str]) -> str:
    """Return what is wrong with the citations of a rich text, or "".

    Args:
        html: The text.
        labels: The labels of the page's sources.
    """
    unknown = [label for label in labels_in(html) if label not in labels]
    if not unknown:
        return ""
    return (
        f"No source on this page has the label “{unknown[0]}”. Use a label exactly as it appears "
        "under Sources, or remove the brackets"
    )


class Numbering:
    """The numbers of a page's sources, and where each is cited.

    Make the texts first: they add to each source's `uses`, the ids that it links back to.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._by_label = {source.label: source for source in sources}
        for number, source in enumerate(sources, start=1):
            source.number, source.uses = number, []

    def text(self, html: str) -> SafeString:
        """Return a rich text as the page shows it; a label of no source is left out."""
        return mark_safe(CITATION.sub(self._cited, expand_db_html(html)))  # noqa: S308

    def _cited(self, found: re.Match[str]) -> str:
        source = self._by_label.get(unescape(found[1]).strip())
        if source is None:
            return ""
        return format_html(
            '<sup class="cited"><a id="{}" href="#{}" title="{}">'
            '<span class="govuk-visually-hidden">Source </span>{}</a></sup>',
            self._use(source),
            source.anchor,
            source.label,
            source.number,
        )

    def cite(self, result: Result) -> None:
        """Set a figure's `cited`, and the id of the link to it."""
        result.cited = self._by_label.get(result.source)
        if result.cited:
            result.cited_from = self._use(result.cited)

    @staticmethod
    def _use(source: Source) -> str:
        source.uses.append(f"cited-{source.number}-{len(source.uses) + 1}")
        return source.uses[-1]
