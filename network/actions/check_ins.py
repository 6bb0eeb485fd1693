"""Yearly check-ins: opened, reminded of, saved, given more time and confirmed."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as format_date

from councils.models import Council
from network import permissions, still_true
from network.actions.locks import locked_membership, locked_row
from network.choices import WAITING_CHECK_IN, CheckInStatus, MembershipStatus
from network.emails import check_ins as emails
from network.models import (
    CheckIn,
    CheckInLine,
    Membership,
    PageChanged,
    PreElectionPeriod,
    Refused,
)
from network.models.check_ins import LEAST_NOTICE, LEAST_PAUSE
from network.models.events import Actor
from portal.jobs.tick import one_by_one
from portal.models import User
from portal.signals import public_changed
from principles.models import Principle

LONGEST_EXTENSION = timedelta(days=366)


def open_due(*, by: str = "tick", on: date | None = None) -> int:
    """Open the check-ins whose day is 60 days away or nearer, and return a count. For the tick."""
    today = on or timezone.localdate()
    due = Membership.objects.due_for_check_in(today)
    return one_by_one(due, lambda pk: _open(pk, by, today))


@transaction.atomic
def _open(pk: int, by: str, today: date) -> bool:
    membership = locked_membership(pk)
    due_on = membership.next_check_in_on
    if due_on is None or not Membership.objects.due_for_check_in(today).filter(pk=pk).exists():
        return False
    # Who is asked late, because no tick ran, still has time to answer.
    answer_by = max(due_on, today + LEAST_NOTICE)
    check_in = CheckIn(membership=membership, due_on=due_on, answer_by=answer_by)
    check_in.set_steps(0)
    check_in.next_step_on = today
    check_in.save()
    check_in.record("opened", by=by, new=check_in.status)
    _carry_on(check_in, by, today)
    return True


def carry_on_due(*, by: str = "tick", on: date | None = None) -> int:
    """Remind councils of their check-ins, and move memberships on. For the tick.

    A council gets one email, however many reminders have come due since the last tick. Nothing
    happens during a pre-election period.

    Returns:
        How many check-ins were carried on.
    """
    today = on or timezone.localdate()
    due = CheckIn.objects.with_a_step_due(today)
    return one_by_one(due, lambda pk: _carry_on_one(pk, by, today))


@transaction.atomic
def _carry_on_one(pk: int, by: str, today: date) -> bool:
    check_in = locked_row(CheckIn.objects.get(pk=pk))
    if not CheckIn.objects.with_a_step_due(today).filter(pk=pk).exists():
        return False
    return _carry_on(check_in, by, today)


def _carry_on(check_in: CheckIn, by: str, today: date) -> bool:
    """Do what has come due. The caller holds the membership's lock."""
    if _waits_for_an_election(check_in, by, today):
        return False
    done = check_in.steps_due(today)
    is_new = done > check_in.steps_done
    was_told = check_in.steps_done > 0
    check_in.set_steps(max(done, check_in.steps_done))
    check_in.save(update_fields=["steps_done", "next_step_on"])
    if not is_new:
        return False
    _settle(check_in, by, today)
    check_in.record("reminded", by=by, why=f"Answer wanted by {_day(check_in.answer_by)}")
    if check_in.membership.status == MembershipStatus.PAUSED:
        emails.paused(check_in)
    else:
        emails.reminder(check_in, is_first=not was_told)
    return True


def _waits_for_an_election(check_in: CheckIn, by: str, today: date) -> bool:
    """Move its day behind an election period, and wait while one applies to the council."""
    periods = PreElectionPeriod.objects
    holding = periods.holding_for(check_in.council, check_in.answer_by)
    if period := holding.order_by("-ends_on").first():
        check_in.answer_by = period.ends_on + timedelta(days=1)
        # Later reminders come again for the new day, but not the first one.
        check_in.set_steps(min(check_in.steps_done, max(1, check_in.steps_due(today))))
        check_in.save(update_fields=["answer_by", "steps_done", "next_step_on"])
        check_in.record("put_off", by=by, why=f"{period.name}: now {_day(check_in.answer_by)}")
    now = periods.holding_for(check_in.council, today).order_by("-ends_on").first()
    if now is None:
        return False
    check_in.next_step_on = now.ends_on + timedelta(days=1)
    check_in.save(update_fields=["next_step_on"])
    return True


def _settle(check_in: CheckIn, by: Actor, today: date) -> None:
    """Give the membership the status that follows. The caller holds its lock."""
    membership = check_in.membership
    wanted = check_in.standing_on(today)
    if wanted != MembershipStatus.CHECK_IN_DUE and not membership.people_who_check_in():
        wanted = MembershipStatus.CHECK_IN_DUE  # nobody is there who could confirm it
    if membership.status != wanted:
        membership.move_to(wanted, by=by)
        public_changed.send(sender=Council, instance=membership.council)


def _day(day: date) -> str:
    return format_date(day, "j F Y")


def _locked(check_in: CheckIn) -> CheckIn:
    """Lock an open check-in.

    Raises:
        Refused: If it no longer waits for an answer.
    """
    check_in = locked_row(check_in)
    if not check_in.is_waited_for:
        raise Refused("This check-in has been confirmed, or the membership has ended.")
    return check_in


def _locked_by_council(check_in: CheckIn, by: User) -> CheckIn:
    permissions.require(permissions.can_act_for(by, check_in.membership))
    return _locked(check_in)


def _locked_by_staff(check_in: CheckIn, by: User) -> CheckIn:
    permissions.require(permissions.can_look_after(by, check_in.membership))
    return _locked(check_in)


@transaction.atomic
def save_answers(
    check_in: CheckIn, *, by: User, answers: Mapping[str, object], seen: int | None = None
) -> CheckIn:
    """Save answers half-way. Nothing is confirmed.

    Args:
        seen: The version that was on the page; None without a page.

    Raises:
        PermissionDenied: If they are neither the lead nor a contributor of this member.
        PageChanged: If someone else has saved it since.
        Refused: If it no longer waits for an answer.
    """
    check_in = _locked_by_council(check_in, by)
    _refuse_older(check_in, by, seen)
    if dict(answers) == check_in.answers:
        return check_in
    check_in.answers = dict(answers)
    check_in.version += 1
    check_in.saved_at, check_in.saved_by = timezone.now(), by
    check_in.save(update_fields=["answers", "version", "saved_at", "saved_by"])
    check_in.record("saved", by=by)
    return check_in


def _refuse_older(check_in: CheckIn, by: User, seen: int | None) -> None:
    if seen is not None and seen != check_in.version:
        who = "You" if check_in.saved_by_id == by.pk else check_in.saved_by
        raise PageChanged(
            f"{who} saved this check-in while you had this page open. We have kept what you "
            "entered below. Compare it with their answers, then save or send it again."
        )


@transaction.atomic
def confirm(
    check_in: CheckIn,
    *,
    by: User,
    answers: Mapping[str, object],
    shown: str | None = None,
    seen: int | None = None,
) -> CheckIn:
    """Confirm that all is still true, and what moved in the year.

    A membership that was due, overdue or paused is live again at once.

    Args:
        answers: The answers of `forms.check_ins.CheckInForm`, whole.
        shown: `still_true.fingerprint` of what was on the page; None without a page.
        seen: The version that was on the page; None without a page.

    Raises:
        PermissionDenied: If they are neither the lead nor a contributor of this member.
        PageChanged: If what they read, or someone's answers, changed since.
        Refused: If it no longer waits for an answer.
    """
    check_in = _locked_by_council(check_in, by)
    _refuse_older(check_in, by, seen)
    return _confirm(check_in, by, answers, shown, spoke_to="")


@transaction.atomic
def record_by_phone(
    check_in: CheckIn,
    *,
    by: User,
    answers: Mapping[str, object],
    spoke_to: str,
    shown: str | None = None,
) -> CheckIn:
    """Confirm it for the council, as someone there told staff.

    Args:
        spoke_to: Name and role of that person.

    Raises:
        PermissionDenied: If they may not look after this member.
        PageChanged: If what they read changed since.
        Refused: If it no longer waits for an answer.
    """
    return _confirm(_locked_by_staff(check_in, by), by, answers, shown, spoke_to=spoke_to)


def _confirm(
    check_in: CheckIn, by: User, answers: Mapping[str, object], shown: str | None, *, spoke_to: str
) -> CheckIn:
    membership = check_in.membership
    parts = still_true.parts_of(membership)
    if shown is not None and shown != still_true.fingerprint(parts):
        raise PageChanged(
            "Someone changed what you were confirming while you had this page open. Read it "
            "again below. We have kept what you entered."
        )
    check_in.answers = dict(answers)
    check_in.confirmed = still_true.as_confirmed(parts)
    check_in.confirmed_at, check_in.confirmed_by = timezone.now(), by
    check_in.spoke_to, check_in.next_step_on = spoke_to, None
    why = f"By phone with {spoke_to}" if spoke_to else ""
    check_in.save()
    check_in.move_to(CheckInStatus.CONFIRMED, by=by, why=why)
    for principle in Principle.objects.all():
        if text := str(answers.get(f"principle_{principle.number}") or ""):
            CheckInLine.objects.create(check_in=check_in, principle=principle, text=text)
    _start_next_year(membership, check_in)
    if membership.status != MembershipStatus.LIVE:
        membership.move_to(MembershipStatus.LIVE, by=by)
    public_changed.send(sender=Council, instance=membership.council)
    emails.confirmed(check_in)
    return check_in


def _start_next_year(membership: Membership, check_in: CheckIn) -> None:
    """Set the day of the next check-in: an anniversary, and not sooner than half a year."""
    soonest = timezone.localdate() + LEAST_PAUSE
    last = max(check_in.due_on, soonest - timedelta(days=1))
    membership.next_check_in_on = membership.check_in_after(last)
    membership.save(update_fields=["next_check_in_on"])


@transaction.atomic
def extend(check_in: CheckIn, *, by: User, why: str = "") -> CheckIn:
    """Take 60 days more for the council, once.

    Raises:
        PermissionDenied: If they are neither the lead nor a contributor of this member.
        Refused: If it was extended by the council before, is paused or no longer waits.
    """
    check_in = _locked_by_council(check_in, by)
    if not check_in.may_be_extended_by_council:
        raise Refused(
            "You cannot take more time yourself: your council has done so once, or its "
            "membership is paused. Contact us if you need longer."
        )
    check_in.council_extended_on = timezone.localdate()
    return _extend(check_in, check_in.extended_to, by, why)


@transaction.atomic
def extend_by_staff(check_in: CheckIn, *, by: User, until: date, why: str) -> CheckIn:
    """Give a council more time, with a reason. A paused membership continues.

    Raises:
        PermissionDenied: If they may not look after this member.
        Refused: If the day is not after the present one, is over a year away, or it no longer
            waits for an answer.
    """
    check_in = _locked_by_staff(check_in, by)
    today = timezone.localdate()
    if until <= max(check_in.answer_by, today):
        raise Refused(
            "You cannot give less time. Choose a day after today, and after "
            f"{_day(check_in.answer_by)}."
        )
    if until > today + LONGEST_EXTENSION:
        raise Refused("You cannot give more than one year.")
    return _extend(check_in, until, by, why)


def _extend(check_in: CheckIn, until: date, by: User, why: str) -> CheckIn:
    today = timezone.localdate()
    check_in.move_to(CheckInStatus.EXTENDED, by=by, why=f"Until {_day(until)}. {why}".strip())
    check_in.answer_by = until
    # The first reminder, weeks before the day, has done its work.
    check_in.set_steps(max(1, check_in.steps_due(today)))
    check_in.save(update_fields=["answer_by", "steps_done", "next_step_on", "council_extended_on"])
    _settle(check_in, by, today)
    emails.extended(check_in)
    return check_in


@transaction.atomic
def publish_lines(check_in: CheckIn, *, by: User) -> None:
    """Make public what moved in the year, in the council's own words. Idempotent.

    Raises:
        PermissionDenied: If they may not look after this member.
        Refused: If the check-in is not confirmed, or the membership has ended.
    """
    permissions.require(permissions.can_look_after(by, check_in.membership))
    check_in = locked_row(check_in)
    if check_in.status != CheckInStatus.CONFIRMED or not check_in.membership.is_public_and_live:
        raise Refused("There is nothing to make public yet, or the membership has ended.")
    if check_in.lines_public_at:
        return
    check_in.lines_public_at = timezone.now()
    check_in.save(update_fields=["lines_public_at"])
    check_in.record("lines_published", by=by)
    public_changed.send(sender=Council, instance=check_in.council)


def lapse(membership: Membership, *, by: Actor) -> None:
    """End the open check-in of a membership that has ended.

    For actions that hold the membership's lock and have asked for permission.
    """
    for check_in in membership.check_ins.filter(status__in=WAITING_CHECK_IN):
        check_in.move_to(CheckInStatus.LAPSED, by=by, why="The membership ended")
        check_in.next_step_on = None
        check_in.save(update_fields=["next_step_on"])
