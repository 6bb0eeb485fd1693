"""What a council's officers do with their sign-up."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from network import emails, evidence
from network.actions.ending import end_the_rest
from network.actions.locks import locked
from network.actions.refusals import AlreadyMember, AlreadyUnderWay, TooMany
from network.choices import CollaboratorRole, MembershipStatus, SignUpStatus
from network.models import (
    Collaborator,
    Council,
    EndorsementWording,
    Event,
    Refused,
    SignUp,
)
from portal.models import User

# Officers of partnered councils work for two; nobody signs up councils by the dozen.
OPEN_AT_ONCE = 3


def start_sign_up(council: Council, *, by: User) -> SignUp:
    """Begin a council's sign-up, led by `by`.

    Raises: AlreadyMember, AlreadyUnderWay, TooMany, or Refused for what is not choosable. Of two
    at the same moment, the database lets one through and this says so to the other.
    """
    if not Council.objects.choosable().filter(pk=council.pk).exists():
        raise Refused("Only a council that is in force can join.")
    if council.live_membership():
        raise AlreadyMember(f"{council.name} is a member already.")
    try:
        return _start(council, by)
    except IntegrityError as clash:
        if council.sign_ups.open().exists():
            raise AlreadyUnderWay(f"{council.name} has a sign-up under way.") from clash
        raise


@transaction.atomic
def _start(council: Council, by: User) -> SignUp:
    # One start at a time takes a number, so that references have neither gap nor twin.
    EndorsementWording.objects.select_for_update().order_by("version").first()
    if SignUp.objects.editable().visible_to(by).count() >= OPEN_AT_ONCE:
        raise TooMany(
            f"You have {OPEN_AT_ONCE} sign-ups under way. Send or withdraw one of them first."
        )
    reference = SignUp.objects.next_reference()
    sign_up = SignUp.objects.create(
        council=council,
        reference=reference,
        number=int(reference.rpartition("-")[2]),
        applicant_name=by.get_full_name()[:120],
        email_evidence=evidence.of(by.email, council),
    )
    Collaborator.objects.create(sign_up=sign_up, user=by, role=CollaboratorRole.LEAD)
    Event.objects.record("sign_up.started", by=by, sign_up=sign_up)
    emails.sign_up_started(sign_up)
    return sign_up


@transaction.atomic
def submit(sign_up: SignUp, *, by: User) -> bool:
    """Send the sign-up to the network; once, and once more each time that changes were
    asked for. Returns False when it had been sent.

    Raises: Refused while something is missing.
    """
    sign_up = locked(sign_up)
    again = sign_up.status == SignUpStatus.CHANGES_REQUESTED
    if sign_up.submitted_at and not again:
        return False
    if not sign_up.is_editable:
        raise Refused("This sign-up has ended.")
    if missing := what_is_missing(sign_up):
        raise Refused("Not ready yet: " + "; ".join(missing) + ".")
    if again:
        _submit_again(sign_up, by)
        return True
    if sign_up.status == SignUpStatus.DRAFT:
        # By a decision alone: nobody had to be asked.
        sign_up.move_to(SignUpStatus.AWAITING_ENDORSEMENT, by=by, what="decided_alone")
    sign_up.submitted_at = timezone.now()
    sign_up.save(update_fields=["submitted_at"])
    sign_up.move_to(SignUpStatus.SUBMITTED, by=by)
    emails.sign_up_submitted(sign_up)
    return True


def _submit_again(sign_up: SignUp, by: User) -> None:
    """The changes that were asked for are made: back to who reviews it."""
    sign_up.move_to(SignUpStatus.IN_REVIEW, by=by, what="sent_again")
    emails.changes_made(sign_up)


def what_is_missing(sign_up: SignUp, *, to_ask: bool = False) -> list[str]:
    """What stands between this sign-up and the network, in words; empty when ready.

    With `to_ask`: what is missing before the endorsers may be asked.
    """
    signs, decides = sign_up.needs_signatures, sign_up.needs_decision
    checks = {
        "your name and job title": sign_up.about_you_is_done,
        "both champions": sign_up.champions_are_done,
        "who endorses": not signs or sign_up.endorsers_are_named(),
    }
    if to_ask:
        checks["signatures as your council’s way of endorsing"] = signs
    else:
        checks["both signatures"] = not signs or sign_up.is_signed()
        checks["the formal decision"] = not decides or sign_up.is_decided()
    return [what for what, done in checks.items() if not done]


@transaction.atomic
def withdraw(sign_up: SignUp, *, by: User, why: str = "") -> None:
    """End the sign-up at the council's wish, until it is announced; links that are out die.
    An accepted one stays accepted, and its membership ends unseen. Raises: Refused."""
    sign_up = locked(sign_up)
    if not sign_up.may_be_signed:
        raise Refused("This sign-up has ended already, or the council is announced.")
    end_the_rest(sign_up, by=by, why="Sign-up withdrawn")
    if sign_up.is_open:
        sign_up.move_to(SignUpStatus.WITHDRAWN, by=by, why=why)
    else:
        sign_up.membership.move_to(MembershipStatus.WITHDRAWN, by=by, why=why)
    emails.sign_up_withdrawn(sign_up, by=by)
