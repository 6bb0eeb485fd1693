"""Staff's side, in the Wagtail admin: the queue, one sign-up on one page, the decision."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse, QueryDict
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
    PostponeForm,
    StrikeOutForm,
)
from network.forms.wordings import MoveForm
from network.models import Endorsement, EndorsementWording, InvalidMove, Membership, Refused, SignUp
from network.readiness import Readiness, checks_of
from portal.models import MemberRequest, User


def for_managers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only network managers in; 403 for everybody else who can enter the admin."""

    def guarded(request: MemberRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not permissions.can_review(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@for_managers
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """What waits for staff, oldest first; below it, what is on its way and what ended."""
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
    """One sign-up with all that its page shows."""
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
    """One sign-up: answers, evidence, history, and what can be done now."""
    return detail(request, the_sign_up(reference))


def detail(request: MemberRequest, found: SignUp, **filled_in: object) -> HttpResponse:
    """The page of one sign-up, with the form that was filled in wrongly, if there is one."""
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


@for_managers
@require_POST
def take_on(request: MemberRequest, reference: str) -> HttpResponse:
    """Become the one who reviews it."""
    found = the_sign_up(reference)
    if not permissions.can_take_on(request.user, found):
        raise PermissionDenied
    try:
        reviews.take_on(found, by=request.user)
    except InvalidMove:
        messages.error(request, "Somebody else has taken it on.")
    return redirect("network_review:sign_up", reference)


def decide(
    request: MemberRequest,
    found: SignUp,
    form: Form,
    act: Callable[..., object],
    *,
    done: str,
    name: str,
) -> HttpResponse:
    """Carry out what the form asks for; show it again, by its name, where it is not valid."""
    if form.is_valid():
        try:
            act(**form.cleaned_data)
        except Refused as problem:
            form.add_error(None, f"Not done. {problem}")
        else:
            messages.success(request, done)
            return redirect("network_review:sign_up", found.reference)
    # As it stands now: somebody else may have decided meanwhile, and the form be gone.
    wrong = {name: form, "wrong_form": form, "wrong_at": request.path}
    return detail(request, the_sign_up(found.reference), **wrong)


def _decision(
    name: str,
    form: Callable[[QueryDict, SignUp], Form],
    act: Callable[..., object],
    done: str,
    may: Callable[[User, SignUp], bool] = permissions.can_decide,
) -> Callable[..., HttpResponse]:
    """The view of one decision: what its form asks for, done by those who `may`."""

    @for_managers
    @require_POST
    def view(request: MemberRequest, reference: str) -> HttpResponse:
        found = the_sign_up(reference)
        if not may(request.user, found):
            raise PermissionDenied
        asked = form(request.POST, found)
        said = f"{found.council} {done}. The applicant is told."
        carry_out = partial(act, found, by=request.user)
        return decide(request, found, asked, carry_out, done=said, name=name)

    return view


def _end(found: SignUp, *, by: User, reason: str) -> None:
    """End one that the council has in hand but does not go on with."""
    sign_ups.withdraw(found, by=by, why=reason)


accept = _decision(
    "accept_form",
    lambda sent, found: AcceptForm(sent, sign_up=found),
    reviews.accept,
    "is accepted",
)
decline = _decision(
    "decline_form", lambda sent, found: DeclineForm(sent), reviews.decline, "is declined"
)
request_changes = _decision(
    "changes_form",
    lambda sent, found: ChangesForm(sent),
    reviews.request_changes,
    "is asked for changes",
)
end = _decision(
    "decline_form", lambda sent, found: DeclineForm(sent), _end, "is ended", permissions.can_end
)


def _to_look_into(request: MemberRequest, reference: str) -> SignUp:
    found = the_sign_up(reference)
    if not permissions.can_look_into(request.user, found):
        raise PermissionDenied
    return found


def _endorsement(found: SignUp, pk: int) -> Endorsement:
    return get_object_or_404(found.endorsements.select_related("sign_up"), pk=pk)


@for_managers
@require_POST
def call_back(request: MemberRequest, reference: str) -> HttpResponse:
    """Staff rang the council's main number about the applicant."""
    found = _to_look_into(request, reference)
    act = partial(reviews.record_call_back, found, by=request.user)
    form = ConfirmForm(request.POST)
    return decide(request, found, form, act, done="The call is on record.", name="confirm_form")


@for_managers
@require_POST
def confirm_signature(request: MemberRequest, reference: str, pk: int) -> HttpResponse:
    """The office holder says that it was them."""
    found = _to_look_into(request, reference)
    act = partial(signing.confirm_signature, _endorsement(found, pk), by=request.user)
    form = ConfirmForm(request.POST)
    return decide(
        request, found, form, act, done="The signature is confirmed.", name="confirm_form"
    )


@for_managers
@require_POST
def strike_out(request: MemberRequest, reference: str, pk: int) -> HttpResponse:
    """A forged or mistaken signature stops counting."""
    found = _to_look_into(request, reference)
    act = partial(signing.strike_out, _endorsement(found, pk), by=request.user)
    done = "The signature is struck out. The applicant is told."
    form = StrikeOutForm(request.POST)
    return decide(request, found, form, act, done=done, name="strike_form")


@for_managers
@require_POST
def confirm_decision(request: MemberRequest, reference: str) -> HttpResponse:
    """The minutes say so."""
    found = _to_look_into(request, reference)
    act = partial(decisions.confirm_decision, found, by=request.user)
    form = ConfirmDecisionForm(request.POST)
    return decide(request, found, form, act, done="The decision is confirmed.", name="confirm_form")


@for_managers
@require_POST
def move_wording(request: MemberRequest, reference: str) -> HttpResponse:
    """Pin the newest wording; whoever signed is asked again."""
    found = _to_look_into(request, reference)
    newest = EndorsementWording.objects.newest()
    act = partial(wordings.move_to_wording, found, newest, by=request.user)
    done = f"Version {newest.version} is pinned. Those concerned are told and asked again."
    return decide(request, found, MoveForm(request.POST), act, done=done, name="move_form")


@for_managers
@require_POST
def postpone(request: MemberRequest, reference: str) -> HttpResponse:
    """Announce an accepted council on another day, or not for now."""
    found = _to_look_into(request, reference)
    membership = get_object_or_404(Membership, sign_up=found)
    act = partial(memberships.postpone, membership, by=request.user)
    form = PostponeForm(request.POST, sign_up=found)
    done = "The announcement has moved. The applicant is told."
    return decide(request, found, form, act, done=done, name="postpone_form")
