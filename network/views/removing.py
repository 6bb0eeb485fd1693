"""A membership that the network may end: its lead is heard, staff open and decide."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import actions, permissions
from network.forms import DecideRemovalForm, RemovalForm, RespondForm, posted
from network.models import Refused, Removal
from network.views.representing import membership_of
from network.views.reviewing import for_managers
from portal.models import MemberRequest

DECIDED_SHOWN = 50


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: MemberRequest, slug: str) -> HttpResponse:
    """The grounds, for whoever leads for the member, and a form to respond."""
    membership = membership_of(request, slug)
    found = get_object_or_404(membership.removals.open())
    if not permissions.leads_member(request.user, membership):
        raise PermissionDenied("Only whoever leads for the member sees this.")
    form = RespondForm(posted(request))
    if form.is_valid():
        try:
            actions.respond_to_removal(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your response is with the network. You can add to it.")
            return redirect("network:removal", slug)
    context = {
        "council": membership.council,
        "removal": found,
        "responses": found.responses.select_related("by"),
        "form": form,
    }
    return render(request, "network/removal.html", context)


@for_managers
@require_safe
def removals(request: MemberRequest) -> HttpResponse:
    """Those that are open, and what came of the rest."""
    rows = Removal.objects.with_all()
    context = {
        "open": rows.open().order_by("opened_at"),
        "decided": rows.exclude(status="open")[:DECIDED_SHOWN],
    }
    return render(request, "network/review/removals.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: MemberRequest) -> HttpResponse:
    """Write the grounds; the council is told."""
    form = RemovalForm(posted(request))
    if form.is_valid():
        membership = form.cleaned_data.pop("council").live_membership()
        try:
            found = actions.open_removal(membership, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, f"Not done. {refusal}")
        else:
            messages.success(request, "It is open. Another manager decides.")
            return redirect("network_removals:removal", found.pk)
    return render(request, "network/review/removal_begin.html", {"form": form})


@for_managers
@require_safe
def one(request: MemberRequest, pk: str) -> HttpResponse:
    """The grounds, what the council says, and the decision."""
    return _page(request, pk, DecideRemovalForm())


@for_managers
@require_POST
def decide(request: MemberRequest, pk: str) -> HttpResponse:
    """Remove the member, or drop it."""
    found = get_object_or_404(Removal.objects.with_all(), pk=pk)
    if not permissions.can_decide_removal(request.user, found):
        raise PermissionDenied
    form = DecideRemovalForm(request.POST)
    if form.is_valid():
        try:
            actions.decide_removal(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, f"Not done. {refusal}")
        else:
            messages.success(request, "Decided. Whoever leads for the council is told.")
            return redirect("network_removals:removal", pk)
    return _page(request, pk, form)


def _page(request: MemberRequest, pk: str, form: DecideRemovalForm) -> HttpResponse:
    found = get_object_or_404(Removal.objects.with_all(), pk=pk)
    context = {
        "removal": found,
        "council": found.council,
        "responses": found.responses.select_related("by"),
        "events": found.membership.events.filter(what__startswith="removal."),
        "may_decide": permissions.can_decide_removal(request.user, found),
        "form": form,
    }
    return render(request, "network/review/removal.html", context)
