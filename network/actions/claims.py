"""Claims: staff invite an officer to act for an existing member that nobody acts for."""

from django.db import transaction

from network import permissions
from network.actions.locks import expire, locked_membership, locked_row, record_bounce
from network.actions.people import represent
from network.choices import InvitationStatus, RepresentativeRole
from network.emails import claims as emails
from network.models import Claim, Membership, Refused
from network.models.events import Actor
from network.models.sign_ups import email_evidence
from portal.models import OutboxMessage, User


@transaction.atomic
def invite_to_claim(
    membership: Membership,
    *,
    by: User,
    name: str,
    job_title: str,
    email: str,
    verified_how: str,
) -> Claim:
    """Invite a named officer to act for a member for which no one leads.

    A link that is out to someone else is cancelled first.

    Args:
        verified_how: How staff know that this is the right person.

    Raises:
        PermissionDenied: If they may not look after this member.
        Refused: If it is not a public member, or someone leads for it.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_look_after(by, membership))
    if not membership.is_public_and_live:
        raise Refused("This council is not a member.")
    if lead := membership.lead():
        raise Refused(f"{lead} is the lead contact for {membership.council.name} already.")
    for older in membership.claims.open():
        older.move_to(InvitationStatus.CANCELLED, by=by, why="Someone else was invited")
    claim = Claim(
        membership=membership,
        by=by,
        name=name,
        job_title=job_title,
        email=email.lower(),
        email_evidence=email_evidence(email, membership.council),
        verified_how=verified_how,
    )
    claim.save()
    _send(claim, by=by)
    return claim


@transaction.atomic
def send_claim_again(claim: Claim, *, by: User) -> None:
    """Send a new link to the same officer; older ones expire.

    Raises:
        PermissionDenied: If they may not look after this member.
        Refused: If it was answered or cancelled, or someone leads for the member.
    """
    claim = locked_row(claim)
    permissions.require(permissions.can_look_after(by, claim.membership))
    if claim.status not in {InvitationStatus.SENT, InvitationStatus.EXPIRED}:
        raise Refused("This invitation has been answered or cancelled. Send another one.")
    if not claim.is_wanted:
        raise Refused("Someone is the lead contact already, or the membership has ended.")
    if claim.status == InvitationStatus.EXPIRED:
        claim.status = InvitationStatus.SENT
        claim.save(update_fields=["status"])
    _send(claim, by=by)


def _send(claim: Claim, *, by: Actor) -> None:
    claim.renew_link()
    claim.record("sent", by=by, why=f"{claim.name}, {claim.job_title}, {claim.email}")
    emails.claim(claim)


@transaction.atomic
def cancel_claim(claim: Claim, *, by: User) -> None:
    """Cancel an invitation and revoke its link.

    Raises:
        PermissionDenied: If they may not look after this member.
        InvalidMove: If it has been answered or cancelled.
    """
    claim = locked_row(claim)
    permissions.require(permissions.can_look_after(by, claim.membership))
    claim.move_to(InvitationStatus.CANCELLED, by=by)


@transaction.atomic
def accept_claim(claim: Claim, *, by: User) -> Membership:
    """Become the lead contact of the member. Its yearly check-ins count from today.

    Raises:
        PermissionDenied: If it went to someone else.
        Refused: If it has ended, or someone leads for the member.
    """
    claim = _to_answer(claim, by)
    claim.move_to(InvitationStatus.ACCEPTED, by=by)
    membership = claim.membership
    mine = represent(membership, by)
    if mine.role != RepresentativeRole.LEAD:  # they had access before
        mine.role = RepresentativeRole.LEAD
        mine.save(update_fields=["role"])
    emails.accepted(claim)
    return membership


@transaction.atomic
def refuse_claim(claim: Claim, *, by: User, why: str = "") -> None:
    """Say that one is not the right person, perhaps who is. Staff are told.

    Raises:
        PermissionDenied: If it went to someone else.
        Refused: If it has ended.
    """
    claim = _to_answer(claim, by)
    claim.answer_why = why
    claim.save(update_fields=["answer_why"])
    claim.move_to(InvitationStatus.REFUSED, by=by, why=why)
    emails.refused(claim)


def _to_answer(claim: Claim, by: User) -> Claim:
    claim = locked_row(claim)
    permissions.require(permissions.can_answer_claim(by, claim))
    if not claim.is_waited_for:
        raise Refused("This invitation has expired. Ask the network for a new one.")
    return claim


def expire_claims(*, by: str = "tick") -> int:
    """Expire claims whose link has ended, and return a count. For the tick."""
    return expire(Claim.objects.ended(), by=by)


def handle_claim_bounce(message: OutboxMessage) -> None:
    """Tell staff that our email did not reach the officer."""
    claim = locked_row(Claim.objects.get(pk=message.about["claim"]))
    if event := record_bounce(claim, message):
        emails.bounced(claim, event)
