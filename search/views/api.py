"""The search API: GET /api/v1/search. The same engine and the same public things."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import re_path

from portal.facets import VALUE, Known
from portal.json_api import answer, conditional_answer, json_api, refusal, too_many
from portal.security import rate_limits
from search.engines.interface import FACETS, SORTS, Hit, Parts
from search.engines.words import LONGEST
from search.templatetags.marks import marked
from search.views.facets import all_values, fixed_values
from search.views.params import SIZES, Params
from search.views.results import find

TIMES, SECONDS = 300, 60  # questions a client address may ask in a minute
MOST_PAGES = 1_000


@json_api("GET")
def search(request: HttpRequest) -> HttpResponse:
    """Answer `?q=` under facets, in an order, a page at a time."""
    client = get_adapter().get_client_ip(request)
    if not rate_limits.allow("api-search", client, times=TIMES, seconds=SECONDS):
        return too_many(TIMES, SECONDS)
    fixed = fixed_values()
    if faults := _faults(request.GET, fixed):
        return answer({"errors": faults}, 422)
    params = Params.of(request.GET, fixed)
    results = find(params.query)
    pages = max(1, -(-results.count // params.size))
    if params.page > pages:
        message = f"There {'is one page' if pages == 1 else f'are {pages} pages'}."
        return refusal(404, "E_PAGE", message, "page")
    known = all_values(fixed, params, results)
    facets = {
        facet: [
            {"value": count.value, "label": known[facet][count.value], "count": count.count}
            for count in results.facets.get(facet, ())
            if count.value in known[facet]
        ]
        for facet in FACETS
    }
    data = {
        "count": results.count,
        "results": [_hit(hit) for hit in results.hits],
        "facets": facets,
        "did_you_mean": results.did_you_mean or None,
        "corrected": results.corrected,
        "limited": results.limited,
    }
    return conditional_answer(request, data)


def _faults(given: QueryDict, fixed: Known) -> list[dict[str, str]]:
    """Find everything wrong with a query string at once, as the API's faults."""
    found = []
    typed = given.get("q", "").strip()
    if not typed:
        found.append(("E_Q", "q", "Enter what to search for in q."))
    elif len(typed) > LONGEST:
        found.append(("E_Q", "q", f"q must be {LONGEST} characters or fewer."))
    for facet in FACETS:
        known, values = fixed.get(facet), given.getlist(facet)
        if known is not None:
            wrong = [value for value in values if value not in known]
            allowed = f"one of {', '.join(known)}"
        else:
            wrong = [value for value in values if not VALUE.match(value)]
            allowed = "a slug, such as bradford" if facet == "council" else "a year, such as 2021"
        found += [("E_VALUE", facet, f"“{v[:80]}” is not {allowed}.") for v in wrong[:5]]
    if (sort := given.get("sort", SORTS[0])) not in SORTS:
        found.append(("E_SORT", "sort", f"“{sort}” is not one of {', '.join(SORTS)}."))
    if given.get("size", str(SIZES[0])) not in map(str, SIZES):
        found.append(("E_SIZE", "size", f"size must be one of {', '.join(map(str, SIZES))}."))
    page = given.get("page", "1")
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:20]) <= MOST_PAGES):
        found.append(("E_PAGE", "page", f"page must be a whole number from 1 to {MOST_PAGES}."))
    return [{"code": code, "field": field, "message": message} for code, field, message in found]


def _hit(hit: Hit) -> dict[str, object]:
    return {
        "type": hit.type,
        "title": _text(hit.title),
        "url": hit.url if "://" in hit.url else f"{settings.SITE_URL}{hit.url}",
        "summary": _text(hit.summary),
        "highlight": marked(hit.summary),
        "principles": list(hit.principles),
        "council": hit.council or None,
        "region": hit.region or None,
        "theme": hit.theme or None,
        "date": hit.date or None,
        "partly": hit.partly,
    }


def _text(parts: Parts) -> str:
    return "".join(part.text for part in parts)


urlpatterns = [re_path(r"^search/?$", search, name="api_search")]
