"""Emailed links that nobody answered, or whose mail came back."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from network.actions.locks import locked_row
from network.models import Event
from network.models.links import EmailedLink, EmailedLinkQuerySet
from portal.jobs.tick import one_by_one
from portal.models import OutboxMessage


def expire(
    ended: EmailedLinkQuerySet,
    *,
    by: str,
    why: str = "",
    then: Callable[[Any], object] = lambda row: None,
) -> int:
    """Expire rows that nobody answered in time, each in its own transaction. For the tick.

    Args:
        ended: The rows, `objects.ended()` of one kind of link.
        then: Called with each expired row in its transaction, to tell whom it concerns.

    Returns:
        How many rows expired.
    """

    @transaction.atomic
    def expire_one(pk: int) -> bool:
        row = locked_row(ended.model._base_manager.get(pk=pk))
        if not ended.filter(pk=pk).exists():
            return False
        row.move_to("expired", by=by, why=why)
        then(row)
        return True

    return one_by_one(ended, expire_one)


def record_bounce(row: EmailedLink, message: OutboxMessage) -> Event | None:
    """Record, once, that the mail with the newest link came back."""
    is_newest = row.generation == message.about["generation"]
    if row.status != row.WAITING or not is_newest or row.bounced_at:
        return None
    row.bounced_at = timezone.now()
    row.save(update_fields=["bounced_at"])
    by = "mail provider" if message.bounced_at else "outbox"
    return row.record("bounced", by=by, why=message.bounce_why or "It could not be delivered")
