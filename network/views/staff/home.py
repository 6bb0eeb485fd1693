"""What waits for a network manager, on the first page of the admin; and all that happened."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import django_filters
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from network import permissions
from network.choices import AccessStatus, OfficeChangeStatus
from network.models import (
    AccessRequest,
    EndorsementWording,
    Event,
    Membership,
    OfficeChange,
    Removal,
    SignUp,
    Withdrawal,
)
from network.models.events import SENTENCES
from network.readiness import Readiness
from network.views.pages import Report

# Each line of a panel: what it is, what waits there, where it is.
Line = tuple[str, str, str]
SLOW = timedelta(days=14)  # what waits for us longer than this is overdue
SHOWN = 10


class Panel(Component):
    """One panel of the first page: lines with links."""

    template_name = "network/review/panel.html"

    def __init__(self, title: str, order: int, lines: Iterable[Line], empty: str):
        self.title, self.order, self.empty = title, order, empty
        self.lines = list(lines)

    def get_context_data(self, parent_context: Any) -> dict[str, object]:
        """Return what the template shows."""
        hidden = max(0, len(self.lines) - SHOWN)
        return {"panel": self, "lines": self.lines[:SHOWN], "hidden": hidden}


def panels(user) -> list[Panel]:
    """Return what waits for a manager, what is overdue, and what is announced soon."""
    waits, late = _waiting(user)
    return [
        Panel("Waiting for you", 10, waits, "Nothing is waiting for you."),
        Panel("Overdue", 20, late, "Nothing is overdue."),
        Panel("Announcements to come", 30, _announcements(), "No announcement is planned."),
    ]


def _waiting(user) -> tuple[list[Line], list[Line]]:
    """Return what waits for a manager, and which of that has waited too long."""
    sign_ups = list(
        SignUp.objects.with_staff()
        .select_related("council", "owner", "decision", "membership")
        .prefetch_related("requests__endorsement")
    )
    slow = timezone.now() - SLOW
    late = [_sign_up_line(each, user) for each in sign_ups if (each.submitted_at or slow) < slow]
    waits = [_sign_up_line(each, user) for each in sign_ups if each.owner_id in (None, user.pk)]
    for asked in AccessRequest.objects.filter(status=AccessStatus.OPEN).with_leads():
        if permissions.can_answer_access(user, asked):
            waits.append((str(asked.council), "A request for access", asked.staff_url))
    for leaving in Withdrawal.objects.with_all().for_staff():
        if permissions.can_handle_leaving(user, leaving):
            waits.append((str(leaving.council), "Leaving: something to check", leaving.staff_url))
    for removal in Removal.objects.with_all().open():
        if removal.notice_is_over and permissions.can_decide_removal(user, removal):
            waits.append(
                (
                    str(removal.council),
                    "A proposal to end a membership, to decide",
                    removal.staff_url,
                )
            )
    for change in OfficeChange.objects.of_members_today():
        line = (str(change.council), f"{change.get_office_display()}: {{}}", change.staff_url)
        if change.status == OfficeChangeStatus.SIGNED and change.endorsement.needs_confirming:
            waits.append((line[0], line[1].format("a signature to confirm"), line[2]))
        elif change.is_overdue:
            late.append((line[0], line[1].format("no answer after 6 months"), line[2]))
    for wording in EndorsementWording.objects.filter(approved_on=None).exclude(approved_by_name=""):
        if permissions.can_confirm_approval(user, wording):
            address = reverse("network_staff:wordings")
            waits.append((f"Wording, version {wording.version}", "An approval to confirm", address))
    return waits, late


def _sign_up_line(sign_up: SignUp, user) -> Line:
    others = sign_up.owner if sign_up.owner != user else None
    what = Readiness(sign_up).next_action + (f" (owner: {others})" if others else "")
    return str(sign_up.council), what, sign_up.staff_url


def _announcements() -> list[Line]:
    """Return the accepted councils that are not announced yet, the next first."""
    rows = Membership.objects.live().filter(announced_at=None).exclude(sign_up=None)
    found = []
    for membership in rows.select_related("council", "sign_up").order_by("announce_on"):
        day = membership.announce_on
        when = format_date(day, "l j F Y") if day else "On hold: no day is set"
        found.append((str(membership.council), when, membership.staff_url))
    return found


class HistoryFilters(WagtailFilterSet):
    """Which events: what, who, when."""

    what = django_filters.ChoiceFilter(
        label="What", choices=sorted(SENTENCES.items(), key=lambda pair: pair[1])
    )
    by_label = django_filters.CharFilter(label="Who", lookup_expr="icontains")
    at = django_filters.DateFromToRangeFilter(label="When", widget=DateRangePickerWidget)

    class Meta:
        model = Event
        fields = ["what", "by_label", "at"]


class History(Report):
    """Everything that happened in the network, the newest first."""

    page_title = "What happened"
    verbose_name, verbose_name_plural = "entry", "entries"
    header_icon = "history"
    filterset_class = HistoryFilters
    default_ordering = "-at"
    export_filename = "what-happened"
    search_fields = (
        "by_label",
        "why",
        "sign_up__reference",
        "sign_up__council__name",
        "membership__council__name",
    )
    columns = (
        Column("when", label="When", accessor="at_in_words", sort_key="at"),
        Column("council", label="Council", accessor=lambda event: event.council or ""),
        Column("what", label="What", accessor="sentence"),
        Column("by", label="Who", accessor="by_label", sort_key="by_label"),
        Column("why", label="Why", accessor="why"),
    )

    def get_base_queryset(self):
        """Return every event with the council it is about."""
        return Event.objects.select_related("sign_up__council", "membership__council")
