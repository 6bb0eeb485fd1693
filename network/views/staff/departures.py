"""Staff's pages about withdrawals and removals."""

from functools import partial

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from network import permissions
from network.actions import departures
from network.choices import LIVE_WITHDRAWAL
from network.forms.departures import (
    DecideRemovalForm,
    RemovalForm,
    StatementForm,
    StopForm,
)
from network.forms.reviews import ConfirmForm
from network.models import Membership, Removal, Withdrawal
from network.models.sign_ups import email_evidence
from network.views.pages import NOT_DONE, Sent, StaffPage, for_managers, refusal_beside
from portal.forms import posted
from portal.models import MemberRequest

ENDED_SHOWN = 50


@for_managers
@require_safe
def withdrawals(request: MemberRequest) -> HttpResponse:
    """List open withdrawals, and past ones with their results."""
    rows = Withdrawal.objects.with_all()
    unread = Q(status="done", statement_checked_at=None) & ~Q(statement="")
    open_ones = Q(status__in=LIVE_WITHDRAWAL) | unread
    context = {
        "open": rows.filter(open_ones).order_by("asked_at"),
        "ended": rows.exclude(open_ones)[:ENDED_SHOWN],
    }
    return render(request, "network/review/leaving.html", context)


@for_managers
@require_safe
def withdrawal(request: MemberRequest, pk: str) -> HttpResponse:
    """Show one withdrawal: who asked, who confirmed, and the possible actions."""
    return _page_of_leaving(request, _withdrawal(pk))


def _withdrawal(pk: str) -> Withdrawal:
    return get_object_or_404(Withdrawal.objects.with_all(), pk=pk)


def _page_of_leaving(
    request: MemberRequest, found: Withdrawal, **filled_in: object
) -> HttpResponse:
    context = {
        "withdrawal": found,
        "council": found.council,
        "evidence": email_evidence(found.email, found.council).label if found.email else "",
        "events": found.membership.events.filter(what__startswith="withdrawal."),
        "first_day": found.first_day(timezone.localdate()),
        "may_handle": permissions.can_handle_leaving(request.user, found),
        "confirm_form": ConfirmForm(),
        "statement_form": StatementForm(),
        "stop_form": StopForm(),
    }
    return render(request, "network/review/leave.html", context | filled_in)


LEAVING = StaffPage("network_leaving:withdrawal", _withdrawal, _page_of_leaving)
TOLD = "Recorded. Whoever leads for the council is told."


@LEAVING.acts("confirm_form", permissions.can_handle_leaving)
def confirm_decision(request: MemberRequest, found: Withdrawal) -> Sent:
    """Record that staff have read the published decision."""
    return ConfirmForm(request.POST), partial(departures.confirm_leave_decision, found), TOLD


@LEAVING.acts("statement_form", permissions.can_handle_leaving)
def statement(request: MemberRequest, found: Withdrawal) -> Sent:
    """Publish the council's statement, or record which law forbids it."""
    return StatementForm(request.POST), partial(departures.check_statement, found), TOLD


@LEAVING.acts("stop_form", permissions.can_handle_leaving)
def stop(request: MemberRequest, found: Withdrawal) -> Sent:
    """Cancel the withdrawal, so that the council stays."""
    done = "Stopped. The council stays a member."
    return StopForm(request.POST), partial(departures.cancel_leaving, found), done


DECIDED_SHOWN = 50


@for_managers
@require_safe
def removals(request: MemberRequest) -> HttpResponse:
    """List open removals, and past ones with their results."""
    rows = Removal.objects.with_all()
    context = {
        "open": rows.open().order_by("opened_at"),
        "decided": rows.exclude(status="open")[:DECIDED_SHOWN],
    }
    return render(request, "network/review/removals.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: MemberRequest) -> HttpResponse:
    """Open a removal, with the grounds, and tell the council."""
    form = RemovalForm(posted(request))
    if form.is_valid():
        council = form.cleaned_data.pop("council")
        membership = get_object_or_404(Membership.objects.live(), council=council)
        with refusal_beside(form, said=NOT_DONE):
            found = departures.open_removal(membership, by=request.user, **form.cleaned_data)
            messages.success(request, "It is open. Another manager decides.")
            return redirect("network_removals:removal", found.pk)
    return render(request, "network/review/removal_begin.html", {"form": form})


@for_managers
@require_safe
def one(request: MemberRequest, pk: str) -> HttpResponse:
    """Show the grounds, the council's response and the decision."""
    return _page_of_removal(request, _removal(pk))


def _removal(pk: str) -> Removal:
    return get_object_or_404(Removal.objects.with_all(), pk=pk)


def _page_of_removal(request: MemberRequest, found: Removal, **filled_in: object) -> HttpResponse:
    context = {
        "removal": found,
        "council": found.council,
        "responses": found.responses.select_related("by"),
        "events": found.membership.events.filter(what__startswith="removal."),
        "may_decide": permissions.can_decide_removal(request.user, found),
        "form": DecideRemovalForm(),
    }
    return render(request, "network/review/removal.html", context | filled_in)


REMOVAL = StaffPage("network_removals:removal", _removal, _page_of_removal)


@REMOVAL.acts("form", permissions.can_decide_removal)
def decide(request: MemberRequest, found: Removal) -> Sent:
    """Remove the member, or drop the removal."""
    done = "Decided. Whoever leads for the council is told."
    return DecideRemovalForm(request.POST), partial(departures.decide_removal, found), done
