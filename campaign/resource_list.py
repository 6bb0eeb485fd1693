"""The list of resources: what its address asks for, its counts, and one page of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from django.core.paginator import InvalidPage, Page, Paginator
from django.db import models
from django.http import Http404, QueryDict
from django.utils.text import slugify
from wagtail.query import PageQuerySet

from portal.facets import Chip, Choices, Facet, Labels, tally
from principles.models import Principle
from search.engines.words import clean, parse
from search.list_search import match, rank

PER_PAGE = 24
MOST_LETTERS = 200  # of the search words

LABELS = {
    "kind": "Kind",
    "topic": "Topic",
    "principle": "Principle",
    "publisher": "Publisher",
    "year": "Year",
}
ORDERS: dict[str, tuple[str, list[object]]] = {
    "newest": ("Newest", [models.F("year").desc(nulls_last=True), "title", "pk"]),
    "title": ("Title, A to Z", ["title", "pk"]),
}


class Kind(models.TextChoices):
    """What a resource is."""

    GUIDE = "guide", "Guide or toolkit"
    REPORT = "report", "Report or research"
    LAW = "law", "Law or official guidance"
    POLICY = "policy", "Policy statement"
    ARTICLE = "article", "Article or blog"


class Topic(models.TextChoices):
    """The main subject of a resource, in words a reader would search for."""

    KEEP_IT_LOCAL = "keep-it-local", "Keep it Local"
    BUYING = "buying", "Buying and the law"
    SOCIAL_VALUE = "social-value", "Social value"
    LOCAL_ECONOMY = "local-economy", "Local economy"
    COMMUNITY_POWER = "community-power", "Community power"
    SECTOR = "sector", "Working with community organisations"
    BUILDINGS = "buildings", "Community buildings"
    REORGANISATION = "reorganisation", "Devolution and reorganisation"


class Listing:
    """One page of the resources that a query string asks for.

    Attributes:
        choices: What it asks for.
        found: What search found, or None without words or while it is unavailable.

    Args:
        resources: A queryset of the resources that anybody may see.
        query: The query string of the address.
    """

    def __init__(self, resources: PageQuerySet, query: QueryDict):
        words = clean(query.get("q", ""))[:MOST_LETTERS]
        self.found = match(words, ["resource"]) if parse(words) else None
        if self.found:
            resources = resources.filter(pk__in=self.found.keys)
        elif parse(words):  # the engine is unavailable
            for word in parse(words).words:
                resources = resources.filter(title__icontains=word)
        self._resources = resources
        rows = list(resources.order_by().values_list("pk", "kind", "topic", "publisher", "year"))
        keys, kinds, topics, publishers, years = zip(*rows, strict=True) if rows else ((),) * 5
        about: dict[int, list[str]] = {}
        names: dict[str, str] = {}
        principles = Principle.objects.order_by("number")
        names = {principle.slug: principle.short_name for principle in principles}
        pairs = resources.order_by("principles__number").values_list("pk", "principles__slug")
        for key, slug in pairs:
            about.setdefault(key, []).extend([slug] if slug else [])
        self._keys: Sequence[int] = keys
        self._columns: Mapping[str, Sequence[object]] = {
            "kind": kinds,
            "topic": topics,
            "principle": [tuple(about[key]) for key in keys],
            "publisher": [slugify(name) for name in publishers],
            "year": [year and str(year) for year in years],
        }
        by_slug = {slugify(name): name for name in sorted(publishers, key=str.casefold)}
        self.known: dict[str, Labels] = {
            "kind": dict(Kind.choices),
            "topic": dict(Topic.choices),
            "principle": names,
            "publisher": by_slug,
            "year": {str(year): str(year) for year in sorted({*years} - {None}, reverse=True)},
        }
        self.orders = {name: label for name, (label, _) in ORDERS.items()}
        if parse(words):
            self.orders = {"best": "Best match", **self.orders}
        settings = {"sort": [*self.orders]}
        self.choices = Choices.read(query, self.known, q=words, settings=settings)
        self._page_asked = query.get("page") or 1

    @property
    def order(self) -> str:
        """The order in force."""
        return self.choices.settings.get("sort", next(iter(self.orders)))

    @cached_property
    def page(self) -> Page:
        """The requested page.

        Raises:
            Http404: If it does not exist.
        """
        fitting = [
            key
            for key, *values in zip(self._keys, *self._columns.values(), strict=True)
            if all(map(self._fits, self._columns, values))
        ]
        found = self._resources.filter(pk__in=fitting).prefetch_related("principles")
        if self.order == "best":
            best = [rank("pk", self.found.keys)] if self.found else []
            found = found.order_by(*best, "title", "pk")
        else:
            found = found.order_by(*ORDERS[self.order][1])
        paginator = Paginator(found.select_related("document"), PER_PAGE)
        paginator.count = self.total  # saves the paginator's query
        try:
            page = paginator.page(self._page_asked)
        except InvalidPage as problem:
            raise Http404 from problem
        page.object_list = list(page.object_list)
        return page

    def _fits(self, name: str, value: object) -> bool:
        chosen = self.choices.chosen[name]
        values = value if isinstance(value, tuple) else (value,)
        return not chosen or not set(chosen).isdisjoint(values)

    @property
    def total(self) -> int:
        """How many resources fit, on all pages."""
        return self._tally[1]

    @property
    def counts(self) -> dict[str, Counter[str]]:
        """How many resources each value of each facet has, if that facet had no choice."""
        return self._tally[0]

    @cached_property
    def facets(self) -> list[Facet]:
        """Facets with their options and counts."""
        return self.choices.facets(LABELS, self.known, self.counts)

    @cached_property
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

    @cached_property
    def _tally(self) -> tuple[dict[str, Counter[str]], int]:
        return tally(self._columns, self.choices)
