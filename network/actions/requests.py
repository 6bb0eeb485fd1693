"""Asking the leader and the chief executive to endorse: links, reminders, bounces."""

import hashlib
import json
from datetime import date

from django.db import transaction
from django.utils import timezone

from network import working_days
from network.actions.links import expire, record_bounce
from network.actions.locks import locked_row, locked_to_ask
from network.actions.refusals import PageChanged
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
)
from network.models.events import Actor
from network.readiness import UNAPPROVED, Readiness, in_words
from portal.jobs.tick import one_by_one
from portal.models import OutboxMessage, User


@transaction.atomic
def save_endorser(
    sign_up: SignUp, *, by: User, office: Office, name: str, role: str, email: str
) -> EndorsementRequest:
    """Keep who is to endorse in this office. Asks nobody: `ask_endorsers` does.

    Somebody else, or another address, replaces who was asked: the old link dies with its
    request. Raises: Refused when this office has signed.
    """
    sign_up = locked_to_ask(sign_up)
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
    """Both offices at once. Raises: Refused where one that is changed has signed."""
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
        current.move_to(RequestStatus.CANCELLED, by=by, why="Somebody else is asked")
    return EndorsementRequest.objects.create(sign_up=sign_up, office=office, **details)


def _unsigned_request(sign_up: SignUp, office: Office) -> EndorsementRequest | None:
    current = sign_up.request_of(office)
    if current and current.status == RequestStatus.SIGNED:
        raise Refused(f"The {sign_up.office_name(office).lower()} has signed already.")
    return current


@transaction.atomic
def ask_instead(request: EndorsementRequest, *, by: User) -> EndorsementRequest:
    """Name, in the office of somebody who said “not me”, the person they proposed; or
    name once more who said no. Sends nothing: the applicant does, from the next page.

    Raises: Refused when the request is not answered in one of these ways.
    """
    request = locked_row(request)
    locked_to_ask(request.sign_up)
    if request.status == RequestStatus.WRONG_PERSON and request.proposed_email:
        details = {
            "name": request.proposed_name,
            "role": request.proposed_role,
            "email": request.proposed_email.lower(),
        }
    elif request.status == RequestStatus.DECLINED:
        details = {"name": request.name, "role": request.role, "email": request.email}
    else:
        raise Refused("There is nobody to ask instead.")
    _is_somebody_else(request, details["name"])
    named = _ask_instead(request.sign_up, request.office, request, by, details)
    _keep_version(request.sign_up, by)
    return named


def _keep_version(sign_up: SignUp, by: User) -> None:
    """Who is named was changed by a button: one more version of that task, so that who has an
    older one open sees both."""
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
    sign_up.touch()


def _is_somebody_else(request: EndorsementRequest, name: str) -> None:
    """Two different people sign. Raises: Refused for the name in the other office."""
    others = [r for r in request.sign_up.current_requests() if r.office != request.office]
    names = {other.name.casefold() for other in others}
    names |= {e.name.casefold() for e in request.sign_up.counting_endorsements()}
    if name.casefold() in names:
        raise Refused(f"{name} signs in the other office: two different people have to sign.")


def what_would_leave(sign_up: SignUp) -> str:
    """SHA-256 of all that the page of asking shows: to whom, which words, with which line."""
    wording = sign_up.wording or EndorsementWording.objects.newest()
    people = [
        [request.pk, request.name, request.role, request.email, request.message]
        for request in sign_up.current_requests()
        if request.is_to_be_asked
    ]
    champions = [[c.kind, c.name, c.role] for c in sign_up.current_champions()]
    shown = json.dumps([wording.hash, sign_up.route, people, sorted(champions)])
    return hashlib.sha256(shown.encode()).hexdigest()


def _as_shown(sign_up: SignUp, shown: str | None) -> None:
    if shown is not None and shown != what_would_leave(sign_up):
        raise PageChanged(
            "Somebody changed who is asked, or what they read, while you had this page open. "
            "Nothing has been sent. Read it once more."
        )


@transaction.atomic
def keep_message(sign_up: SignUp, *, by: User, message: str, shown: str | None = None) -> str:
    """Keep the applicant's line for those who are still to be asked.

    Args:
        shown: `what_would_leave` as it was on the page; None where there was no page.
    Returns what would leave with it. Raises: PageChanged when that was something else; Refused.
    """
    sign_up = locked_to_ask(sign_up)
    _as_shown(sign_up, shown)
    unsent = [request for request in sign_up.current_requests() if request.is_to_be_asked]
    if any(request.message != message for request in unsent):
        for request in unsent:
            request.message = message
            request.save(update_fields=["message"])
        Event.objects.record("sign_up.line_kept", by=by, sign_up=sign_up, why=message)
        sign_up.touch()
    return what_would_leave(sign_up)


@transaction.atomic
def ask_endorsers(sign_up: SignUp, *, by: User, shown: str | None = None) -> None:
    """Pin the wording and send each office its own link.

    Args:
        shown: `what_would_leave` as it was on the page; None where there was no page.
    Raises: PageChanged when something else would leave; Refused while the applicant, champions
    or endorsers are not named, the council endorses by a decision alone, or the wording may not
    be sent yet.
    """
    sign_up = locked_to_ask(sign_up)
    _as_shown(sign_up, shown)
    if gaps := Readiness(sign_up).before_asking:
        raise Refused(f"Not ready to ask anybody yet: {in_words(gaps)}.")
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
    """Mail a new link; older ones die. For actions that hold the sign-up's lock."""
    request.chasers, request.reminded_at = 0, None
    request.send_link("chasers", "reminded_at", by=by)
    request.sign_up.touch()
    requests_emails.endorsement_request(request)


@transaction.atomic
def send_new_link(request: EndorsementRequest, *, by: Actor) -> None:
    """Send a new link to the address on file; every older link dies.

    Raises: Refused when there is nothing left to sign.
    """
    request = locked_row(request)
    if not request.may_be_renewed:
        raise Refused("There is nothing to sign any more.")
    send_link(request, by=by)


@transaction.atomic
def remind(request: EndorsementRequest, *, by: User) -> None:
    """Remind somebody by hand, once in 48 hours. The link stays the same.

    Raises: Refused when nothing waits for them, their mail came back, or it is too soon.
    """
    request = locked_row(request)
    if not request.is_waited_for:
        raise Refused("Nothing waits for this person any more.")
    if request.bounced_at:
        raise Refused("The last mail came back, so a reminder would too: change the address.")
    if request.no_reminder_before:
        raise Refused("This person was reminded less than 48 hours ago.")
    request.reminded_at = timezone.now()
    request.save(update_fields=["reminded_at"])
    request.sign_up.touch()
    requests_emails.endorsement_reminder(request, request.record("reminded", by=by))


@transaction.atomic
def cancel_request(request: EndorsementRequest, *, by: User) -> None:
    """Ask no more: the link dies, nobody is named for the office. Raises: Refused."""
    request = locked_row(request)
    locked_to_ask(request.sign_up)
    if request.status == RequestStatus.SIGNED:
        raise Refused("This has been signed already.")
    request.move_to(RequestStatus.CANCELLED, by=by, why="Cancelled by the applicant")
    _keep_version(request.sign_up, by)


# Working days after the link was sent; at the second, the applicant hears of it too.
CHASED_ON = (3, 7, 14)
APPLICANT_HEARS_AT = 2


def expire_links(*, by: Actor = "tick") -> int:
    """Mark the requests whose link has ended; the applicant is told. Returns how many."""
    return expire(EndorsementRequest.objects.ended(), by=by, then=_tell_expired)


def _tell_expired(request: EndorsementRequest) -> None:
    if request.sign_up.may_be_signed:
        requests_emails.endorsement_expired(request)


def chase_due(*, by: Actor = "tick", on: date | None = None) -> int:
    """Remind those who have not answered by that day (today). Returns how many."""
    today = on or timezone.localdate()
    if not working_days.is_working(today):
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
def _chase(pk: int, by: Actor, today: date) -> bool:
    request = locked_row(EndorsementRequest.objects.get(pk=pk))
    due = _chasers_due(request, today)
    if not request.is_waited_for or request.bounced_at or due <= request.chasers:
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


def _chasers_due(request: EndorsementRequest, today: date) -> int:
    """How many should have gone out by that day; what a period held back goes as one."""
    asked_on = timezone.localdate(request.sent_at)
    return sum(working_days.add(asked_on, days) <= today for days in CHASED_ON)


def handle_request_bounce(message: OutboxMessage) -> None:
    """Stop chasing an office holder whom our mail does not reach, and tell the applicant."""
    request = locked_row(EndorsementRequest.objects.get(pk=message.about["request"]))
    if record_bounce(request, message):
        requests_emails.endorsement_bounced(request, message)
