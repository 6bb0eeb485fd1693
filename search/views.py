"""The search page: one box, results, facets. All state is in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from principles.models import Principle
from search.engines import PAGE_SIZE, FacetCount, Query, Results
from search.engines.words import clean, parse
from search.entries import TYPES
from search.finding import find

Labels = Mapping[str, Mapping[str, str]]  # by facet: value and label, in their order
Chosen = Mapping[str, tuple[str, ...]]

_KINDS = {kind.type: kind.label for kind in TYPES}
FACET_LABELS = {"type": "What it is", "principle": "Principle"}


@dataclass(frozen=True)
class Address:
    """The address of this page in some state, and of its neighbours."""

    q: str
    chosen: Chosen

    def __str__(self) -> str:
        state = {"q": self.q, **self.chosen}
        return urlencode({k: v for k, v in state.items() if v}, doseq=True)

    def without(self, facet: str, value: str) -> "Address":
        left = tuple(v for v in self.chosen[facet] if v != value)
        return Address(self.q, {**self.chosen, facet: left})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results for `?q=`, narrowed by `type` and `principle` (each may be repeated)."""
    labels = _labels()
    q = clean(request.GET.get("q", ""))
    chosen = {
        facet: tuple(value for value in known if value in request.GET.getlist(facet))
        for facet, known in labels.items()
    }
    query = Query(q, chosen, facets=tuple(labels), page=_page_number(request))
    asked = bool(parse(q))
    results = find(query) if asked else Results()
    context = {
        "q": q,
        "asked": asked,
        "council_query": urlencode({"q": q}),
        "results": results,
        "hits": [(hit, _KINDS.get(hit.type, "")) for hit in results.hits],
        "page_obj": Paginator(range(results.count), PAGE_SIZE).get_page(query.page),
        **_narrowing(Address(q, chosen), labels, results),
    }
    if asked and not results.count and any(chosen.values()):
        context["count_without_filters"] = find(Query(q, facets=(), size=1)).count
    return render(request, "search/search.html", context)


def _labels() -> Labels:
    return {
        "type": {kind.type: kind.plural for kind in TYPES},
        "principle": {
            principle.slug: f"{principle.number}. {principle.short_name}"
            for principle in Principle.objects.all()
        },
    }


def _page_number(request: HttpRequest) -> int:
    """The page asked for; the first where that is no number."""
    try:
        return max(1, int(request.GET.get("page", "1")))
    except ValueError:
        return 1


def _narrowing(address: Address, labels: Labels, results: Results) -> dict[str, object]:
    """What the page says about facets: what may be chosen, and what is."""
    facets = [
        {"name": name, "label": FACET_LABELS[name], "options": options}
        for name, known in labels.items()
        if (options := _options(known, address.chosen[name], results.facets.get(name, ())))
    ]
    active = [
        {"label": labels[name][value], "url": f"?{address.without(name, value)}"}
        for name, values in address.chosen.items()
        for value in values
    ]
    return {
        "facets": facets,
        "active": active,
        "keep": [("q", address.q)],
        "clear_url": f"?{Address(address.q, {})}",
        "query": f"{address}&",
    }


def _options(
    known: Mapping[str, str], chosen: tuple[str, ...], counts: tuple[FacetCount, ...]
) -> list[dict[str, object]]:
    """The values worth ticking or unticking, in the order of `known`."""
    found = {count.value: count.count for count in counts}
    return [
        {
            "value": value,
            "label": label,
            "count": found.get(value, 0),
            "checked": value in chosen,
        }
        for value, label in known.items()
        if value in found or value in chosen
    ]
