"""The configured engine, and questions to it. Withdrawn entries never answer."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from django.conf import settings
from django.utils import timezone

from search.engines.embedded import EmbeddedEngine
from search.engines.engine import Engine
from search.engines.interface import EngineUnavailable, Query, Results, Suggestion
from search.models import LATE_AFTER, SectorWords, StaleEntry

ENGINES = ("embedded", "elasticsearch")

_embedded = cache(EmbeddedEngine)


def ask(query: Query, engine: Engine | None = None) -> Results:
    """Answer one question; see `ask_all`."""
    return ask_all([query], engine)[0]


def ask_all(queries: Iterable[Query], engine: Engine | None = None) -> list[Results]:
    """Answer questions, adding the editors' rules and leaving out stale entries.

    Two database queries. The stale keys are read before the engine is asked: a mark deleted
    in between belongs to an entry that has already been updated.

    Args:
        queries: The questions.
        engine: The engine to ask; by default the configured one.

    Raises:
        EngineUnavailable: The engine cannot answer.
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
    """Suggest names that continue `prefix`, leaving out stale entries.

    Raises:
        EngineUnavailable: The engine cannot answer.
    """
    stale = frozenset(StaleEntry.objects.values_list("key", flat=True))
    return get_engine().suggest(prefix, limit, types, exclude=stale)


def get_engine(name: str = "") -> Engine:
    """Return the engine of that name, by default the configured one.

    Raises:
        KeyError: The name is not in ENGINES.
        EngineUnavailable: The engine has no address.
    """
    name = name or ("elasticsearch" if settings.ELASTICSEARCH_URL else "embedded")
    if name not in ENGINES:
        raise KeyError(name)
    if name == "embedded":
        return _embedded(settings.SEARCH_FILE)
    if not settings.ELASTICSEARCH_URL:
        raise EngineUnavailable("ELASTICSEARCH_URL is not set.")
    return _elasticsearch(settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_NAME)


@cache
def _elasticsearch(url: str, name: str) -> Engine:
    from search.engines.elastic import ElasticsearchEngine  # noqa: PLC0415 (only where in use)

    return ElasticsearchEngine(url, name)
