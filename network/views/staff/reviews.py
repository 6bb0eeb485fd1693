"""Review of sign-ups by staff: the queue, one sign-up on one page, the decision."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from network import permissions, task_list
from network.actions import decisions, memberships, reviews, sign_ups, signing, wordings
from network.choices import OPEN_SIGN_UP, SignUpStatus, UploadKind
from network.forms.reviews import (
    AcceptForm,
    ChangesForm,
    ConfirmDecisionForm,
    ConfirmForm,
    DeclineForm,
    MoveForm,
    PostponeForm,
    StrikeOutForm,
)
from network.models import Endorsement, EndorsementWording, InvalidMove, Membership, SignUp
from network.readiness import Readiness, checks_of
from network.views.pages import Sent, StaffPage, for_managers
from portal.models import MemberRequest, User


@for_managers
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """List sign-ups that wait for staff, oldest first, then open and ended ones."""
    everything = SignUp.objects.select_related(
        "council", "owner", "decision", "membership"
    ).prefetch_related("requests__endorsement")
    underway = set(OPEN_SIGN_UP) - {SignUpStatus.SUBMITTED, SignUpStatus.IN_REVIEW}
    context = {
        "waiting": [Readiness(each) for each in everything.with_staff()],
        "underway": [Readiness(each) for each in everything.filter(status__in=underway)],
        "ended": [Readiness(each) for each in everything.exclude(status__in=OPEN_SIGN_UP)[:50]],
        "wording": EndorsementWording.objects.newest(),
        "now": timezone.now(),
    }
    return render(request, "network/review/queue.html", context)


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
        "changes_form": ChangesForm(),
        "decline_form": DeclineForm(),
        "confirm_form": ConfirmForm(),
        "strike_form": StrikeOutForm(),
        "move_form": MoveForm(),
        "newest_wording": newest,
        "can_move": can_move and newest.may_be_sent,
        "can_look_into": permissions.can_look_into(request.user, found),
        "can_take_on": permissions.can_take_on(request.user, found),
        "can_decide": permissions.can_decide(request.user, found),
        "can_end": permissions.can_end(request.user, found),
        "membership": getattr(found, "membership", None),
        "postpone_form": PostponeForm(sign_up=found),
        "doubts": found.doubts() if not found.is_open else [],
    } | filled_in
    return render(request, "network/review/sign_up.html", context)


SIGN_UP = StaffPage("network_review:sign_up", the_sign_up, detail)


@for_managers
@require_POST
def take_on(request: MemberRequest, reference: str) -> HttpResponse:
    """Start the review, as its owner."""
    found = the_sign_up(reference)
    permissions.require(permissions.can_take_on(request.user, found))
    try:
        reviews.take_on(found, by=request.user)
    except InvalidMove:
        messages.error(request, "Somebody else has taken it on.")
    return redirect("network_review:sign_up", reference)


def _told(found: SignUp, what: str) -> str:
    return f"{found.council} {what}. The applicant is told."


@SIGN_UP.acts("accept_form", permissions.can_decide)
def accept(request: MemberRequest, found: SignUp) -> Sent:
    """Accept the sign-up, with a day for the announcement."""
    form = AcceptForm(request.POST, sign_up=found)
    return form, partial(reviews.accept, found), _told(found, "is accepted")


@SIGN_UP.acts("decline_form", permissions.can_decide)
def decline(request: MemberRequest, found: SignUp) -> Sent:
    """Decline the sign-up, with a reason."""
    form = DeclineForm(request.POST)
    return form, partial(reviews.decline, found), _told(found, "is declined")


@SIGN_UP.acts("changes_form", permissions.can_decide)
def request_changes(request: MemberRequest, found: SignUp) -> Sent:
    """Return the sign-up to the council with the changes needed."""
    form = ChangesForm(request.POST)
    return form, partial(reviews.request_changes, found), _told(found, "is asked for changes")


@SIGN_UP.acts("decline_form", permissions.can_end)
def end(request: MemberRequest, found: SignUp) -> Sent:
    """End a sign-up that the council has not finished."""

    def withdraw(*, by: User, reason: str) -> None:
        sign_ups.withdraw(found, by=by, why=reason)

    return DeclineForm(request.POST), withdraw, _told(found, "is ended")


@SIGN_UP.acts("confirm_form", permissions.can_look_into)
def call_back(request: MemberRequest, found: SignUp) -> Sent:
    """Record that staff called the council's main number about the applicant."""
    form = ConfirmForm(request.POST)
    return form, partial(reviews.record_call_back, found), "The call is on record."


def _endorsement(found: SignUp, pk: str) -> Endorsement:
    return get_object_or_404(found.endorsements.select_related("sign_up"), pk=pk)


@SIGN_UP.acts("confirm_form", permissions.can_look_into)
def confirm_signature(request: MemberRequest, found: SignUp, pk: str) -> Sent:
    """Record that the office holder confirms they signed."""
    act = partial(signing.confirm_signature, _endorsement(found, pk))
    return ConfirmForm(request.POST), act, "The signature is confirmed."


@SIGN_UP.acts("strike_form", permissions.can_look_into)
def strike_out(request: MemberRequest, found: SignUp, pk: str) -> Sent:
    """Void a forged or mistaken signature."""
    act = partial(signing.strike_out, _endorsement(found, pk))
    return StrikeOutForm(request.POST), act, "The signature is struck out. The applicant is told."


@SIGN_UP.acts("confirm_form", permissions.can_look_into)
def confirm_decision(request: MemberRequest, found: SignUp) -> Sent:
    """Record that the minutes match."""
    form = ConfirmDecisionForm(request.POST)
    return form, partial(decisions.confirm_decision, found), "The decision is confirmed."


@SIGN_UP.acts("move_form", permissions.can_look_into)
def move_wording(request: MemberRequest, found: SignUp) -> Sent:
    """Pin the newest wording, and ask those who signed again."""
    newest = EndorsementWording.objects.newest()
    done = f"Version {newest.version} is pinned. Those concerned are told and asked again."
    return MoveForm(request.POST), partial(wordings.move_to_wording, found, newest), done


@SIGN_UP.acts("postpone_form", permissions.can_look_into)
def postpone(request: MemberRequest, found: SignUp) -> Sent:
    """Change the day of an accepted council's announcement, or hold it."""
    membership = get_object_or_404(Membership, sign_up=found)
    form = PostponeForm(request.POST, sign_up=found)
    done = "The announcement has moved. The applicant is told."
    return form, partial(memberships.postpone, membership), done
