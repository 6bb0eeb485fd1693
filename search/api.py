"""Search for programs: GET /api/v1/search. The same engine, the same public things."""

from collections.abc import Mapping

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from django.utils.html import escape

from portal.json_api import answer, answer_unless_known, json_api, refusal, too_many
from portal.security import rate_limits
from search import narrowing
from search.asked import SIZES, SLUG, Asked
from search.engines import FACETS, SORTS, Hit, Parts, Results
from search.engines.words import LONGEST
from search.finding import find

TIMES, SECONDS = 300, 60  # questions an address of the internet may ask in a minute
MOST_PAGES = 1_000

Fault = dict[str, str]


@json_api("GET")
def search(request: HttpRequest) -> HttpResponse:
    """Results for `?q=`, narrowed by facets, in an order, a page at a time."""
    if not _allowed(request):
        return too_many(TIMES, SECONDS)
    fixed = narrowing.fixed_values()
    if faults := _faults(request, fixed):
        return answer({"errors": faults}, 422)
    asked = Asked.read(request.GET, fixed)
    results = find(asked.query)
    pages = max(1, -(-results.count // asked.size))
    if asked.page > pages:
        message = f"There {'is one page' if pages == 1 else f'are {pages} pages'}."
        return refusal(404, "E_PAGE", message, "page")
    return answer_unless_known(request, _told(asked, results, fixed))


def _allowed(request: HttpRequest) -> bool:
    who = get_adapter().get_client_ip(request)
    return rate_limits.allow("api-search", who, times=TIMES, seconds=SECONDS)


# ---- What is wrong with a question -------------------------------------------------


def _faults(request: HttpRequest, fixed: narrowing.Known) -> list[Fault]:
    """Everything at once, in the form of the API's faults."""
    given = request.GET
    faults = _of_words(given.get("q", ""))
    for facet in FACETS:
        faults += _of_facet(facet, given.getlist(facet), fixed.get(facet))
    if (sort := given.get("sort", SORTS[0])) not in SORTS:
        faults.append(_fault("E_SORT", "sort", f"“{sort}” is none of {', '.join(SORTS)}."))
    if given.get("size", str(SIZES[0])) not in map(str, SIZES):
        sizes = ", ".join(map(str, SIZES))
        faults.append(_fault("E_SIZE", "size", f"A page holds {sizes} results."))
    page = given.get("page", "1")
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:20]) <= MOST_PAGES):
        message = f"A page is a whole number from 1 to {MOST_PAGES}."
        faults.append(_fault("E_PAGE", "page", message))
    return faults


def _of_words(typed: str) -> list[Fault]:
    if len(typed.strip()) > LONGEST:
        return [_fault("E_Q", "q", f"A question has at most {LONGEST} characters.")]
    if not typed.strip():
        return [_fault("E_Q", "q", "Say in q what to search for.")]
    return []


def _of_facet(facet: str, values: list[str], known: Mapping[str, str] | None) -> list[Fault]:
    if known is None:
        wrong = [value for value in values if not SLUG.match(value)]
        allowed = "a slug, such as bradford" if facet == "council" else "a year, such as 2021"
    else:
        wrong = [value for value in values if value not in known]
        allowed = f"one of {', '.join(known)}"
    return [_fault("E_VALUE", facet, f"“{value[:80]}” is not {allowed}.") for value in wrong[:5]]


def _fault(code: str, field: str, message: str) -> Fault:
    return {"code": code, "field": field, "message": message}


# ---- The answer --------------------------------------------------------------------


def _told(asked: Asked, results: Results, fixed: narrowing.Known) -> dict[str, object]:
    known = narrowing.all_values(fixed, asked.chosen, results)
    return {
        "count": results.count,
        "results": [_hit(hit) for hit in results.hits],
        "facets": {
            facet: [
                {"value": count.value, "label": known[facet][count.value], "count": count.count}
                for count in results.facets.get(facet, ())
                if count.value in known[facet]
            ]
            for facet in FACETS
        },
        "did_you_mean": results.did_you_mean or None,
        "corrected": results.corrected,
        "limited": results.limited,
    }


def _hit(hit: Hit) -> dict[str, object]:
    return {
        "type": hit.type,
        "title": _text(hit.title),
        "url": hit.url if "://" in hit.url else f"{settings.SITE_URL}{hit.url}",
        "summary": _text(hit.summary),
        "highlight": _marked(hit.summary),
        "principles": list(hit.principles),
        "council": hit.council or None,
        "region": hit.region or None,
        "theme": hit.theme or None,
        "date": hit.date or None,
        "partly": hit.partly,
    }


def _text(parts: Parts) -> str:
    return "".join(part.text for part in parts)


def _marked(parts: Parts) -> str:
    """As HTML: what was asked for in <mark>, everything else escaped."""
    return "".join(
        f"<mark>{escape(part.text)}</mark>" if part.marked else escape(part.text) for part in parts
    )


urlpatterns = [re_path(r"^search/?$", search, name="api_search")]
