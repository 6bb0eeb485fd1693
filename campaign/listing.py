"""A list of pages with facets: what its address asks for, its counts, and one page of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.core.paginator import InvalidPage, Page, Paginator
from django.http import Http404, QueryDict
from wagtail.query import PageQuerySet

from portal.facets import Chip, Choices, Facet, Known, Labels, tally

PER_PAGE = 20


@dataclass(frozen=True)
class Facts:
    """What the pages of a list are in each facet.

    Attributes:
        keys: The primary key of each page, in the order of the list.
        columns: By facet, the value of each page: one, None, or a tuple of several.
        known: By facet, the values that can be chosen, and what people read.
    """

    keys: Sequence[int] = ()
    columns: Mapping[str, Sequence[object]] = field(default_factory=dict)
    known: Known = field(default_factory=dict)


class Listing:
    """One page of what a query string asks for.

    Attributes:
        choices: What it asks for.

    Args:
        pages: What the list can show, with all that a row of it needs.
        facts: What they are in each facet.
        labels: What each facet is called.
        query: The query string of the address.
    """

    def __init__(self, pages: PageQuerySet, facts: Facts, labels: Labels, query: QueryDict):
        self._pages, self._facts, self._labels = pages, facts, labels
        self.known = {name: facts.known.get(name, {}) for name in labels}
        self._columns = {name: facts.columns.get(name, ()) for name in labels}
        self.choices = Choices.read(query, self.known)
        self._page_asked = query.get("page") or 1

    @property
    def is_first(self) -> bool:
        """Whether this is the first page of the whole list."""
        return not self.choices.is_narrowed and self.page.number == 1

    @cached_property
    def page(self) -> Page:
        """The requested page.

        Raises:
            Http404: If it does not exist.
        """
        paginator = Paginator(self._matching, PER_PAGE)
        try:
            page = paginator.page(self._page_asked)
        except InvalidPage as problem:
            raise Http404 from problem
        found = self._pages.in_bulk(list(page.object_list)) if self.total else {}
        page.object_list = [found[key] for key in page.object_list if key in found]
        return page

    @cached_property
    def _matching(self) -> list[int]:
        """The keys of what fits every choice."""
        fits = [
            [value is not None and self._fits(name, value) for value in column]
            for name, column in self._columns.items()
            if self.choices.chosen[name]
        ]
        return [key for n, key in enumerate(self._facts.keys) if all(each[n] for each in fits)]

    def _fits(self, name: str, value: object) -> bool:
        values = value if isinstance(value, tuple) else (str(value),)
        return any(each in self.choices.chosen[name] for each in values)

    @property
    def total(self) -> int:
        """How many fit, on all pages."""
        return len(self._matching)

    @cached_property
    def counts(self) -> dict[str, Counter[str]]:
        """How many pages each value of each facet has, if that facet had no choice."""
        return tally(self._columns, self.choices)[0]

    @cached_property
    def facets(self) -> list[Facet]:
        """Facets with their options and counts."""
        return self.choices.facets(self._labels, self.known, self.counts)

    @cached_property
    def chips(self) -> list[Chip]:
        """Choices, each with the address that removes it."""
        return self.choices.chips(self.known)

    @property
    def in_words(self) -> str:
        """Choices in words."""
        return self.choices.in_words(self.known)

    @property
    def address(self) -> str:
        """This page's query string with "?", the same for any order of choices; "" for none."""
        return self.choices.address(self.page.number)
