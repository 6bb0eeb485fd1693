"""The list of case studies: what its address asks for, its counts, and one page of it."""

from collections import Counter
from functools import cached_property

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Count, Q
from django.http import Http404, QueryDict
from wagtail.query import PageQuerySet

from councils.choices import Kind, Region
from portal.facets import Chip, Choices, Facet, tally
from principles.models import Principle
from search.engines.words import clean, parse
from search.list_search import match, rank

PER_PAGE = 24
MOST_LETTERS = 200  # of the search words

LABELS = {"principle": "Principle", "region": "Region", "kind": "Type of council"}
#: Facets with one value a case study, and its field.
COLUMNS = {"region": "council__region", "kind": "council__kind"}


class Listing:
    """One page of the case studies that a query string asks for.

    Args:
        case_studies: A queryset of case studies, unfiltered.
        query: The query string of the address.
    """

    def __init__(self, case_studies: PageQuerySet, query: QueryDict):
        principles = Principle.objects.order_by("number").values_list("slug", "short_name")
        self.known = {
            "principle": dict(principles),
            "region": dict(Region.choices),
            "kind": dict(Kind.choices),
        }
        words = clean(query.get("q", ""))[:MOST_LETTERS]
        self.choices = Choices.read(query, self.known, q=words)
        self._page_asked = query.get("page") or 1
        self._all = case_studies
        self.found = match(words, ["case-study"]) if parse(words) else None
        if self.found:
            self._all = case_studies.filter(pk__in=self.found.keys)
        elif parse(words):  # the engine is unavailable
            self._all = case_studies.titled(parse(words).words)

    @property
    def matching(self) -> PageQuerySet:
        """The case studies that fit, on all pages, in their order."""
        found = self._about_chosen(self._in_columns(self._all))
        best = [rank("pk", self.found.keys)] if self.found else []
        return found.order_by(*best, "council__name", "title", "pk")

    @cached_property
    def page(self) -> Page:
        """The requested page.

        Raises:
            Http404: If it does not exist.
        """
        paginator = Paginator(self.matching.for_cards(), PER_PAGE)
        paginator.count = self.total  # saves the paginator's query
        try:
            return paginator.page(self._page_asked)
        except InvalidPage as problem:
            raise Http404 from problem

    @property
    def total(self) -> int:
        """How many case studies fit, on all pages."""
        return self._tally[1]

    @cached_property
    def counts(self) -> dict[str, Counter[str]]:
        """How many case studies each value of each facet has, if that facet had no choice."""
        found = self._in_columns(self._all).order_by().values("pk")
        count = Count("case_studies", filter=Q(case_studies__in=found))
        principles = Principle.objects.annotate(count=count).values_list("slug", "count")
        return {"principle": Counter(dict(principles)), **self._tally[0]}

    @cached_property
    def facets(self) -> list[Facet]:
        """Facets with their options and counts."""
        return self.choices.facets(LABELS, self.known, self.counts)

    @cached_property
    def chips(self) -> list[Chip]:
        """Search words and choices, each with the address that removes it."""
        q = self.choices.q
        words = [Chip(f"“{q}”", self.choices.without("q").url)] if q else []
        return words + self.choices.chips(self.known)

    @property
    def in_words(self) -> str:
        """Choices in words."""
        return self.choices.in_words(self.known)

    @property
    def address(self) -> str:
        """This page's query string with "?", the same for any order of choices; "" for none."""
        page = f"page={self.page.number}" if self.page.number > 1 else ""
        query = f"{self.choices.before_page}{page}".removesuffix("&")
        return query and f"?{query}"

    def _about_chosen(self, found: PageQuerySet) -> PageQuerySet:
        """Return those about a chosen principle."""
        chosen = self.choices.chosen["principle"]
        return found.about(chosen) if chosen else found

    def _in_columns(self, found: PageQuerySet) -> PageQuerySet:
        """Return those that fit the choices of the facets with one value each."""
        chosen = {f"{field}__in": self.choices.chosen[name] for name, field in COLUMNS.items()}
        return found.filter(**{field: values for field, values in chosen.items() if values})

    @cached_property
    def _tally(self) -> tuple[dict[str, Counter[str]], int]:
        """Counts of COLUMNS, and the total: one query for the chosen principles."""
        rows = self._about_chosen(self._all).order_by().values_list(*COLUMNS.values())
        return tally(rows.annotate(Count("pk")), list(COLUMNS), self.choices)
