"""Published case studies and their figures as JSON and CSV. Documented in docs/api.md.

GET /api/v1/case-studies and /api/v1/results, and the same as files below /data/.
"""

from collections.abc import Callable, Iterable, Sequence

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from casestudies import facets, open_data
from casestudies.models import CaseStudyPage
from casestudies.models.pages import CaseStudyQuerySet, listed_facts
from portal.json_api import answer, conditional_answer, json_api, revalidated, too_many
from portal.page_cache import kept
from portal.security.files import by_rule
from portal.security.rate_limits import allow

TIMES, SECONDS = 60, 60
Rows = Callable[[CaseStudyQuerySet], Iterable[open_data.Row]]
FILES: dict[str, tuple[dict[str, str], Rows]] = {
    "case-studies": (open_data.CASE_STUDY_COLUMNS, open_data.case_studies),
    "results": (open_data.RESULT_COLUMNS, open_data.results),
}


@kept(*facets.LABELS, "sort")  # not "q": search hears of a change a moment later
@json_api("GET")
def file(request: HttpRequest, name: str, ending: str = "json") -> HttpResponse:
    """Return rows of what is published, narrowed as the list of case studies is.

    Args:
        name: Which rows, of FILES.
        ending: "csv" or "json".
    """
    who = get_adapter().get_client_ip(request)
    if not allow("case-study-data", who, times=TIMES, seconds=SECONDS):
        return too_many(TIMES, SECONDS)
    listing = facets.CaseStudyListing(CaseStudyPage.objects.listed(), listed_facts(), request.GET)
    if listing.choices.unknown:
        return _unknown(listing.choices.unknown)
    columns, rows = FILES[name]
    found = rows(listing.matching)
    if ending == "csv":
        text = open_data.table(columns, found)
        return revalidated(request, by_rule(HttpResponse(text), f"keep-it-local-{name}.csv"))
    listed = list(found)
    return conditional_answer(request, {"count": len(listed), "results": listed})


def _unknown(values: Sequence[str]) -> HttpResponse:
    said = [f"“{value[:80]}” is not a value of any filter." for value in values]
    faults = [{"code": "E_VALUE", "field": "", "message": message} for message in said]
    return answer({"errors": faults}, 422)


urlpatterns = [
    re_path(r"^case-studies/?$", file, {"name": "case-studies"}, name="api_case_studies"),
    re_path(r"^results/?$", file, {"name": "results"}, name="api_results"),
]
