"""Staff's list of members, the page of one council, and recording an existing member."""

import django_filters
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.forms import CheckboxSelectMultiple
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from councils.choices import Kind, Region
from councils.models import Council
from network import role_status
from network.actions import memberships
from network.choices import LIVE_MEMBERSHIP, AccessStatus, MembershipStatus, RepresentativeRole
from network.forms.memberships import ExistingMemberForm
from network.forms.notes import EraseForm, LogForm
from network.members_on_day import day_of, members_on
from network.models import AccessRequest, Cohort, Event, MemberMessage, Membership, Representative
from network.views.pages import (
    NOT_DONE,
    Report,
    StaffPage,
    council_column,
    for_managers,
    refusal_beside,
)
from network.views.staff.check_ins import CheckInFilters
from portal.forms import posted
from portal.mail import outbox
from portal.models import MemberRequest, OutboxMessage


class MemberFilters(CheckInFilters):
    """Which members: of today or before, where, of what type, with which check-in."""

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

    cohort = django_filters.ModelChoiceFilter(
        label="Joined as one of", queryset=lambda request: Cohort.objects.all()
    )
    no_one = django_filters.BooleanFilter(label="No representative", method="without_people")
    unconfirmed = django_filters.BooleanFilter(
        label="Contact unconfirmed", method="without_confirmed_contact"
    )

    class Meta:
        model = Membership
        fields = [
            "is_current",
            "is_announced",
            "status",
            "cohort",
            "region",
            "kind",
            "standing",
            "no_one",
            "unconfirmed",
        ]

    def without_people(self, queryset, name: str, value: bool):
        """Return the memberships that no one represents, or those that someone does."""
        return queryset.filter(~Q(_represented()) if value else Q(_represented()))

    def without_confirmed_contact(self, queryset, name: str, value: bool):
        """Return the memberships whose lead contact has no confirmed address, or the others.

        Without a lead contact there is none.
        """
        confirmed = EmailAddress.objects.filter(verified=True).values("user")
        contact = _represented(role=RepresentativeRole.LEAD, user__in=confirmed)
        return queryset.filter(~Q(contact) if value else Q(contact))

    def only_current(self, queryset, name: str, value: bool):
        """Return the memberships that have not ended, or those that have."""
        return queryset.live() if value else queryset.exclude(status__in=LIVE_MEMBERSHIP)


def _represented(**who: object) -> Exists:
    people = Representative.objects.current().filter(membership=OuterRef("pk"), **who)
    return Exists(people)


def _lead(membership: Membership) -> str:
    leads = [r.user for r in membership.representatives.all() if r.role == RepresentativeRole.LEAD]
    return leads[0].email if leads else "No one"


def _since(membership: Membership) -> str:
    if not membership.announced_at:
        return ""  # it is a member from its announcement on
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
        council_column(
            "council__name",
            lambda row: reverse("network_staff:member", args=[row.council.slug]),
        ),
        Column("status", label="Status", accessor="get_status_display", sort_key="status"),
        Column("joined", label="Since", accessor=_since, sort_key="joined_on"),
        Column("announced", label="Announced", accessor="announcement_text"),
        Column("lead", label="Lead contact", accessor=_lead),
        Column(
            "cohort",
            label="Joined as one of",
            accessor=lambda row: row.cohort or "",
            sort_key="cohort__name",
        ),
        Column("region", label="Region", accessor="council.get_region_display"),
        Column("ended", label="Ended", accessor="ended_on", sort_key="ended_on"),
    )

    def get_base_queryset(self):
        """Return every membership with what its row shows."""
        people = Prefetch(
            "representatives", Representative.objects.current().select_related("user")
        )
        rows = Membership.objects.select_related("council", "sign_up", "cohort")
        return rows.prefetch_related(people)

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """Return the ways to write to these members, and to record one."""
        address = reverse("network_staff:record_member")
        chosen = self.request.GET.urlencode()
        write = reverse("network_staff:write_to_members") + (f"?{chosen}" if chosen else "")
        return [
            HeaderButton("Write to these members", url=write, icon_name="mail"),
            HeaderButton("Record an existing member", url=address, icon_name="plus"),
        ]

    @property
    def header_more_buttons(self) -> list[Button]:
        """Return the way to the members of a day, besides the spreadsheets."""
        address = reverse("network_staff:members_on")
        return [
            *super().header_more_buttons,
            Button("Members on a day", url=address, icon_name="date", priority=90),
        ]


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


EVENTS, MAILS, NOTES = 40, 20, 50  # how many of each the page of a council shows


def _council(slug: str) -> Council:
    return get_object_or_404(Council, slug=slug)


@for_managers
@require_safe
def member(request: MemberRequest, slug: str) -> HttpResponse:
    """Show all that we hold about a council, member or not, and what can be done."""
    return _page_of_council(request, _council(slug))


def _page_of_council(request: MemberRequest, council: Council, **filled_in: object) -> HttpResponse:
    people = Prefetch("representatives", Representative.objects.current().select_related("user"))
    found = council.memberships.select_related("sign_up", "cohort")
    found = found.prefetch_related(people, "champions")
    every = sorted(found, key=lambda each: (each.is_live, each.pk), reverse=True)
    now = every[0] if every else None
    sign_ups = list(council.sign_ups.select_related("owner"))
    concerns = Q(membership__in=every) | Q(sign_up__in=sign_ups)
    notes = list(council.notes.select_related("by", "done_by", "sign_up")[:NOTES])
    stage = next((note for note in notes if note.stage), None)
    context = {
        "council": council,
        "membership": now,
        "earlier": every[1:],
        "sign_ups": sign_ups,
        "people": now.representatives.all() if now and now.is_live else [],
        "champions": [c for c in now.champions.all() if c.until is None] if now else [],
        "offices": role_status.of_member(now).offices if now and now.is_public_and_live else [],
        "access": AccessRequest.objects.of_council(council).filter(status=AccessStatus.OPEN),
        "notes": notes,
        "stage": stage,
        "steps": [note for note in notes if note.is_to_do],
        "log_form": LogForm(),
        "erase_form": EraseForm(),
        "events": Event.objects.filter(concerns).select_related("by").order_by("-pk")[:EVENTS],
        "mails": _mails(council),
        "messages_to_it": MemberMessage.objects.sent()
        .filter(memberships__in=every)
        .distinct()[:MAILS],
    }
    return render(request, "network/review/member.html", context | filled_in)


def _mails(council: Council) -> list[tuple[OutboxMessage, str]]:
    """Return the newest emails about a council, each with what staff call it."""
    found = OutboxMessage.objects.filter(concerns=str(council))[:MAILS]
    return [(each, outbox.title_of(each.kind)) for each in found]


MEMBER = StaffPage("network_staff:member", _council, _page_of_council)


@for_managers
@require_safe
def on_day(request: MemberRequest) -> HttpResponse:
    """Show who was a member on a day, today if none is asked for."""
    asked = request.GET.get("on", "")
    day = day_of(asked)
    context = {
        "asked": day.isoformat() if day else asked,
        "wrong": day is None,
        "found": members_on(day) if day else None,
    }
    return render(request, "network/review/members_on.html", context)
