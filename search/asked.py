"""What an address of the search page asks for: words, choices, an order, a page.

All state is in the address. What is unknown in it is ignored, never an error.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from search.engines import FACETS, PAGE_SIZE, SORTS, Query
from search.engines.words import LONGEST, clean, parse

SIZES = (PAGE_SIZE, 25, 50)
MOST_VALUES = 20  # chosen in one facet: more is nobody's choice
SLUG = re.compile(r"[a-z0-9-]{1,80}\Z")

Chosen = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Asked:
    """One state of the page, and the way to its neighbours."""

    q: str
    chosen: Chosen
    sort: str = SORTS[0]
    size: int = PAGE_SIZE
    page: int = 1
    is_cut: bool = False

    @classmethod
    def read(cls, given: QueryDict, known: Mapping[str, Mapping[str, str]]) -> "Asked":
        """What the address says. `known`: by facet its values; any value that could be one
        where a facet has none there."""
        typed, sort = given.get("q", ""), given.get("sort", "")
        return cls(
            q=clean(typed),
            chosen={facet: _values(given.getlist(facet), known.get(facet)) for facet in FACETS},
            sort=sort if sort in SORTS else SORTS[0],
            size=next((n for n in SIZES if str(n) == given.get("size")), PAGE_SIZE),
            page=_number(given.get("page", "1")),
            is_cut=len(typed.strip()) > LONGEST,
        )

    @property
    def has_words(self) -> bool:
        return bool(parse(self.q))

    @property
    def is_narrowed(self) -> bool:
        return any(self.chosen.values())

    @property
    def query(self) -> Query:
        """The same, as an engine takes it."""
        chosen = {facet: values for facet, values in self.chosen.items() if values}
        return Query(self.q, chosen, facets=FACETS, sort=self.sort, page=self.page, size=self.size)

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """Name and value of all that differs from the plain page, but for the page number."""
        found = [("q", self.q)] if self.q else []
        found += [(facet, value) for facet, values in self.chosen.items() for value in values]
        if self.sort != SORTS[0]:
            found.append(("sort", self.sort))
        if self.size != PAGE_SIZE:
            found.append(("size", str(self.size)))
        return [(name, value) for name, value in found if name not in without]

    @property
    def url(self) -> str:
        """The address's query, from its question mark."""
        return f"?{urlencode(self.fields())}"

    def without(self, facet: str, value: str = "") -> "Asked":
        """The first page without this choice, or without any in the facet."""
        left = tuple(v for v in self.chosen[facet] if value and v != value)
        return replace(self, chosen={**self.chosen, facet: left}, page=1)

    def cleared(self) -> "Asked":
        """The first page without any choice."""
        return replace(self, chosen=dict.fromkeys(FACETS, ()), page=1)


def _values(given: list[str], known: Mapping[str, str] | None) -> tuple[str, ...]:
    """The values that may be, in the order of the facet."""
    if known is not None:
        wanted = set(given)
        return tuple(value for value in known if value in wanted)
    return tuple(dict.fromkeys(value for value in given if SLUG.match(value)))[:MOST_VALUES]


def _number(text: str) -> int:
    """The page asked for; the first where that is no number."""
    try:
        return max(1, int(text))
    except ValueError:
        return 1
