"""Staff's pages about changes of members' profiles: read, publish, send back, put back."""

from functools import partial

import django_filters
from django.contrib import messages
from django.db.models import Case, Value, When
from django.forms import CheckboxSelectMultiple, DateField, DateInput, Form, model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from network import permissions, profile
from network.actions import profiles
from network.choices import ProfileChangeStatus, ProfilePart, TrusteeAct
from network.forms.profiles import PART_FORMS, SendBackForm, SourceForm
from network.models import ProfileChange
from network.views.pages import (
    NOT_DONE,
    Report,
    Sent,
    StaffPage,
    council_column,
    day_of,
    for_managers,
    refusal_as_message,
    refusal_beside,
    trustee_panel,
)
from network.views.staff.check_ins import member_of
from portal.forms import posted
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


def _author(change: ProfileChange) -> str:
    if not change.is_from_us:
        return str(change.by)
    return f"Us, from a source ({change.by})" if change.by else "Us, from a source"


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
        Column("by", label="Written by", accessor=_author),
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
    is_logo = found.part == ProfilePart.LOGO
    context = {
        "change": found,
        "council": found.council,
        "rows": [] if is_logo else _side_by_side(found),
        "waiting": len(profile.waiting_words(membership)),
        "is_public": found.status == ProfileChangeStatus.PUBLISHED,
        "waits": found.status == ProfileChangeStatus.WAITING,
        "may_moderate": permissions.can_moderate(request.user, found),
        "trustee": trustee_panel(request.user, found, TrusteeAct.PUBLISH_PROFILE),
        "may_put_back": permissions.can_put_back(request.user, membership),
        "events": membership.events.filter(what__startswith="profile.").order_by("-pk")[:20],
        "send_back_form": SendBackForm(),
    }
    return render(request, "network/review/profile_change.html", context | filled_in)


CHANGE = StaffPage("network_staff:profile_change", _change, _page)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: MemberRequest, slug: str) -> HttpResponse:
    """Show all that a council wrote and that waits to be read, with one button to publish it."""
    membership = member_of(slug)
    if request.method == "POST":
        with refusal_as_message(request):
            shown = request.POST.get("shown", "")
            profiles.publish_words(membership, by=request.user, shown=shown)
            messages.success(request, "Published. We have emailed the people who wrote texts.")
        return redirect("network_staff:words", slug)
    waiting = profile.waiting_words(membership)
    context = {
        "council": membership.council,
        "waiting": waiting,
        "changes": [(change, _side_by_side(change)) for change in waiting.changes],
        "may_publish": permissions.can_look_after(request.user, membership),
    }
    return render(request, "network/review/words.html", context)


def _side_by_side(change: ProfileChange) -> list[tuple[str, str, str]]:
    """Return each question of a change with what is public now, and what was sent."""
    form = PART_FORMS[change.part](answers=change.answers)
    return form.side_by_side(profile.answers_now(change.membership, change.part), change.answers)


WRITTEN = [part for part in PART_FORMS if part != ProfilePart.LOGO]


@for_managers
@require_safe
def written(request: MemberRequest, slug: str) -> HttpResponse:
    """Show each part of a member's page, and who wrote it; lead to writing it from a source."""
    membership = member_of(slug)
    public = profile.published_changes(membership)
    rows = [(PART_FORMS[p](answers=profile.answers_now(membership, p)), p) for p in WRITTEN]
    context = {
        "council": membership.council,
        "people": membership.people_who_check_in(),
        "parts": [(ProfilePart(p), form.answered(), public.get(p)) for form, p in rows],
        "may_write": permissions.can_write_for(request.user, membership),
    }
    return render(request, "network/review/profile_written.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: MemberRequest, slug: str, part: str) -> HttpResponse:
    """Write one part of the page of a member that nobody acts for, from a public source."""
    membership = member_of(slug)
    may_write = permissions.can_write_for(request.user, membership)
    permissions.require(may_write, "You have a part in this council.")
    public = profile.published_changes(membership).get(part)
    form = PART_FORMS[part](posted(request), answers=profile.answers_now(membership, part))
    for field in form.fields.values():
        if isinstance(field, DateField):
            field.widget = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    before = model_to_dict(public, list(SourceForm.base_fields)) if public else {}
    source = SourceForm(posted(request), initial=before)
    if form.is_valid() and source.is_valid():
        with refusal_beside(source, said=NOT_DONE):
            profiles.write_from_source(
                membership, part, by=request.user, answers=form.answers(), **source.cleaned_data
            )
            messages.success(request, "Saved. It is public now, with its source.")
            return redirect("network_staff:profile_written", slug)
    context = {
        "council": membership.council,
        "part": ProfilePart(part),
        "form": form,
        "source": source,
        "questions": [form[name] for name in form.questions()],
        "wrong": next((each for each in (form, source) if each.errors), None),
    }
    return render(request, "network/review/profile_write.html", context)


@CHANGE.acts("publish_form", permissions.can_moderate)
def publish(request: MemberRequest, found: ProfileChange) -> Sent:
    """Publish it."""
    return Sent(
        Form(request.POST),
        partial(profiles.publish, found),
        "Published. We have emailed the person who wrote it.",
        trustee=(TrusteeAct.PUBLISH_PROFILE, found),
    )


@CHANGE.acts("send_back_form", permissions.can_moderate)
def send_back(request: MemberRequest, found: ProfileChange) -> Sent:
    """Send it back with what to change."""
    return Sent(
        SendBackForm(request.POST),
        partial(profiles.send_back, found),
        "Sent back. We have emailed the person who wrote it and the lead contact.",
        trustee=(TrusteeAct.SEND_BACK_PROFILE, found),
    )


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
