"""The public record of an endorsement, for people and for machines."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from network import record
from network.models import Council, Membership
from portal.json_api import answer, json_api, refusal


def _announced(slug: str) -> Membership | None:
    council = get_object_or_404(Council, slug=slug)
    found = council.memberships.announced().select_related(
        "council", "sign_up__wording", "sign_up__council", "sign_up__decision"
    )
    return found.order_by("-pk").first()


@require_safe
def endorsement(request: HttpRequest, slug: str) -> HttpResponse:
    """Who endorsed what, and when. From the announcement on; 404 before."""
    membership = _announced(slug)
    if membership is None:
        raise Http404
    context = {
        "council": membership.council,
        "membership": membership,
        "record": record.record_of(membership),
        "section": "councils",
    }
    return render(request, "network/record.html", context)


@json_api("GET")
def endorsement_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as JSON."""
    membership = _announced(slug) if Council.objects.filter(slug=slug).exists() else None
    if membership is None:
        return refusal(404, "E_NOT_FOUND", "There is no public record of this council.")
    return answer(record.as_data(record.record_of(membership)), seconds=60)
