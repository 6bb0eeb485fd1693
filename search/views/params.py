"""The query string of the search page and its API: words, facets, order, page.

All state is in the address. Unknown values are never an error of the page.
"""

from dataclasses import dataclass, replace

from django.http import QueryDict

from portal.facets import Choices, Known
from search.engines.interface import FACETS, PAGE_SIZE, SORTS, Query
from search.engines.words import LONGEST, clean, parse

SIZES = (PAGE_SIZE, 25, 50)
SETTINGS = {"sort": SORTS, "size": tuple(map(str, SIZES))}


@dataclass(frozen=True)
class Params(Choices):
    """One state of the search page. `is_cut`: its words were too many."""

    page: int = 1
    is_cut: bool = False

    @classmethod
    def of(cls, given: QueryDict, fixed: Known) -> "Params":
        """Read a query string.

        Args:
            given: The request's query.
            fixed: The possible values of the facets with a closed list.
        """
        typed = given.get("q", "")
        try:
            page = max(1, int(given.get("page", "1")))
        except ValueError:
            page = 1
        known = {facet: fixed.get(facet) for facet in FACETS}
        params = cls.read(given, known, q=clean(typed), settings=SETTINGS)
        return replace(params, page=page, is_cut=len(typed.strip()) > LONGEST)

    @property
    def sort(self) -> str:
        """The order, one of SORTS."""
        return self.settings.get("sort", SORTS[0])

    @property
    def size(self) -> int:
        """Hits on a page, one of SIZES."""
        return int(self.settings.get("size", PAGE_SIZE))

    @property
    def has_words(self) -> bool:
        """Whether there is a word to search for."""
        return bool(parse(self.q))

    @property
    def is_plain(self) -> bool:
        """Whether this is the first page, without any choice in a facet."""
        return self.page == 1 and not self.number

    @property
    def query(self) -> Query:
        """The same as a query for an engine."""
        chosen = {facet: values for facet, values in self.chosen.items() if values}
        return Query(self.q, chosen, facets=FACETS, sort=self.sort, page=self.page, size=self.size)
