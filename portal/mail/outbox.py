"""Outbox: mails that survive a crash. One row an event, sent by the worker, retried.

`post` writes the row in the caller's transaction. A crash between the mail server's yes and
our commit repeats the mail under the same Message-ID (DESIGN section 5, point 8).
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task

from portal.mail import letters
from portal.models import OutboxMessage

if TYPE_CHECKING:
    from portal.mail.declarations import Mail

logger = logging.getLogger("portal.mail.outbox")

# How long to wait after each failure; then the row is marked failed for staff to see.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60)]
# A claimed row whose worker died is tried again after this.
CLAIM = timedelta(minutes=5)

_mails: dict[str, "Mail"] = {}


def register(mails: Iterable["Mail"]) -> None:
    """Make these mails known to the outbox and to the catalogue."""
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
    """Return what staff call a kind; a kind of an app that is gone keeps its name."""
    return _mails[kind].title if kind in _mails else kind


BounceHandler = Callable[[OutboxMessage], None]
_bounce_handlers: dict[str, BounceHandler] = {}


def register_bounce_handlers(handlers: Mapping[str, BounceHandler]) -> None:
    """Say what happens, once a mail, when one of these kinds cannot be delivered."""
    _bounce_handlers.update(handlers)


@transaction.atomic
def mark_bounced(row: OutboxMessage, why: str) -> bool:
    """Record that a mail came back, and let its app act on it. False when it was known."""
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
    """Put a mail that was given up back among those that wait. False when it was not."""
    failed = OutboxMessage.objects.filter(pk=row.pk, status=OutboxMessage.Status.FAILED)
    if not failed.update(
        status=OutboxMessage.Status.PENDING, attempts=0, next_try_at=timezone.now()
    ):
        return False
    transaction.on_commit(lambda: send_due.enqueue())
    return True


def post(kind: str, *, to: str, event: str, about: Mapping[str, int | str]) -> None:
    """Put a mail into the outbox, in the caller's transaction; once an event.

    Args:
        kind: a registered kind.
        to: the one address.
        event: names what happened, unique, e.g. "endorsement_request:7:1".
        about: primary keys and plain values by name. Never a token.

    Raises:
        KeyError: If no such kind is registered.
    """
    declared(kind)
    message_id = f"<{uuid.uuid4()}@{settings.SITE_HOST}>"
    row = {"kind": kind, "to": to, "about": about, "message_id": message_id}
    if OutboxMessage.objects.get_or_create(event=event, defaults=row)[1]:
        transaction.on_commit(lambda: send_due.enqueue())


@task()
def send_due() -> int:
    """Send every mail whose time has come. Returns how many were sent."""
    sent = 0
    while row := _claim():
        sent += _send(row)
    return sent


def _claim() -> OutboxMessage | None:
    """Take one due row for this worker, or None; two workers never take the same."""
    now = timezone.now()
    due = OutboxMessage.objects.filter(status=OutboxMessage.Status.PENDING, next_try_at__lte=now)
    for pk in due.order_by("next_try_at").values_list("pk", flat=True)[:20]:
        taken = due.filter(pk=pk).update(next_try_at=now + CLAIM, attempts=F("attempts") + 1)
        if taken:
            return OutboxMessage.objects.get(pk=pk)
    return None


def _send(row: OutboxMessage) -> bool:
    """Send one claimed row and record how it went. Returns True when it went."""
    try:
        mail = declared(row.kind)
        about = mail.fetch(row.about)
        if about is None:
            _record(row, status=OutboxMessage.Status.CANCELLED)
            return False
        subject, text = mail.render(about)
        message = EmailMultiAlternatives(
            subject, text, to=[row.to], headers={"Message-ID": row.message_id}
        )
        message.attach_alternative(letters.as_html(subject, text), "text/html")
        message.send()
    except Exception as problem:  # whatever a mail server or a template may raise
        _put_off(row, problem)
        return False
    _record(
        row,
        status=OutboxMessage.Status.SENT,
        sent_at=timezone.now(),
        last_error="",
        provider_id=_provider_id(message),
    )
    return True


def _provider_id(message: EmailMultiAlternatives) -> str:
    """What the provider calls it, by which it speaks of it later; "" without a provider."""
    status = getattr(message, "anymail_status", None)
    return str((status and status.message_id) or "")[:200]


def _put_off(row: OutboxMessage, problem: Exception) -> None:
    # Only the kind of problem: its text could quote the mail, and so a token.
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
    """Nobody can be reached there: the same follows as when a mail comes back."""
    try:
        _mark_failed(row, reason)
    except Exception as problem:  # whatever an app's handler may raise
        logger.error("Mail %s: nobody was told: %s", row.pk, type(problem).__name__)
        _record(row, status=OutboxMessage.Status.FAILED, last_error=reason)


def _record(row: OutboxMessage, **changes) -> None:
    OutboxMessage.objects.filter(pk=row.pk).update(**changes)
