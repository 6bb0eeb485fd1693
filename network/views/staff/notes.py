"""The log of every council, for staff only: who we are in touch with, and what is next."""

from functools import partial

import django_filters
from django.db.models import F
from django.forms import Form
from django.shortcuts import get_object_or_404
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from councils.choices import Kind, Region
from councils.models import Council
from network.actions import notes
from network.choices import Interest
from network.forms.notes import EraseForm, LogForm
from network.models import Note
from network.models.memberships import with_membership_flag
from network.models.notes import with_log
from network.views.pages import Report, Sent, council_column
from network.views.staff.memberships import MEMBER
from portal.models import MemberRequest


class LogFilters(WagtailFilterSet):
    """How interested a council is, whether something is next, and where it is."""

    interest = django_filters.ChoiceFilter(label="Stage of interest", choices=Interest.choices)
    has_step = django_filters.BooleanFilter(
        label="Has a next step", field_name="next_step_on", lookup_expr="isnull", exclude=True
    )
    is_member = django_filters.BooleanFilter(label="Member today")
    region = django_filters.ChoiceFilter(label="Region", choices=Region.choices)
    kind = django_filters.ChoiceFilter(label="Type of council", choices=Kind.choices)

    class Meta:
        model = Council
        fields = ["interest", "has_step", "is_member", "region", "kind"]


def _interest(council) -> str:
    return str(Interest(council.interest).label) if council.interest else ""


class Log(Report):
    """Every council in force, those with a next step first. Never public."""

    page_title = "Contact log"
    verbose_name, verbose_name_plural = "council", "councils"
    header_icon = "comment"
    filterset_class = LogFilters
    export_filename = "contact-log"
    search_fields = (
        "name",
        "official_name",
        "aliases__name",
        "notes__who",
        "notes__text",
        "notes__next_step",
    )
    columns = (
        council_column(
            "name",
            lambda row: reverse("network_staff:member", args=[row.slug]),
            accessor="official_name",
        ),
        Column("stage", label="Stage of interest", accessor=_interest, sort_key="interest"),
        Column("last", label="Last contact", accessor="last_contact", sort_key="last_contact"),
        Column("next", label="Next step due", accessor="next_step_on", sort_key="next_step_on"),
        Column("member", label="Member", accessor=lambda row: "Yes" if row.is_member else "No"),
        Column("region", label="Region", accessor="get_region_display"),
    )

    def get_base_queryset(self):
        """Return every council of today with what its log says."""
        found = with_log(with_membership_flag(Council.objects.not_ended()))
        return found.order_by(F("next_step_on").asc(nulls_last=True), "name", "pk")


@MEMBER.acts("log_form")
def write(request: MemberRequest, council: Council) -> Sent:
    """Write an entry into a council's log."""
    done = f"Saved in the log of {council}. Only staff can read it."
    return Sent(LogForm(request.POST), partial(notes.write_note, council), done)


def _note(council: Council, pk: str) -> Note:
    return get_object_or_404(council.notes, pk=pk)


@MEMBER.acts("step_form")
def done(request: MemberRequest, council: Council, pk: str) -> Sent:
    """Record that the next step of an entry is done."""
    return Sent(Form(request.POST), partial(notes.do_next_step, _note(council, pk)), "Done.")


@MEMBER.acts("erase_form")
def erase(request: MemberRequest, council: Council, pk: str) -> Sent:
    """Erase the words of an entry."""
    return Sent(
        EraseForm(request.POST),
        partial(notes.erase_note, _note(council, pk)),
        "The words of the entry are erased.",
    )
