"""Start, submission, withdrawal and expiry of a sign-up."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from councils.models import Council
from network import permissions
from network.actions.locks import locked
from network.choices import (
    AccessStatus,
    CollaboratorRole,
    InvitationStatus,
    MembershipStatus,
    RequestStatus,
    SignUpStatus,
)
from network.emails import people as people_emails
from network.emails import sign_ups as sign_ups_emails
from network.emails import signing as signing_emails
from network.models import Collaborator, EndorsementWording, Event, Membership, Refused, SignUp
from network.models.events import Actor
from network.models.moves import AlreadyMember, AlreadyUnderWay, TooMany
from network.models.sign_ups import EDITABLE, email_evidence
from network.readiness import Readiness, in_words
from portal.models import User

# Allow several for officers shared between councils; cap it to prevent abuse.
OPEN_AT_ONCE = 3


def start_sign_up(council: Council, *, by: User) -> SignUp:
    """Start a council's sign-up, led by `by`.

    Raises:
        PermissionDenied: If they have no active account.
        AlreadyMember: If the council has a live membership.
        AlreadyUnderWay: If it has an open sign-up, even one started at this moment.
        TooMany: If they lead as many as one person may.
        Refused: If the council cannot join.
    """
    permissions.require(permissions.can_start(by))
    if not Council.objects.choosable().filter(pk=council.pk).exists():
        raise Refused("This council no longer exists, or does not exist yet, so it cannot join.")
    if Membership.objects.live_of(council):
        raise AlreadyMember(f"{council.name} is already a member.")
    try:
        return _start(council, by)
    except IntegrityError as clash:
        if council.sign_ups.open().exists():
            raise AlreadyUnderWay(f"{council.name} already has an open application.") from clash
        raise


@transaction.atomic
def _start(council: Council, by: User) -> SignUp:
    # Take numbers one at a time, so that references have no gaps or duplicates.
    EndorsementWording.objects.select_for_update().order_by("version").first()
    if SignUp.objects.editable().visible_to(by).count() >= OPEN_AT_ONCE:
        raise TooMany(
            f"You have {OPEN_AT_ONCE} applications in progress. Send or withdraw one of them first."
        )
    reference = SignUp.objects.next_reference()
    sign_up = SignUp.objects.create(
        council=council,
        reference=reference,
        number=int(reference.rpartition("-")[2]),
        applicant_name=by.get_full_name()[:120],
        email_evidence=email_evidence(by.email, council),
    )
    Collaborator.objects.create(sign_up=sign_up, user=by, role=CollaboratorRole.LEAD)
    Event.objects.record("sign_up.started", by=by, sign_up=sign_up)
    sign_ups_emails.sign_up_started(sign_up)
    return sign_up


@transaction.atomic
def submit(sign_up: SignUp, *, by: User) -> bool:
    """Send the sign-up to the network: once, and again after changes were requested.

    Returns:
        False if it had already been sent.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If it has ended, or something is missing.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.works_on(by, sign_up))
    again = sign_up.status == SignUpStatus.CHANGES_REQUESTED
    if sign_up.submitted_at and not again:
        return False
    if not sign_up.is_editable:
        raise Refused("This application has ended.")
    facts = Readiness(sign_up)
    if facts.before_sending:
        raise Refused(
            f"You cannot send the application yet. First we need {in_words(facts.before_sending)}."
        )
    why = f"Sent without {in_words(facts.left_out)}" if facts.left_out else ""
    for endorsement in sign_up.counting_endorsements():
        if endorsement.has_other_champions:
            signing_emails.champions_changed(endorsement)
    if again:
        # The requested changes are made, so the review continues.
        sign_up.move_to(SignUpStatus.IN_REVIEW, by=by, what="sent_again", why=why)
        sign_ups_emails.sign_up_sent_again(sign_up)
        return True
    if sign_up.status == SignUpStatus.DRAFT:
        # Endorsed by a decision alone, without requests.
        sign_up.move_to(SignUpStatus.AWAITING_ENDORSEMENT, by=by, what="decided_alone")
    sign_up.submitted_at = timezone.now()
    sign_up.save(update_fields=["submitted_at"])
    sign_up.move_to(SignUpStatus.SUBMITTED, by=by, why=why)
    sign_ups_emails.sign_up_submitted(sign_up)
    return True


@transaction.atomic
def withdraw(sign_up: SignUp, *, by: User, why: str = "") -> None:
    """End a sign-up that is not announced yet, and revoke its links.

    An accepted one stays accepted, and its membership ends unannounced.

    Raises:
        PermissionDenied: If they neither lead it nor are a manager who may end it.
        Refused: If it has ended, or the council is announced.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.leads(by, sign_up) or permissions.can_end(by, sign_up))
    if not sign_up.may_be_signed:
        raise Refused("This application has already ended, or the council has been announced.")
    end_the_rest(sign_up, by=by, why="Application withdrawn")
    if sign_up.is_open:
        sign_up.move_to(SignUpStatus.WITHDRAWN, by=by, why=why)
    else:
        sign_up.membership.move_to(MembershipStatus.WITHDRAWN, by=by, why=why)
    sign_ups_emails.sign_up_withdrawn(sign_up)


# Days without activity. The first two emails remind; the third gives the end date.
REMIND_AFTER = (30, 90, 166)
ENDS_AFTER = 180


def remind_idle(*, by: str = "tick") -> int:
    """Remind leads of sign-ups untouched for long, and return a count. For the tick."""
    return sum(
        _remind_idle(sign_up, warnings=number, by=by)
        for number, days in reversed(list(enumerate(REMIND_AFTER, start=1)))
        for sign_up in _untouched_for(days).filter(idle_warnings__lt=number)
    )


@transaction.atomic
def _remind_idle(sign_up: SignUp, *, warnings: int, by: str) -> bool:
    sign_up = locked(sign_up)
    days = REMIND_AFTER[warnings - 1]
    if sign_up.idle_warnings >= warnings or not _is_untouched(sign_up, days):
        return False
    sign_up.idle_warnings = warnings
    sign_up.save(update_fields=["idle_warnings"])
    Event.objects.record(
        "sign_up.reminded", by=by, sign_up=sign_up, why=f"{days} days without a change"
    )
    sign_ups_emails.idle(sign_up, warnings)
    return True


def expire_idle(*, by: str = "tick") -> int:
    """Expire sign-ups untouched for 180 days and warned two weeks ago. For the tick.

    Returns:
        How many expired.
    """
    warned = _untouched_for(ENDS_AFTER).filter(idle_warnings=len(REMIND_AFTER))
    return sum(_expire_idle(sign_up, by) for sign_up in warned)


@transaction.atomic
def _expire_idle(sign_up: SignUp, by: str) -> bool:
    sign_up = locked(sign_up)
    if sign_up.idle_warnings < len(REMIND_AFTER) or not _is_untouched(sign_up, ENDS_AFTER):
        return False
    # A worker that was down for months must not warn today and expire tomorrow.
    notice = timedelta(days=ENDS_AFTER - REMIND_AFTER[-1])
    warning = sign_up.events.filter(what="sign_up.reminded").latest("pk")
    if warning.at > timezone.now() - notice:
        return False
    end_the_rest(sign_up, by=by, why="Application ended, because no one worked on it")
    sign_up.move_to(SignUpStatus.EXPIRED, by=by, why=f"{ENDS_AFTER} days without a change")
    sign_ups_emails.expired(sign_up)
    return True


def _untouched_for(days: int):
    since = timezone.now() - timedelta(days=days)
    return SignUp.objects.filter(status__in=EDITABLE, touched_at__lte=since)


def _is_untouched(sign_up: SignUp, days: int) -> bool:
    return sign_up.is_editable and sign_up.touched_at <= timezone.now() - timedelta(days=days)


def end_the_rest(sign_up: SignUp, *, by: Actor, why: str) -> None:
    """Close a sign-up's links, invitations and access requests, and tell those who asked.

    For actions that hold its lock and have asked for permission.
    """
    end_links(sign_up, by=by, why=why)
    for asked in sign_up.access_requests.filter(status=AccessStatus.OPEN):
        asked.move_to(AccessStatus.CLOSED, by=by, why=why)
        people_emails.access_closed(asked)


def end_links(sign_up: SignUp, *, by: Actor, why: str) -> None:
    """Revoke a sign-up's endorsement links and invitations. For actions that hold its lock."""
    for request in sign_up.current_requests():
        if request.can_move_to(RequestStatus.CANCELLED):
            request.move_to(RequestStatus.CANCELLED, by=by, why=why)
    for invitation in sign_up.invitations.filter(status=InvitationStatus.SENT):
        invitation.move_to(InvitationStatus.CANCELLED, by=by, why=why)
