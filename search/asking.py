"""The one way to ask: the engine that is set up, without what has been withdrawn."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from search.engines import Engine, Query, Results, Suggestion, get_engine
from search.models import SectorWords, StaleEntry

LATE_AFTER = timedelta(minutes=1)


def ask(query: Query, engine: Engine | None = None) -> Results:
    """The engine's answer to one question: see `ask_all`."""
    return ask_all([query], engine)[0]


def ask_all(queries: Iterable[Query], engine: Engine | None = None) -> list[Results]:
    """The answers of the engine that is set up, or of this one, without any entry whose
    live row has changed meanwhile.

    What editors know of the sector's words is added to the question here. Raises
    EngineUnavailable. The stale keys are read before the engine is asked: one that is
    settled in between was taken out of the engine first. Two queries of the database.
    """
    stale = dict(StaleEntry.objects.values_list("key", "since"))
    rules = SectorWords.objects.rules()
    late = bool(stale) and min(stale.values()) < timezone.now() - LATE_AFTER
    engine = engine or get_engine()
    answers = (
        engine.search(replace(q, rules=q.rules + rules, exclude=q.exclude | frozenset(stale)))
        for q in queries
    )
    return [replace(answer, late=late) for answer in answers]


def suggest(prefix: str, limit: int, types: tuple[str, ...] = ()) -> tuple[Suggestion, ...]:
    """What the engine suggests, nothing withdrawn among it. Raises EngineUnavailable."""
    stale = frozenset(StaleEntry.objects.values_list("key", flat=True))
    return get_engine().suggest(prefix, limit, types, exclude=stale)
