"""Staff's side of members that leave or are to be removed."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import permissions
from network.actions import departures
from network.choices import LIVE_WITHDRAWAL
from network.evidence import of as evidence_of
from network.forms.departures import (
    DecideRemovalForm,
    RemovalForm,
    StatementForm,
    StopForm,
)
from network.forms.reviews import ConfirmForm
from network.models import Membership, Refused, Removal, Withdrawal
from network.views.staff.reviews import for_managers
from portal.forms import posted
from portal.models import MemberRequest

ENDED_SHOWN = 50


@for_managers
@require_safe
def withdrawals(request: MemberRequest) -> HttpResponse:
    """What is under way, and what came of the rest."""
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
    """One of them: who asked, who confirmed, what can be done now."""
    return _page_of_leaving(request, _withdrawal(pk))


def _withdrawal(pk: str) -> Withdrawal:
    return get_object_or_404(Withdrawal.objects.with_all(), pk=pk)


def _page_of_leaving(
    request: MemberRequest, found: Withdrawal, **filled_in: object
) -> HttpResponse:
    context = {
        "withdrawal": found,
        "council": found.council,
        "evidence": evidence_of(found.email, found.council).label if found.email else "",
        "events": found.membership.events.filter(what__startswith="withdrawal."),
        "first_day": found.first_day(timezone.localdate()),
        "may_handle": permissions.can_handle_leaving(request.user, found),
        "confirm_form": ConfirmForm(),
        "statement_form": StatementForm(),
        "stop_form": StopForm(),
    }
    return render(request, "network/review/leave.html", context | filled_in)


def _handled(
    request: MemberRequest, pk: str, form: Form, act: Callable[..., object], done: str, name: str
) -> HttpResponse:
    """Do what the form asks for; show the page with its faults where it is not valid."""
    found = _withdrawal(pk)
    if not permissions.can_handle_leaving(request.user, found):
        raise PermissionDenied
    if form.is_valid():
        answers = {name: v for name, v in form.cleaned_data.items() if name != "publish"}
        try:
            act(found, by=request.user, **answers)
        except Refused as problem:
            form.add_error(None, f"Not done. {problem}")
        else:
            messages.success(request, done)
            return redirect("network_leaving:withdrawal", pk)
    # Beside the other two forms, which stay as they are.
    wrong = {name: form, "wrong_form": form, "wrong_at": request.path}
    return _page_of_leaving(request, _withdrawal(pk), **wrong)


def _handling(name: str, form: type[Form], act: Callable[..., object], done: str):
    """The view of one thing that staff do."""

    @for_managers
    @require_POST
    def view(request: MemberRequest, pk: str) -> HttpResponse:
        return _handled(request, pk, form(request.POST), act, done, name)

    return view


confirm_decision = _handling(
    "confirm_form",
    ConfirmForm,
    departures.confirm_leave_decision,
    "Recorded. Whoever leads for the council is told.",
)
statement = _handling(
    "statement_form",
    StatementForm,
    departures.check_statement,
    "Recorded. Whoever leads for the council is told.",
)
stop = _handling(
    "stop_form", StopForm, departures.cancel_leaving, "Stopped. The council stays a member."
)
DECIDED_SHOWN = 50


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
        council = form.cleaned_data.pop("council")
        membership = get_object_or_404(Membership.objects.live(), council=council)
        try:
            found = departures.open_removal(membership, by=request.user, **form.cleaned_data)
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
    return _page_of_removal(request, pk, DecideRemovalForm())


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
            departures.decide_removal(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, f"Not done. {refusal}")
        else:
            messages.success(request, "Decided. Whoever leads for the council is told.")
            return redirect("network_removals:removal", pk)
    return _page_of_removal(request, pk, form)


def _page_of_removal(request: MemberRequest, pk: str, form: DecideRemovalForm) -> HttpResponse:
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
