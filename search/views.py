"""The search page and its suggestions. All state is in the address."""

from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casestudies.dates import say
from search import counting, narrowing
from search.asked import SIZES, Asked
from search.asking import suggest as suggestions_for
from search.engines import EngineUnavailable, Hit, Results
from search.engines.words import clean
from search.entries import TYPES, entries_of_pages
from search.finding import find, find_all
from search.models import PromotedResult

KINDS = {kind.type: kind.label for kind in TYPES}
SORT_LABELS = {"relevance": "Best match", "newest": "Newest", "title": "Title"}
SUGGESTED = ("council", "other-body", "principle", "case-study")
MOST_SUGGESTIONS = 8
MOST_PROMOTED = 3


@dataclass(frozen=True)
class Shown:
    """A hit with the words that a reader sees beside it."""

    hit: Hit
    kind: str
    facts: tuple[str, ...]
    principles: tuple[str, ...]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results for `?q=`, narrowed by facets (each may be repeated), `sort`, `size`, `page`."""
    fixed = narrowing.fixed_values()
    asked = Asked.read(request.GET, fixed)
    results = find(asked.query) if asked.has_words else Results()
    known = narrowing.all_values(fixed, asked.chosen, results)
    context = {
        "section": "search",
        "asked": asked,
        "q": asked.q,
        "results": results,
        "shown": [_shown(hit, known) for hit in results.hits],
        "page_obj": Paginator(range(results.count), asked.size).get_page(asked.page),
        "query": f"{asked.url[1:]}&",
        "facets": narrowing.facets(asked, known, results),
        "active": narrowing.chips(asked, known),
        "keep": asked.fields(*narrowing.LABELS),
        "clear_url": asked.cleared().url,
        "sorts": _links(asked, "sort", SORT_LABELS),
        "sizes": _links(asked, "size", {size: str(size) for size in SIZES}),
        "promoted": _promoted(asked, results),
        "ways_out": _ways_out(asked, known) if asked.has_words and not results.count else [],
    }
    if asked.has_words and asked.page == 1 and not asked.is_narrowed and not results.limited:
        counting.count(request, asked.q, found=bool(results.count) and not results.corrected)
    return render(request, "search/search.html", context)


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Councils, principles and case studies whose names go on from `?q=`, or only those
    of `type`; none while the engine cannot say."""
    typed = clean(request.GET.get("q", ""))
    types = tuple(t for t in request.GET.getlist("type") if t in SUGGESTED) or SUGGESTED
    try:
        found = suggestions_for(typed, MOST_SUGGESTIONS, types) if typed else ()
    except EngineUnavailable:
        found = ()
    rows = [
        {"title": one.title, "name": one.name, "kind": KINDS.get(one.type, ""), "url": one.url}
        for one in found
    ]
    response = JsonResponse({"results": rows})
    response["Cache-Control"] = "no-store"  # what is withdrawn must be gone at once
    return response


def _shown(hit: Hit, known: narrowing.Known) -> Shown:
    """A council is its own title; a case study says whose it is, its theme and its date."""
    is_study = hit.type == "case-study"
    facts = (
        hit.note,
        known["theme"].get(hit.theme, ""),
        known["region"].get(hit.region, "") if is_study else "",
        f"as at {say(hit.date)}" if hit.date and is_study else say(hit.date),
    )
    return Shown(
        hit,
        KINDS.get(hit.type, ""),
        tuple(fact for fact in facts if fact),
        tuple(name for slug, name in known["principle"].items() if slug in hit.principles)
        if is_study
        else (),
    )


def _links(asked: Asked, field: str, labels: dict) -> list[dict[str, object]]:
    """The same page in another order or size, as links; the one in force is marked."""
    now = getattr(asked, field)
    return [
        {
            "label": label,
            "url": replace(asked, page=1, **{field: value}).url,
            "is_now": value == now,
        }
        for value, label in labels.items()
    ]


def _promoted(asked: Asked, results: Results) -> list[dict[str, str]]:
    """The pages that editors want first here, as far as the public may see them."""
    if not asked.q or asked.page > 1 or asked.is_narrowed:
        return []
    rows = PromotedResult.objects.for_question(asked.q)
    if not results.count:
        rows = rows | PromotedResult.objects.where_nothing_is_found()
    chosen = list(rows.select_related("page")[:MOST_PROMOTED])
    entries = entries_of_pages(row.page for row in chosen)
    return [
        {"title": entry.title, "url": entry.url, "text": row.because or entry.summary}
        for row in chosen
        if (entry := entries.get(row.page_id))
    ]


def _ways_out(asked: Asked, known: narrowing.Known) -> list[dict[str, object]]:
    """Which group of filters to drop, and how many results that would give."""
    choices = [name for name in narrowing.LABELS if asked.chosen[name]]
    tries = [asked.without(name) for name in choices]
    found = find_all(replace(one.query, facets=(), size=1, marks=False) for one in tries)
    return [
        {"label": narrowing.LABELS[name], "url": one.url, "count": results.count}
        for name, one, results in zip(choices, tries, found, strict=True)
        if results.count
    ]
