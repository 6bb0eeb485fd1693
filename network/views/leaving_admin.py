"""Staff's side of members that want to leave: read a decision, check a statement, stop it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from network import actions, permissions
from network.choices import LIVE_WITHDRAWAL
from network.evidence import of as evidence_of
from network.forms import ConfirmForm, StatementForm, StopForm
from network.models import Refused, Withdrawal
from network.views.reviewing import for_managers
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
    return _page(request, _withdrawal(pk))


def _withdrawal(pk: str) -> Withdrawal:
    return get_object_or_404(Withdrawal.objects.with_all(), pk=pk)


def _page(request: MemberRequest, found: Withdrawal, **filled_in: object) -> HttpResponse:
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
    return _page(request, _withdrawal(pk), **wrong)


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
    actions.confirm_leave_decision,
    "Recorded. Whoever leads for the council is told.",
)
statement = _handling(
    "statement_form",
    StatementForm,
    actions.check_statement,
    "Recorded. Whoever leads for the council is told.",
)
stop = _handling(
    "stop_form", StopForm, actions.cancel_leaving, "Stopped. The council stays a member."
)
