"""Index updates: a changed row is withdrawn from answers at once and indexed a moment later.

Signals and tasks carry only keys. `search.documents.entries` then reads the live rows.
"""

import logging
from typing import Any

from django.db import models, transaction
from django_tasks import task
from wagtail.models import Page

from campaign.models import GlossaryPage, GlossaryTerm
from casestudies.models import CaseStudyPage, ReadingListPage
from councils.models import Council
from principles.models import Principle, PrinciplePage
from search.documents.entries import live_entries
from search.engines.asking import get_engine
from search.engines.interface import EngineUnavailable
from search.models import AskedAs, StaleEntry

logger = logging.getLogger("search")

BATCH = 50


def touched(instance: models.Model) -> set[str]:
    """Return the keys of the entries that show something of this row."""
    if isinstance(instance, CaseStudyPage):
        return {f"page:{instance.pk}", *_reading_lists()}
    if isinstance(instance, GlossaryTerm):
        return {f"term:{instance.pk}"}
    if isinstance(instance, GlossaryPage):
        terms = GlossaryTerm.objects.filter(page=instance).values_list("pk", flat=True)
        return {f"page:{instance.pk}", *(f"term:{pk}" for pk in terms)}
    if isinstance(instance, Page):
        return {f"page:{instance.pk}"}
    if isinstance(instance, AskedAs):
        return {f"page:{instance.page_id}"}
    if isinstance(instance, Principle):
        pages = PrinciplePage.objects.filter(principle=instance)
        return {f"page:{pk}" for pk in pages.values_list("pk", flat=True)}
    if isinstance(instance, Council):
        studies = CaseStudyPage.objects.filter(council=instance)
        naming_it = Council.objects.filter(
            models.Q(successions__successor=instance) | models.Q(precessions__predecessor=instance)
        )
        named = {f"page:{pk}" for pk in studies.values_list("pk", flat=True)}
        return {
            f"council:{instance.key}",
            *(named and named | _reading_lists()),
            *(f"council:{key}" for key in naming_it.values_list("key", flat=True)),
        }
    return set()


def _reading_lists() -> set[str]:
    """Return the keys of all: few, and a deleted case study has left its own already."""
    return {f"page:{pk}" for pk in ReadingListPage.objects.values_list("pk", flat=True)}


def note_change(sender: type, instance: models.Model, **kwargs: Any) -> None:
    """Receive `public_changed`: mark the row's entries as stale, and queue one task.

    The mark is written in the transaction of the change, and from then on no answer shows
    the old text. The task runs after the commit. If it gets lost, the next task or tick
    finds the mark.
    """
    if keys := touched(instance):
        StaleEntry.objects.mark(keys)
        waiting = transaction.get_connection().run_on_commit
        if not any(function is queue_catch_up for _, function, *_ in waiting):
            transaction.on_commit(queue_catch_up, robust=True)


def queue_catch_up() -> None:
    """Queue the task that updates the index."""
    catch_up.enqueue()


@task()
def catch_up() -> int:
    """Update the index with every stale entry, or build it if it is missing. Idempotent.

    Returns:
        How many entries were updated.

    Raises:
        EngineUnavailable: Nothing is lost. The marks stay for a later try.
    """
    ensure_built()
    updated = 0
    while batch := _update_batch():
        updated += batch
    return updated


@transaction.atomic
def _update_batch() -> int:
    """Put in what is public now, remove the rest, and return how many entries there were.

    The marks stay locked, so that an older text cannot overtake a newer one.
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
    """Build the index if this code cannot use the present one, and return whether it did.

    Raises:
        EngineUnavailable: The engine cannot be asked.
    """
    engine = get_engine()
    if not engine.needs_building():
        return False
    logger.info("Building the search index")
    engine.replace_all(live_entries(), afresh=live_entries)
    return True


def catch_up_late() -> int:
    """Job: update what a lost or failed task left behind, and build a missing index."""
    if get_engine().is_current() and not StaleEntry.objects.late().exists():
        return 0
    try:
        return catch_up.func()
    except EngineUnavailable as error:
        logger.warning("The search index cannot be written to: %s", error)
        return 0
