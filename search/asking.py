"""The one way to ask: the engine that is set up, without what has been withdrawn."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from search.engines import Engine, Query, Results
from search.engines.embedded import EmbeddedEngine
from search.models import StaleEntry

ENGINES = ("embedded",)
LATE_AFTER = timedelta(minutes=1)


def get_engine(name: str = "embedded") -> Engine:
    """The engine of that name. Raises KeyError for a name not in ENGINES."""
    if name not in ENGINES:
        raise KeyError(name)
    return _embedded(settings.SEARCH_FILE)


@cache
def _embedded(file: Path) -> EmbeddedEngine:
    return EmbeddedEngine(file)


def ask(query: Query) -> Results:
    """The engine's answer, without any entry whose live row has changed meanwhile.

    Raises EngineUnavailable. The stale keys are read before the engine is asked: one
    that is settled in between was taken out of the engine first.
    """
    stale = dict(StaleEntry.objects.values_list("key", "since"))
    results = get_engine().search(replace(query, exclude=query.exclude | frozenset(stale)))
    late = bool(stale) and min(stale.values()) < timezone.now() - LATE_AFTER
    return replace(results, late=late)
