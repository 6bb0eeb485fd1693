"""Review of sign-ups by staff: the queue, one sign-up on one page, the decision."""

from functools import partial

import django_filters
from django.contrib import messages
from django.forms import CheckboxSelectMultiple, Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from councils.choices import Region
from network import permissions, task_list
from network.actions import decisions, memberships, notes, reviews, sign_ups, signing, wordings
from network.choices import CollaboratorRole, Route, SignUpStatus, TrusteeAct, UploadKind
from network.emails.sign_ups import managers
from network.forms.notes import NoteForm
from network.forms.reviews import (
    AcceptForm,
    AssignForm,
    ChangesForm,
    ConfirmDecisionForm,
    ConfirmForm,
    DeclineForm,
    MessageForm,
    MoveForm,
    PostponeForm,
    StrikeOutForm,
    TakeBackForm,
)
from network.models import Endorsement, EndorsementWording, InvalidMove, Membership, SignUp
from network.models.sign_ups import email_evidence
from network.readiness import Readiness, checks_of
from network.views.pages import (
    HELD,
    MOVED,
    Report,
    Sent,
    StaffPage,
    council_column,
    day_of,
    for_managers,
    trustee_panel,
)
from portal.models import MemberRequest, User


class QueueFilters(WagtailFilterSet):
    """Whose turn it is, and what kind of application."""

    STAGES = ((1, "Waiting for us"), (2, "With the council"), (3, "Ended"))

    stage = django_filters.ChoiceFilter(label="Whose turn", choices=STAGES)
    status = django_filters.MultipleChoiceFilter(
        label="Status", choices=SignUpStatus.choices, widget=CheckboxSelectMultiple
    )
    owner = django_filters.ModelChoiceFilter(
        label="Owner", queryset=lambda request: managers(), null_label="No one"
    )
    route = django_filters.ChoiceFilter(label="How it endorses", choices=Route.choices)
    region = django_filters.ChoiceFilter(
        label="Region", field_name="council__region", choices=Region.choices
    )
    submitted_at = django_filters.DateFromToRangeFilter(
        label="Sent to us", widget=DateRangePickerWidget
    )

    class Meta:
        model = SignUp
        fields = ["stage", "status", "owner", "route", "region", "submitted_at"]


class Queue(Report):
    """Every application: what waits for us first, then what is under way, then what has ended."""

    page_title = "Applications"
    verbose_name, verbose_name_plural = "application", "applications"
    header_icon = "tick-inverse"
    template_name = "network/review/queue.html"
    filterset_class = QueueFilters
    export_filename = "applications"
    search_fields = (
        "reference",
        "council__name",
        "council__official_name",
        "council__aliases__name",
        "applicant_name",
        "collaborators__user__email",
    )
    columns = (
        council_column("council__official_name"),
        Column("reference", label="Reference", sort_key="reference"),
        Column("status", label="Status", accessor="status_in_words", sort_key="status"),
        Column("started", label="Started", accessor=day_of("started_at"), sort_key="started_at"),
        Column(
            "sent", label="Sent to us", accessor=day_of("submitted_at"), sort_key="submitted_at"
        ),
        Column("decided", label="Decided", accessor=day_of("decided_at"), sort_key="decided_at"),
        Column("owner", label="Owner", accessor=lambda row: row.owner or "No one"),
        Column("next", label="Next", accessor=lambda row: Readiness(row).next_action),
    )

    def get_base_queryset(self):
        """Return every application with what its row shows."""
        rows = SignUp.objects.in_order_of_work().select_related(
            "council", "owner", "decision", "membership"
        )
        return rows.with_signatures()

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Add the wording, which may still be a draft."""
        return super().get_context_data(wording=EndorsementWording.objects.newest(), **kwargs)


def the_sign_up(reference: str) -> SignUp:
    """Return one sign-up with everything its page shows, or 404."""
    return get_object_or_404(
        SignUp.objects.select_related(
            "council", "owner", "wording", "decision__confirmed_by", "decision__wording"
        ).prefetch_related(
            "champions",
            "requests__endorsement",
            "endorsements__wording",
            "endorsements__request",
            "endorsements__confirmed_by",
            "collaborators__user",
            "events__by",
        ),
        reference=reference,
    )


@for_managers
@require_safe
def sign_up(request: MemberRequest, reference: str) -> HttpResponse:
    """Show one sign-up: answers, evidence, history, and the possible actions."""
    return detail(request, the_sign_up(reference))


def detail(request: MemberRequest, found: SignUp, **filled_in: object) -> HttpResponse:
    """Render the page of one sign-up, with an invalid form, if any."""
    facts, newest = Readiness(found), EndorsementWording.objects.newest()
    trustee = trustee_panel(request.user, found, TrusteeAct.ACCEPT)
    can_move = found.is_open and found.wording_id and found.wording_id != newest.pk
    context = {
        "sign_up": found,
        "council": found.council,
        "sections": task_list.answers(found),
        "next_action": facts.next_action,
        "checks": checks_of(facts),
        "forbidden": facts.reasons if found.is_open else [],
        "endorsements": list(found.endorsements.all()),
        "decision": found.formal_decision if found.needs_decision else None,
        "logo": found.upload_of(UploadKind.LOGO),
        "minutes": found.upload_of(UploadKind.DECISION) if found.needs_decision else None,
        "accept_form": AcceptForm(sign_up=found),
        "changes_form": ChangesForm(sign_up=found),
        "take_back_form": TakeBackForm(),
        "decline_form": DeclineForm(),
        "confirm_form": ConfirmForm(),
        "strike_form": StrikeOutForm(),
        "move_form": MoveForm(),
        "assign_form": AssignForm(sign_up=found),
        "note_form": NoteForm(auto_id="note_%s"),
        "message_form": MessageForm(auto_id="message_%s"),
        "notes": found.notes.select_related("by", "done_by", "sign_up"),
        "written": found.messages.select_related("by"),
        "newest_wording": newest,
        "can_move": can_move and newest.may_be_sent,
        "trustee": trustee,
        # What needs a trustee is entered in the same forms.
        "can_look_into": permissions.can_look_into(request.user, found) or trustee["may_ask"],
        "can_take_on": permissions.can_take_on(request.user, found),
        "can_decide": permissions.can_ask_for_changes(request.user, found),
        "can_end": permissions.can_end(request.user, found),
        "can_take_back": permissions.can_take_back_decline(request.user, found)
        or (trustee["may_ask"] and found.status == SignUpStatus.DECLINED),
        "contacts": _contacts(found),
        "membership": getattr(found, "membership", None),
        "postpone_form": PostponeForm(sign_up=found),
        "doubts": found.doubts() if not found.is_open else [],
    } | filled_in
    return render(request, "network/review/sign_up.html", context)


def _contacts(found: SignUp) -> list[dict[str, object]]:
    """Return who works on it for the council, the lead contact first, and how to reach them."""
    people = sorted(found.collaborators.all(), key=lambda c: c.role != CollaboratorRole.LEAD)
    contacts: list[dict[str, object]] = []
    for person in people:
        is_lead = person.role == CollaboratorRole.LEAD
        evidence = email_evidence(person.user.email, found.council).label
        contacts.append(
            {
                "name": (is_lead and found.applicant_name) or person.user,
                "role": found.applicant_job_title if is_lead else "",
                "phone": found.applicant_phone if is_lead else "",
                "email": person.user.email,
                "evidence": found.get_email_evidence_display() if is_lead else evidence,
                "is_lead": is_lead,
            }
        )
    return contacts


SIGN_UP = StaffPage("network_staff:sign_up", the_sign_up, detail)


@for_managers
@require_POST
def take_on(request: MemberRequest, reference: str) -> HttpResponse:
    """Start the review, as its owner."""
    found = the_sign_up(reference)
    permissions.require(permissions.can_take_on(request.user, found))
    try:
        reviews.take_on(found, by=request.user)
    except InvalidMove:
        messages.error(request, "Someone else has started this review.")
    return redirect("network_staff:sign_up", reference)


@SIGN_UP.acts("assign_form", permissions.can_prepare)
def assign(request: MemberRequest, found: SignUp) -> Sent:
    """Give the review to a manager."""
    form = AssignForm(request.POST, sign_up=found)
    return Sent(form, partial(reviews.assign, found), "The review has a new owner.")


@SIGN_UP.acts("release_form", permissions.can_prepare)
def release(request: MemberRequest, found: SignUp) -> Sent:
    """Take the review from its owner."""
    done = "No one has this review now. It is on every manager’s first page."
    return Sent(Form(request.POST), partial(reviews.release, found), done)


@SIGN_UP.acts("note_form")
def note(request: MemberRequest, found: SignUp) -> Sent:
    """Write an internal note, into the log of the council."""
    act = partial(notes.write_note, found.council, sign_up=found)
    return Sent(NoteForm(request.POST), act, "Note saved. Only staff can read it.")


@SIGN_UP.acts("message_form", permissions.can_prepare)
def message(request: MemberRequest, found: SignUp) -> Sent:
    """Write to the people who work on the sign-up."""
    return Sent(
        MessageForm(request.POST),
        partial(reviews.write_to_council, found),
        "Message sent. It is also on the page of the application.",
        confirm=f"Send this message to {found.council}",
    )


@SIGN_UP.acts("accept_form", permissions.can_decide)
def accept(request: MemberRequest, found: SignUp) -> Sent:
    """Accept the sign-up, with an hour for the announcement."""
    form = AcceptForm(request.POST, sign_up=found)
    return Sent(
        form,
        partial(reviews.accept, found),
        f"{found.council} is accepted. We are emailing everyone involved.",
        confirm=f"Accept {found.council}",
        trustee=(TrusteeAct.ACCEPT, found),
    )


@SIGN_UP.acts("decline_form", permissions.can_decide)
def decline(request: MemberRequest, found: SignUp) -> Sent:
    """Decline the sign-up, with a reason."""
    return Sent(
        DeclineForm(request.POST),
        partial(reviews.decline, found),
        f"{found.council} is declined. We are emailing everyone involved.",
        confirm=f"Decline {found.council}",
        note="This ends the application. The council can apply again, but cannot change this "
        "application and send it again. To get changes made, go back and ask for changes.",
        ends=True,
        trustee=(TrusteeAct.DECLINE, found),
    )


@SIGN_UP.acts("take_back_form", permissions.can_look_into)
def take_back(request: MemberRequest, found: SignUp) -> Sent:
    """Take a decline back."""
    return Sent(
        TakeBackForm(request.POST),
        partial(reviews.take_back_decline, found),
        f"{found.council} is under review again. We are emailing everyone involved.",
        confirm=f"Take back the decline of {found.council}",
        trustee=(TrusteeAct.TAKE_BACK_DECLINE, found),
    )


@SIGN_UP.acts("changes_form", permissions.can_ask_for_changes)
def request_changes(request: MemberRequest, found: SignUp) -> Sent:
    """Return the sign-up to the council with the changes needed."""
    return Sent(
        ChangesForm(request.POST, sign_up=found),
        partial(reviews.request_changes, found),
        f"{found.council} is asked for changes. The applicant will get the email.",
        confirm=f"Ask {found.council} for changes",
        note="The council can change every answer again, and send the application again.",
    )


@SIGN_UP.acts("decline_form", permissions.can_end)
def end(request: MemberRequest, found: SignUp) -> Sent:
    """End a sign-up that the council has not finished."""

    def withdraw(*, by: User, reason: str) -> None:
        sign_ups.withdraw(found, by=by, why=reason)

    return Sent(
        DeclineForm(request.POST),
        withdraw,
        f"The application of {found.council} is ended. We are emailing everyone involved.",
        confirm=f"End the application of {found.council}",
        note="You cannot take this back. The council can start again.",
        ends=True,
    )


@SIGN_UP.acts("confirm_form", permissions.can_prepare)
def call_back(request: MemberRequest, found: SignUp) -> Sent:
    """Record that staff called the council's main number about the applicant."""
    form = ConfirmForm(request.POST)
    return Sent(form, partial(reviews.record_call_back, found), "The call is on record.")


def _endorsement(found: SignUp, pk: str) -> Endorsement:
    return get_object_or_404(found.endorsements.select_related("sign_up"), pk=pk)


@SIGN_UP.acts("confirm_form", permissions.can_look_into)
def confirm_signature(request: MemberRequest, found: SignUp, pk: str) -> Sent:
    """Record that the office holder confirms they signed."""
    signature = _endorsement(found, pk)
    return Sent(
        ConfirmForm(request.POST),
        partial(signing.confirm_signature, signature),
        "Signature confirmed.",
        trustee=(TrusteeAct.CONFIRM_SIGNATURE, signature),
    )


@SIGN_UP.acts("strike_form", permissions.can_look_into)
def strike_out(request: MemberRequest, found: SignUp, pk: str) -> Sent:
    """Void a forged or mistaken signature."""
    signature = _endorsement(found, pk)
    return Sent(
        StrikeOutForm(request.POST),
        partial(signing.strike_out, signature),
        "The signature is removed. The applicant will get the email.",
        confirm=f"Remove the signature of {signature.name}",
        note="You cannot take this back. The signature stays on record and no longer counts.",
        ends=True,
        trustee=(TrusteeAct.REMOVE_SIGNATURE, signature),
    )


@SIGN_UP.acts("confirm_form", permissions.can_look_into)
def confirm_decision(request: MemberRequest, found: SignUp) -> Sent:
    """Record that the minutes match."""
    return Sent(
        ConfirmDecisionForm(request.POST),
        partial(decisions.confirm_decision, found),
        "Decision confirmed.",
        trustee=(TrusteeAct.CONFIRM_DECISION, found),
    )


@SIGN_UP.acts("move_form", permissions.can_prepare)
def move_wording(request: MemberRequest, found: SignUp) -> Sent:
    """Pin the newest wording, and ask those who signed again."""
    newest = EndorsementWording.objects.newest()
    return Sent(
        MoveForm(request.POST),
        partial(wordings.move_to_wording, found, newest),
        f"Version {newest.version} is pinned. Those concerned will get the emails.",
        confirm=f"Move {found.council} to version {newest.version}",
        note="Signatures for the earlier version stay on record and stop counting.",
    )


@SIGN_UP.acts("postpone_form", permissions.can_look_into)
def postpone(request: MemberRequest, found: SignUp) -> Sent:
    """Change the hour of an accepted council’s announcement, or hold it."""
    membership = get_object_or_404(Membership, sign_up=found)
    done, confirm = MOVED if request.POST.get("announce_at_0") else HELD
    return Sent(
        PostponeForm(request.POST, sign_up=found),
        partial(memberships.postpone, membership),
        f"{done} We are emailing everyone involved.",
        confirm=f"{confirm} {found.council}",
        trustee=(TrusteeAct.MOVE_ANNOUNCEMENT, membership),
    )
