"""Staff's pages about access requests that no lead can answer, or answers too late."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network import permissions
from network.actions import people
from network.choices import AccessStatus
from network.models import AccessRequest
from network.views.pages import for_managers, refusal_as_message
from network.views.people import answer
from portal.models import MemberRequest

SHOWN = 200


@for_managers
@require_safe
def requests(request: MemberRequest) -> HttpResponse:
    """List requests for staff, and those that wait for a lead, oldest first."""
    waiting = AccessRequest.objects.filter(status=AccessStatus.OPEN).with_leads()[:SHOWN]
    ours: list[AccessRequest] = []
    theirs: list[AccessRequest] = []
    for asked in waiting:
        (ours if permissions.can_answer_access(request.user, asked) else theirs).append(asked)
    return render(request, "network/review/access_requests.html", {"ours": ours, "theirs": theirs})


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one request: who asks, the evidence, and the answer."""
    found = AccessRequest.objects.with_leads().filter(pk=pk).first() if pk < 10**15 else None
    if found is None:
        raise Http404
    may_answer = permissions.can_answer_access(request.user, found)
    may_call_back = permissions.can_call_back(request.user, found)
    if request.method == "POST" and "called" in request.POST:
        permissions.require(may_call_back)
        with refusal_as_message(request):
            people.record_asker_call_back(found, by=request.user)
            messages.success(request, "Saved: you reached them through the council’s main number.")
        return redirect("network_staff:access_request", found.pk)
    if request.method == "POST" and may_answer and answer(request, found):
        return redirect("network_staff:access_requests")
    context = {
        "asked": found,
        "council": found.council,
        "may_answer": may_answer,
        "may_call_back": may_call_back,
        "may_lead": _may_lead(found),
    }
    return render(request, "network/review/access_request.html", context)


def _may_lead(asked: AccessRequest) -> bool:
    """Whether approval can include the lead. In a member without one, access includes it."""
    if asked.membership is not None:
        return asked.membership.is_live and permissions.lead_of(asked) is not None
    return asked.sign_up is not None and asked.sign_up.is_open
