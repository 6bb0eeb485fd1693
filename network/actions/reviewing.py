"""What staff decide."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from network import emails
from network.actions.memberships import announce
from network.actions.refusals import AlreadyMember
from network.choices import Precision, SignUpStatus
from network.models import EndorsementWording, Event, Membership, SignUp
from portal.models import User


@transaction.atomic
def take_on(sign_up: SignUp, *, by: User) -> None:
    """Begin the review, as its owner. Raises: InvalidMove."""
    sign_up.move_to(SignUpStatus.IN_REVIEW, by=by)
    sign_up.owner = by
    sign_up.save(update_fields=["owner"])


def accept(sign_up: SignUp, *, by: User, announce_on: date) -> Membership:
    """Accept: a membership is made, public from `announce_on` (today: at once).

    Raises: InvalidMove when it has been decided; AlreadyMember when the council has a
    live membership, also when another acceptance came first.
    """
    try:
        return _accept(sign_up, by, announce_on)
    except IntegrityError as clash:
        if sign_up.council.live_membership():
            raise AlreadyMember(f"{sign_up.council.name} is a member already.") from clash
        raise


@transaction.atomic
def _accept(sign_up: SignUp, by: User, announce_on: date) -> Membership:
    sign_up.move_to(SignUpStatus.ACCEPTED, by=by)
    sign_up.decided_at = timezone.now()
    sign_up.save(update_fields=["decided_at"])
    membership = Membership.objects.create(
        council=sign_up.council,
        sign_up=sign_up,
        announce_on=announce_on,
        joined_on=announce_on,
        joined_precision=Precision.DAY,
    )
    # They were named when the council sent its sign-up; nobody has said so since.
    named_on = timezone.localdate(sign_up.submitted_at)
    sign_up.champions.filter(until=None).update(membership=membership, since=named_on)
    Event.objects.record("membership.made", by=by, sign_up=sign_up, membership=membership)
    emails.sign_up_accepted(sign_up)
    if announce_on <= timezone.localdate():
        announce(membership, by=by)
    return membership


@transaction.atomic
def decline(sign_up: SignUp, *, by: User, reason: str) -> None:
    """Decline with a reason that the applicant reads. Raises: InvalidMove."""
    sign_up.move_to(SignUpStatus.DECLINED, by=by, why=reason)
    sign_up.decided_at = timezone.now()
    sign_up.decision_reason = reason
    sign_up.save(update_fields=["decided_at", "decision_reason"])
    emails.sign_up_declined(sign_up)


@transaction.atomic
def approve_wording(wording: EndorsementWording, *, by: User, approved_by_name: str) -> None:
    """Record who approved a wording for the network: from now on it may be sent."""
    wording.approved_by_name = approved_by_name
    wording.approved_on = timezone.localdate()
    wording.save(update_fields=["approved_by_name", "approved_on"])
    Event.objects.record("wording.approved", by=by, wording=wording, why=approved_by_name)
