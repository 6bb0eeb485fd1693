"""Councils and members as JSON: GET /api/v1/councils, /api/v1/members. See docs/api.md."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import re_path, reverse

from councils.lookup import look_up
from councils.models import Council
from network.choices import LIVE_MEMBERSHIP
from network.members_on_day import COLUMNS, day_of, known_date, members_on
from network.models import Membership
from portal.context import site_operator
from portal.json_api import conditional_answer, json_api, refusal, revalidated, too_many
from portal.page_cache import kept
from portal.security.files import as_csv, by_rule
from portal.security.rate_limits import allow
from search.engines.words import LONGEST, clean

TIMES, SECONDS = 300, 60


@kept()
@json_api("GET")
def councils(request: HttpRequest) -> HttpResponse:
    """Return councils in force by name; with `?q=`, matches, best first."""
    who = get_adapter().get_client_ip(request)
    if not allow("api-councils", who, times=TIMES, seconds=SECONDS):
        return too_many(TIMES, SECONDS)
    typed = request.GET.get("q", "")
    if len(typed.strip()) > LONGEST:
        return refusal(422, "E_Q", f"The query must be {LONGEST} characters or fewer.", "q")
    q = clean(typed)
    everything = Council.objects.real().in_force().order_by("name", "pk")
    found = look_up(q).best_first() if q else everything
    shown = Prefetch("memberships", Membership.objects.announced(), to_attr="announced")
    rows = [_told(council) for council in found.prefetch_related(shown)]
    return conditional_answer(request, {"count": len(rows), "results": rows})


def _told(council) -> dict[str, object]:
    membership = max(council.announced, key=lambda m: m.pk, default=None)
    is_member = membership is not None and membership.status in LIVE_MEMBERSHIP
    told: dict[str, object] = {
        "slug": council.slug,
        "name": council.name,
        "gss": council.gss_code or None,
        "kind": council.kind,
        "region": council.region,
        "status": "member" if is_member else "ended" if council.is_abolished else "not-yet",
        "joined_on": None,
        "named_on": None,
        "url": f"{settings.SITE_URL}{council.get_absolute_url()}",
    }
    if is_member and membership and membership.joined_on:
        which = "named_on" if membership.is_named_only else "joined_on"
        told[which] = known_date(membership)
    return told


@kept("on")
@json_api("GET")
def members(request: HttpRequest, ending: str = "json") -> HttpResponse:
    """Return the members on a day, today without `?on=`, and who may have been one."""
    who = get_adapter().get_client_ip(request)
    if not allow("api-members", who, times=TIMES, seconds=SECONDS):
        return too_many(TIMES, SECONDS)
    day = day_of(request.GET.get("on", ""))
    if day is None:
        said = "The day must be a real date like 2024-06-01, today or in the past."
        return refusal(422, "E_DAY", said, "on")
    found = members_on(day)
    if ending == "csv":
        cells = [["" if cell is None else cell for cell in row.values()] for row in found.rows()]
        text = as_csv([list(COLUMNS), *cells])
        name = f"keep-it-local-members-{day.isoformat()}.csv"
        return revalidated(request, by_rule(HttpResponse(text), name))
    data = {
        "on": day.isoformat(),
        "count": len(found.members),
        "not_known": len(found.unclear),
        "results": found.rows(),
    }
    return conditional_answer(request, data)


def as_dataset() -> dict[str, Any]:
    """Return the list of councils as data of schema.org; a creator only if one is known."""
    page = settings.SITE_URL + reverse("network:councils")
    data = {
        "@type": "Dataset",
        "@id": f"{page}#data",
        "name": "Councils in England and their membership of the Keep it Local Network",
        "description": (
            "Every principal council in England, with its name, GSS code, type and region, "
            "and whether and since when it is a member of the Keep it Local Network."
        ),
        "url": page,
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "spatialCoverage": {"@type": "Place", "name": "England"},
        "creditText": (
            "Names and codes © mySociety, CC BY 4.0. Contains public sector information "
            "licensed under the Open Government Licence v3.0. Source: Office for National "
            "Statistics."
        ),
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "application/json",
            "contentUrl": settings.SITE_URL + reverse("api_councils"),
        },
    }
    operator = site_operator()
    if operator.is_known:
        data["creator"] = {"@type": "Organization", "name": operator.name}
    return data


urlpatterns = [
    re_path(r"^councils/?$", councils, name="api_councils"),
    re_path(r"^members/?$", members, name="api_members"),
]
