"""Staff's side, in the Wagtail admin: the queue, one sign-up on one page, the decision."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from network import actions, evidence, permissions, task_list
from network.choices import OPEN_SIGN_UP, Office, SignUpStatus
from network.forms import AcceptForm, ApprovalForm, DeclineForm
from network.models import EndorsementWording, InvalidMove, Refused, SignUp
from portal.client import MemberRequest


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
    everything = SignUp.objects.select_related("council", "owner").prefetch_related("requests")
    underway = set(OPEN_SIGN_UP) - {SignUpStatus.SUBMITTED, SignUpStatus.IN_REVIEW}
    context = {
        "waiting": everything.with_staff(),
        "underway": everything.filter(status__in=underway),
        "ended": everything.exclude(status__in=OPEN_SIGN_UP)[:50],
        "wording": EndorsementWording.objects.newest(),
        "now": timezone.now(),
    }
    return render(request, "network/review/queue.html", context)


def _of(reference: str) -> SignUp:
    return get_object_or_404(
        SignUp.objects.select_related("council", "owner", "wording").prefetch_related(
            "champions", "requests__endorsement", "collaborators__user", "events__by"
        ),
        reference=reference,
    )


@for_managers
@require_safe
def sign_up(request: MemberRequest, reference: str) -> HttpResponse:
    """One sign-up: answers, evidence, history, and what can be done now."""
    return _detail(request, _of(reference))


def _detail(
    request: MemberRequest, found: SignUp, form: AcceptForm | DeclineForm | None = None
) -> HttpResponse:
    """The page of one sign-up, with a form that was filled in wrongly, if there is one."""
    today = AcceptForm(initial={"announce_on": timezone.localdate()})
    context = {
        "sign_up": found,
        "council": found.council,
        "sections": task_list.answers(found),
        "checks": _checks(found),
        "endorsements": found.counting_endorsements().select_related("wording"),
        "accept_form": form if isinstance(form, AcceptForm) else today,
        "decline_form": form if isinstance(form, DeclineForm) else DeclineForm(),
        "can_take_on": permissions.can_take_on(request.user, found),
        "can_decide": permissions.can_decide(request.user, found),
        "can_end": permissions.can_end(request.user, found),
        "membership": getattr(found, "membership", None),
    }
    return render(request, "network/review/sign_up.html", context)


def _checks(found: SignUp) -> list[tuple[str, bool]]:
    """What staff would look up by hand: the question, and whether all is well."""
    requests = found.current_requests()
    addresses = {r.email for r in requests}
    signed = list(found.counting_endorsements().select_related("request"))
    wording = found.wording
    return [
        ("The applicant’s address is of a domain of the council", found.email_is_councils),
        ("The two endorsers have different addresses", len(addresses) == len(Office)),
        (
            "Both endorsers’ addresses are of a domain of the council",
            all(evidence.is_of(r.email, found.council) for r in requests),
        ),
        ("No endorser’s address is the applicant’s", found.lead().email not in addresses),
        ("Both signatures are there and count", found.is_endorsed()),
        (
            "Both signed with the name and office under which they were asked",
            all((e.name, e.role) == (e.request.name, e.request.role) for e in signed),
        ),
        ("The network has approved the wording", bool(wording and wording.is_approved)),
        ("The council is in force", not found.council.is_abolished),
    ]


@for_managers
@require_POST
def take_on(request: MemberRequest, reference: str) -> HttpResponse:
    """Become the one who reviews it."""
    found = _of(reference)
    if not permissions.can_take_on(request.user, found):
        raise PermissionDenied
    try:
        actions.take_on(found, by=request.user)
    except InvalidMove:
        messages.error(request, "Somebody else has taken it on.")
    return redirect("network_review:sign_up", reference)


def _decide(
    request: MemberRequest,
    found: SignUp,
    form: AcceptForm | DeclineForm,
    act: Callable[..., object],
    done: str,
) -> HttpResponse:
    """Carry out what the form asks for; show it again where it is not valid."""
    if not form.is_valid():
        return _detail(request, found, form)
    try:
        act(**form.cleaned_data)
        messages.success(request, f"{found.council} is {done}. The applicant is told.")
    except Refused as problem:
        messages.error(request, f"Not {done}. {problem}")
    return redirect("network_review:sign_up", found.reference)


@for_managers
@require_POST
def accept(request: MemberRequest, reference: str) -> HttpResponse:
    """Accept it, with a date of announcement."""
    found = _of(reference)
    if not permissions.can_decide(request.user, found):
        raise PermissionDenied
    form = AcceptForm(request.POST)
    act = partial(actions.accept, found, by=request.user)
    return _decide(request, found, form, act, "accepted")


@for_managers
@require_POST
def decline(request: MemberRequest, reference: str) -> HttpResponse:
    """Decline it, with a reason."""
    found = _of(reference)
    if not permissions.can_decide(request.user, found):
        raise PermissionDenied
    form = DeclineForm(request.POST)
    act = partial(actions.decline, found, by=request.user)
    return _decide(request, found, form, act, "declined")


@for_managers
@require_POST
def end(request: MemberRequest, reference: str) -> HttpResponse:
    """End one that the council has in hand but does not go on with, with a reason."""
    found = _of(reference)
    if not permissions.can_end(request.user, found):
        raise PermissionDenied
    form = DeclineForm(request.POST)

    def act(reason: str) -> None:
        actions.withdraw(found, by=request.user, why=reason)

    return _decide(request, found, form, act, "ended")


@for_managers
@require_POST
def approve_wording(request: MemberRequest) -> HttpResponse:
    """Record who approved the present wording for the network."""
    wording = EndorsementWording.objects.newest()
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Enter the name of the person who approved it.")
    elif wording.is_approved:
        messages.error(request, "This wording has been approved already.")
    else:
        actions.approve_wording(wording, by=request.user, **form.cleaned_data)
        messages.success(request, "The wording may be sent from now on.")
    return redirect("network_review:queue")
