"""Checks and decisions by staff about a sign-up."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from django.db import IntegrityError, transaction
from django.utils import timezone

from network import permissions
from network.actions.locks import locked
from network.actions.memberships import announce
from network.actions.people import represent
from network.actions.sign_ups import end_links, end_the_rest
from network.choices import (
    CollaboratorRole,
    EmailEvidence,
    Precision,
    RepresentativeRole,
    SignUpStatus,
    SignUpTask,
)
from network.emails import digest as digest_emails
from network.emails import reviews as reviews_emails
from network.emails.sign_ups import managers
from network.models import (
    Absence,
    Event,
    InvalidMove,
    Membership,
    Message,
    Refused,
    SignUp,
    WantedChange,
    periods,
)
from network.models.moves import AlreadyMember, AlreadyUnderWay
from network.readiness import Readiness
from portal.models import User


@transaction.atomic
def take_on(sign_up: SignUp, *, by: User) -> None:
    """Start the review, as its owner, whoever was given it before.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        InvalidMove: If it is not waiting for a review.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_prepare(by, sign_up))
    if sign_up.status != SignUpStatus.SUBMITTED:
        raise InvalidMove("This application is not waiting for a review.")
    sign_up.move_to(SignUpStatus.IN_REVIEW, by=by)
    sign_up.owner = by
    sign_up.save(update_fields=["owner"])


@transaction.atomic
def assign(sign_up: SignUp, *, by: User, to: User) -> None:
    """Give the review to a manager, who is told, unless they take it themselves.

    Raises:
        PermissionDenied: If `by` may not look into this sign-up.
        Refused: If it is not with the network, `to` has it already, or may not look into it.
    """
    sign_up = _locked_with_us(sign_up, by)
    if sign_up.owner_id == to.pk:
        raise Refused(f"{to} has this review already.")
    if not permissions.can_look_into(to, sign_up):
        raise Refused(f"{to} cannot review this: they are not a manager, or have a part in it.")
    sign_up.owner = to
    sign_up.save(update_fields=["owner"])
    event = Event.objects.record("sign_up.assigned", by=by, sign_up=sign_up, why=str(to))
    if to.pk != by.pk:
        reviews_emails.review_assigned(sign_up, event, to)


@transaction.atomic
def release(sign_up: SignUp, *, by: User) -> None:
    """Take the review from its owner, so that it is on every manager's desk again.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        Refused: If it is not with the network, or no one has it.
    """
    sign_up = _locked_with_us(sign_up, by)
    if sign_up.owner is None:
        raise Refused("No one has this review.")
    Event.objects.record("sign_up.released", by=by, sign_up=sign_up, why=str(sign_up.owner))
    sign_up.owner = None
    sign_up.save(update_fields=["owner"])


def _locked_with_us(sign_up: SignUp, by: User) -> SignUp:
    sign_up = locked(sign_up)
    permissions.require(permissions.can_prepare(by, sign_up))
    if not sign_up.is_reviewed:
        raise Refused("This application is not with the network.")
    return sign_up


def send_digests() -> int:
    """Send each manager who is here what is on their desk, on the morning of a working day.

    Once a day and only if there is something to say. For the tick.

    Returns:
        How many managers have been written to, or had been before.
    """
    now = timezone.localtime()
    if not periods.is_working_day(now.date()) or now.time() < digest_emails.MORNING:
        return 0
    here = managers().exclude(absence__in=Absence.objects.today())
    return sum(digest_emails.digest(manager, now.date()) for manager in here)


@transaction.atomic
def be_away(
    manager: User, *, by: User, since: date, until: date, deputy: User | None = None
) -> Absence:
    """Say when a manager is away, and who looks after their work then.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it ends before it begins or is over, or the deputy is no manager or away too.
    """
    permissions.require(permissions.can_review(by) and permissions.can_review(manager))
    if until < since or until < timezone.localdate():
        raise Refused("The last day away must be today or later, and not before the first.")
    if deputy is not None:
        if deputy.pk == manager.pk or not permissions.can_review(deputy):
            raise Refused(f"{deputy} cannot stand in: choose another network manager.")
        away = Absence.objects.filter(user=deputy, since__lte=until, until__gte=since)
        if away.exists():
            raise Refused(f"{deputy} is away then too. Choose someone else, or no one.")
    absence, _ = Absence.objects.update_or_create(
        user=manager, defaults={"since": since, "until": until, "deputy": deputy}
    )
    why = f"{manager}, {since:%d %B %Y} to {until:%d %B %Y}; deputy: {deputy or 'no one'}"
    Event.objects.record("manager.away", by=by, why=why)
    return absence


@transaction.atomic
def be_back(absence: Absence, *, by: User) -> None:
    """Say that a manager is not away.

    Raises:
        PermissionDenied: If they are not a network manager.
    """
    permissions.require(permissions.can_review(by))
    Event.objects.record("manager.back", by=by, why=str(absence.user))
    Absence.objects.filter(pk=absence.pk).delete()


@transaction.atomic
def write_to_council(sign_up: SignUp, *, by: User, text: str) -> Message:
    """Write to everyone who works on a sign-up. The message is kept with it.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        Refused: If it has ended, or the membership that it led to has.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_prepare(by, sign_up))
    if not sign_up.may_be_written_to:
        raise Refused("This application has ended.")
    message = Message.objects.create(sign_up=sign_up, by=by, text=text)
    Event.objects.record("sign_up.message", by=by, sign_up=sign_up)
    reviews_emails.message(message)
    return message


@transaction.atomic
def record_call_back(sign_up: SignUp, *, by: User, how: str) -> None:
    """Record that staff called the council's main number, and the applicant works there.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        Refused: If it has ended.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_prepare(by, sign_up))
    if not sign_up.is_open:
        raise Refused("This application has ended.")
    sign_up.email_evidence = EmailEvidence.CALLED_BACK
    sign_up.save(update_fields=["email_evidence"])
    Event.objects.record("sign_up.called_back", by=by, why=how, sign_up=sign_up)


def accept(sign_up: SignUp, *, by: User, announce_at: datetime) -> Membership:
    """Accept the sign-up, and create a membership that is announced at `announce_at`.

    If that hour is over today, announce it now.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        InvalidMove: If it has been decided.
        AlreadyMember: If the council has a live membership, even one made at this moment.
        Refused: For `Readiness.reasons`, or if the council wants no publicity yet.
    """
    try:
        return _accept(sign_up, by, announce_at)
    except IntegrityError as clash:
        if Membership.objects.live_of(sign_up.council):
            raise AlreadyMember(f"{sign_up.council.name} is already a member.") from clash
        raise


@transaction.atomic
def _accept(sign_up: SignUp, by: User, announce_at: datetime) -> Membership:
    sign_up = locked(sign_up)
    permissions.require(permissions.can_look_into(by, sign_up))
    if sign_up.is_open and (reasons := Readiness(sign_up).reasons):
        raise Refused(" ".join(reasons))
    if reason := sign_up.reason_not_to_announce_at(announce_at):
        raise Refused(f"{reason}.")
    sign_up.move_to(SignUpStatus.ACCEPTED, by=by)
    end_links(sign_up, by=by, why="Application accepted")
    sign_up.decided_at = timezone.now()
    sign_up.save(update_fields=["decided_at"])
    membership = Membership.objects.create(
        council=sign_up.council,
        sign_up=sign_up,
        announce_at=announce_at,
        joined_on=timezone.localdate(announce_at),
        joined_precision=Precision.DAY,
    )
    # Count from the day the sign-up was sent, the last confirmation of their names.
    named_on = timezone.localdate(sign_up.submitted_at)
    sign_up.champions.filter(until=None).update(membership=membership, since=named_on)
    for collaborator in sign_up.collaborators.select_related("user"):
        leads = collaborator.role == CollaboratorRole.LEAD
        role = RepresentativeRole.LEAD if leads else RepresentativeRole.CONTRIBUTOR
        represent(membership, collaborator.user, role)
    Event.objects.record("membership.made", by=by, sign_up=sign_up, membership=membership)
    if announce_at <= timezone.now():
        announce(membership, by=by)  # one mail says both
    else:
        reviews_emails.sign_up_accepted(sign_up)
    return membership


@transaction.atomic
def request_changes(
    sign_up: SignUp,
    *,
    by: User,
    wanted: str = "",
    by_task: Mapping[SignUpTask, str] = MappingProxyType({}),
) -> None:
    """Return the sign-up to the council with the changes needed.

    Args:
        wanted: What concerns no single task.
        by_task: What should change in each task. The task list says so until it is completed
            again.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        InvalidMove: If it is not in review.
        Refused: If nothing is asked for.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_prepare(by, sign_up))
    if not wanted and not by_task:
        raise Refused("Enter what to change.")
    sign_up.move_to(SignUpStatus.CHANGES_REQUESTED, by=by, why=wanted)
    asked = sign_up.events.filter(what="sign_up.changes_requested").latest("pk")
    sign_up.wanted_changes.filter(settled_at=None).update(settled_at=timezone.now())
    for task, note in by_task.items():
        WantedChange.objects.create(sign_up=sign_up, task=task, note=note, asked=asked)
    sign_up.changes_wanted = wanted
    sign_up.save(update_fields=["changes_wanted"])
    sign_up.touch()
    reviews_emails.changes_requested(sign_up, asked)


@transaction.atomic
def decline(sign_up: SignUp, *, by: User, reason: str) -> None:
    """Decline the sign-up, with a reason that the applicant will read.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        InvalidMove: If it is not in review.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_look_into(by, sign_up))
    sign_up.move_to(SignUpStatus.DECLINED, by=by, why=reason)
    sign_up.decided_at = timezone.now()
    sign_up.decision_reason = reason
    sign_up.save(update_fields=["decided_at", "decision_reason"])
    end_the_rest(sign_up, by=by, why="Application declined")
    reviews_emails.sign_up_declined(sign_up)


@transaction.atomic
def take_back_decline(sign_up: SignUp, *, by: User, why: str) -> None:
    """Take a declined sign-up back into review. Links that ended with it stay ended.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        InvalidMove: If it is not declined.
        AlreadyMember: If the council has a live membership.
        AlreadyUnderWay: If it has another open sign-up, even one started at this moment.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_look_into(by, sign_up))
    if sign_up.status != SignUpStatus.DECLINED:
        raise InvalidMove("This application is not declined, or the decline has been taken back.")
    if Membership.objects.live_of(sign_up.council):
        raise AlreadyMember(f"{sign_up.council.name} is already a member.")
    try:
        with transaction.atomic():
            sign_up.move_to(SignUpStatus.IN_REVIEW, by=by, why=why, what="decline_taken_back")
    except IntegrityError as clash:
        words = "The council has since started another application. See that one."
        raise AlreadyUnderWay(words) from clash
    sign_up.decided_at, sign_up.decision_reason = None, ""
    sign_up.save(update_fields=["decided_at", "decision_reason"])
    reviews_emails.decline_taken_back(sign_up)
