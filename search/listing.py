"""A list of pages with facets, orders and search words: what its address asks for.

Every list counts, chooses and orders in memory, from facts that are read once for each public
change; of the database it asks no more than the rows of one page. Case studies, news, events and
resources each say what their facets and orders are.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress
from typing import Any, ClassVar, Self

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, QueryDict
from wagtail.query import PageQuerySet

from portal.facets import Chip, Choices, Columns, Facet, Known, Labels, fitting, tally
from search.engines.asking import ask
from search.engines.interface import MOST_HITS, EngineUnavailable, Query
from search.engines.words import clean, parse

MOST_LETTERS = 200  # of the search words
RANKED = 50  # the first of them keep their order, the rest follow the list's own


@dataclass(frozen=True)
class Facts:
    """What the pages of a list are in each facet.

    Attributes:
        keys: The primary key of each page, in the list's own order.
        columns: By facet, the value of each page: one, None, or a tuple of several.
        known: By facet, the values that can be chosen, and what people read.
        orders: The keys in other orders, by the name of the order.
    """

    keys: Sequence[int] = ()
    columns: Columns = field(default_factory=dict)
    known: Known = field(default_factory=dict)
    orders: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @cached_property
    def counted(self) -> tuple[dict[str, Counter[str]], int]:
        """The counts and the total where nothing is chosen."""
        return tally(self.columns, Choices("", dict.fromkeys(self.columns, ())))

    def in_order(self, name: str) -> Sequence[int]:
        """Return all keys in one of the orders; in the list's own, if it has no other."""
        return self.orders.get(name, self.keys)

    def of(self, keys: Container[int]) -> Self:
        """Return the facts of these pages alone; the orders stay whole."""
        these = [key in keys for key in self.keys]
        return replace(
            self,
            keys=tuple(compress(self.keys, these)),
            columns={name: tuple(compress(column, these)) for name, column in self.columns.items()},
        )


class Listing:
    """One page of what a query string asks for. Abstract: each list says its own words.

    Attributes:
        LABELS: What each facet is called.
        ORDERS: The orders and their labels, the list's own first; {} if there is only one.
        ENTRIES: The type of its entries in search; "" if nobody can search it.
        PER_PAGE: How many rows a page has.
        choices: What the address asks for.
        known: By facet, the values that can be chosen, and what people read.
        found: What search found, or None without words or while it is unavailable.

    Args:
        pages: What the list can show, with all that a row of it needs.
        facts: What they are in each facet.
        query: The query string of the address.
    """

    LABELS: ClassVar[Labels]
    ORDERS: ClassVar[Labels] = {}
    ENTRIES: ClassVar[str] = ""
    PER_PAGE: ClassVar[int] = 24

    def __init__(self, pages: PageQuerySet, facts: Facts, query: QueryDict):
        self._pages, self._every, self._facts = pages, facts, facts
        self.known: Known = {name: facts.known.get(name, {}) for name in self.LABELS}
        words = clean(query.get("q", ""))[:MOST_LETTERS] if self.ENTRIES else ""
        self.found, self.orders = None, {**self.ORDERS}
        if terms := parse(words):
            self.found = match(words, [self.ENTRIES])
            of = set(map(int, self.found.keys)) if self.found else self._titled(terms.words)
            self._facts = facts.of(of)
            self.orders = {"best": "Best match", **self.orders}
        self._add_orders()
        settings = {"sort": [*self.orders]} if self.orders else {}
        self.choices = Choices.read(query, self.known, q=words, settings=settings)
        self._page_asked = query.get("page") or 1

    def _add_orders(self) -> None:
        """Put further orders among `orders`."""

    def _titled(self, words: Sequence[str]) -> set[int]:
        """Return those with all the words in their titles, for when search is unavailable."""
        titled = self._pages
        for word in words:
            titled = titled.filter(title__icontains=word)
        return set(titled.values_list("pk", flat=True))

    @property
    def is_first(self) -> bool:
        """Whether this is the first page of the plain list."""
        is_plain = not (self.choices.is_narrowed or self.choices.settings)
        return is_plain and self.page.number == 1

    @property
    def order(self) -> str:
        """The order in force; "" if there is only one."""
        return self.choices.settings.get("sort", next(iter(self.orders), ""))

    @cached_property
    def page(self) -> Page:
        """The requested page.

        Raises:
            Http404: If it does not exist.
        """
        try:
            page = Paginator(self._keys, self.PER_PAGE).page(self._page_asked)
        except InvalidPage as problem:
            raise Http404 from problem
        page.object_list = self._rows(list(page.object_list))
        return page

    def _rows(self, keys: Sequence[int]) -> list[Any]:
        """Return the pages with these keys, in this order."""
        rows = self._pages.in_bulk(keys) if keys else {}
        return [rows[key] for key in keys if key in rows]

    @property
    def _keys(self) -> Sequence[int]:
        """The keys of all pages, in order."""
        keys = self._all_in_order()
        if not self.choices.is_narrowed:
            return tuple(keys)
        fits = set(fitting(self._facts.keys, self._facts.columns, self.choices))
        return [key for key in keys if key in fits]

    def _all_in_order(self) -> Sequence[int]:
        """Return every key, in the order in force."""
        if self.order == "best":
            best = self.found.keys[:RANKED] if self.found else ()
            return [*dict.fromkeys([*map(int, best), *self._every.keys])]
        return self._every.in_order(self.order)

    @property
    def total(self) -> int:
        """How many fit, on all pages."""
        return self._tally[1]

    @property
    def counts(self) -> dict[str, Counter[str]]:
        """How many pages each value of each facet has, if that facet had no choice."""
        return self._tally[0]

    @cached_property
    def _tally(self) -> tuple[dict[str, Counter[str]], int]:
        if self.choices.is_narrowed:
            return tally(self._facts.columns, self.choices)
        return self._facts.counted

    @cached_property
    def facets(self) -> list[Facet]:
        """Facets with their options and counts."""
        return self.choices.facets(self.LABELS, self.known, self.counts)

    @property
    def chips(self) -> list[Chip]:
        """Search words and choices, each with the address that removes it."""
        return self.choices.words_chip + self.choices.chips(self.known)

    @property
    def sorts(self) -> dict[str, list[dict[str, object]]]:
        """Links to the same list in each order."""
        return {"Sort by": self.choices.links("sort", self.orders)}

    @property
    def in_words(self) -> str:
        """Choices in words."""
        return self.choices.in_words(self.known)

    @property
    def address(self) -> str:
        """This page's query string with "?", the same for any order of choices; "" for none."""
        return self.choices.address(self.page.number)


@dataclass(frozen=True)
class Matches:
    """What matches, best first. `keys` are those of entries, without their prefix ("brd")."""

    keys: tuple[str | int, ...] = ()
    loosened: bool = False
    did_you_mean: str = ""


def match(text: str, types: Sequence[str]) -> Matches | None:
    """Find entries of these types.

    Returns:
        The matches, or None while the engine is unavailable.
    """
    query = Query(text, {"type": tuple(types)}, facets=(), size=MOST_HITS, marks=False, fill=False)
    try:
        results = ask(query)
    except EngineUnavailable:
        return None
    keys = tuple(hit.key.partition(":")[2] for hit in results.hits)
    return Matches(keys, results.loosened, results.did_you_mean)


def rank(field: str, keys: Sequence[object]) -> Case:
    """Return an order for a queryset: as these keys of `field` come, all others after them."""
    places = [When(**{field: key}, then=Value(n)) for n, key in enumerate(keys[:RANKED])]
    return Case(*places, default=Value(RANKED), output_field=IntegerField())
