"""Row locks, and expiry of emailed links. Lock the sign-up first to avoid deadlocks."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from network import permissions
from network.models import (
    CheckIn,
    Claim,
    Endorsement,
    EndorsementRequest,
    EndorsementWording,
    Event,
    Invitation,
    LaterEndorsement,
    Membership,
    OfficeChange,
    ProfileChange,
    Question,
    Refused,
    Removal,
    SignUp,
    TrusteeRequest,
    Withdrawal,
)
from network.models.links import EmailedLink, EmailedLinkQuerySet
from portal.jobs.tick import one_by_one
from portal.models import OutboxMessage, User

Link = TypeVar(
    "Link",
    bound=EndorsementRequest | Invitation | OfficeChange | Withdrawal | TrusteeRequest | Question,
)
Row = TypeVar(
    "Row",
    bound=EndorsementRequest
    | Invitation
    | OfficeChange
    | ProfileChange
    | Withdrawal
    | Removal
    | CheckIn
    | Claim
    | TrusteeRequest
    | Question,
)
Signed = TypeVar("Signed", bound=Endorsement | LaterEndorsement)


def locked(sign_up: SignUp) -> SignUp:
    """Read a sign-up again under a lock, before any other row's."""
    rows = SignUp.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=sign_up.pk)


def locked_to_save(sign_up: SignUp, task: str, *, by: User) -> SignUp:
    """Lock a sign-up for someone who changes a task of it.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If the council can no longer change the task.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.works_on(by, sign_up))
    if not sign_up.may_save(task):
        raise Refused("You cannot change this, because the application has been sent.")
    return sign_up


def locked_to_ask(sign_up: SignUp, *, by: User) -> SignUp:
    """Lock a sign-up for someone who chooses or asks its endorsers.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If no one can be asked any more. After sending, someone can be asked only if a
            signature is missing again, because of new wording or a voided signature.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.works_on(by, sign_up))
    if not sign_up.may_ask:
        raise Refused("You can no longer ask anyone to sign this.")
    return sign_up


def locked_membership(pk: int) -> Membership:
    """Read a membership again under a lock, after that of its sign-up."""
    sign_up = Membership.objects.values_list("sign_up", flat=True).get(pk=pk)
    locked_sign_up = locked(SignUp(pk=sign_up)) if sign_up else None
    membership = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    membership.sign_up = locked_sign_up
    return membership


def locked_row(row: Row) -> Row:
    """Read a row again under a lock, after that of the sign-up or membership it belongs to.

    Or of the wording, if it belongs to no council.
    """
    rows: Any = type(row)._base_manager.select_for_update(of=("self",), no_key=True)
    if pk := getattr(row, "sign_up_id", None):
        sign_up = locked(SignUp(pk=pk))
        fresh = rows.get(pk=row.pk)
        fresh.sign_up = sign_up
    elif pk := getattr(row, "membership_id", None):
        membership = locked_membership(pk)
        fresh = rows.get(pk=row.pk)
        fresh.membership = membership
    else:
        wordings = EndorsementWording.objects.select_for_update(no_key=True)
        wordings.get(pk=row.wording_id)  # type: ignore[union-attr,misc]  # has one of the three
        fresh = rows.get(pk=row.pk)
    return fresh


def locked_to_answer(row: Link) -> Link:
    """Read a row again as `locked_row` does, for the holder of its link.

    Raises:
        Refused: If it no longer waits for an answer.
    """
    row = locked_row(row)
    if not row.is_waited_for:
        raise Refused("Someone has answered this, or we no longer need an answer.")
    return row


def locked_signature(signature: Signed) -> Signed:
    """Read a signature again under a lock, after what it answered."""
    locked_row(signature.asked)
    rows: Any = type(signature)._base_manager.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=signature.pk)


def expire(
    ended: EmailedLinkQuerySet,
    *,
    by: str,
    why: str = "",
    then: Callable[[Any], object] = lambda row: None,
) -> int:
    """Expire rows that no one answered in time, each in its own transaction. For the tick.

    Args:
        ended: The rows: `objects.ended()` of one kind of link.
        then: Called with each expired row in its transaction, to send emails.

    Returns:
        How many rows expired.
    """

    @transaction.atomic
    def expire_one(pk: int) -> bool:
        row = locked_row(ended.model._base_manager.get(pk=pk))
        if not ended.filter(pk=pk).exists():
            return False
        row.move_to("expired", by=by, why=why)
        then(row)
        return True

    return one_by_one(ended, expire_one)


def record_bounce(row: EmailedLink, message: OutboxMessage) -> Event | None:
    """Record, once, that the email with the newest link could not be delivered."""
    is_newest = row.generation == message.about["generation"]
    if row.status != row.WAITING or not is_newest or row.bounced_at:
        return None
    row.bounced_at = timezone.now()
    row.save(update_fields=["bounced_at"])
    by = "mail provider" if message.bounced_at else "outbox"
    return row.record("bounced", by=by, why=message.bounce_why or "It could not be delivered")
