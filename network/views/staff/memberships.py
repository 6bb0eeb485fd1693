"""Staff's list of members, and recording one that joined before this site."""

import django_filters
from django.contrib import messages
from django.db.models import Prefetch
from django.forms import CheckboxSelectMultiple
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from councils.choices import Kind, Region
from network.actions import memberships
from network.choices import LIVE_MEMBERSHIP, MembershipStatus, RepresentativeRole
from network.forms.memberships import ExistingMemberForm
from network.models import Membership, Representative
from network.views.pages import NOT_DONE, Report, for_managers, refusal_beside
from portal.forms import posted
from portal.models import MemberRequest


class MemberFilters(WagtailFilterSet):
    """Which members: of today or before, where, of what type."""

    status = django_filters.MultipleChoiceFilter(
        label="Status", choices=MembershipStatus.choices, widget=CheckboxSelectMultiple
    )
    is_current = django_filters.BooleanFilter(label="Member today", method="only_current")
    is_announced = django_filters.BooleanFilter(
        label="Announced", field_name="announced_at", lookup_expr="isnull", exclude=True
    )
    region = django_filters.ChoiceFilter(
        label="Region", field_name="council__region", choices=Region.choices
    )
    kind = django_filters.ChoiceFilter(
        label="Type of council", field_name="council__kind", choices=Kind.choices
    )

    class Meta:
        model = Membership
        fields = ["is_current", "is_announced", "status", "region", "kind"]

    def only_current(self, queryset, name: str, value: bool):
        """Return the memberships that have not ended, or those that have."""
        return queryset.live() if value else queryset.exclude(status__in=LIVE_MEMBERSHIP)


def _lead(membership: Membership) -> str:
    leads = [r.user for r in membership.representatives.all() if r.role == RepresentativeRole.LEAD]
    return leads[0].email if leads else "No one"


def _since(membership: Membership) -> str:
    return membership.since_text if membership.joined_on else "Date not known"


class Members(Report):
    """Every membership, those that have ended too."""

    page_title = "Members"
    verbose_name, verbose_name_plural = "member", "members"
    header_icon = "group"
    filterset_class = MemberFilters
    default_ordering = ("council__name", "-pk")
    export_filename = "members"
    search_fields = (
        "council__name",
        "council__official_name",
        "council__aliases__name",
        "representatives__user__email",
    )
    columns = (
        TitleColumn(
            "council",
            label="Council",
            accessor="council.official_name",
            sort_key="council__name",
            get_url=lambda row: row.staff_url,
        ),
        Column("status", label="Status", accessor="get_status_display", sort_key="status"),
        Column("joined", label="Since", accessor=_since, sort_key="joined_on"),
        Column("announced", label="Announced", accessor="announcement_text"),
        Column("lead", label="Lead contact", accessor=_lead),
        Column("region", label="Region", accessor="council.get_region_display"),
        Column("ended", label="Ended", accessor="ended_on", sort_key="ended_on"),
    )

    def get_base_queryset(self):
        """Return every membership with what its row shows."""
        people = Prefetch(
            "representatives", Representative.objects.current().select_related("user")
        )
        return Membership.objects.select_related("council", "sign_up").prefetch_related(people)

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """Return the way to record a member of before this site."""
        address = reverse("network_staff:record_member")
        return [HeaderButton("Record an existing member", url=address, icon_name="plus")]


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: MemberRequest) -> HttpResponse:
    """Record a member that joined before this site, as a source gives it."""
    form = ExistingMemberForm(posted(request))
    if form.is_valid():
        with refusal_beside(form, said=NOT_DONE):
            made = memberships.record_existing_membership(by=request.user, **form.cleaned_data)
            messages.success(request, f"{made.council} saved. It is now public.")
            return redirect("network_staff:members")
    return render(request, "network/review/member_record.html", {"form": form})
