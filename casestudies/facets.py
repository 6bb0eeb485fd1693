"""Filters of the case-study list: words, what was chosen, what may be, and how many.

OR within a facet, AND across facets. A facet's counts are made with its own choice
lifted: they say what ticking one more box would add, not what is left. All state is in
the address; a value that is no option of its facet is ignored.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import QueryDict

from councils.choices import Kind, Region
from principles.models import Principle
from search.engines.words import clean, parse
from search.list_search import Matches, match, rank

if TYPE_CHECKING:
    from casestudies.models.pages import CaseStudyQuerySet

PER_PAGE = 24
MOST_LETTERS = 200  # of the words asked for

#: Facet name -> the word of `CaseStudyQuerySet` that narrows by it.
NARROW = {"principle": "about", "region": "in_regions", "kind": "by_kinds"}
LABELS = {"principle": "Principle", "region": "Region", "kind": "Kind of council"}


@dataclass(frozen=True)
class Option:
    """One box to tick. `count`: case studies it stands for, its facet's choice lifted."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Facet:
    """One group of boxes."""

    name: str
    label: str
    options: Sequence[Option]


@dataclass(frozen=True)
class Chip:
    """One choice in force, and the address of the list without it."""

    label: str
    url: str


class Listing:
    """One page of case studies under the choices of a query string."""

    def __init__(self, case_studies: "CaseStudyQuerySet", query: QueryDict):
        self.q = clean(query.get("q", ""))[:MOST_LETTERS]
        self.found = _found(self.q) if parse(self.q) else None
        self._all = case_studies
        if self.found:
            self._all = case_studies.filter(pk__in=self.found.keys)
        elif parse(self.q):  # the engine is away
            self._all = case_studies.titled(parse(self.q).words)
        self._page_asked = query.get("page")
        self._labels = {"principle": {}, "region": dict(Region.choices), "kind": dict(Kind.choices)}
        self.chosen: dict[str, list[str]] = {"principle": []}
        for name in ("region", "kind"):
            self.chosen[name] = self._choice(name, query)
        # Counted under region and kind, so they come after these two: one query for both.
        principles = list(self._counted_principles())
        self._labels["principle"] = {slug: name for slug, name, _ in principles}
        self._principle_counts = Counter({slug: count for slug, _, count in principles})
        self.chosen["principle"] = self._choice("principle", query)

    def _choice(self, name: str, query: QueryDict) -> list[str]:
        """What was chosen of a facet's values, in the order shown."""
        asked = set(query.getlist(name))
        return [value for value in self._labels[name] if value in asked]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q) or any(self.chosen.values())

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Name and value of each choice, for a form that asks for other words."""
        return [(name, value) for name, values in self.chosen.items() for value in values]

    @cached_property
    def page(self) -> Page:
        """The page asked for; the nearest there is where that is none."""
        found = self._narrowed("principle", "region", "kind")
        best = [rank("pk", self.found.keys)] if self.found else []
        ordered = found.order_by(*best, "council__name", "title", "pk")
        paginator = Paginator(ordered.for_cards(), PER_PAGE)
        paginator.count = self.total  # known already; else the paginator asks again
        return paginator.get_page(self._page_asked)

    @cached_property
    def total(self) -> int:
        """How many there are under these choices, on all pages."""
        return sum(
            count
            for (region, kind), count in self._places.items()
            if self._allows("region", region) and self._allows("kind", kind)
        )

    @cached_property
    def facets(self) -> list[Facet]:
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
        words = [Chip(f"“{self.q}”", "?" + _query(self.chosen))] if self.q else []
        return words + [
            Chip(self._labels[name][value], self._without(name, value)) for name, value in self.kept
        ]

    @property
    def in_words(self) -> str:
        """The choices as a sentence, so that nobody has to guess what goes with what."""
        groups = [
            " or ".join(self._labels[name][value] for value in values)
            for name, values in self.chosen.items()
            if values
        ]
        return ", and ".join(groups)

    @property
    def query(self) -> str:
        """The choices as a query string that a page number can follow."""
        return _query(self._state(self.chosen), ending="&")

    @property
    def kept_words(self) -> list[tuple[str, str]]:
        """The words, for the form of the other filters."""
        return [("q", self.q)] if self.q else []

    def _state(self, chosen: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
        return {"q": [self.q] if self.q else [], **chosen}

    def _without(self, name: str, value: str) -> str:
        rest = [other for other in self.chosen[name] if other != value]
        return "?" + _query(self._state({**self.chosen, name: rest}))

    def _allows(self, name: str, value: str) -> bool:
        """Whether the choice of a facet lets this value through; no choice lets all."""
        return not self.chosen[name] or value in self.chosen[name]

    def _narrowed(self, *names: str) -> "CaseStudyQuerySet":
        """All case studies under the choices of these facets."""
        found = self._all
        for name in names:
            if self.chosen[name]:
                found = getattr(found, NARROW[name])(self.chosen[name])
        return found

    @cached_property
    def _places(self) -> dict[tuple[str, str], int]:
        """How many there are by region and kind, under the choice of principles alone.

        One query, of at most nine regions by seven kinds, answers for both facets and
        for the total.
        """
        found = self._narrowed("principle").order_by()
        rows = found.values_list("council__region", "council__kind").annotate(Count("pk"))
        return {(region, kind): count for region, kind, count in rows}

    def _place_counts(self, part: int, other: str) -> Counter[str]:
        """The counts of region (part 0) or kind (part 1) under the choice of the other."""
        counts: Counter[str] = Counter()
        for place, count in self._places.items():
            if self._allows(other, place[1 - part]):
                counts[place[part]] += count
        return counts

    def _counted_principles(self) -> Iterable[tuple[str, str, int]]:
        """Slug, short name and count of the six, under the choice of region and kind."""
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
    """The choices as a query string, and `ending` after it unless it is empty."""
    text = urlencode({name: v for name, v in chosen.items() if v}, doseq=True)
    return text and text + ending


def _found(text: str) -> Matches | None:
    found = match(text, ["case-study"])
    return found and replace(found, keys=tuple(int(key) for key in found.keys))
