"""Filters of the case-study list: search words and facets, with counts and chips.

OR within a facet, AND across facets. A facet's counts ignore its own choices: they say what
one more box would add. All state is in the address, and unknown values are ignored.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Count, Q
from django.http import Http404, QueryDict
from wagtail.query import PageQuerySet

from councils.choices import Kind, Region
from principles.models import Principle
from search.engines.words import clean, parse
from search.list_search import match, rank

PER_PAGE = 24
MOST_LETTERS = 200  # of the search words

#: Facet name -> the method of the case studies' queryset that filters by it.
NARROW = {"principle": "about", "region": "in_regions", "kind": "by_kinds"}
LABELS = {"principle": "Principle", "region": "Region", "kind": "Type of council"}


@dataclass(frozen=True)
class Option:
    """One checkbox, with its count of case studies if its facet had no choice."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Facet:
    """One group of checkboxes."""

    name: str
    label: str
    options: Sequence[Option]


@dataclass(frozen=True)
class Chip:
    """One chosen value, and the address of the list without it."""

    label: str
    url: str


class Listing:
    """One page of the case studies that a query string asks for.

    Args:
        case_studies: A queryset of case studies, unfiltered.
        query: The query string of the address.
    """

    def __init__(self, case_studies: PageQuerySet, query: QueryDict):
        self.q = clean(query.get("q", ""))[:MOST_LETTERS]
        self.found = match(self.q, ["case-study"]) if parse(self.q) else None
        self._all = case_studies
        if self.found:
            self._all = case_studies.filter(pk__in=self.found.keys)
        elif parse(self.q):  # the engine is unavailable
            self._all = case_studies.titled(parse(self.q).words)
        self._page_asked = query.get("page") or 1
        self._labels = {"principle": {}, "region": dict(Region.choices), "kind": dict(Kind.choices)}
        self.chosen: dict[str, list[str]] = {"principle": []}
        for name in ("region", "kind"):
            self.chosen[name] = self._choice(name, query)
        # After region and kind, because these narrow the counts: one query for names and counts.
        principles = list(self._counted_principles())
        self._labels["principle"] = {slug: name for slug, name, _ in principles}
        self._principle_counts = Counter({slug: count for slug, _, count in principles})
        self.chosen["principle"] = self._choice("principle", query)
        asked = {value for name in self._labels for value in query.getlist(name)}
        known = {value for values in self._labels.values() for value in values}
        #: Values of facets that do not exist, a few of them, for a message.
        self.unknown = sorted(clean(value)[:MOST_LETTERS] for value in asked - known if value)[:3]

    def _choice(self, name: str, query: QueryDict) -> list[str]:
        """Return the chosen values of a facet, in the order shown."""
        asked = set(query.getlist(name))
        return [value for value in self._labels[name] if value in asked]

    @property
    def is_narrowed(self) -> bool:
        """Whether there are search words or choices."""
        return bool(self.q) or any(self.chosen.values())

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Name and value of each choice, for the search form."""
        return [(name, value) for name, values in self.chosen.items() for value in values]

    @cached_property
    def page(self) -> Page:
        """The requested page.

        Raises:
            Http404: If it does not exist.
        """
        found = self._narrowed("principle", "region", "kind")
        best = [rank("pk", self.found.keys)] if self.found else []
        ordered = found.order_by(*best, "council__name", "title", "pk")
        paginator = Paginator(ordered.for_cards(), PER_PAGE)
        paginator.count = self.total  # saves the paginator's query
        try:
            return paginator.page(self._page_asked)
        except InvalidPage as problem:
            raise Http404 from problem

    @cached_property
    def total(self) -> int:
        """How many case studies fit, on all pages."""
        return sum(
            count
            for (region, kind), count in self._places.items()
            if self._allows("region", region) and self._allows("kind", kind)
        )

    @cached_property
    def facets(self) -> list[Facet]:
        """Facets with their options and counts."""
        counts = {
            "principle": self._principle_counts,
            "region": self._place_counts(0, "kind"),
            "kind": self._place_counts(1, "region"),
        }
        return [
            Facet(name, LABELS[name], self._counted(name, counts[name])) for name in self._labels
        ]

    @cached_property
    def chips(self) -> list[Chip]:
        """Search words and choices, each with the address that removes it."""
        words = [Chip(f"“{self.q}”", "?" + _query(self.chosen))] if self.q else []
        return words + [
            Chip(self._labels[name][value], self._without(name, value)) for name, value in self.kept
        ]

    @property
    def in_words(self) -> str:
        """Choices in words, with "or" within a facet and "and" between facets."""
        groups = [
            " or ".join(self._labels[name][value] for value in values)
            for name, values in self.chosen.items()
            if values
        ]
        return ", and ".join(groups)

    @property
    def query(self) -> str:
        """Query string before a page number, with "&" at its end unless it is empty."""
        return _query(self._state(self.chosen), ending="&")

    @property
    def address(self) -> str:
        """This page's query string with "?", the same for any order of choices; "" for none."""
        state = self._state(self.chosen)
        if self.page.number > 1:
            state = {**state, "page": [str(self.page.number)]}
        query = _query(state)
        return query and f"?{query}"

    @property
    def kept_words(self) -> list[tuple[str, str]]:
        """Search words, for the form of the facets."""
        return [("q", self.q)] if self.q else []

    def _state(self, chosen: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
        return {"q": [self.q] if self.q else [], **chosen}

    def _without(self, name: str, value: str) -> str:
        rest = [other for other in self.chosen[name] if other != value]
        return "?" + _query(self._state({**self.chosen, name: rest}))

    def _allows(self, name: str, value: str) -> bool:
        """Whether a facet's choices include this value; no choice includes all."""
        return not self.chosen[name] or value in self.chosen[name]

    def _narrowed(self, *names: str) -> PageQuerySet:
        """Return the case studies that fit the choices of these facets."""
        found = self._all
        for name in names:
            if self.chosen[name]:
                found = getattr(found, NARROW[name])(self.chosen[name])
        return found

    @cached_property
    def _places(self) -> dict[tuple[str, str], int]:
        """Counts by region and type of council, for the chosen principles.

        One query, with at most nine regions by seven types, serves both facets and the total.
        """
        found = self._narrowed("principle").order_by()
        rows = found.values_list("council__region", "council__kind").annotate(Count("pk"))
        return {(region, kind): count for region, kind, count in rows}

    def _place_counts(self, part: int, other: str) -> Counter[str]:
        """Return counts by region (part 0) or type (part 1) for the choices of the other."""
        counts: Counter[str] = Counter()
        for place, count in self._places.items():
            if self._allows(other, place[1 - part]):
                counts[place[part]] += count
        return counts

    def _counted_principles(self) -> Iterable[tuple[str, str, int]]:
        """Return slug, short name and count of each principle, for the other choices."""
        found = self._narrowed("region", "kind").order_by().values("pk")
        count = Count("case_studies", filter=Q(case_studies__in=found))
        counted = Principle.objects.order_by("number").annotate(count=count)
        return counted.values_list("slug", "short_name", "count")

    def _counted(self, name: str, counts: Counter[str]) -> list[Option]:
        return [
            Option(value, label, counts[value], value in self.chosen[name])
            for value, label in self._labels[name].items()
        ]


def _query(chosen: Mapping[str, Sequence[str]], ending: str = "") -> str:
    """Return the choices as a query string, with `ending` unless it is empty."""
    text = urlencode({name: v for name, v in chosen.items() if v}, doseq=True)
    return text and text + ending
