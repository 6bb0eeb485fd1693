"""Outbox: emails that survive a crash. One row per event, sent by the worker, retried.

`post` writes the row in the caller's transaction. If we crash between the mail server's
acceptance and our commit, the email is repeated with the same Message-ID (DESIGN section 5,
point 8).
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task

from portal.models import OutboxMessage

if TYPE_CHECKING:
    from portal.mail.declarations import Mail

logger = logging.getLogger("portal.mail.outbox")

# Delay before each retry. Then the row is marked as failed, for staff.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60)]
# Time without asking a mail server that was down.
REST = timedelta(seconds=20)
# Time after which a row is retried because its worker has died.
CLAIM = timedelta(minutes=5)

_mails: dict[str, "Mail"] = {}


def register(mails: Iterable["Mail"]) -> None:
    """Register emails with the outbox and the catalogue."""
    _mails.update({mail.kind: mail for mail in mails})


def kinds() -> list[str]:
    """Return every registered kind in alphabetical order."""
    return sorted(_mails)


def declared(kind: str) -> "Mail":
    """Return the declaration of a kind.

    Raises:
        KeyError: If no such kind is registered.
    """
    return _mails[kind]


def title_of(kind: str) -> str:
    """Return a kind's title for staff; its own name if its app has been removed."""
    return _mails[kind].title if kind in _mails else kind


BounceHandler = Callable[[OutboxMessage], None]
_bounce_handlers: dict[str, BounceHandler] = {}


def register_bounce_handlers(handlers: Mapping[str, BounceHandler]) -> None:
    """Register a function to call, once per email, when one of these kinds is undelivered."""
    _bounce_handlers.update(handlers)


@transaction.atomic
def mark_bounced(row: OutboxMessage, why: str) -> bool:
    """Record an email as undelivered and call its app's handler.

    Returns:
        False if it was recorded before.
    """
    came_back = OutboxMessage.objects.filter(pk=row.pk, bounced_at=None).update(
        bounced_at=timezone.now(), bounce_why=why
    )
    if not came_back:
        return False
    row.refresh_from_db()
    if handler := _bounce_handlers.get(row.kind):
        handler(row)
    return True


@transaction.atomic
def try_again(row: OutboxMessage) -> bool:
    """Return a failed email to the queue.

    Returns:
        False if it had not failed.
    """
    failed = OutboxMessage.objects.filter(pk=row.pk, status=OutboxMessage.Status.FAILED)
    if not failed.update(
        status=OutboxMessage.Status.PENDING, attempts=0, next_try_at=timezone.now()
    ):
        return False
    transaction.on_commit(lambda: send_due.enqueue())
    return True


def post(
    kind: str, *, to: str, event: str, about: Mapping[str, int | str], concerns: str = ""
) -> None:
    """Add an email to the outbox in the caller's transaction, once per event.

    Args:
        kind: A registered kind.
        to: The one recipient.
        event: Unique name of the event, for example "endorsement_request:7:1".
        about: Primary keys and plain values by name. Never a token.
        concerns: the name of the council it is about, for staff.

    Raises:
        KeyError: If no such kind is registered.
    """
    declared(kind)
    message_id = f"<{uuid.uuid4()}@{settings.SITE_HOST}>"
    row = {"kind": kind, "to": to, "about": about, "message_id": message_id}
    row["concerns"] = concerns[:160]
    message, is_new = OutboxMessage.objects.get_or_create(event=event, defaults=row)
    if is_new and (posted := _rehearsal.get()) is not None:
        posted.append(message)
    elif is_new:
        transaction.on_commit(lambda: send_due.enqueue())


@dataclass(frozen=True)
class Letter:
    """An email as it would be read, before it is sent."""

    to: str
    title: str
    reply_to: str  # "" for the site's own address
    subject: str
    text: str


# The emails posted so far by the act that is being rehearsed, if one is.
_rehearsal: ContextVar[list[OutboxMessage] | None] = ContextVar("rehearsal", default=None)


def is_rehearsing() -> bool:
    """Return whether emails are only to be looked at now; their links must open nothing."""
    return _rehearsal.get() is not None


def rehearse(act: Callable[[], object]) -> list[Letter]:
    """Return the emails an act would send, as they would read, and undo the act.

    Raises:
        Exception: Whatever the act raises.
    """
    posted: list[OutboxMessage] = []
    mark = _rehearsal.set(posted)
    try:
        with transaction.atomic():
            act()
            letters = [letter for message in posted for letter in _letter(message)]
            transaction.set_rollback(True)
    finally:
        _rehearsal.reset(mark)
    return letters


def _letter(row: OutboxMessage) -> list[Letter]:
    """Return the email of a row, or nothing if it would not be sent."""
    mail = declared(row.kind)
    about = mail.fetch(row.about)
    if about is None:
        return []
    return [Letter(row.to, mail.title, mail.reply_to(**about), *mail.render(about))]


def server_is_down(problem: Exception) -> bool:
    """Whether sending failed because of the mail server, not of one email or address."""
    if status := getattr(problem, "status_code", None):  # of a provider's API
        return status >= 500 or status in {401, 403, 429}
    of_one = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError)
    return isinstance(problem, OSError) and not isinstance(problem, of_one)


def rest() -> None:
    """Ask the mail server for nothing for a while, because it was down."""
    global _rests_until
    _rests_until = time.monotonic() + REST.total_seconds()


def is_resting() -> bool:
    """Whether the mail server was down a moment ago."""
    return time.monotonic() < _rests_until


# When the mail server is asked again after a failure, by this process's clock. Each email that
# waits for a server that hangs would hold up all other work for EMAIL_TIMEOUT.
_rests_until = 0.0


@task()
def send_due() -> int:
    """Send every email that is due, unless the mail server was down a moment ago.

    Returns:
        How many were sent.
    """
    sent = 0
    while not is_resting() and (row := _claim()):
        sent += _send(row)
    return sent


def _claim() -> OutboxMessage | None:
    """Lock and return one due row, or None. Two workers never get the same."""
    now = timezone.now()
    due = OutboxMessage.objects.filter(status=OutboxMessage.Status.PENDING, next_try_at__lte=now)
    for pk in due.order_by("next_try_at").values_list("pk", flat=True)[:20]:
        taken = due.filter(pk=pk).update(next_try_at=now + CLAIM, attempts=F("attempts") + 1)
        if taken:
            return OutboxMessage.objects.get(pk=pk)
    return None


def _send(row: OutboxMessage) -> bool:
    """Send one claimed row, record the result, and return whether it was sent."""
    try:
        mail = declared(row.kind)
        about = mail.fetch(row.about)
        if about is None:
            _record(row, status=OutboxMessage.Status.CANCELLED)
            return False
        message = compose(mail, about, to=row.to, message_id=row.message_id)
        message.send()
    except Exception as problem:  # whatever a mail server or a template may raise
        _put_off(row, problem)
        return False
    _record(
        row,
        status=OutboxMessage.Status.SENT,
        sent_at=timezone.now(),
        last_error="",
        provider_id=provider_id(message),
    )
    return True


def compose(
    mail: "Mail", about: Mapping[str, object], *, to: str, message_id: str, **headers: str
) -> EmailMultiAlternatives:
    """Return an email about what `Mail.fetch` found, ready to be sent."""
    subject, text = mail.render(about)
    message = EmailMultiAlternatives(
        subject,
        text,
        to=[to],
        reply_to=[address] if (address := mail.reply_to(**about)) else [],
        headers={"Message-ID": message_id, **headers},
    )
    message.attach_alternative(mail.as_html(about, subject, text), "text/html")
    return message


def provider_id(message: EmailMultiAlternatives) -> str:
    """Return the provider's id, which its events refer to; "" without a provider."""
    status = getattr(message, "anymail_status", None)
    return str((status and status.message_id) or "")[:200]


def _put_off(row: OutboxMessage, problem: Exception) -> None:
    if server_is_down(problem):
        rest()
    # Log only the exception class. The message may contain a token.
    reason = type(problem).__name__
    if row.attempts > len(PAUSES):
        logger.error("Mail %s gave up: %s", row.pk, reason)
        _give_up(row, reason)
        return
    logger.warning("Mail %s will be tried again: %s", row.pk, reason)
    again = timezone.now() + PAUSES[row.attempts - 1]
    _record(row, next_try_at=again, last_error=reason)


@transaction.atomic
def _mark_failed(row: OutboxMessage, reason: str) -> None:
    _record(row, status=OutboxMessage.Status.FAILED, last_error=reason)
    if handler := _bounce_handlers.get(row.kind):
        row.refresh_from_db()
        handler(row)


def _give_up(row: OutboxMessage, reason: str) -> None:
    """Record a failed email, and treat its address as undeliverable."""
    try:
        _mark_failed(row, reason)
    except Exception as problem:  # whatever an app's handler may raise
        logger.error("Mail %s: nobody was told: %s", row.pk, type(problem).__name__)
        _record(row, status=OutboxMessage.Status.FAILED, last_error=reason)


def _record(row: OutboxMessage, **changes) -> None:
    OutboxMessage.objects.filter(pk=row.pk).update(**changes)
