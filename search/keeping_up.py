"""How the engine hears of what changes: at once in every answer, in the index a moment later.

What a signal or a task carries is only a key; `search.entries` then asks the live row.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django_tasks import task
from wagtail.models import Page

from casestudies.models import CaseStudyPage
from councils.models import Council
from principles.models import Principle, PrinciplePage
from search.engines import get_engine
from search.entries import live_entries
from search.models import StaleEntry

logger = logging.getLogger("search")

BATCH = 50


def touched(instance: models.Model) -> set[str]:
    """The keys of the entries that show something of this row."""
    if isinstance(instance, Page):
        return {f"page:{instance.pk}"}
    if isinstance(instance, Principle):
        pages = PrinciplePage.objects.filter(principle=instance)
        return {f"page:{pk}" for pk in pages.values_list("pk", flat=True)}
    if isinstance(instance, Council):
        pages = CaseStudyPage.objects.filter(council=instance)
        studies = {f"page:{pk}" for pk in pages.values_list("pk", flat=True)}
        named_there = Council.objects.filter(
            models.Q(successions__successor=instance) | models.Q(precessions__predecessor=instance)
        )
        others = {f"council:{key}" for key in named_there.values_list("key", flat=True)}
        return studies | others | {f"council:{instance.key}"}
    return set()


def note_change(sender: type, instance: models.Model, **kwargs: Any) -> None:
    """Receive `public_changed`: from here on no query shows the old text.

    The row is written in the transaction of the change; the engine hears of it by a
    task after the commit. Should that get lost, the next task or tick finds the row.
    """
    if keys := touched(instance):
        StaleEntry.objects.mark(keys)
        _wake_once(settle)


def _wake_once(what: Callable[[], object]) -> None:
    """Have a task queued at the commit, one however many rows a transaction changes."""
    waiting = transaction.get_connection().run_on_commit
    if not any(function is what for _, function, *_ in waiting):
        transaction.on_commit(what, robust=True)


def settle() -> None:
    """Queue the task that tells the engine all it has not heard. For `tick` as well."""
    catch_up.enqueue()


@task()
def catch_up() -> int:
    """Tell the engine everything it has not heard yet. Returns how many entries.

    Builds the whole index where there is none that this code can use. Raises
    EngineUnavailable, and loses nothing: the rows stay until a later try.
    """
    ensure_built()
    told = 0
    while batch := _tell_batch():
        told += batch
    return told


@transaction.atomic
def _tell_batch() -> int:
    """One batch: what is public goes in as it is now, anything else goes out.

    The rows stay locked meanwhile, so that no change of the same entry can be
    overtaken by an older text of it.
    """
    stale = StaleEntry.objects.held(BATCH)
    if stale:
        keys = {row.key for row in stale}
        entries = list(live_entries(keys))
        engine = get_engine()
        engine.put(entries)
        engine.remove(keys - {entry.key for entry in entries})
        StaleEntry.objects.filter(pk__in=[row.pk for row in stale]).delete()
    return len(stale)


def ensure_built() -> bool:
    """Build the index where there is none that this code can use. Says whether it did.

    Raises EngineUnavailable where the engine cannot be asked.
    """
    engine = get_engine()
    if not engine.needs_building():
        return False
    logger.info("Building the search index")
    engine.replace_all(live_entries(), afresh=live_entries)
    return True
