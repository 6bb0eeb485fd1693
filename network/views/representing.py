"""Who represents a member: for its lead, who may hand the lead over."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from network import actions, permissions
from network.models import Membership, Refused
from portal.models import MemberRequest


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def representatives(request: MemberRequest, slug: str) -> HttpResponse:
    """The representatives of a member; its lead lets another of them lead."""
    membership = membership_of(request, slug)
    may_manage = permissions.leads_member(request.user, membership)
    if request.method == "POST" and "lead" in request.POST:
        if not may_manage:
            raise PermissionDenied("Only whoever leads for the member may do this.")
        _let_lead(request, membership, request.POST["lead"])
        return redirect("network:representatives", slug)
    context = {
        "membership": membership,
        "council": membership.council,
        "people": membership.representatives.all(),
        "may_manage": may_manage,
        "section": "join",
    }
    return render(request, "network/representatives.html", context)


def membership_of(request: MemberRequest, slug: str) -> Membership:
    """The council's live membership, for those who represent it; 404 for everybody else."""
    rows = Membership.objects.represented_by(request.user).announced().live()
    return get_object_or_404(rows, council__slug=slug)


def _let_lead(request: MemberRequest, membership: Membership, pk: str) -> None:
    chosen = [person for person in membership.representatives.all() if str(person.pk) == pk]
    try:
        if not chosen:
            raise Refused("This person does not represent the member any more.")
        actions.hand_over_member(membership, by=request.user, to=chosen[0].user)
        messages.success(request, f"{chosen[0].user} leads now. You are both told by email.")
    except Refused as refusal:
        messages.error(request, str(refusal))
