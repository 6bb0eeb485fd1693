"""The search page and its suggestions. All state is in the address."""

from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casestudies.dates import in_words
from councils.lookup import LookedUp, look_up
from councils.models import Council
from network.models import Membership
from portal.facets import Known
from portal.page_cache import kept
from search.documents.entries import TYPES, entries_of_pages
from search.engines import asking
from search.engines.interface import SORTS, EngineUnavailable, Hit, Results
from search.engines.words import clean
from search.models import PromotedResult
from search.views import question_counts
from search.views.facets import LABELS, all_values, counted, fixed_values
from search.views.params import SIZES, Params
from search.views.results import find, find_all

KINDS = {kind.type: kind.label for kind in TYPES}
SORT_LABELS = {"relevance": "Best match", "newest": "Newest", "title": "Title"}
SUGGESTED = ("council", "other-body", "principle", "case-study")
MOST_SUGGESTIONS = 8
MOST_BODIES = 6
MOST_PROMOTED = 3
BODIES = {"council", "other-body"}


@dataclass(frozen=True)
class Shown:
    """A hit, with the words shown beside it."""

    hit: Hit
    kind: str
    facts: tuple[str, ...]
    principles: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """A council asked for by name.

    `membership`: its newest public one. `why`: how the name leads to it, if that is not plain.
    """

    council: Council
    membership: Membership | None
    why: str


@kept()
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show results for `?q=` under facets (each may be repeated), `sort`, `size` and `page`."""
    fixed = fixed_values()
    params = Params.of(request.GET, fixed)
    results = find(params.query) if params.has_words else Results()
    known = all_values(fixed, params, results)
    is_first = params.is_plain and params.sort == SORTS[0]
    named = _named(params, results) if params.has_words and is_first else None
    page = named.council.get_absolute_url() if named else ""
    others = [hit for hit in results.hits if hit.url != page]
    # The card of the named council stands for its hit, if there is one.
    number = results.count + (named is not None and len(others) == len(results.hits))
    context = {
        "section": "search",
        "params": params,
        "q": params.q,
        "results": results,
        "named": named,
        "number": number,
        "shown": [_shown(hit, known) for hit in others],
        "page_obj": Paginator(range(results.count), params.size).get_page(params.page),
        "query": params.before_page,
        "facets": params.facets(LABELS, known, counted(results), first=2),
        "active": params.chips(known),
        "clear_url": params.cleared().url,
        "orders": _orders(params, results),
        "promoted": _promoted(params, results) if params.q and params.is_plain else [],
        "ways_out": _ways_out(params) if params.has_words and not number else [],
    }
    if params.has_words and params.is_plain and not results.limited:
        question_counts.count(request, params.q, found=number > 0 and not results.corrected)
    return render(request, "search/search.html", context)


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Suggest what has a name that continues `?q=`; nothing while the engine is unavailable.

    `type` limits suggestions to some of SUGGESTED.
    """
    typed = clean(request.GET.get("q", ""))
    types = tuple(t for t in request.GET.getlist("type") if t in SUGGESTED) or SUGGESTED
    bodies, others = set(types) & BODIES, tuple(t for t in types if t not in BODIES)
    try:
        found = asking.suggest(typed, MOST_SUGGESTIONS, others) if typed and others else ()
    except EngineUnavailable:
        found = ()
    rows = [
        {"title": one.title, "name": one.name, "kind": KINDS.get(one.type, ""), "url": one.url}
        for one in found
    ]
    looked_up = look_up(typed) if bodies else LookedUp()
    if not (rows and looked_up.is_guess):
        rows = [*_bodies(looked_up, bodies), *rows]
    response = JsonResponse({"results": rows[:MOST_SUGGESTIONS]})
    response["Cache-Control"] = "no-store"  # withdrawn things must be gone at once
    return response


def _bodies(found: LookedUp, types: set[str]) -> list[dict[str, str]]:
    """Return the councils and other bodies that were looked up, as suggestions."""
    called = {answer.pk: answer.called for answer in found.answers}
    bodies = [(one, "council" if one.is_council else "other-body") for one in found.best_first()]
    return [
        {
            "title": one.name,
            "name": called[one.pk] or (f"until {one.ended_on:%Y}" if one.is_abolished else ""),
            "kind": KINDS[kind],
            "url": one.get_absolute_url(),
        }
        for one, kind in bodies
        if kind in types
    ][:MOST_BODIES]


def _shown(hit: Hit, known: Known) -> Shown:
    """Add facts to a hit. Only a case study needs its region, principles and "as at"."""
    date, region = in_words(hit.date), ""
    principles: tuple[str, ...] = ()
    if hit.type == "case-study":
        date = date and f"as at {date}"
        region = known["region"].get(hit.region, "")
        principles = tuple(n for slug, n in known["principle"].items() if slug in hit.principles)
    facts = (hit.note, known["theme"].get(hit.theme, ""), region, date)
    return Shown(hit, KINDS.get(hit.type, ""), tuple(filter(None, facts)), principles)


def _orders(params: Params, results: Results) -> dict[str, list[dict[str, object]]]:
    """Return links to the same page in each order, and in each size if one page is not enough."""
    orders = {"Sort by": params.links("sort", SORT_LABELS)}
    if results.count > SIZES[0]:
        orders["Results per page"] = params.links("size", {str(size): str(size) for size in SIZES})
    return orders


def _named(params: Params, results: Results) -> Named | None:
    """Return the council that the question, or its corrected spelling, is a name of.

    A name that is only similar counts if nothing else was found.
    """
    found = look_up(results.did_you_mean if results.corrected else params.q)
    if not found.one or not (found.is_exact or (found.is_guess and not results.count)):
        return None
    council = Council.objects.get(pk=found.one)
    memberships = Membership.objects.public_of(council)
    why = next(answer.why for answer in found.answers if answer.pk == council.pk)
    return Named(council, memberships[0] if memberships else None, why)


def _promoted(params: Params, results: Results) -> list[dict[str, str]]:
    """Return the pages that editors want first here and the public may see."""
    rows = PromotedResult.objects.for_question(params.q)
    if not results.count:
        rows = rows | PromotedResult.objects.where_nothing_is_found()
    chosen = list(rows.select_related("page")[:MOST_PROMOTED])
    entries = entries_of_pages(row.page for row in chosen)
    return [
        {"title": entry.title, "url": entry.url, "text": row.because or entry.summary}
        for row in chosen
        if (entry := entries.get(row.page_id))
    ]


def _ways_out(params: Params) -> list[dict[str, object]]:
    """Return which facets to clear, and how many results that would give."""
    wider = [(label, params.without(name)) for name, label in LABELS.items() if params.chosen[name]]
    found = find_all(
        [replace(one.query, facets=(), size=1, marks=False, page=1) for _, one in wider]
    )
    return [
        {"label": label, "url": one.url, "count": results.count}
        for (label, one), results in zip(wider, found, strict=True)
        if results.count
    ]
