"""A council leaves of its own will: its lead asks, an office holder confirms, a day comes."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from network import emails
from network.actions.locks import locked_membership
from network.choices import AccessStatus, MembershipStatus, RemovalStatus, WithdrawalStatus
from network.models import Council, Event, Membership, Refused, Withdrawal
from network.models.events import Actor
from network.models.leaving import LEAVE_LINK_LASTS
from portal.jobs.tick import one_by_one
from portal.models import User
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
    """Ask to leave the network; nothing ends until an office holder confirms it, or staff
    have read the published decision.

    Args:
        who: office, name, role and email of who confirms it; none with a `decision_url`.

    Raises: Refused when it is under way already, or the membership is not public or has ended.
    """
    membership = locked_membership(membership.pk)
    if not membership.is_live or membership.announced_at is None:
        raise Refused("This membership has ended, or is not announced yet.")
    if membership.withdrawals.open().exists():
        raise Refused("Leaving is under way already. You see below where it stands.")
    ends = None if decision_url else timezone.now() + LEAVE_LINK_LASTS
    withdrawal = Withdrawal.objects.create(
        membership=membership,
        asked_by=by,
        effective_on=effective_on,
        statement=statement,
        decision_url=decision_url,
        link_ends_at=ends,
        **who,
    )
    why = decision_url or f"To be confirmed by {withdrawal.name}, {withdrawal.role}"
    _record(withdrawal, "asked", by=by, why=why)
    emails.leave_asked(withdrawal)
    if not decision_url:
        emails.leave_confirm(withdrawal)
    return withdrawal


@transaction.atomic
def send_leave_link(withdrawal: Withdrawal, *, by: Actor) -> None:
    """Send a new link to the address on file; the older one dies. Raises: Refused."""
    withdrawal = _locked(withdrawal)
    if not withdrawal.is_waited_for:
        raise Refused("This is no longer asked for.")
    withdrawal.generation += 1
    withdrawal.link_ends_at = timezone.now() + LEAVE_LINK_LASTS
    withdrawal.save(update_fields=["generation", "link_ends_at"])
    _record(withdrawal, "sent_again", by=by)
    emails.leave_confirm(withdrawal)


@transaction.atomic
def confirm_leaving(withdrawal: Withdrawal, *, name: str, role: str) -> None:
    """The office holder confirms it, by the name that was typed. Raises: Refused."""
    withdrawal = _locked(withdrawal)
    if not withdrawal.is_waited_for:
        raise Refused("This has been answered, or is no longer asked for.")
    withdrawal.confirmed_name, withdrawal.confirmed_role = name, role
    _confirm(withdrawal, by=f"{withdrawal.office_name.lower()}, by link")


@transaction.atomic
def confirm_leave_decision(withdrawal: Withdrawal, *, by: User, how: str) -> None:
    """Staff have read the published decision. Raises: Refused."""
    withdrawal = _locked(withdrawal)
    if withdrawal.status != WithdrawalStatus.ASKED or not withdrawal.by_decision:
        raise Refused("There is no decision that waits to be read.")
    withdrawal.decision_read_by = by
    _confirm(withdrawal, by=by, why=how)


def _confirm(withdrawal: Withdrawal, *, by: Actor, why: str = "") -> None:
    if not withdrawal.membership.is_live:
        raise Refused("This membership has ended.")
    withdrawal.confirmed_at = timezone.now()
    withdrawal.ends_on = withdrawal.first_day(timezone.localdate())
    withdrawal.save()
    withdrawal.move_to(WithdrawalStatus.CONFIRMED, by=by, why=why)
    emails.leave_confirmed(withdrawal)


@transaction.atomic
def decline_leaving(withdrawal: Withdrawal, *, why: str) -> None:
    """The office holder says no: the council stays. Raises: Refused."""
    withdrawal = _locked(withdrawal)
    if not withdrawal.is_waited_for:
        raise Refused("This has been answered, or is no longer asked for.")
    by = f"{withdrawal.office_name.lower()}, by link"
    _stop(withdrawal, by=by, why=why, what="declined")


@transaction.atomic
def cancel_leaving(withdrawal: Withdrawal, *, by: User, why: str = "") -> None:
    """The council stays after all, or staff doubt the confirmation. Raises: Refused."""
    withdrawal = _locked(withdrawal)
    if not withdrawal.is_open:
        raise Refused("This has been stopped, or has taken effect, meanwhile.")
    _stop(withdrawal, by=by, why=why)


def _stop(withdrawal: Withdrawal, *, by: Actor, why: str, what: str = "") -> None:
    withdrawal.move_to(WithdrawalStatus.CANCELLED, by=by, why=why, what=what)
    emails.leave_stopped(withdrawal)


@transaction.atomic
def check_statement(withdrawal: Withdrawal, *, by: User, unlawful_why: str = "") -> None:
    """Staff have checked the statement for law, not for opinion; `unlawful_why` keeps it
    back. Raises: Refused when there is none to check, or it has been checked."""
    withdrawal = _locked(withdrawal)
    if not withdrawal.statement_waits:
        raise Refused("There is no statement that waits to be checked.")
    withdrawal.statement_checked_by = by
    withdrawal.statement_checked_at = timezone.now()
    withdrawal.statement_refused_why = unlawful_why
    withdrawal.save()
    why = f"Not published: {unlawful_why}" if unlawful_why else "Published when it takes effect"
    _record(withdrawal, "statement_checked", by=by, why=why)
    emails.leave_statement(withdrawal)
    if withdrawal.public_statement:
        public_changed.send(sender=Council, instance=withdrawal.council)


def expire_leavings(*, by: Actor = "tick") -> int:
    """End what nobody confirmed in time: the council stays. Returns how many."""
    return one_by_one(Withdrawal.objects.too_old(timezone.now()), lambda pk: _expire(pk, by))


@transaction.atomic
def _expire(pk: int, by: Actor) -> bool:
    withdrawal = _locked(Withdrawal.objects.get(pk=pk))
    if not Withdrawal.objects.too_old(timezone.now()).filter(pk=pk).exists():
        return False
    why = "Nobody confirmed it within 30 days."
    withdrawal.move_to(WithdrawalStatus.EXPIRED, by=by, why=why)
    emails.leave_stopped(withdrawal)
    return True


def leave_due(*, by: Actor = "tick") -> int:
    """Let those go whose day has come. Returns how many."""
    due = Withdrawal.objects.due(timezone.localdate())
    return one_by_one(due, lambda pk: _leave_on_its_day(pk, by))


@transaction.atomic
def _leave_on_its_day(pk: int, by: Actor) -> bool:
    withdrawal = _locked(Withdrawal.objects.get(pk=pk))
    if not Withdrawal.objects.due(timezone.localdate()).filter(pk=pk).exists():
        return False
    withdrawal.move_to(WithdrawalStatus.DONE, by=by)
    emails.leave_done(withdrawal)  # before nobody leads any more
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
    """End a public membership: nobody acts for it any more, lists and search know at once.
    Call it under the membership's lock."""
    membership.move_to(status, by=by, why=why)
    membership.ended_on = on
    membership.save(update_fields=["ended_on"])
    _end_what_is_open(membership, by)
    membership.representatives.current().update(ended_at=timezone.now(), ended_why=why)
    for asked in membership.access_requests.filter(status=AccessStatus.OPEN):
        asked.move_to(AccessStatus.CLOSED, by=by, why=why)
        emails.access_closed(asked)
    public_changed.send(sender=Council, instance=membership.council)


def _end_what_is_open(membership: Membership, by: Actor) -> None:
    """A membership ends once: the other way of ending it is void."""
    for removal in membership.removals.open():
        removal.move_to(RemovalStatus.LAPSED, by=by)
    for withdrawal in membership.withdrawals.open():
        withdrawal.move_to(
            WithdrawalStatus.CANCELLED, by=by, why="The membership ended in another way"
        )


def _record(withdrawal: Withdrawal, what: str, *, by: Actor, why: str = "") -> None:
    about = withdrawal.event_about()
    Event.objects.record(f"withdrawal.{what}", by=by, why=why, **about)


def _locked(withdrawal: Withdrawal) -> Withdrawal:
    """The row, read again under its membership's lock."""
    membership = locked_membership(withdrawal.membership_id)
    rows = Withdrawal.objects.select_for_update(of=("self",), no_key=True)
    withdrawal = rows.get(pk=withdrawal.pk)
    withdrawal.membership = membership
    return withdrawal
