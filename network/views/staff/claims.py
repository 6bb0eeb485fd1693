"""Staff's page to invite an officer to act for an existing member."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from councils.lookup import is_of
from network import permissions
from network.actions import claims
from network.choices import InvitationStatus, TrusteeAct
from network.forms.claims import ClaimForm
from network.models import Claim, Membership, Refused
from network.views.pages import (
    Sent,
    StaffPage,
    for_managers,
    refusal_as_message,
    trustee_panel,
)
from network.views.staff.check_ins import member_of
from portal.models import MemberRequest


@for_managers
@require_safe
def claim(request: MemberRequest, slug: str) -> HttpResponse:
    """Show who was invited to act for a member, and invite someone."""
    return _page(request, member_of(slug))


def _page(request: MemberRequest, membership: Membership, **wrong: object) -> HttpResponse:
    rows = list(membership.claims.select_related("by"))
    out = {InvitationStatus.SENT, InvitationStatus.EXPIRED}
    context = {
        "membership": membership,
        "council": membership.council,
        "lead": membership.lead(),
        "claims": rows,
        "waiting": next((row for row in rows if row.status in out), None),
        "domains": membership.council.domains.all(),
        "may_act": permissions.can_look_after(request.user, membership),
        "trustee": trustee_panel(request.user, membership, TrusteeAct.INVITE_TO_CLAIM),
        "form": ClaimForm(),
        "events": membership.events.filter(what__startswith="claim.").order_by("-pk"),
    }
    return render(request, "network/review/claim.html", context | wrong)


PAGE = StaffPage("network_staff:claim", member_of, _page)


@PAGE.acts("form", permissions.can_look_after)
def invite(request: MemberRequest, membership: Membership) -> Sent:
    """Invite an officer, after staff have read the email."""
    form = ClaimForm(request.POST)
    known = is_of(str(request.POST.get("email", "")), membership.council)
    doubt = (
        "" if known else "This address is not on a domain that we know of this council. Be sure."
    )
    return Sent(
        form,
        partial(claims.invite_to_claim, membership),
        "Invitation sent. We’ll email you when they answer.",
        confirm=f"Invite someone to act for {membership.council}",
        note=doubt,
        trustee=(TrusteeAct.INVITE_TO_CLAIM, membership),
    )


@for_managers
@require_POST
def answer(request: MemberRequest, slug: str) -> HttpResponse:
    """Send the invitation that is out again, or cancel it."""
    membership = member_of(slug)
    permissions.require(permissions.can_look_after(request.user, membership))
    with refusal_as_message(request):
        found = _out(membership)
        if "again" in request.POST:
            claims.send_claim_again(found, by=request.user)
            messages.success(request, f"We have emailed a new link to {found.email}.")
        elif "cancel" in request.POST:
            claims.cancel_claim(found, by=request.user)
            messages.success(request, f"Invitation to {found.email} cancelled.")
    return redirect("network_staff:claim", slug)


def _out(membership: Membership) -> Claim:
    found = membership.claims.open().first()
    if found is None:
        raise Refused("No invitation is out.")
    return found
