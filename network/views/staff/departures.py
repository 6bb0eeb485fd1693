"""Staff's pages about withdrawals and removals."""

from functools import partial

import django_filters
from django.contrib import messages
from django.db.models import Case, Value, When
from django.forms import CheckboxSelectMultiple
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from network import permissions
from network.actions import departures
from network.choices import LIVE_WITHDRAWAL, RemovalStatus, TrusteeAct, WithdrawalStatus
from network.forms.departures import (
    DecideRemovalForm,
    RemovalForm,
    StatementForm,
    StopForm,
)
from network.forms.reviews import ConfirmForm
from network.models import Membership, Removal, Withdrawal
from network.models.sign_ups import email_evidence
from network.views.pages import (
    NOT_DONE,
    Report,
    Sent,
    StaffPage,
    ask_trustee,
    council_column,
    day_of,
    for_managers,
    refusal_beside,
    trustee_panel,
    unconfirmed,
)
from portal.forms import posted
from portal.models import MemberRequest


class WithdrawalFilters(WagtailFilterSet):
    """How far it has come."""

    status = django_filters.MultipleChoiceFilter(
        label="Status", choices=WithdrawalStatus.choices, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Withdrawal
        fields = ["status"]


class Withdrawals(Report):
    """Every wish to leave, what is under way first."""

    page_title = "Leaving"
    verbose_name, verbose_name_plural = "request to leave", "requests to leave"
    header_icon = "logout"
    filterset_class = WithdrawalFilters
    export_filename = "leaving"
    search_fields = ("membership__council__name", "membership__council__official_name")
    columns = (
        council_column("membership__council__name"),
        Column("asked", label="Asked", accessor=day_of("asked_at"), sort_key="asked_at"),
        Column("status", label="Status", accessor="get_status_display", sort_key="status"),
        Column("waits", label="Waiting for us", accessor="waits_for_staff"),
        Column("ends", label="Ends on", accessor="ends_on", sort_key="ends_on"),
    )

    def get_base_queryset(self):
        """Return every one with what its row shows."""
        is_over = Case(When(status__in=LIVE_WITHDRAWAL, then=Value(0)), default=Value(1))
        return Withdrawal.objects.with_all().order_by(is_over, "-asked_at")


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
        "trustee": trustee_panel(request.user, found, TrusteeAct.STOP_LEAVING),
        "confirm_form": ConfirmForm(),
        "statement_form": StatementForm(),
        "stop_form": StopForm(),
    }
    return render(request, "network/review/leave.html", context | filled_in)


LEAVING = StaffPage("network_staff:withdrawal", _withdrawal, _page_of_leaving)
TOLD = "Recorded. The council will get the email."


@LEAVING.acts("confirm_form", permissions.can_handle_leaving)
def confirm_decision(request: MemberRequest, found: Withdrawal) -> Sent:
    """Record that staff have read the published decision."""
    return Sent(
        ConfirmForm(request.POST),
        partial(departures.confirm_leave_decision, found),
        TOLD,
        confirm=f"Confirm that {found.council} is leaving",
        trustee=(TrusteeAct.CONFIRM_LEAVING, found),
    )


@LEAVING.acts("statement_form", permissions.can_handle_leaving)
def statement(request: MemberRequest, found: Withdrawal) -> Sent:
    """Publish the council's statement, or record which law forbids it."""
    return Sent(
        StatementForm(request.POST),
        partial(departures.check_statement, found),
        TOLD,
        confirm=f"Record your check of the statement of {found.council}",
        trustee=(TrusteeAct.CHECK_STATEMENT, found),
    )


@LEAVING.acts("stop_form", permissions.can_handle_leaving)
def stop(request: MemberRequest, found: Withdrawal) -> Sent:
    """Cancel the withdrawal, so that the council stays."""
    return Sent(
        StopForm(request.POST),
        partial(departures.cancel_leaving, found),
        f"{found.council} stays a member. Those concerned will get the email.",
        confirm=f"Cancel: {found.council} stays a member",
        trustee=(TrusteeAct.STOP_LEAVING, found),
    )


class RemovalFilters(WagtailFilterSet):
    """How far it has come."""

    status = django_filters.MultipleChoiceFilter(
        label="Status", choices=RemovalStatus.choices, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Removal
        fields = ["status"]


class Removals(Report):
    """Every removal, the open ones first. Never public."""

    page_title = "Removals"
    verbose_name, verbose_name_plural = "proposal", "proposals"
    header_icon = "cross"
    filterset_class = RemovalFilters
    export_filename = "removals"
    search_fields = ("membership__council__name", "membership__council__official_name")
    columns = (
        council_column("membership__council__name"),
        Column("status", label="Status", accessor="get_status_display", sort_key="status"),
        Column("opened", label="Opened", accessor=day_of("opened_at"), sort_key="opened_at"),
        Column("by", label="Opened by", accessor="opened_by"),
        Column("from", label="Decided from", accessor="decide_from", sort_key="decide_from"),
        Column("decided", label="Decided", accessor=day_of("decided_at"), sort_key="decided_at"),
    )

    def get_base_queryset(self):
        """Return every one with what its row shows."""
        is_over = Case(When(status=RemovalStatus.OPEN, then=Value(0)), default=Value(1))
        return Removal.objects.with_all().order_by(is_over, "-opened_at")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """Return the way to open one."""
        address = reverse("network_staff:open_removal")
        return [HeaderButton("Propose to end a membership", url=address, icon_name="plus")]


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: MemberRequest) -> HttpResponse:
    """Open a removal, with the grounds, and tell the council."""
    form = RemovalForm(posted(request))
    if "change" not in request.POST and form.is_valid():
        council = form.cleaned_data["council"]
        membership = get_object_or_404(Membership.objects.live(), council=council)
        form.cleaned_data.pop("council")
        sent = Sent(
            form,
            partial(departures.open_removal, membership),
            "Proposal saved. Someone else will decide.",
            confirm=f"Propose to end the membership of {council}",
            note="Another manager, or a trustee if there is no other manager, decides after the "
            "council has had at least 14 days to respond.",
            trustee=(TrusteeAct.OPEN_REMOVAL, membership),
        )
        with refusal_beside(form, said=NOT_DONE):
            if sent.needs_trustee(request.user):
                return ask_trustee(request, sent)
            if page := unconfirmed(request, sent):
                return page
            sent.do(request.user)
            messages.success(request, sent.done)
            return redirect("network_staff:removal", membership.removals.open().get().pk)
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
        "trustee": trustee_panel(request.user, found, TrusteeAct.DECIDE_REMOVAL),
        "form": DecideRemovalForm(),
    }
    return render(request, "network/review/removal.html", context | filled_in)


REMOVAL = StaffPage("network_staff:removal", _removal, _page_of_removal)


@REMOVAL.acts("form", permissions.can_decide_removal)
def decide(request: MemberRequest, found: Removal) -> Sent:
    """Remove the member, or drop the removal."""
    form = DecideRemovalForm(request.POST)
    removes = request.POST.get("remove") == "yes"
    return Sent(
        form,
        partial(departures.decide_removal, found),
        "Decided. The council will get the email.",
        confirm=f"End the membership of {found.council}"
        if removes
        else f"Drop the proposal: {found.council} stays",
        note="The membership ends straight away, in public too. You cannot undo this." * removes,
        ends=removes,
        trustee=(TrusteeAct.DECIDE_REMOVAL, found),
    )
