"""What the main database holds for search: which entries the engine has yet to hear of.

Written in the transaction that changes something public, so that it is true whatever
becomes of the queue, the worker and the engine (DESIGN section 5, point 6).
"""

from collections.abc import Iterable

from django.db import models
from django.utils import timezone


class StaleEntryQuerySet(models.QuerySet["StaleEntry"]):
    def mark(self, keys: Iterable[str]) -> None:
        """Record that the engine's copies of these are out of date, once a key."""
        now = timezone.now()
        self.bulk_create(
            [self.model(key=key, since=now) for key in sorted(set(keys))],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["since"],
        )

    def held(self, size: int) -> list["StaleEntry"]:
        """Some of them, locked until the transaction ends; none that another has."""
        return list(self.select_for_update(skip_locked=True).order_by("pk")[:size])


class StaleEntry(models.Model):
    """An entry whose live row has changed since the engine last heard of it.

    As long as the row stands, no query shows the engine's copy. It goes when the engine
    has the new text or has let go of the old.
    """

    key = models.CharField(max_length=100, unique=True)
    since = models.DateTimeField()

    objects = StaleEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stale entries"

    def __str__(self) -> str:
        return self.key
