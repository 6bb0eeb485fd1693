"""What falls due by itself in search."""

import logging

from django.utils import timezone

from search.asking import LATE_AFTER
from search.engines import EngineUnavailable, get_engine
from search.keeping_up import catch_up
from search.models import QuestionCount, StaleEntry

logger = logging.getLogger("search")


def tell_what_was_missed() -> int:
    """Tell the engine what a lost or failed task has left behind; build a missing index."""
    waiting = StaleEntry.objects.filter(since__lt=timezone.now() - LATE_AFTER)
    if get_engine().is_current() and not waiting.exists():
        return 0
    try:
        return catch_up.func()
    except EngineUnavailable as error:
        logger.warning("The search index cannot be written to: %s", error)
        return 0


def forget_questions() -> int:
    """Delete counts that are old, and what was asked too rarely to say anything."""
    return QuestionCount.objects.forget(timezone.localdate())
