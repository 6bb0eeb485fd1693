"""Search results: the engine's answer, or title matches while no engine can answer."""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from search.documents.entries import TYPES
from search.engines.asking import ask, ask_all
from search.engines.engine import Engine
from search.engines.interface import EngineUnavailable, Entry, Hit, Part, Query, Results
from search.engines.words import parse

logger = logging.getLogger("search")

MOST_OF_A_TYPE = 50
SAME = ("key", "type", "url", "note", "principles", "council", "region", "theme", "date")


def find(query: Query, engine: Engine | None = None) -> Results:
    """Return the engine's answer, corrected if nothing holds the words as typed.

    If the engine knows how entries spell the words, the answer is the one to that spelling
    (`corrected`). If some entries hold some of the words as typed, it is corrected only if
    something holds all the words as spelled.

    Args:
        query: The question.
        engine: The engine to ask; by default the configured one.

    Returns:
        Results. They are `limited` while the engine is unavailable.
    """
    try:
        results = ask(query, engine)
        if not results.did_you_mean or (results.count and not results.loosened):
            return results
        better = ask(replace(query, text=results.did_you_mean), engine)
        if results.count and (better.loosened or not better.count):
            return results
        return replace(better, did_you_mean=results.did_you_mean, corrected=True)
    except EngineUnavailable as error:
        logger.warning("Search is limited to titles: %s", error)
        return match_titles(query)


def find_all(queries: Sequence[Query]) -> list[Results]:
    """Return the engine's answers as they are; empty ones while it is unavailable."""
    try:
        return ask_all(queries)
    except EngineUnavailable:
        return [Results(limited=True) for _ in queries]


def match_titles(query: Query) -> Results:
    """Find public rows with every word in a title or name.

    No ranking, stems or facet counts, but the rows are live, public and never stale.
    """
    terms = parse(query.text)
    if not terms:
        return Results(limited=True)
    words = [*terms.words, *terms.phrases]
    found = [
        entry
        for kind in TYPES
        for entry in kind.entries(titled=words, most=MOST_OF_A_TYPE)
        if all(
            set(entry.values(facet)) & set(values)
            for facet, values in query.chosen.items()
            if values
        )
    ]
    page = max(1, min(query.page, -(-len(found) // query.size)))
    start = (page - 1) * query.size
    return Results(
        count=len(found),
        hits=tuple(_hit(entry, words) for entry in found[start : start + query.size]),
        limited=True,
    )


def _hit(entry: Entry, words: Iterable[str]) -> Hit:
    """Make a hit of an entry, the words marked in its title letter by letter."""
    pattern = f"({'|'.join(re.escape(word) for word in words)})"
    pieces = re.split(pattern, entry.title, flags=re.IGNORECASE)
    return Hit(
        title=tuple(Part(p, marked=n % 2 == 1) for n, p in enumerate(pieces) if p),
        summary=(Part(entry.summary),) if entry.summary else (),
        **{name: getattr(entry, name) for name in SAME},
    )
