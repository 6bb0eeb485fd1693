"""One email to many people: newsletters, and messages to members. One row for each recipient.

`start` writes the rows, and the worker sends what is due, a few seconds at a time, so that other
tasks come in between. Each row is claimed just before it is sent, and its Message-ID never
changes. If we crash between the mail server's acceptance and our commit, that one email is
repeated under the same Message-ID, as in the outbox.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import islice
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any, cast

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from portal.mail import outbox
from portal.mail.declarations import Mail, Row
from portal.models import Delivery, Mailing, User

logger = logging.getLogger("portal.mail.bulk")

BURST = 4.0  # seconds of sending, before other tasks have their turn
AT_ONCE = 20  # rows looked up in one query; each is claimed by itself
ROWS = 1000  # rows written in one query
CLAIM = timedelta(minutes=5)  # time after which a row is sent again because its worker has died
LESS_URGENT = -10  # than any other task
_REFUSED_FOR_EVER = 500  # the least code by which SMTP says so


class Why(StrEnum):
    """Why someone gets no more emails of a kind."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    LEFT = "left"  # told the mail provider so


@dataclass(frozen=True, eq=False)
class BulkMail:
    """One kind of email to many.

    Attributes:
        mail: Its declaration, about two rows: what is sent, and one recipient with an `email`.
        audience: Returns who gets it now, from what is sent. Asked again for each recipient just
            before the email leaves.
        unsubscribe: Returns the address where one POST ends such emails to a recipient; None for
            what nobody can switch off.
        stop: Sends someone no more, from their primary key and why.
    """

    mail: Mail
    audience: Callable[[Any], QuerySet[Any]]
    unsubscribe: Callable[[Any], str] | None
    stop: Callable[[int, Why], None]

    @property
    def names(self) -> tuple[str, str]:
        """What the declaration calls what is sent, and the recipient."""
        sent, recipient = self.mail.about
        return sent, recipient

    def fetch(self, pk: int) -> Any:
        """Return what is sent, or None if it was deleted."""
        return self._rows(0).filter(pk=pk).first()

    @property
    def recipients(self) -> QuerySet[Any]:
        """Everyone who ever got such an email and is still known."""
        return self._rows(1)

    def _rows(self, which: int) -> QuerySet[Any]:
        return cast(Row, self.mail.about[self.names[which]]).found_in

    def headers(self, recipient: Any) -> dict[str, str]:
        """Return the headers by which a mail program offers to stop such emails (RFC 8058)."""
        if self.unsubscribe is None:
            return {}
        return {
            "List-Unsubscribe": f"<{self.unsubscribe(recipient)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def about(self, sent: Model, recipient: Any) -> dict[str, Any]:
        """Return what the email to one recipient is about."""
        return dict(zip(self.names, (sent, recipient), strict=True))


_kinds: dict[str, BulkMail] = {}


def register(*bulks: BulkMail) -> None:
    """Register kinds of emails to many, and each email's declaration with the outbox."""
    outbox.register(bulk.mail for bulk in bulks)
    _kinds.update({bulk.mail.kind: bulk for bulk in bulks})


# ---- What staff do; who may is asked by the action of each app -----------------------------
@transaction.atomic
def start(bulk: BulkMail, sent: Model, *, by: User) -> Mailing:
    """Write a row for each recipient, and begin to send.

    Raises:
        IntegrityError: If this was sent before.
    """
    mailing = Mailing.objects.create(kind=bulk.mail.kind, about=sent.pk, by=by)
    keys = bulk.audience(sent).order_by("pk").values_list("pk", flat=True).iterator(ROWS)
    while rows := [_delivery(mailing, pk) for pk in islice(keys, ROWS)]:
        Delivery.objects.bulk_create(rows)
        mailing.recipients += len(rows)
    mailing.save(update_fields=["recipients"])
    transaction.on_commit(wake)
    return mailing


def _delivery(mailing: Mailing, recipient: int) -> Delivery:
    message_id = f"<{uuid.uuid4()}@{settings.SITE_HOST}>"
    return Delivery(mailing=mailing, recipient=recipient, message_id=message_id)


@transaction.atomic
def move(mailing: Mailing, status: str) -> bool:
    """Pause, resume, stop or finish a mailing, and return whether that was possible.

    The sender looks at the status before each email.
    """
    before = [old for old, new in Mailing.TRANSITIONS.items() if status in new]
    has_ended = not Mailing.TRANSITIONS[status]
    if not Mailing.objects.filter(pk=mailing.pk, status__in=before).update(
        status=status, ended_at=timezone.now() if has_ended else None
    ):
        return False
    if status == Mailing.Status.STOPPED:
        waiting = mailing.deliveries.filter(status=Delivery.Status.PENDING)
        waiting.update(status=Delivery.Status.STOPPED)
    if status == Mailing.Status.SENDING:
        transaction.on_commit(wake)
    return True


# ---- Sending -------------------------------------------------------------------------------
def wake() -> int:
    """Queue the sending of what is due, once; return whether it was queued. Also for the tick."""
    ready = DBTaskResult.objects.filter(
        task_path=send_some.module_path, status=TaskResultStatus.READY
    )
    if not _due().exists() or ready.exists():
        return 0
    send_some.enqueue()
    return 1


@task(priority=LESS_URGENT)
def send_some() -> int:
    """Send what is due for a few seconds, then queue the rest.

    Returns:
        How many were sent.
    """
    until = time.monotonic() + BURST
    sent = 0
    if outbox.is_resting():
        return sent
    for mailing in Mailing.objects.filter(status=Mailing.Status.SENDING).order_by("pk"):
        sent += _send(mailing, until)
    if not outbox.is_resting():
        wake()
    return sent


def _due() -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        status=Delivery.Status.PENDING,
        next_try_at__lte=timezone.now(),
        mailing__status=Mailing.Status.SENDING,
    )


def _send(mailing: Mailing, until: float) -> int:
    """Send what is due of one mailing until a time, and finish it if nothing is left."""
    bulk = _kinds[mailing.kind]
    what = bulk.fetch(mailing.about)
    if what is None:
        move(mailing, Mailing.Status.STOPPED)
        return 0
    sent = 0
    with _one_connection() as connection:
        for delivery in _claimed(mailing):
            sent += _send_one(bulk, what, delivery, connection)
            if time.monotonic() >= until or outbox.is_resting():
                break
    if not mailing.deliveries.filter(status=Delivery.Status.PENDING).exists():
        move(mailing, Mailing.Status.FINISHED)
    return sent


@contextmanager
def _one_connection() -> Iterator[BaseEmailBackend]:
    """Give a connection that stays open; if it cannot be opened, sending says why."""
    connection = get_connection()
    with suppress(OSError):
        connection.open()
    try:
        yield connection
    finally:
        connection.close()


def _claimed(mailing: Mailing) -> Iterator[Delivery]:
    """Claim one due row after another. Two workers never get the same, and a pause ends it."""
    while found := list(_due().filter(mailing=mailing).order_by("pk")[:AT_ONCE]):
        for delivery in found:
            if _claim(delivery):
                yield delivery


def _claim(delivery: Delivery) -> bool:
    """Take a row if it is still due and the mailing is not paused."""
    taken = _due().filter(pk=delivery.pk)
    delivery.attempts += 1
    return bool(taken.update(next_try_at=timezone.now() + CLAIM, attempts=delivery.attempts))


def _send_one(bulk: BulkMail, what: Any, delivery: Delivery, connection: BaseEmailBackend) -> bool:
    """Send one claimed row, record the result, and return whether it was sent."""
    try:
        recipient = bulk.audience(what).filter(pk=delivery.recipient).first()
        if recipient is None:  # has left since
            _record(delivery, status=Delivery.Status.SKIPPED)
            return False
        message = outbox.compose(
            bulk.mail,
            bulk.about(what, recipient),
            to=recipient.email,
            message_id=delivery.message_id,
            **bulk.headers(recipient),
        )
        message.connection = connection
        message.send()
    except Exception as problem:  # whatever a mail server or a template may raise
        _put_off(delivery, problem, connection)
        return False
    _record(
        delivery,
        status=Delivery.Status.SENT,
        sent_at=timezone.now(),
        last_error="",
        provider_id=outbox.provider_id(message),
    )
    return True


def _put_off(delivery: Delivery, problem: Exception, connection: BaseEmailBackend) -> None:
    """Try again later, give up, or note that the address is refused for ever."""
    connection.close()  # it may be of no use any more
    # Only the exception's class: its text could quote an address.
    reason = type(problem).__name__
    if _is_refused_for_ever(problem):
        _record(delivery, status=Delivery.Status.FAILED, last_error=reason)
        mark_bounced(delivery, "The mail server refuses this address", Why.BOUNCED)
        return
    if outbox.server_is_down(problem) or _is_refused_for_now(problem):
        outbox.rest()
    if delivery.attempts > len(outbox.PAUSES):
        logger.error("Delivery %s gave up: %s", delivery.pk, reason)
        _record(delivery, status=Delivery.Status.FAILED, last_error=reason)
        return
    logger.warning("Delivery %s will be tried again: %s", delivery.pk, reason)
    again = timezone.now() + outbox.PAUSES[delivery.attempts - 1]
    _record(delivery, next_try_at=again, last_error=reason)


def _is_refused_for_ever(problem: Exception) -> bool:
    if isinstance(problem, SMTPRecipientsRefused):
        return all(code >= _REFUSED_FOR_EVER for code, _ in problem.recipients.values())
    return isinstance(problem, AnymailRecipientsRefused)


def _is_refused_for_now(problem: Exception) -> bool:
    """Whether the mail server wants no more for a while, as when it takes so many an hour."""
    if isinstance(problem, SMTPDataError | SMTPSenderRefused):
        return problem.smtp_code < _REFUSED_FOR_EVER
    return False


def _record(delivery: Delivery, **changes: object) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(**changes)


# ---- What comes back -----------------------------------------------------------------------
@transaction.atomic
def mark_bounced(delivery: Delivery, said: str, why: Why | None) -> bool:
    """Record that an email came back, and send its recipient no more.

    Args:
        said: Why it came back, for staff.
        why: None if the recipient is not to blame, and gets the next one.

    Returns:
        False if it was recorded before.
    """
    if not Delivery.objects.filter(pk=delivery.pk, bounced_at=None).update(
        bounced_at=timezone.now(), bounce_why=said
    ):
        return False
    if why:
        _kinds[delivery.mailing.kind].stop(delivery.recipient, why)
    return True


def sent_to(address: str, names: Q) -> Delivery | None:
    """Return the delivery with an id that an event names, if it went to this address."""
    delivery = Delivery.objects.filter(names).select_related("mailing").first()
    bulk = _kinds.get(delivery.mailing.kind) if delivery else None
    if delivery is None or bulk is None:
        return None
    person = bulk.recipients.filter(pk=delivery.recipient).first()
    is_theirs = person is not None and person.email.casefold() == address.casefold()
    return delivery if is_theirs else None
