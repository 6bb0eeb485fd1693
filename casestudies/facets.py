"""The list of case studies: what its address asks for, its counts, and one page of it."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress

from django.core.paginator import InvalidPage, Page, Paginator
from django.http import Http404, QueryDict
from django.utils import timezone
from wagtail.query import PageQuerySet

from casestudies.choices import Completeness, CostBand, Route, Status, Theme
from councils.choices import Kind, Region
from councils.lookup import LookedUp, look_up
from councils.models import Council
from portal.facets import Chip, Choices, Columns, Facet, Labels, fitting, tally
from principles.models import Principle
from search.engines.words import clean, parse
from search.list_search import RANKED, match, rank

PER_PAGE = 24
MOST_LETTERS = 200  # of the search words
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
    "council": ("Council, A to Z", ["completeness", *BY_COUNCIL]),
    "confirmed": ("Most recently confirmed", ["-as_at", *BY_COUNCIL]),
    "newest": ("Newest here", ["-first_published_at", *BY_COUNCIL]),
}


@dataclass(frozen=True)
class Facts:
    """What the case studies of the list are in each facet, to count and to choose them by.

    Attributes:
        principles: Slugs and names of the principles.
        keys: The primary key of each case study, by council and title.
        columns: By facet, the value of each case study; tuples of slugs for principles.
        councils: The council of each case study, with no more than what makes councils alike.
        case_studies: Where these facts come from.
        orders: The keys in each of ORDERS that was asked for.
    """

    principles: Labels
    keys: Sequence[int]
    columns: Columns
    councils: Sequence[Council] = ()
    case_studies: PageQuerySet | None = None
    orders: dict[str, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def none(cls) -> "Facts":
        """Return the facts of no case study."""
        return cls({}, (), dict.fromkeys(COLUMNS, ()))

    @classmethod
    def read(cls, case_studies: PageQuerySet) -> "Facts":
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
        names = {slug: name for _, slug, name in principles}
        by_facet = dict(zip(COLUMNS, shared, strict=True))
        alike = ("pk", "population", "region", "kind")
        parts = list(zip(ids, people, by_facet["region"], by_facet["kind"], strict=True))
        council = {part: Council(**dict(zip(alike, part, strict=True))) for part in set(parts)}
        councils = tuple(council[part] for part in parts)
        return cls(names, keys, by_facet, councils, case_studies)

    @cached_property
    def counted(self) -> tuple[dict[str, Counter[str]], int]:
        """The counts and the total where nothing is chosen."""
        return tally(self.columns, Choices("", dict.fromkeys(COLUMNS, ())))

    def in_order(self, name: str) -> Sequence[int]:
        """Return all keys in one of ORDERS, made once: sorting 10,000 takes a while."""
        if self.case_studies is None:
            return ()
        if name == "council" and name not in self.orders:
            length = dict(zip(self.keys, map(str, self.columns["length"]), strict=True))
            self.orders[name] = sorted(self.keys, key=length.__getitem__)
        if name not in self.orders:
            ordered = self.case_studies.order_by(*ORDERS[name][1])
            self.orders[name] = tuple(ordered.values_list("pk", flat=True))
        return self.orders[name]

    def most_like(self, council: Council) -> Sequence[int]:
        """Return all keys, those of the councils most like this one first (`most_like`)."""
        likeness = {
            other: (-len(council.ways_like(other)), council.distance_in_people(other))
            for other in set(self.councils)
        }
        order = sorted(zip(self.councils, self.keys, strict=True), key=lambda of: likeness[of[0]])
        return [key for _, key in order]

    def of(self, keys: Container[int]) -> "Facts":
        """Return the facts of these case studies alone."""
        these = [key in keys for key in self.keys]
        return replace(
            self,
            keys=tuple(compress(self.keys, these)),
            columns={name: tuple(compress(column, these)) for name, column in self.columns.items()},
            councils=tuple(compress(self.councils, these)),
        )


class Listing:
    """One page of the case studies that a query string asks for.

    Attributes:
        choices: What it asks for.
        like: The council whose like come first, or None.
        lookup: What the name of that council leads to, if it is not clear.
        found: What search found, or None without words or while it is unavailable.

    Args:
        case_studies: A queryset of case studies, unfiltered.
        facts: What they are in each facet.
        query: The query string of the address.
    """

    def __init__(self, case_studies: PageQuerySet, facts: Facts, query: QueryDict):
        years = range(timezone.localdate().year, EARLIEST, -1)
        self.known = {
            "principle": facts.principles,
            "theme": dict(Theme.choices),
            "region": dict(Region.choices),
            "kind": dict(Kind.choices),
            "cost": dict(CostBand.choices),
            "route": dict(Route.choices),
            "status": dict(Status.choices),
            "year": {str(year): str(year) for year in years},
            "length": dict(Completeness.choices),
        }
        words = clean(query.get("q", ""))[:MOST_LETTERS]
        self.like_asked = clean(query.get("like", ""))[:MOST_LETTERS]
        self.like, self.lookup = _council_called(self.like_asked)
        self.orders = {name: label for name, (label, _) in ORDERS.items()}
        if parse(words):
            self.orders = {"best": "Best match", **self.orders}
        if self.like:
            self.orders = {"like": f"Most like {self.like.name}", **self.orders}
        self.choices = Choices.read(query, self.known, q=words, settings={"sort": [*self.orders]})
        if self.like:
            settings = {"like": self.like.slug, **self.choices.settings}
            self.choices = replace(self.choices, settings=settings)
        self._page_asked = query.get("page") or 1
        self._all, self._every, self._facts = case_studies, facts, facts
        self.found = match(words, ["case-study"]) if parse(words) else None
        if parse(words):
            keys = set(map(int, self.found.keys)) if self.found else _titled(case_studies, words)
            self._all, self._facts = case_studies.filter(pk__in=keys), facts.of(keys)

    @property
    def is_first(self) -> bool:
        """Whether this is the first page of the plain list."""
        is_plain = not (self.choices.is_narrowed or self.choices.settings or self.like_asked)
        return is_plain and self.page.number == 1

    @property
    def order(self) -> str:
        """The order in force."""
        return self.choices.settings.get("sort", next(iter(self.orders)))

    @property
    def matching(self) -> PageQuerySet:
        """The case studies on all pages, in order."""
        chosen = {f"{field}__in": self.choices.chosen[name] for name, field in COLUMNS.items()}
        about = chosen.pop("principle_numbers__in")
        found = self._all.filter(**{field: values for field, values in chosen.items() if values})
        return self._ordered(found.about(about) if about else found)

    def _ordered(self, found: PageQuerySet) -> PageQuerySet:
        if self.order == "like":
            return found.most_like(self.like).order_by("-ways", "distance", *BY_COUNCIL)
        if self.order == "best":
            best = [rank("pk", self.found.keys)] if self.found else []
            return found.order_by(*best, *BY_COUNCIL)
        return found.order_by(*ORDERS[self.order][1])

    @cached_property
    def page(self) -> Page:
        """The requested page.

        Raises:
            Http404: If it does not exist.
        """
        try:
            page = Paginator(self._keys, PER_PAGE).page(self._page_asked)
        except InvalidPage as problem:
            raise Http404 from problem
        # Only those of the page are read, and whole.
        cards = self._all.for_cards().in_bulk(page.object_list)
        page.object_list = [cards[key] for key in page.object_list if key in cards]
        return page

    @property
    def _keys(self) -> Sequence[int]:
        """The keys of all pages, in order."""
        keys: Iterable[int]
        if self.order == "best":
            best = self.found.keys[:RANKED] if self.found else ()
            keys = dict.fromkeys([*map(int, best), *self._every.keys])
        elif self.like and self.order == "like":
            keys = self._every.most_like(self.like)
        else:
            keys = self._every.in_order(self.order)
        if not self.choices.is_narrowed:
            return tuple(keys)
        fits = set(fitting(self._facts.keys, self._facts.columns, self.choices))
        return [key for key in keys if key in fits]

    @property
    def total(self) -> int:
        """How many case studies fit, on all pages."""
        return self._tally[1]

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

    @property
    def counts(self) -> dict[str, Counter[str]]:
        """How many case studies each value of each facet has, if that facet had no choice."""
        return self._tally[0]

    @cached_property
    def facets(self) -> list[Facet]:
        """Facets with their options and counts."""
        return self.choices.facets(LABELS, self.known, self.counts)

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
    def sorts(self) -> dict[str, list[dict[str, object]]]:
        """Links to the same list in each order."""
        return {"Sort by": self.choices.links("sort", self.orders)}

    @property
    def kept_by_like(self) -> list[tuple[str, str]]:
        """What the form for a council sends along unseen."""
        return self.choices.fields("like", "sort")

    @property
    def meant(self) -> list[Council]:
        """The councils that may have been meant by a name that is not clear."""
        return list(self.lookup.best_first()[:MOST_MEANT]) if self.lookup else []

    @property
    def in_words(self) -> str:
        """Choices in words."""
        return self.choices.in_words(self.known)

    @property
    def address(self) -> str:
        """This page's query string with "?", the same for any order of choices; "" for none."""
        return self.choices.address(self.page.number)

    @cached_property
    def _tally(self) -> tuple[dict[str, Counter[str]], int]:
        if self.choices.is_narrowed:
            return tally(self._facts.columns, self.choices)
        return self._facts.counted


def _titled(case_studies: PageQuerySet, words: str) -> set[int]:
    """Return those with all the words in their titles, for when the engine is unavailable."""
    return set(case_studies.titled(parse(words).words).values_list("pk", flat=True))


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
