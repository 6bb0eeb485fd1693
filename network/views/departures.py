"""Views for a member that leaves, or responds to a proposal to remove it."""

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from network import permissions
from network.actions import departures
from network.forms.departures import (
    ConfirmLeavingForm,
    LeaveForm,
    RespondForm,
    StayForm,
)
from network.models import Membership, Refused, Withdrawal
from network.views.memberships import membership_of, page_of_member
from network.views.pages import refusal_as_message, refusal_beside
from network.views.token_pages import LinkPages, shown_again, typed_in
from portal.forms import posted
from portal.models import MemberRequest


def _membership_of(request: MemberRequest, slug: str) -> Membership:
    """Return the membership this person represents, announced or not, or 404."""
    mine = Membership.objects.represented_by(request.user).live()
    return get_object_or_404(mine, council__slug=slug)


def _open_one(membership: Membership) -> Withdrawal | None:
    return membership.withdrawals.open().with_all().first()


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: MemberRequest, slug: str) -> HttpResponse:
    """Ask to leave the network, or show the status of that request."""
    membership = _membership_of(request, slug)
    leads = permissions.leads_member(request.user, membership)
    permissions.require(leads or request.method != "POST")
    form = LeaveForm(posted(request), lead_email=request.user.email)
    if form.is_valid():
        with refusal_as_message(request):
            departures.ask_to_leave(membership, by=request.user, **form.wish())
            messages.success(
                request, "Request sent. The membership does not end until someone confirms it."
            )
        return redirect("network:leave", slug)
    context = {
        "withdrawal": _open_one(membership),
        "last": membership.withdrawals.first(),
        "leads": leads,
        "form": form,
    }
    return page_of_member(request, "leave", membership, **context)


def _to_change(request: MemberRequest, slug: str) -> Withdrawal | None:
    """Return the open withdrawal, for the lead; None if there is none any more."""
    membership = _membership_of(request, slug)
    permissions.require(permissions.leads_member(request.user, membership))
    return _open_one(membership)


@never_cache
@login_required
@require_POST
def stop(request: MemberRequest, slug: str) -> HttpResponse:
    """Cancel the withdrawal: the council stays."""
    withdrawal = _to_change(request, slug)
    if withdrawal is not None:
        with suppress(Refused):  # the next page shows the status
            departures.cancel_leaving(withdrawal, by=request.user)
            messages.success(request, f"Request cancelled. {withdrawal.council} stays a member.")
    return redirect("network:leave", slug)


@never_cache
@login_required
@require_POST
def again(request: MemberRequest, slug: str) -> HttpResponse:
    """Send a new link to the office holder who confirms."""
    withdrawal = _to_change(request, slug)
    if withdrawal is not None:
        with refusal_as_message(request):
            departures.send_leave_link(withdrawal, by=request.user)
            messages.success(request, f"We have emailed a new link to {withdrawal.email}.")
    return redirect("network:leave", slug)


TO_CONFIRM = LinkPages(
    address="network:leave_confirm",
    new_link_address="network:leave_new_link",
    rows=Withdrawal.objects.with_all(),
    context=lambda withdrawal: {
        "council": withdrawal.council,
        "withdrawal": withdrawal,
        "first_day": withdrawal.first_day(timezone.localdate()),
    },
    outcome=lambda withdrawal: "leave_confirmed" if withdrawal.confirmed_at else "",
    dead="leave_dead",
    send_link=departures.send_leave_link,
)


@TO_CONFIRM.answering
def confirm(request: HttpRequest, withdrawal: Withdrawal, token: str) -> HttpResponse | None:
    """Show what the lead asked for, and a form to confirm it. Only a typed name confirms."""
    form = ConfirmLeavingForm(typed_in(request, token), initial={"role": withdrawal.role})
    if request.method == "POST" and form.is_valid():
        return departures.confirm_leaving(withdrawal, **form.cleaned_data)
    page = shown_again(request, token, form)
    return page or TO_CONFIRM.render(request, "leave_confirm", withdrawal, token, form=form)


@TO_CONFIRM.answering
def decline(request: HttpRequest, withdrawal: Withdrawal, token: str) -> HttpResponse | None:
    """Let the office holder say that the council stays."""
    form = StayForm(typed_in(request, token))
    if request.method == "POST" and form.is_valid():
        return departures.decline_leaving(withdrawal, why=form.cleaned_data["why"])
    page = shown_again(request, token, form)
    return page or TO_CONFIRM.render(request, "leave_decline", withdrawal, token, form=form)


new_link = TO_CONFIRM.sending_links()


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the grounds to the member's lead, with a form to respond."""
    membership = membership_of(request, slug)
    found = get_object_or_404(membership.removals.open())
    leads = permissions.leads_member(request.user, membership)
    permissions.require(leads, "Only the council’s lead contact can see this page.")
    form = RespondForm(posted(request))
    if form.is_valid():
        with refusal_beside(form):
            departures.respond_to_removal(found, by=request.user, **form.cleaned_data)
            messages.success(request, "Response sent. You can send another one.")
            return redirect("network:removal", slug)
    context = {
        "removal": found,
        "responses": found.responses.select_related("by"),
        "form": form,
    }
    return page_of_member(request, "removal", membership, **context)
