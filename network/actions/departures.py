"""Withdrawal of members from the network, and their removal."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateformat import format as format_date

from councils.models import Council
from network import permissions
from network.actions import check_ins
from network.actions.locks import (
    expire,
    locked_membership,
    locked_row,
    locked_to_answer,
    record_bounce,
)
from network.choices import (
    AccessStatus,
    InvitationStatus,
    MembershipStatus,
    RemovalStatus,
    RepresentativeRole,
    WithdrawalStatus,
)
from network.emails import departures as departures_emails
from network.emails import people as people_emails
from network.models import (
    AccessRequest,
    ByTrustee,
    Membership,
    Refused,
    Removal,
    RemovalResponse,
    Withdrawal,
)
from network.models.departures import NOTICE, RESPONSES
from network.models.events import Actor
from portal.jobs.tick import one_by_one
from portal.models import OutboxMessage, User
from portal.signals import public_changed


@transaction.atomic
def ask_to_leave(
    membership: Membership,
    *,
    by: User,
    effective_on: date,
    statement: str = "",
    decision_url: str = "",
    **who: str,
) -> Withdrawal:
    """Ask to leave the network.

    Nothing ends until an office holder confirms it, or staff have read the published decision.

    Args:
        who: Office, name, role and email of the person who confirms it; none with a
            `decision_url`.

    Raises:
        PermissionDenied: If they do not lead for this member.
        Refused: If it is under way already, or the membership is not public or has ended.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.leads_member(by, membership))
    if not membership.is_live or membership.announced_at is None:
        raise Refused("This membership has ended, or is not announced yet.")
    if membership.withdrawals.open().exists():
        raise Refused("Someone has already asked to leave. See the status below.")
    withdrawal = Withdrawal.objects.create(
        membership=membership,
        asked_by=by,
        effective_on=effective_on,
        statement=statement,
        decision_url=decision_url,
        **who,
    )
    why = decision_url or f"To be confirmed by {withdrawal.name}, {withdrawal.role}"
    withdrawal.record("asked", by=by, why=why)
    if not decision_url:
        withdrawal.renew_link()
        departures_emails.leave_confirm(withdrawal)
    return withdrawal


@transaction.atomic
def send_leave_link(withdrawal: Withdrawal, *, by: Actor) -> None:
    """Send a new link to the address on file; older ones expire.

    Args:
        by: The member's lead; or a label, for someone who holds an older link.

    Raises:
        PermissionDenied: If a user does not lead for this member.
        Refused: If it no longer waits for an answer.
    """
    withdrawal = locked_row(withdrawal)
    if isinstance(by, User):
        permissions.require(permissions.leads_member(by, withdrawal.membership))
    if not withdrawal.is_waited_for:
        raise Refused("We no longer need an answer to this.")
    withdrawal.renew_link()
    withdrawal.record("sent_again", by=by)
    departures_emails.leave_confirm(withdrawal)


@transaction.atomic
def confirm_leaving(withdrawal: Withdrawal, *, name: str, role: str) -> None:
    """Confirm the withdrawal as the office holder, by link, with the name they typed.

    Raises:
        Refused: If it no longer waits for an answer, or the membership has ended.
    """
    withdrawal = locked_to_answer(withdrawal)
    withdrawal.confirmed_name, withdrawal.confirmed_role = name, role
    _confirm(withdrawal, by=f"{withdrawal.office_name.lower()}, by link")


@transaction.atomic
def confirm_leave_decision(withdrawal: Withdrawal, *, by: User, how: str) -> None:
    """Confirm the withdrawal, because staff have read the published decision.

    Raises:
        PermissionDenied: If they may not handle this withdrawal.
        Refused: If no decision waits to be read, or the membership has ended.
    """
    withdrawal = locked_row(withdrawal)
    permissions.require(permissions.can_handle_leaving(by, withdrawal))
    if withdrawal.status != WithdrawalStatus.ASKED or not withdrawal.by_decision:
        raise Refused("There is no decision to read.")
    withdrawal.decision_read_by = by
    _confirm(withdrawal, by=by, why=how)


def _confirm(withdrawal: Withdrawal, *, by: Actor, why: str = "") -> None:
    if not withdrawal.membership.is_live:
        raise Refused("This membership has ended.")
    withdrawal.confirmed_at = timezone.now()
    withdrawal.ends_on = withdrawal.first_day(timezone.localdate())
    withdrawal.save()
    withdrawal.move_to(WithdrawalStatus.CONFIRMED, by=by, why=why)
    departures_emails.leave_confirmed(withdrawal)


@transaction.atomic
def decline_leaving(withdrawal: Withdrawal, *, why: str) -> None:
    """Decline as the office holder, by link, so that the council stays.

    Raises:
        Refused: If it no longer waits for an answer.
    """
    withdrawal = locked_to_answer(withdrawal)
    by = f"{withdrawal.office_name.lower()}, by link"
    _stop(withdrawal, by=by, why=why, what="declined")


@transaction.atomic
def cancel_leaving(withdrawal: Withdrawal, *, by: User, why: str = "") -> None:
    """Cancel a withdrawal, because the council stays or staff doubt the confirmation.

    Raises:
        PermissionDenied: If they neither lead for this member nor may handle it.
        Refused: If it has been cancelled, or has taken effect.
    """
    withdrawal = locked_row(withdrawal)
    permissions.require(permissions.can_stop_leaving(by, withdrawal))
    if not withdrawal.is_open:
        raise Refused("You cannot cancel this. It has already been cancelled, or has taken effect.")
    _stop(withdrawal, by=by, why=why)


def _stop(withdrawal: Withdrawal, *, by: Actor, why: str, what: str = "") -> None:
    withdrawal.move_to(WithdrawalStatus.CANCELLED, by=by, why=why, what=what)
    departures_emails.leave_stopped(withdrawal)


@transaction.atomic
def check_statement(withdrawal: Withdrawal, *, by: User, unlawful_why: str = "") -> None:
    """Record that staff have checked the statement: for lawfulness, not for opinion.

    Args:
        unlawful_why: Why it cannot be published, if so.

    Raises:
        PermissionDenied: If they may not handle this withdrawal.
        Refused: If there is none to check, or it has been checked.
    """
    withdrawal = locked_row(withdrawal)
    permissions.require(permissions.can_handle_leaving(by, withdrawal))
    if not withdrawal.statement_waits:
        raise Refused("There is no statement to check.")
    withdrawal.statement_checked_by = by
    withdrawal.statement_checked_at = timezone.now()
    withdrawal.statement_refused_why = unlawful_why
    withdrawal.save()
    why = f"Not published: {unlawful_why}" if unlawful_why else "Published when it takes effect"
    withdrawal.record("statement_checked", by=by, why=why)
    departures_emails.leave_statement(withdrawal)
    if withdrawal.public_statement:
        public_changed.send(sender=Council, instance=withdrawal.council)


def expire_leavings(*, by: str = "tick") -> int:
    """Expire withdrawals that no one confirmed in time, and return a count. For the tick."""
    why = "No one confirmed it within 30 days."
    return expire(Withdrawal.objects.ended(), by=by, why=why, then=departures_emails.leave_stopped)


def leave_due(*, by: str = "tick") -> int:
    """Complete withdrawals whose day has come, and return a count. For the tick."""
    due = Withdrawal.objects.due(timezone.localdate())
    return one_by_one(due, lambda pk: _leave_on_its_day(pk, by))


@transaction.atomic
def _leave_on_its_day(pk: int, by: str) -> bool:
    withdrawal = locked_row(Withdrawal.objects.get(pk=pk))
    if not Withdrawal.objects.due(timezone.localdate()).filter(pk=pk).exists():
        return False
    withdrawal.move_to(WithdrawalStatus.DONE, by=by)
    departures_emails.leave_done(withdrawal)  # first, while there is still a lead
    end_membership(
        withdrawal.membership,
        MembershipStatus.WITHDRAWN,
        on=withdrawal.ends_on or timezone.localdate(),
        by=by,
        why="The council left the network",
    )
    return True


def end_membership(
    membership: Membership, status: MembershipStatus, *, on: date, by: Actor, why: str
) -> None:
    """End a public membership, its representatives' access and everything open.

    For actions that hold the membership's lock and have asked for permission.
    """
    membership.move_to(status, by=by, why=why)
    membership.ended_on = on
    membership.save(update_fields=["ended_on"])
    _end_what_is_open(membership, by)
    membership.representatives.current().update(ended_at=timezone.now(), ended_why=why)
    of_sign_up = Q(sign_up=membership.sign_up) if membership.sign_up else Q()
    asking = AccessRequest.objects.filter(Q(membership=membership) | of_sign_up)
    for asked in asking.filter(status=AccessStatus.OPEN):
        asked.move_to(AccessStatus.CLOSED, by=by, why=why)
        people_emails.access_closed(asked)
    public_changed.send(sender=Council, instance=membership.council)


def _end_what_is_open(membership: Membership, by: Actor) -> None:
    """Close open removals, withdrawals and check-ins, because a membership ends once."""
    check_ins.lapse(membership, by=by)
    for claim in membership.claims.open():
        claim.move_to(InvitationStatus.CANCELLED, by=by, why="The membership ended")
    for removal in membership.removals.open():
        removal.move_to(RemovalStatus.LAPSED, by=by)
    for withdrawal in membership.withdrawals.open():
        withdrawal.move_to(
            WithdrawalStatus.CANCELLED, by=by, why="The membership ended in another way"
        )


@transaction.atomic
def open_removal(membership: Membership, *, by: User, grounds: str, told_how: str = "") -> Removal:
    """Open a removal, and send the member's lead the grounds and a date to respond by.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If they have a part in the council, it is not a public member, a removal is
            open already, or no one leads for it and `told_how` is empty.
    """
    permissions.require(permissions.can_review(by))
    membership = locked_membership(membership.pk)
    if not membership.is_live or membership.announced_at is None:
        raise Refused("This council is not a public member.")
    if permissions.has_acted_for(by, membership):
        raise Refused("You have a part in this council, so another manager must open this.")
    if membership.removals.open().exists():
        raise Refused("There is already an open proposal to end this membership.")
    leads = membership.representatives.current().filter(role=RepresentativeRole.LEAD)
    if not told_how and not leads.exists():
        raise Refused("This council has no lead contact. Write to it, then enter how you told it.")
    removal = Removal.objects.create(
        membership=membership,
        grounds=grounds,
        told_how=told_how,
        opened_by=by,
        decide_from=timezone.localdate() + NOTICE,
    )
    removal.record("opened", by=by)
    departures_emails.removal_opened(removal)
    return removal


@transaction.atomic
def respond_to_removal(removal: Removal, *, by: User, text: str) -> None:
    """Save the council's response to the grounds, and tell every manager.

    Raises:
        PermissionDenied: If they do not lead for this member.
        Refused: If it has been decided, or the council has responded too often.
    """
    removal = locked_row(removal)
    permissions.require(permissions.leads_member(by, removal.membership))
    if not removal.is_open:
        raise Refused("This has already been decided, or has ended.")
    if removal.responses.count() >= RESPONSES:
        raise Refused("You cannot send any more responses here. Contact us instead.")
    response = RemovalResponse.objects.create(removal=removal, by=by, text=text)
    removal.record("answered", by=by)
    departures_emails.removal_answered(removal, response)


@transaction.atomic
def decide_removal(removal: Removal, *, by: User, remove: bool, why: str) -> None:
    """Remove the member or drop the removal, as a second person, and tell its lead why.

    Raises:
        PermissionDenied: If they opened it, or have a part in the council.
        Refused: If it has been decided, or the notice is not over.
    """
    removal = locked_row(removal)
    permissions.require(permissions.can_decide_removal(by, removal))
    if not removal.is_open or not removal.membership.is_live:
        raise Refused("This has already been decided, or has ended.")
    if not removal.notice_is_over:
        day = format_date(removal.decide_from, "j F Y")
        raise Refused(f"You cannot decide yet. The council can respond until {day}.")
    if isinstance(by, ByTrustee):
        removal.decided_by_trustee = by.request
    else:
        removal.decided_by = by
    removal.decided_at, removal.decision_why = timezone.now(), why
    who = ["decided_by", "decided_by_trustee"]
    removal.save(update_fields=[*who, "decided_at", "decision_why"])
    removal.move_to(RemovalStatus.REMOVED if remove else RemovalStatus.DROPPED, by=by)
    departures_emails.removal_decided(removal)  # first, while there is still a lead
    if remove:
        end_membership(
            removal.membership,
            MembershipStatus.REMOVED,
            on=timezone.localdate(),
            by=by,
            why="The network ended the membership",
        )


def handle_leave_bounce(message: OutboxMessage) -> None:
    """Tell the member's lead that our email did not reach the person asked to confirm."""
    withdrawal = locked_row(Withdrawal.objects.get(pk=message.about["withdrawal"]))
    if withdrawal.is_waited_for and record_bounce(withdrawal, message):
        departures_emails.leave_bounced(withdrawal)
