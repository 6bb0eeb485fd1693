"""Mail that survives a crash: one row an event, sent by the worker, retried, visible.

An app registers one function a mail with `@mail("network.signed")`; it takes the row's
ids and returns a `Letter`, or None when the mail is no longer true. `post` writes the
row in the caller's transaction. A crash between the mail server's yes and our commit
repeats the mail under the same Message-ID (DESIGN section 5, point 8).
"""

import logging
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django_tasks import task

from portal.models import OutboxMessage, SiteOperator

logger = logging.getLogger("portal.mail.outbox")

# How long to wait after each failure; then the row is marked failed for staff to see.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60)]
# A claimed row whose worker died is tried again after this.
CLAIM = timedelta(minutes=5)
_LINK = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)]")


@dataclass(frozen=True)
class Letter:
    """What a mail says. `template` names `templates/emails/<template>.txt`.

    The template's first line is "Subject: ..."; blank lines part paragraphs.
    """

    template: str
    context: dict[str, object] = field(default_factory=dict)


# Stands in samples for what only a real mail holds. It opens nothing.
SAMPLE_TOKEN = "sample"  # noqa: S105 (no secret)

Writer = Callable[..., Letter | None]
_writers: dict[str, Writer] = {}


def mail(kind: str) -> Callable[[Writer], Writer]:
    """Register the function that writes mails of this kind."""

    def register(writer: Writer) -> Writer:
        _writers[kind] = writer
        return writer

    return register


@dataclass(frozen=True)
class Sample:
    """A mail as the catalogue shows it: what staff call it, who gets it, an invented letter."""

    words: str
    to: str
    letter: Callable[[], Letter]


_samples: dict[str, Sample] = {}


def sample(kind: str, words: str, *, to: str) -> Callable[[Callable[[], Letter]], object]:
    """Register what the catalogue shows of a kind: every kind has one.

    The letter is made of rows that were never saved, and of SAMPLE_TOKEN where a link has one.
    """

    def register(letter: Callable[[], Letter]) -> Callable[[], Letter]:
        _samples[kind] = Sample(words, to, letter)
        return letter

    return register


def sample_of(kind: str) -> Sample | None:
    """What the catalogue shows of a kind."""
    return _samples.get(kind)


def in_words(kind: str) -> str:
    """What staff call a kind; a kind of an app that is gone keeps its name."""
    return _samples[kind].words if kind in _samples else kind


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


def kinds() -> list[str]:
    """Every registered kind of mail, in alphabetical order."""
    return sorted(_writers)


def post(kind: str, *, to: str, event: str, **about: int | str) -> OutboxMessage:
    """Put a mail into the outbox, in the caller's transaction; once an `event`.

    Args:
        kind: a registered kind.
        to: the one address.
        event: names what happened, unique, e.g. "endorsement-request:7:1".
        about: primary keys and the like, handed to the writer. Never a token.
    Raises: KeyError for a kind that nobody registered.
    """
    _writers[kind]
    row, created = OutboxMessage.objects.get_or_create(
        event=event,
        defaults={
            "kind": kind,
            "about": about,
            "to": to,
            "message_id": f"<{uuid.uuid4()}@{settings.SITE_HOST}>",
        },
    )
    if created:
        transaction.on_commit(lambda: send_due.enqueue())
    return row


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
        letter = _writers[row.kind](**row.about)
        if letter is None:
            _record(row, status=OutboxMessage.Status.CANCELLED)
            return False
        subject, text = render(letter)
        message = EmailMultiAlternatives(
            subject, text, to=[row.to], headers={"Message-ID": row.message_id}
        )
        message.attach_alternative(as_html(subject, text), "text/html")
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


def render(letter: Letter) -> tuple[str, str]:
    """The letter's subject and its text, signed with who runs the site."""
    context = {
        **letter.context,
        "site_url": settings.SITE_URL,
        "operator": SiteOperator.current(),
    }
    raw = render_to_string(f"emails/{letter.template}.txt", context)
    first, _, body = raw.strip().partition("\n")
    subject = first.removeprefix("Subject:").strip()
    footer = render_to_string("emails/footer.txt", context).strip()
    paragraphs = re.sub(r"\n{3,}", "\n\n", body.strip())
    return " ".join(subject.split()), f"{paragraphs}\n\n-- \n{footer}\n"


def as_html(subject: str, text: str) -> str:
    """The same words as plain single-column HTML; a line that is a link is a button."""
    paragraphs = format_html_join(
        "\n", "<p>{}</p>", ((_paragraph(part),) for part in text.split("\n\n"))
    )
    return render_to_string("emails/frame.html", {"subject": subject, "paragraphs": paragraphs})


def _paragraph(text: str) -> SafeString:
    stripped = text.strip()
    if _LINK.fullmatch(stripped) and _is_ours(stripped):
        return format_html('<a class="button" href="{0}">{0}</a>', stripped)
    pieces, at = [], 0
    for link in _LINK.finditer(stripped):
        pieces.append(escape(stripped[at : link.start()]))
        shape = '<a href="{0}">{0}</a>' if _is_ours(link.group()) else "{}"
        pieces.append(format_html(shape, link.group()))
        at = link.end()
    pieces.append(escape(stripped[at:]))
    return mark_safe("".join(pieces).replace("\n", "<br>"))  # noqa: S308 (escaped above)


def _is_ours(link: str) -> bool:
    """Only our own addresses become links: a name that somebody typed may hold another."""
    return f"{link}/".startswith(f"{settings.SITE_URL}/")
