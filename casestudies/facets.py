"""The list of case studies: what its address asks for, its counts, and one page of it."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, Self

from django.http import QueryDict
from django.utils import timezone
from wagtail.query import PageQuerySet

from casestudies.choices import Completeness, CostBand, Route, Status, Theme
from councils.choices import Kind, Region
from councils.lookup import LookedUp, look_up
from councils.models import Council
from portal.facets import Chip
from principles.models import Principle
from search.engines.words import clean
from search.listing import MOST_LETTERS, Facts, Listing, rank

if TYPE_CHECKING:
    from casestudies.models import CaseStudyPage

MOST_HELD = 200  # cards, in a process
MOST_MEANT = 6  # councils
EARLIEST = 1900  # year that work can have begun in

LABELS = {
    "principle": "Principle",
    "theme": "Theme",
    "region": "Region",
    "kind": "Type of council",
    "cost": "Cost",
    "route": "Procurement route",
    "status": "Status",
    "year": "Year it began",
    "length": "Length",
}
#: The field of each facet, all of them in one narrow index.
COLUMNS = {
    "principle": "principle_numbers",
    "theme": "theme",
    "region": "council__region",
    "kind": "council__kind",
    "cost": "cost_band",
    "route": "procurement_route",
    "status": "status",
    "year": "began",
    "length": "completeness",
}
PLURALS = {"full": ("full case study", "full case studies"), "short": ("short note", "short notes")}
BY_COUNCIL = ("council__name", "title", "pk")
ORDERS = {
    "council": ["completeness", *BY_COUNCIL],
    "confirmed": ["-as_at", *BY_COUNCIL],
    "newest": ["-first_published_at", *BY_COUNCIL],
}


@dataclass(frozen=True)
class CaseStudyFacts(Facts):
    """The facts of case studies, by council and title.

    Attributes:
        councils: The council of each case study, with no more than what makes councils alike.
        case_studies: Where these facts come from.
        held: Case studies with what their cards show, by key, as they were asked for.
    """

    councils: Sequence[Council] = ()
    case_studies: PageQuerySet | None = None
    orders: dict[str, Sequence[int]] = field(default_factory=dict)
    held: dict[int, "CaseStudyPage"] = field(default_factory=dict)

    @classmethod
    def read(cls, case_studies: PageQuerySet) -> Self:
        """Read the facts of these case studies: two queries, and one copy of equal values."""
        principles = Principle.objects.order_by("number").values_list(
            "number", "slug", "short_name"
        )
        slugs = {str(number): slug for number, slug, _ in principles}
        fields = ("pk", "council", "council__population", *COLUMNS.values())
        rows = list(case_studies.order_by(*BY_COUNCIL).values_list(*fields))
        keys, ids, people, *columns = zip(*rows, strict=True) if rows else [()] * len(fields)
        one = [{value: value for value in set(column)} for column in columns]
        one[0] = {numbers: tuple(map(slugs.get, numbers)) for numbers in one[0]}
        shared = [tuple(map(same.get, column)) for same, column in zip(one, columns, strict=True)]
        by_facet = dict(zip(COLUMNS, shared, strict=True))
        alike = ("pk", "population", "region", "kind")
        parts = list(zip(ids, people, by_facet["region"], by_facet["kind"], strict=True))
        council = {part: Council(**dict(zip(alike, part, strict=True))) for part in set(parts)}
        years = map(str, range(timezone.localdate().year, EARLIEST, -1))
        known = {
            "principle": {slug: name for _, slug, name in principles},
            "theme": dict(Theme.choices),
            "region": dict(Region.choices),
            "kind": dict(Kind.choices),
            "cost": dict(CostBand.choices),
            "route": dict(Route.choices),
            "status": dict(Status.choices),
            "year": {year: year for year in years},
            "length": dict(Completeness.choices),
        }
        councils = tuple(council[part] for part in parts)
        return cls(keys, by_facet, known, councils=councils, case_studies=case_studies)

    def cards(self, keys: Sequence[int]) -> list["CaseStudyPage"]:
        """Return these case studies with all that a card shows, in this order.

        Each is read once for as long as these facts hold, and each caller gets a copy.
        """
        found = {key: self.held[key] for key in keys if key in self.held}
        missing = [key for key in keys if key not in found]
        if missing and self.case_studies is not None:
            rows = self.case_studies.for_cards().in_bulk(missing)
            found |= rows
            if len(self.held) < MOST_HELD:
                self.held.update(rows)
        return [copy(found[key]) for key in keys if key in found]

    def in_order(self, name: str) -> Sequence[int]:
        """Return all keys in one of ORDERS, made once: sorting 10,000 takes a while."""
        if self.case_studies is None:
            return ()
        if name == "council" and name not in self.orders:
            length = dict(zip(self.keys, map(str, self.columns["length"]), strict=True))
            self.orders[name] = sorted(self.keys, key=length.__getitem__)
        if name not in self.orders:
            ordered = self.case_studies.order_by(*ORDERS[name])
            self.orders[name] = tuple(ordered.values_list("pk", flat=True))
        return self.orders[name]

    def _likeness(self, council: Council) -> dict[int, tuple[int, int]]:
        """Return by council what to sort by, so that those most like this one come first."""
        return {
            key: (-len(council.ways_like(other)), council.distance_in_people(other))
            for key, other in {other.id: other for other in self.councils}.items()
        }

    def most_like(self, council: Council) -> Sequence[int]:
        """Return all keys, those of the councils most like this one first."""
        likeness = self._likeness(council)
        order = sorted(
            zip(self.councils, self.keys, strict=True), key=lambda of: likeness[of[0].id]
        )
        return [key for _, key in order]

    def related_to(self, page: "CaseStudyPage", number: int) -> list[int]:
        """Return the keys of others that share a principle with a page, most shared first.

        Then those of the councils most like its own. Other councils come before the same one,
        because the reader has found this council already and learns more from another one.
        """
        about: Any = self.columns.get("principle", ())
        mine = {principle.slug for principle in page.principles.all()}
        shared = {slugs: len(mine.intersection(slugs)) for slugs in set(about)}
        own = page.council or Council()  # a draft has none
        likeness = self._likeness(own)
        others = (
            (other.id == own.id, -shared[slugs], likeness[other.id], place)
            for place, (slugs, other) in enumerate(zip(about, self.councils, strict=True))
            if shared[slugs] and self.keys[place] != page.pk
        )
        return [self.keys[place] for *_, place in nsmallest(number, others)]


class CaseStudyListing(Listing):
    """One page of the case studies that a query string asks for.

    Attributes:
        like: The council whose like come first, or None.
        lookup: What the name of that council leads to, if it is not clear.
    """

    LABELS = LABELS
    ORDERS = {
        "council": "Council, A to Z",
        "confirmed": "Most recently confirmed",
        "newest": "Newest here",
    }
    ENTRIES = "case-study"
    _every: CaseStudyFacts

    def __init__(self, case_studies: PageQuerySet, facts: CaseStudyFacts, query: QueryDict):
        self.like_asked = clean(query.get("like", ""))[:MOST_LETTERS]
        self.like, self.lookup = _council_called(self.like_asked)
        super().__init__(case_studies, facts, query)
        if self.like:
            settings = {"like": self.like.slug, **self.choices.settings}
            self.choices = replace(self.choices, settings=settings)

    def _add_orders(self) -> None:
        if self.like:
            self.orders = {"like": f"Most like {self.like.name}", **self.orders}

    def _rows(self, keys: Sequence[int]) -> list["CaseStudyPage"]:
        return self._every.cards(keys)

    def _titled(self, words: Sequence[str]) -> set[int]:
        return set(self._pages.titled(words).values_list("pk", flat=True))

    def _all_in_order(self) -> Sequence[int]:
        if self.like and self.order == "like":
            return self._every.most_like(self.like)
        return super()._all_in_order()

    @property
    def is_first(self) -> bool:
        """Whether this is the first page of the plain list."""
        return super().is_first and not self.like_asked

    @property
    def matching(self) -> PageQuerySet:
        """The case studies on all pages, in order."""
        chosen = {f"{field}__in": self.choices.chosen[name] for name, field in COLUMNS.items()}
        about = chosen.pop("principle_numbers__in")
        found = self._pages.filter(**{field: values for field, values in chosen.items() if values})
        if about:
            found = found.about(about)
        if self.choices.q:
            found = found.filter(pk__in=self._facts.keys)
        if self.order == "like":
            return found.most_like(self.like).order_by("-ways", "distance", *BY_COUNCIL)
        if self.order == "best":
            best = [rank("pk", self.found.keys)] if self.found else []
            return found.order_by(*best, *BY_COUNCIL)
        return found.order_by(*ORDERS[self.order])

    @property
    def is_divided(self) -> bool:
        """Whether short notes stand apart, after the full case studies."""
        return self.order == "council" and all(self._lengths.values())

    @property
    def number_in_words(self) -> str:
        """How many fit: "12 full case studies and 1 short note"."""
        numbers = {name: number for name, number in self._lengths.items() if number}
        parts = [f"{number:,} {PLURALS[name][number != 1]}" for name, number in numbers.items()]
        return " and ".join(parts) or "No case studies"

    @property
    def _lengths(self) -> dict[str, int]:
        """How many fit that are full, and short."""
        lengths = self.counts["length"]
        return {name: lengths[name] * self.choices.allows("length", name) for name in PLURALS}

    @cached_property
    def chips(self) -> list[Chip]:
        """Search words, choices and the council, each with the address that removes it."""
        settings = self.choices.settings
        rest = {name: value for name, value in settings.items() if name != "like"}
        like = (
            [Chip(f"Most like {self.like.name}", replace(self.choices, settings=rest).url)]
            if self.like
            else []
        )
        return self.choices.words_chip + like + self.choices.chips(self.known)

    @property
    def kept_by_like(self) -> list[tuple[str, str]]:
        """What the form for a council sends along unseen."""
        return self.choices.fields("like", "sort")

    @property
    def meant(self) -> list[Council]:
        """The councils that may have been meant by a name that is not clear."""
        return list(self.lookup.best_first()[:MOST_MEANT]) if self.lookup else []


def _council_called(name: str) -> tuple[Council | None, LookedUp | None]:
    """Return the council of a slug or name, and what the name leads to if it is not clear."""
    if not name:
        return None, None
    if council := Council.objects.real().filter(slug=name).first():
        return council, None
    looked_up = look_up(name)
    if looked_up.one:
        return Council.objects.get(pk=looked_up.one), None
    return None, looked_up
