"""Staff's page about one request to a trustee."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from network import matter
from network.actions import trustees
from network.models import Event, TrusteeRequest
from network.views.pages import for_managers, refusal_as_message
from portal.models import MemberRequest


def _request(pk: str) -> TrusteeRequest:
    return get_object_or_404(TrusteeRequest.objects.with_all(), pk=pk)


@for_managers
@require_safe
def one(request: MemberRequest, pk: str) -> HttpResponse:
    """Show who is asked to confirm what, what they read, and what they answered."""
    asked = _request(pk)
    about = {name: row for name, row in asked.event_about().items() if row is not None}
    events = Event.objects.filter(what__startswith="trustee.", **about)
    context = {
        "asked": asked,
        "council": asked.council,
        "sections": matter.sections_of(asked),
        "events": events.order_by("-pk"),
        "page": asked.row_url,
    }
    return render(request, "network/review/trustee_request.html", context)


@for_managers
@require_POST
def change(request: MemberRequest, pk: str) -> HttpResponse:
    """Withdraw the request, or send the trustee a new link."""
    asked = _request(pk)
    with refusal_as_message(request):
        if "again" in request.POST:
            trustees.send_trustee_link(asked, by=request.user)
            messages.success(request, f"We have emailed a new link to {asked.email}.")
        elif "withdraw" in request.POST:
            trustees.withdraw_from_trustee(asked, by=request.user)
            messages.success(request, f"Request withdrawn. We have told {asked.name}.")
    return redirect(asked.staff_url)
