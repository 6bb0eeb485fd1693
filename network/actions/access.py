"""Asking to be let in: to work on a sign-up under way, or to represent a member."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from network import emails, evidence, permissions
from network.actions.colleagues import hand_over, join
from network.actions.locks import locked
from network.actions.representing import hand_over_member
from network.choices import AccessStatus, EmailEvidence, RepresentativeRole
from network.models import (
    AccessRequest,
    Event,
    InvalidMove,
    Membership,
    Refused,
    Representative,
    SignUp,
)
from network.models.events import Actor
from portal.models import User

OPEN_REQUESTS = 5
TOLD = "access_request.staff_told"


@transaction.atomic
def ask_access(
    target: SignUp | Membership, *, by: User, name: str, job_title: str, message: str
) -> AccessRequest:
    """Ask to work on a sign-up, or to represent a member; once while it is open.

    Who leads it is told; staff where nobody does. Raises: Refused.
    """
    field = "sign_up" if isinstance(target, SignUp) else "membership"
    _lock_asker(by)
    if _is_in(target, by):
        raise Refused(f"You are among those who act for {target.council.name} already.")
    mine = AccessRequest.objects.filter(user=by, status=AccessStatus.OPEN)
    if asked := mine.filter(**{field: target}).first():
        return asked
    if mine.count() >= OPEN_REQUESTS:
        raise Refused("Several of your requests wait for an answer. Please wait for those first.")
    request = AccessRequest.objects.create(
        **{field: target},
        user=by,
        name=name,
        job_title=job_title,
        message=message,
        email_evidence=evidence.of(by.email, target.council),
    )
    Event.objects.record("access_request.open", by=by, why="", **request.event_about())
    emails.access_asked(request)
    return request


def _is_in(target: SignUp | Membership, person: User) -> bool:
    if isinstance(target, SignUp):
        return target.collaborators.filter(user=person).exists()
    return target.representatives.current().filter(user=person).exists()


def _lock_asker(by: User) -> None:
    """One request of a person at a time, so that two clicks ask once."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


@transaction.atomic
def grant_access(request: AccessRequest, *, by: User) -> None:
    """Let them in. Raises: InvalidMove when it has been answered; Refused."""
    request = _locked(request)
    request.move_to(AccessStatus.GRANTED, by=by)
    membership = request.membership or getattr(request.sign_up, "membership", None)
    if request.sign_up is not None:
        if membership is None and not request.sign_up.is_open:
            raise Refused("This sign-up has ended.")
        # Also once it is accepted: until the announcement, it is there that they find it.
        join(request.sign_up, request.user)
    if membership is not None:
        represent(membership, request.user)
    emails.access_granted(request)


@transaction.atomic
def grant_the_lead(request: AccessRequest, *, by: User) -> None:
    """Let them in, and let them lead: whoever leads it does not answer, or has left.

    Raises: as `grant_access`, `hand_over` and `hand_over_member`.
    """
    grant_access(request, by=by)
    if request.sign_up is not None:
        _lead_sign_up(request, request.sign_up, by)
    elif request.membership is not None:
        _lead_member(request.membership, by=by, to=request.user)


def _lead_sign_up(request: AccessRequest, sign_up: SignUp, by: User) -> None:
    hand_over(sign_up, by=by, to=request.user)
    request.refresh_from_db(fields=["email_evidence"])
    if request.email_evidence == EmailEvidence.CALLED_BACK:
        # Staff rang the council about this very person.
        SignUp.objects.filter(pk=sign_up.pk).update(email_evidence=request.email_evidence)


def _lead_member(membership: Membership, *, by: User, to: User) -> None:
    leads = membership.representatives.current().filter(role=RepresentativeRole.LEAD)
    if not leads.filter(user=to).exists():  # nobody led: being let in was enough
        hand_over_member(membership, by=by, to=to)


@transaction.atomic
def refuse_access(request: AccessRequest, *, by: User) -> None:
    """Say no, in neutral words. Raises: InvalidMove when it has been answered."""
    request = _locked(request)
    request.move_to(AccessStatus.REFUSED, by=by)
    emails.access_refused(request)


@transaction.atomic
def tell_staff_who_waits(*, by: Actor = "tick") -> int:
    """Tell staff, once, of each request that a lead has not answered in five working days."""
    told = Event.objects.filter(what=TOLD, access_request=OuterRef("pk"))
    waiting = AccessRequest.objects.filter(~Exists(told), status=AccessStatus.OPEN)
    late = [
        request
        for request in waiting.with_leads()
        if permissions.lead_of(request) and permissions.staff_may_step_in(request)
    ]
    for request in late:
        Event.objects.record(TOLD, by=by, why="", **request.event_about())
        emails.access_waits(request)
    return len(late)


@transaction.atomic
def record_asker_call_back(request: AccessRequest, *, by: User) -> None:
    """Staff rang the council's main number and reached the asker there."""
    request = _locked(request)
    request.email_evidence = EmailEvidence.CALLED_BACK
    request.save(update_fields=["email_evidence"])
    Event.objects.record(
        "access_request.called_back", by=by, why=request.name, **request.event_about()
    )


def represent(
    membership: Membership, person: User, role: RepresentativeRole | None = None
) -> Representative:
    """Let somebody act for a member; where nobody leads yet, they lead. Twice is once."""
    leads = membership.representatives.current().filter(role=RepresentativeRole.LEAD)
    default = RepresentativeRole.CONTRIBUTOR if leads.exists() else RepresentativeRole.LEAD
    found, _ = Representative.objects.get_or_create(
        membership=membership, user=person, ended_at=None, defaults={"role": role or default}
    )
    return found


def _locked(request: AccessRequest) -> AccessRequest:
    """The request under a lock, after that of what it asks for: as every act locks."""
    sign_up = request.sign_up and locked(request.sign_up)
    membership = request.membership or getattr(sign_up, "membership", None)
    if membership is not None:
        Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    rows = AccessRequest.objects.select_for_update(of=("self",), no_key=True)
    answered = rows.get(pk=request.pk)
    if answered.status != AccessStatus.OPEN:
        raise InvalidMove("This has been answered already.")
    if sign_up is not None:
        answered.sign_up = sign_up
    return answered
