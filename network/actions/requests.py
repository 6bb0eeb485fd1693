"""Endorsement requests to the leader and chief executive: links, reminders, bounces."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from network import permissions
from network.actions.locks import expire, locked_row, locked_to_ask, record_bounce
from network.actions.tasks import Answers, newest_save
from network.choices import OPEN_SIGN_UP, Office, RequestStatus, SignUpStatus, SignUpTask
from network.emails import requests as requests_emails
from network.models import (
    EndorsementRequest,
    EndorsementWording,
    Event,
    PreElectionPeriod,
    Refused,
    SignUp,
    TaskSave,
    periods,
)
from network.models.events import Actor
from network.models.moves import PageChanged
from network.readiness import UNAPPROVED, Readiness, in_words
from portal.jobs.tick import one_by_one
from portal.models import OutboxMessage, User


@transaction.atomic
def save_endorser(
    sign_up: SignUp, *, by: User, office: Office, name: str, role: str, email: str
) -> EndorsementRequest:
    """Save the endorser for a role. Does not send a link; see `ask_endorsers`.

    Another person or address replaces the previous one, whose link is revoked.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If this role has signed.
    """
    sign_up = locked_to_ask(sign_up, by=by)
    _unsigned_request(sign_up, office)
    Event.objects.record(
        "sign_up.endorsers", by=by, sign_up=sign_up, why=sign_up.office_name(office)
    )
    return _name(sign_up, office, by, {"name": name, "role": role, "email": email})


def _name(sign_up: SignUp, office: str, by: User, who: dict[str, str]) -> EndorsementRequest:
    current = sign_up.request_of(office)
    details = who | {"email": who["email"].lower()}
    if current and current.status == RequestStatus.NOT_SENT:
        EndorsementRequest.objects.filter(pk=current.pk).update(**details)
        current.refresh_from_db()
    elif current is None or any(getattr(current, f) != v for f, v in details.items()):
        current = _ask_instead(sign_up, office, current, by, details)
    return current


def keep_endorsers(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    """Save the endorsers of both roles, for `save_task`.

    Raises:
        Refused: If a role that changes has signed.
    """
    for office in Office:
        current = sign_up.request_of(office)
        who = {name: answers[f"{office}_{name}"] for name in ("name", "role", "email")}
        if current and current.status == RequestStatus.SIGNED:
            if who != {name: getattr(current, name) for name in who}:
                _unsigned_request(sign_up, office)
        elif who["email"]:
            _name(sign_up, office, save.by, who)
        elif current:
            current.move_to(RequestStatus.CANCELLED, by=save.by, why="Removed")


def _ask_instead(
    sign_up: SignUp,
    office: str,
    current: EndorsementRequest | None,
    by: User,
    details: dict[str, str],
) -> EndorsementRequest:
    if current is not None:
        current.move_to(RequestStatus.CANCELLED, by=by, why="Someone else is asked")
    return EndorsementRequest.objects.create(sign_up=sign_up, office=office, **details)


def _unsigned_request(sign_up: SignUp, office: Office) -> EndorsementRequest | None:
    current = sign_up.request_of(office)
    if current and current.status == RequestStatus.SIGNED:
        raise Refused(f"The {sign_up.office_name(office).lower()} has already signed.")
    return current


@transaction.atomic
def ask_instead(request: EndorsementRequest, *, by: User) -> EndorsementRequest:
    """Name the person proposed by a “not me” answer, or again someone who declined.

    Does not send a link; see `ask_endorsers`.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If the request is not answered in one of these ways.
    """
    request = locked_row(request)
    locked_to_ask(request.sign_up, by=by)
    if request.status == RequestStatus.WRONG_PERSON and request.proposed_email:
        details = {
            "name": request.proposed_name,
            "role": request.proposed_role,
            "email": request.proposed_email.lower(),
        }
    elif request.status == RequestStatus.DECLINED:
        details = {"name": request.name, "role": request.role, "email": request.email}
    else:
        raise Refused("There is no one to ask instead.")
    _is_somebody_else(request, details["name"])
    named = _ask_instead(request.sign_up, request.office, request, by, details)
    _keep_version(request.sign_up, by)
    return named


def _keep_version(sign_up: SignUp, by: User) -> None:
    """Save the endorsers as a new version, so that a page opened before detects the change."""
    last = newest_save(sign_up, SignUpTask.ENDORSERS)
    answers = {}
    for office in Office:
        request = sign_up.request_of(office)
        for name in ("name", "role", "email"):
            answers[f"{office}_{name}"] = getattr(request, name) if request else ""
    TaskSave.objects.create(
        sign_up=sign_up,
        task=SignUpTask.ENDORSERS,
        version=last.version + 1 if last else 1,
        by=by,
        answers=answers,
        is_finished=bool(last and last.is_finished),
    )
    sign_up.settle_change(SignUpTask.ENDORSERS)
    sign_up.touch()


def _is_somebody_else(request: EndorsementRequest, name: str) -> None:
    """Refuse the name in the other role, because two different people sign."""
    others = [r for r in request.sign_up.current_requests() if r.office != request.office]
    names = {other.name.casefold() for other in others}
    names |= {e.name.casefold() for e in request.sign_up.counting_endorsements()}
    if name.casefold() in names:
        raise Refused(f"{name} is already named for the other role. 2 different people must sign.")


@transaction.atomic
def confirm_address(request: EndorsementRequest, *, by: User) -> None:
    """Keep that an address that looks wrong is right, so that it is asked once. Idempotent.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If nobody can be asked any more.
    """
    request = locked_row(request)
    locked_to_ask(request.sign_up, by=by)
    if not request.address_was_confirmed:
        request.email_is_confirmed = True
        request.save(update_fields=["email_is_confirmed"])
        request.record("address_confirmed", by=by, why=request.email)


def what_would_leave(sign_up: SignUp) -> str:
    """Return the SHA-256 of what the page shows: endorsers, letters, wording and champions."""
    wording = sign_up.wording or EndorsementWording.objects.newest()
    people = [
        [
            *(request.pk, request.name, request.role, request.email, request.message),
            request.next_answer_by.isoformat(),
        ]
        for request in sign_up.current_requests()
        if request.is_to_be_asked
    ]
    champions = [[c.kind, c.name, c.role] for c in sign_up.current_champions()]
    shown = json.dumps([wording.hash, sign_up.route, people, sorted(champions)])
    return hashlib.sha256(shown.encode()).hexdigest()


def _as_shown(sign_up: SignUp, shown: str | None) -> None:
    if shown is not None and shown != what_would_leave(sign_up):
        raise PageChanged(
            "Someone changed who we will ask, or what they will read, while you had this page "
            "open. We have not sent anything. Read it again."
        )


@transaction.atomic
def keep_letter(
    sign_up: SignUp,
    *,
    by: User,
    messages: Mapping[str, str],
    answer_by: date | None = None,
    shown: str | None = None,
) -> str:
    """Keep what the applicant adds to the email to those who are still to be asked.

    Args:
        messages: A message to each person, by office. Nobody else sees it.
        answer_by: By when an answer is hoped for; None leaves it.
        shown: `what_would_leave` as on the page; None without a page.

    Returns:
        What would leave now.

    Raises:
        PageChanged: If the emails would differ from those shown.
        PermissionDenied: If they do not work on it.
        Refused: If no one can be asked any more.
    """
    sign_up = locked_to_ask(sign_up, by=by)
    _as_shown(sign_up, shown)
    for request in sign_up.current_requests():
        if not request.is_to_be_asked:
            continue
        before, request.answer_by = request.message, answer_by or request.answer_by
        request.message = messages.get(request.office, before)
        request.save(update_fields=["message", "answer_by"])
        if request.message != before:
            why = f"{sign_up.office_name(request.office)}: {request.message}"
            Event.objects.record("sign_up.line_kept", by=by, sign_up=sign_up, why=why)
            sign_up.touch()
    return what_would_leave(sign_up)


@transaction.atomic
def ask_endorsers(sign_up: SignUp, *, by: User, shown: str | None = None) -> None:
    """Pin the wording and send each role its own link.

    Args:
        shown: `what_would_leave` as on the page; None without a page.

    Raises:
        PageChanged: If the emails would differ from those shown.
        PermissionDenied: If they do not work on it.
        Refused: If it is not ready, or the wording may not be sent yet.
    """
    sign_up = locked_to_ask(sign_up, by=by)
    _as_shown(sign_up, shown)
    facts = Readiness(sign_up)
    if gaps := facts.before_asking:
        raise Refused(f"You cannot ask anyone yet. First we need {in_words(gaps)}.")
    for doubt in facts.unconfirmed_addresses.values():
        raise Refused(f"{doubt} Change it, or confirm that it is correct.")
    wording = sign_up.wording or EndorsementWording.objects.newest()
    if not wording.may_be_sent:
        raise Refused(UNAPPROVED)
    if sign_up.wording_id is None:
        sign_up.wording = wording
        sign_up.save(update_fields=["wording"])
    for request in sign_up.current_requests():
        if request.is_to_be_asked:
            send_link(request, by=by)
    if sign_up.status == SignUpStatus.DRAFT:
        sign_up.move_to(SignUpStatus.AWAITING_ENDORSEMENT, by=by)
    sign_up.touch()


def send_link(request: EndorsementRequest, *, by: Actor) -> None:
    """Email a new link; older ones expire.

    For actions that hold the sign-up's lock and have asked for permission.
    """
    request.chasers, request.answer_by = 0, request.next_answer_by
    request.send_link("chasers", "answer_by", by=by)
    request.sign_up.touch()
    requests_emails.endorsement_request(request)


@transaction.atomic
def send_new_link(request: EndorsementRequest, *, by: User) -> None:
    """Send a new link to the address on file; older ones expire.

    Raises:
        PermissionDenied: If they do not work on the sign-up.
        Refused: If there is nothing left to sign.
    """
    request = locked_row(request)
    permissions.require(permissions.works_on(by, request.sign_up))
    if not request.may_be_renewed:
        raise Refused("There is no longer anything to sign.")
    send_link(request, by=by)


@transaction.atomic
def remind(request: EndorsementRequest, *, by: User) -> None:
    """Remind someone by hand, at most once in 48 hours. The link stays the same.

    Raises:
        PermissionDenied: If they do not work on the sign-up.
        Refused: If the person has nothing to answer, their email bounced, or it is too soon.
    """
    request = locked_row(request)
    permissions.require(permissions.works_on(by, request.sign_up))
    if not request.is_waited_for:
        raise Refused("We are no longer waiting for this person.")
    if request.bounced_at:
        raise Refused(
            "You cannot send a reminder, because we could not deliver the last email. Change the "
            "email address first."
        )
    request.reminded_at = timezone.now()
    request.save(update_fields=["reminded_at"])
    request.sign_up.touch()
    requests_emails.endorsement_reminder(request, request.record("reminded", by=by))


@transaction.atomic
def cancel_request(request: EndorsementRequest, *, by: User) -> None:
    """Cancel the request, revoke its link and clear the role's endorser.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If it has been signed.
    """
    request = locked_row(request)
    locked_to_ask(request.sign_up, by=by)
    if request.status == RequestStatus.SIGNED:
        raise Refused("This has already been signed.")
    request.move_to(RequestStatus.CANCELLED, by=by, why="Cancelled by the applicant")
    _keep_version(request.sign_up, by)


# Working days after the link was sent. The applicant is told at the second reminder.
CHASED_ON = (3, 7, 14)
APPLICANT_HEARS_AT = 2


def expire_links(*, by: str = "tick") -> int:
    """Expire requests whose link has ended, tell the applicant, return a count. For the tick."""
    return expire(EndorsementRequest.objects.ended(), by=by, then=_tell_expired)


def _tell_expired(request: EndorsementRequest) -> None:
    if request.sign_up.may_be_signed:
        requests_emails.endorsement_expired(request)


def chase_due(*, by: str = "tick", on: date | None = None) -> int:
    """Send reminders due by `day` (default: today). For the tick.

    Returns:
        How many people were reminded.
    """
    today = on or timezone.localdate()
    if not periods.is_working_day(today):
        return 0
    waited_for = EndorsementRequest.objects.filter(
        status=RequestStatus.SENT,
        sign_up__status__in=[*OPEN_SIGN_UP, SignUpStatus.ACCEPTED],
        bounced_at=None,
        chasers__lt=len(CHASED_ON),
        link_ends_at__gt=timezone.now(),
    )
    return one_by_one(waited_for, lambda pk: _chase(pk, by, today))


@transaction.atomic
def _chase(pk: int, by: str, today: date) -> bool:
    request = locked_row(EndorsementRequest.objects.get(pk=pk))
    asked_on = timezone.localdate(request.sent_at)
    # Reminders that an election period has delayed leave as one.
    due = sum(periods.add_working_days(asked_on, days) <= today for days in CHASED_ON)
    if not request.is_waited_for or request.bounced_at or due <= request.chasers:
        return False
    if requests_emails.CHASER.reason_to_wait(request.email):
        return False
    if PreElectionPeriod.objects.holding_for(request.sign_up.council, today).exists():
        return False
    before, request.chasers = request.chasers, due
    request.save(update_fields=["chasers"])
    request.record("chased", by=by)
    requests_emails.endorsement_chaser(request)
    if before < APPLICANT_HEARS_AT <= due:
        requests_emails.endorsement_waiting(request)
    return True


def handle_request_bounce(message: OutboxMessage) -> None:
    """Stop reminders to an office holder our email does not reach, and tell the applicant."""
    request = locked_row(EndorsementRequest.objects.get(pk=message.about["request"]))
    if record_bounce(request, message):
        requests_emails.endorsement_bounced(request, message)
