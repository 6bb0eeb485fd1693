"""Staff's pages about yearly check-ins: who owes one, and what each council said."""

from datetime import date
from functools import partial
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import F, Prefetch, QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from network import permissions, still_true
from network.actions import check_ins as actions
from network.choices import (
    WAITING_CHECK_IN,
    CheckInStatus,
    MembershipStatus,
    RepresentativeRole,
    TrusteeAct,
)
from network.forms.check_ins import CheckInForm, PhoneCheckInForm, StaffMoreTimeForm
from network.models import CheckIn, Membership, PageChanged, Representative
from network.views.check_ins import open_check_in
from network.views.pages import (
    NOT_DONE,
    Report,
    Sent,
    StaffPage,
    council_column,
    for_managers,
    refusal_beside,
    trustee_panel,
)
from portal.forms import posted
from portal.models import MemberRequest, User

STANDINGS = {
    "due": "Due",
    "overdue": "Overdue",
    "paused": "Paused",
    "extended": "With more time",
    "to-read": "Lines to read",
    "unclaimed": "No one acts for it yet",
}


class CheckInFilters(WagtailFilterSet):
    """How far the check-in of each member is."""

    standing = django_filters.ChoiceFilter(
        label="Check-in", choices=list(STANDINGS.items()), method="of_standing"
    )

    class Meta:
        model = Membership
        fields = ["standing"]

    def of_standing(
        self, queryset: QuerySet[Membership], name: str, value: str
    ) -> QuerySet[Membership]:
        """Return the members of one standing."""
        rows = Membership.objects.all()
        found = {
            "due": rows.filter(status=MembershipStatus.CHECK_IN_DUE),
            "overdue": rows.filter(status=MembershipStatus.OVERDUE),
            "paused": rows.filter(status=MembershipStatus.PAUSED),
            "extended": rows.filter(check_ins__status=CheckInStatus.EXTENDED),
            "to-read": rows.filter(check_ins__in=CheckIn.objects.with_lines_to_read()),
            "unclaimed": rows.unclaimed(),
        }
        return queryset.filter(pk__in=found[value].values("pk"))


def _open(membership: Membership) -> CheckIn | None:
    return next((c for c in membership.check_ins.all() if c.status in WAITING_CHECK_IN), None)


def _last(membership: Membership) -> date | None:
    """Return the day of the last confirmed check-in."""
    done = [c.confirmed_at for c in membership.check_ins.all() if c.confirmed_at]
    return timezone.localdate(max(done)) if done else None


def _standing(membership: Membership) -> str:
    if not membership.is_claimed:
        return STANDINGS["unclaimed"]
    found = _open(membership)
    if found is None:
        return "Confirmed" if _last(membership) else "Not due yet"
    more_time = found.status == CheckInStatus.EXTENDED
    return f"{membership.get_status_display()}{', with more time' if more_time else ''}"


def _wanted_by(membership: Membership) -> date | None:
    found = _open(membership)
    return found.answer_by if found else membership.next_check_in_on


def _lead(membership: Membership) -> str:
    people = membership.representatives.all()
    return next((r.user.email for r in people if r.role == RepresentativeRole.LEAD), "No one")


class CheckIns(Report):
    """Every member of today, with its yearly check-in."""

    page_title = "Check-ins"
    verbose_name, verbose_name_plural = "member", "members"
    header_icon = "date"
    filterset_class = CheckInFilters
    export_filename = "check-ins"
    search_fields = ("council__name", "council__official_name", "council__aliases__name")
    columns = (
        council_column("council__name", lambda row: row.check_ins_url),
        Column("standing", label="Check-in", accessor=_standing, sort_key="status"),
        Column("wanted", label="Wanted by", accessor=_wanted_by, sort_key="next_check_in_on"),
        Column("confirmed", label="Last confirmed", accessor=_last),
        Column("lead", label="Lead contact", accessor=_lead),
    )

    def get_base_queryset(self) -> QuerySet[Membership]:
        """Return every member of today with what its row shows."""
        people = Representative.objects.current().select_related("user")
        rows = Membership.objects.announced().live().select_related("council", "sign_up")
        soonest = F("next_check_in_on").asc(nulls_last=True)
        rows = rows.prefetch_related(Prefetch("representatives", people), "check_ins")
        return rows.order_by(soonest, "council__name")


def member_of(slug: str) -> Membership:
    """Return a member of today with the people who act for it, or 404."""
    people = Representative.objects.current().select_related("user")
    rows = Membership.objects.announced().live().select_related("council", "sign_up")
    found = rows.prefetch_related(Prefetch("representatives", people))
    return get_object_or_404(found, council__slug=slug)


def _waiting(membership: Membership) -> CheckIn:
    found = open_check_in(membership)
    if found is None:
        raise Http404
    return found


@for_managers
@require_safe
def check_in(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what a council said in each of its check-ins, and the one that waits."""
    return _page(request, member_of(slug))


def _page(request: MemberRequest, membership: Membership, **more: object) -> HttpResponse:
    done = membership.check_ins.filter(status=CheckInStatus.CONFIRMED).with_all()
    rows = done.prefetch_related("lines__principle").order_by("-confirmed_at")
    waiting = open_check_in(membership)
    parts = still_true.parts_of(membership)
    blank = CheckInForm(check_in=waiting or CheckIn(), parts=parts, last={})
    context = {
        "membership": membership,
        "council": membership.council,
        "check_in": waiting,
        "saved": blank.in_words(waiting.answers) if waiting else [],
        "said": [(each, blank.in_words(_own(each.answers))) for each in rows],
        "people": membership.representatives.all(),
        "may_act": permissions.can_look_after(request.user, membership),
        "trustee": trustee_panel(request.user, membership, TrusteeAct.INVITE_TO_CLAIM),
        "more_time_form": StaffMoreTimeForm(),
        "events": membership.events.filter(what__startswith="check_in.").order_by("-pk"),
    }
    return render(request, "network/review/check_in.html", context | more)


def _own(answers: dict[str, Any]) -> dict[str, Any]:
    """Return answers without the ticks and lines, which are shown on their own."""
    return {k: v for k, v in answers.items() if v is not True and not k.startswith("principle_")}


def _may(user: User, membership: Membership) -> bool:
    return permissions.can_look_after(user, membership)


PAGE = StaffPage("network_staff:check_in", member_of, _page)


@PAGE.acts("more_time_form", _may)
def extend(request: MemberRequest, membership: Membership) -> Sent:
    """Give a council more time, with a reason."""
    found = _waiting(membership)
    return Sent(
        StaffMoreTimeForm(request.POST),
        partial(actions.extend_by_staff, found),
        "Saved. We have emailed the council.",
        confirm=f"Give {membership.council} more time",
        trustee=(TrusteeAct.GIVE_TIME, found),
    )


@PAGE.acts("lines_form", _may)
def publish_lines(request: MemberRequest, membership: Membership, pk: str) -> Sent:
    """Make public what moved in a year."""
    said = membership.check_ins.filter(status=CheckInStatus.CONFIRMED)
    found = get_object_or_404(said, pk=pk)
    return Sent(
        Form(request.POST),
        partial(actions.publish_lines, found),
        "The lines are on the public page.",
        trustee=(TrusteeAct.PUBLISH_LINES, found),
    )


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def by_phone(request: MemberRequest, slug: str) -> HttpResponse:
    """Record a check-in for a council, as someone there says by phone."""
    membership = member_of(slug)
    permissions.require(_may(request.user, membership), "You have a part in this council.")
    found, parts = _waiting(membership), still_true.parts_of(membership)
    last = still_true.last_lines(found)
    form = PhoneCheckInForm(posted(request), check_in=found, parts=parts, last=last)
    if form.is_valid():
        with refusal_beside(form, said=NOT_DONE):
            try:
                actions.record_by_phone(
                    found,
                    by=request.user,
                    answers=form.answers(),
                    spoke_to=form.cleaned_data["spoke_to"],
                    shown=form.cleaned_data["shown"],
                )
            except PageChanged:
                form.start_again(found, unticked=True)
                raise
            messages.success(request, "Check-in recorded. We have emailed the council.")
            return redirect("network_staff:check_in", slug)
    context = {"membership": membership, "council": membership.council, "form": form}
    return render(request, "network/review/check_in_by_phone.html", context)
