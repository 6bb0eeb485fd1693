"""Confirmation by a trustee of the network's body, where no second manager can."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from network import matter, permissions
from network.actions import (
    check_ins,
    claims,
    decisions,
    departures,
    memberships,
    profiles,
    reviews,
    signing,
    wordings,
)
from network.actions.locks import (
    expire,
    locked,
    locked_membership,
    locked_row,
    locked_to_answer,
    record_bounce,
)
from network.choices import TrusteeAct, TrusteeStatus
from network.emails import trustees as emails
from network.models import (
    ByTrustee,
    EndorsementWording,
    Membership,
    PageChanged,
    Refused,
    SignUp,
    TrusteeRequest,
)
from network.models.events import Actor
from portal.jobs.tick import one_by_one
from portal.mail import outbox
from portal.models import OutboxMessage, User

REMIND_AFTER = timedelta(days=7)
T = TrusteeAct


@dataclass(frozen=True)
class Act:
    """What is done once a trustee has confirmed it, and who may do it without one.

    Attributes:
        do: The action, from the row and the answers.
        may: Who may do it, from a person and the row.
        days: Which answers are days.
        moments: Which are days with an hour.
    """

    do: Callable[..., Any]
    may: Callable[[Any, Any], bool]
    days: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()


def _of_member(user, row) -> bool:
    return permissions.can_look_after(user, row.membership)


ACTS: dict[str, Act] = {
    T.APPROVE_WORDING: Act(wordings.confirm_approval, permissions.can_confirm_approval),
    T.OPEN_REMOVAL: Act(departures.open_removal, permissions.can_look_after),
    T.DECIDE_REMOVAL: Act(departures.decide_removal, permissions.can_decide_removal),
    T.ACCEPT: Act(reviews.accept, permissions.can_look_into, moments=("announce_at",)),
    T.DECLINE: Act(reviews.decline, permissions.can_look_into),
    T.TAKE_BACK_DECLINE: Act(reviews.take_back_decline, permissions.can_look_into),
    T.CONFIRM_DECISION: Act(decisions.confirm_decision, permissions.can_look_into),
    T.CONFIRM_SIGNATURE: Act(signing.confirm_signature, permissions.can_look_into_signature),
    T.REMOVE_SIGNATURE: Act(signing.strike_out, permissions.can_look_into_signature),
    T.CONFIRM_LATER: Act(signing.confirm_signature, permissions.can_look_into_signature),
    T.REMOVE_LATER: Act(signing.strike_out, permissions.can_look_into_signature),
    T.MOVE_ANNOUNCEMENT: Act(
        memberships.postpone, permissions.can_look_after, moments=("announce_at",)
    ),
    T.CONFIRM_LEAVING: Act(departures.confirm_leave_decision, permissions.can_handle_leaving),
    T.CHECK_STATEMENT: Act(departures.check_statement, permissions.can_handle_leaving),
    T.STOP_LEAVING: Act(departures.cancel_leaving, permissions.can_handle_leaving),
    T.PUBLISH_PROFILE: Act(profiles.publish, permissions.can_moderate),
    T.SEND_BACK_PROFILE: Act(profiles.send_back, permissions.can_moderate),
    T.PUBLISH_LINES: Act(check_ins.publish_lines, _of_member),
    T.GIVE_TIME: Act(check_ins.extend_by_staff, _of_member, ("until",)),
    T.INVITE_TO_CLAIM: Act(claims.invite_to_claim, permissions.can_look_after),
}


def may_do(act: str, row: models.Model, *, by: User) -> bool:
    """Whether they may do it without a trustee."""
    return ACTS[act].may(by, row)


def needs_trustee(act: str, row: models.Model, *, by: User) -> bool:
    """Whether only a trustee can confirm this: no active manager may do it."""
    return permissions.only_a_trustee_may(by, ACTS[act].may, row)


@transaction.atomic
def ask_trustee(
    act: str,
    row: models.Model,
    *,
    by: User,
    answers: dict[str, Any],
    said: list[list[str]],
    why: str,
    **trustee: str,
) -> TrusteeRequest:
    """Ask a named trustee to confirm an act, through an emailed link.

    Args:
        answers: What the act takes.
        said: The same in words, as the trustee reads it.
        why: Why no other manager does it.
        trustee: Name, role and email.

    Raises:
        PermissionDenied: If they are no manager, or a manager can do it.
        Refused: If the act is not possible now, a trustee is asked already, or this person is
            on the staff or has a part in the council.
    """
    asked = TrusteeRequest(
        act=act, row_pk=row.pk, asked_by=by, answers=answers, said=said, why=why, **trustee
    )
    _put_with_its_parents(asked, row)
    permissions.require(needs_trustee(act, asked.row, by=by))
    if open_one := TrusteeRequest.objects.waiting().filter(act=act, row_pk=row.pk).first():
        raise Refused(f"You have asked {open_one.name} already. Withdraw that first.")
    _require_another_person(asked)
    asked.save()
    asked.refresh_from_db()  # answers as they come back from the database
    outbox.rehearse(lambda: _carry_out(asked))
    asked.record("asked", by=by, why=f"{asked.title}: {asked.name}, {asked.role}. {why}")
    asked.renew_link()
    emails.link(asked)
    return asked


def _put_with_its_parents(asked: TrusteeRequest, row: Any) -> None:
    """Lock and name the sign-up, the membership or the wording that a row belongs to."""
    if isinstance(row, EndorsementWording):
        rows = EndorsementWording.objects.select_for_update(no_key=True)
        asked.wording = rows.get(pk=row.pk)
        return
    of = getattr(row, "change", row)  # a later signature is of a change
    member = of if isinstance(of, Membership) else getattr(of, "membership", None)
    sign_up: Any = of if isinstance(of, SignUp) else getattr(of, "sign_up", None)
    if member is None and sign_up is not None:
        member = getattr(sign_up, "membership", None)
    if member is not None:
        asked.membership = locked_membership(member.pk)
        asked.sign_up = asked.membership.sign_up
    else:
        asked.sign_up = locked(sign_up)


def _require_another_person(asked: TrusteeRequest) -> None:
    if not permissions.can_be_trustee(asked.email, asked):
        raise Refused(
            f"{asked.email} belongs to someone on the staff or with a part in the council. "
            "A trustee must be another person."
        )


def _carry_out(asked: TrusteeRequest) -> None:
    act, answers = ACTS[asked.act], dict(asked.answers)
    for name in act.days:
        answers[name] = date.fromisoformat(answers[name]) if answers[name] else None
    for name in act.moments:
        answers[name] = datetime.fromisoformat(answers[name]) if answers[name] else None
    act.do(asked.row, by=ByTrustee.of(asked), **answers)


@transaction.atomic
def send_trustee_link(asked: TrusteeRequest, *, by: Actor) -> None:
    """Send the trustee a new link to the address on file; older ones expire.

    Args:
        by: A manager; or a label, for someone who holds an older link.

    Raises:
        PermissionDenied: If a user is no manager.
        Refused: If it no longer waits for an answer.
    """
    asked = locked_row(asked)
    if isinstance(by, User):
        permissions.require(permissions.can_handle_trustee_request(by, asked))
    if not asked.is_waited_for:
        raise Refused("We no longer need an answer to this.")
    asked.renew_link()
    asked.record("sent_again", by=by)
    emails.link(asked)


@transaction.atomic
def withdraw_from_trustee(asked: TrusteeRequest, *, by: User) -> None:
    """Withdraw a request, so that its link ends and the trustee is told.

    Raises:
        PermissionDenied: If they are no manager.
        InvalidMove: If it has been answered, or has ended.
    """
    asked = locked_row(asked)
    permissions.require(permissions.can_handle_trustee_request(by, asked))
    asked.move_to(TrusteeStatus.WITHDRAWN, by=by)
    emails.over(asked)


@transaction.atomic
def confirm_as_trustee(asked: TrusteeRequest, *, name: str, role: str, shown: str) -> None:
    """Confirm the act by link, with the name they typed: it is done in their name.

    Args:
        shown: Hash of what was on the page.

    Raises:
        PageChanged: If it is no longer what they read.
        Refused: If it no longer waits for an answer, or can no longer be done.
    """
    asked = locked_to_answer(asked)
    if shown != matter.fingerprint_of(asked):
        raise PageChanged("Something on this page has changed since you opened it. Read it again.")
    if not permissions.can_review(asked.asked_by):
        raise Refused(f"{asked.asked_by} is no longer a network manager, so this cannot be done.")
    _require_another_person(asked)
    asked.confirmed_name, asked.confirmed_role = name, role
    asked.answered_at = timezone.now()
    asked.save(update_fields=["confirmed_name", "confirmed_role", "answered_at"])
    asked.move_to(TrusteeStatus.CONFIRMED, by=asked.in_the_name_of, why=asked.title)
    _carry_out(asked)
    emails.answered(asked)
    emails.over(asked)
    emails.notice(asked)


@transaction.atomic
def decline_as_trustee(asked: TrusteeRequest, *, why: str) -> None:
    """Decline by link: nothing is done, and the manager is told why.

    Raises:
        Refused: If it no longer waits for an answer.
    """
    asked = locked_to_answer(asked)
    asked.declined_why, asked.answered_at = why, timezone.now()
    asked.save(update_fields=["declined_why", "answered_at"])
    asked.move_to(TrusteeStatus.DECLINED, by=asked.in_the_name_of, why=why)
    emails.answered(asked)


def expire_trustee_links(*, by: str = "tick") -> int:
    """Expire requests that no trustee answered in time, and return a count. For the tick."""
    ended, why = TrusteeRequest.objects.ended(), "No one answered within 30 days."
    return expire(ended, by=by, why=why, then=emails.answered)


def settle_trustee_requests(*, by: str = "tick") -> int:
    """End requests about what was settled in another way, and return a count. For the tick."""

    @transaction.atomic
    def settle(pk: int) -> bool:
        asked = locked_row(TrusteeRequest.objects.get(pk=pk))
        if asked.status != TrusteeStatus.ASKED or asked.is_wanted:
            return False
        asked.move_to(TrusteeStatus.SUPERSEDED, by=by)
        emails.over(asked)
        return True

    return one_by_one(TrusteeRequest.objects.waiting(), settle)


def remind_trustees(*, by: str = "tick") -> int:
    """Remind trustees once, a week after their link, and return a count. For the tick."""
    late = TrusteeRequest.objects.waiting().filter(
        sent_at__lte=timezone.now() - REMIND_AFTER, reminded_at=None, bounced_at=None
    )

    @transaction.atomic
    def remind(pk: int) -> bool:
        asked = locked_row(TrusteeRequest.objects.get(pk=pk))
        if not late.filter(pk=pk).exists() or not asked.is_waited_for:
            return False
        if emails.REMINDER.reason_to_wait(asked.email):
            return False
        asked.reminded_at = timezone.now()
        asked.save(update_fields=["reminded_at"])
        asked.record("reminded", by=by)
        emails.reminder(asked)
        return True

    return one_by_one(late, remind)


def handle_trustee_bounce(message: OutboxMessage) -> None:
    """Tell the manager that our email did not reach the trustee."""
    asked = locked_row(TrusteeRequest.objects.get(pk=message.about["asked"]))
    if asked.is_waited_for and (event := record_bounce(asked, message)):
        emails.bounced(asked, event)
