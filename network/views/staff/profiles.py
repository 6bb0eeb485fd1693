"""Staff's pages about changes of members' profiles: read, publish, send back, put back."""

from functools import partial

import django_filters
from django.db.models import Case, Value, When
from django.forms import CheckboxSelectMultiple, Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from network import permissions, profile
from network.actions import profiles
from network.choices import ProfileChangeStatus, ProfilePart
from network.forms.profiles import PART_FORMS, SendBackForm
from network.models import ProfileChange
from network.views.pages import Report, Sent, StaffPage, council_column, day_of, for_managers
from portal.models import MemberRequest

NOT_OURS = [ProfileChangeStatus.DRAFT]  # what the council has not sent


class ProfileChangeFilters(WagtailFilterSet):
    """How far it has come, and which part it is."""

    status = django_filters.MultipleChoiceFilter(
        label="Status",
        choices=[each for each in ProfileChangeStatus.choices if each[0] not in NOT_OURS],
        widget=CheckboxSelectMultiple,
    )
    part = django_filters.ChoiceFilter(label="Part", choices=ProfilePart.choices)

    class Meta:
        model = ProfileChange
        fields = ["status", "part"]


class ProfileChanges(Report):
    """Every change that councils sent, what waits for us first."""

    page_title = "Changes of public pages"
    verbose_name, verbose_name_plural = "change", "changes"
    header_icon = "edit"
    filterset_class = ProfileChangeFilters
    export_filename = "changes-of-public-pages"
    search_fields = ("membership__council__name", "membership__council__official_name")
    columns = (
        council_column("membership__council__name"),
        Column("part", label="Part", accessor="get_part_display", sort_key="part"),
        Column("status", label="Status", accessor="get_status_display", sort_key="status"),
        Column("by", label="Written by", accessor=lambda row: row.by or "Us, from a source"),
        Column("sent", label="Sent", accessor=day_of("at"), sort_key="at"),
    )

    def get_base_queryset(self):
        """Return every change of today's members that was sent, with what its row shows."""
        waits = Case(When(status=ProfileChangeStatus.WAITING, then=Value(0)), default=Value(1))
        rows = ProfileChange.objects.of_members_today().exclude(status__in=NOT_OURS)
        # What the council replaced itself, nobody has to read.
        sent = rows.exclude(status=ProfileChangeStatus.REPLACED, published_at=None, decided_at=None)
        return sent.order_by(waits, "-at")


def _change(pk: str) -> ProfileChange:
    rows = ProfileChange.objects.of_members_today().select_related("decided_by")
    return get_object_or_404(rows.exclude(status__in=NOT_OURS), pk=pk)


@for_managers
@require_safe
def change(request: MemberRequest, pk: str) -> HttpResponse:
    """Show one change beside what is public, question by question."""
    return _page(request, _change(pk))


def _page(request: MemberRequest, found: ProfileChange, **filled_in: object) -> HttpResponse:
    membership = found.membership
    form = PART_FORMS[found.part](answers=found.answers)
    public = profile.answers_now(membership, found.part)
    is_logo = found.part == ProfilePart.LOGO
    context = {
        "change": found,
        "council": found.council,
        "rows": [] if is_logo else form.side_by_side(public, found.answers),
        "is_public": found.status == ProfileChangeStatus.PUBLISHED,
        "waits": found.status == ProfileChangeStatus.WAITING,
        "may_moderate": permissions.can_moderate(request.user, found),
        "may_put_back": permissions.can_put_back(request.user, membership),
        "events": membership.events.filter(what__startswith="profile.").order_by("-pk")[:20],
        "send_back_form": SendBackForm(),
    }
    return render(request, "network/review/profile_change.html", context | filled_in)


CHANGE = StaffPage("network_staff:profile_change", _change, _page)


@CHANGE.acts("publish_form", permissions.can_moderate)
def publish(request: MemberRequest, found: ProfileChange) -> Sent:
    """Publish it."""
    done = "Published. We have emailed the person who wrote it."
    return Sent(Form(request.POST), partial(profiles.publish, found), done)


@CHANGE.acts("send_back_form", permissions.can_moderate)
def send_back(request: MemberRequest, found: ProfileChange) -> Sent:
    """Send it back with what to change."""
    done = "Sent back. We have emailed the person who wrote it and the lead contact."
    return Sent(SendBackForm(request.POST), partial(profiles.send_back, found), done)


@CHANGE.acts("put_back_form", lambda user, found: permissions.can_put_back(user, found.membership))
def put_back(request: MemberRequest, found: ProfileChange) -> Sent:
    """Make what was public before it public again."""
    return Sent(
        Form(request.POST),
        partial(profiles.put_back, found),
        "The version from before is public again. We have emailed the lead contact.",
        confirm="Put back the version from before",
        ends=True,
    )
