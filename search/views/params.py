"""The query string of the search page and its API: words, facets, order, page.

All state is in the address. Unknown values are ignored, never an error.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from search.engines.interface import FACETS, PAGE_SIZE, SORTS, Query
from search.engines.words import LONGEST, clean, parse

SIZES = (PAGE_SIZE, 25, 50)
MOST_VALUES = 20  # of one facet: nobody chooses more by hand
SLUG = re.compile(r"[a-z0-9-]{1,80}\Z")

Chosen = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Params:
    """One state of the search page, and the addresses of its neighbours."""

    q: str
    chosen: Chosen
    sort: str = SORTS[0]
    size: int = PAGE_SIZE
    page: int = 1
    is_cut: bool = False

    @classmethod
    def read(cls, given: QueryDict, known: Mapping[str, Mapping[str, str]]) -> "Params":
        """Read a query string.

        Args:
            given: The request's query.
            known: The possible values by facet. A facet missing here takes any slug.
        """
        typed, sort = given.get("q", ""), given.get("sort", "")
        try:
            page = max(1, int(given.get("page", "1")))
        except ValueError:
            page = 1
        return cls(
            q=clean(typed),
            chosen={facet: _values(given.getlist(facet), known.get(facet)) for facet in FACETS},
            sort=sort if sort in SORTS else SORTS[0],
            size=next((n for n in SIZES if str(n) == given.get("size")), PAGE_SIZE),
            page=page,
            is_cut=len(typed.strip()) > LONGEST,
        )

    @property
    def has_words(self) -> bool:
        """Whether there is a word to search for."""
        return bool(parse(self.q))

    @property
    def is_plain(self) -> bool:
        """Whether this is the first page, without any choice in a facet."""
        return self.page == 1 and not any(self.chosen.values())

    @property
    def query(self) -> Query:
        """The same as a query for an engine."""
        chosen = {facet: values for facet, values in self.chosen.items() if values}
        return Query(self.q, chosen, facets=FACETS, sort=self.sort, page=self.page, size=self.size)

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """Return names and values that differ from the defaults, without the page number."""
        found = [("q", self.q)] if self.q else []
        found += [(facet, value) for facet, values in self.chosen.items() for value in values]
        if self.sort != SORTS[0]:
            found.append(("sort", self.sort))
        if self.size != PAGE_SIZE:
            found.append(("size", str(self.size)))
        return [(name, value) for name, value in found if name not in without]

    @property
    def url(self) -> str:
        """The query string, with its question mark."""
        return f"?{urlencode(self.fields())}"

    def without(self, facet: str, value: str = "") -> "Params":
        """Return the first page without this choice, or without any choice in the facet."""
        left = tuple(v for v in self.chosen[facet] if value and v != value)
        return replace(self, chosen={**self.chosen, facet: left}, page=1)

    def cleared(self) -> "Params":
        """Return the first page without any choice."""
        return replace(self, chosen=dict.fromkeys(FACETS, ()), page=1)


def _values(given: list[str], known: Mapping[str, str] | None) -> tuple[str, ...]:
    """Return the possible values among those given, in the order of the facet."""
    if known is not None:
        return tuple(value for value in known if value in given)
    return tuple(dict.fromkeys(value for value in given if SLUG.match(value)))[:MOST_VALUES]
