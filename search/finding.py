"""Find: the engine's answer, or a plain one from the database while it cannot answer."""

import logging
import re
from collections.abc import Iterable
from dataclasses import replace

from search.asking import ask, ask_all
from search.engines import Engine, EngineUnavailable, Entry, Hit, Part, Parts, Query, Results
from search.engines.words import Terms, parse
from search.entries import TYPES

logger = logging.getLogger("search")

MOST_OF_A_TYPE = 50


def find(query: Query, engine: Engine | None = None) -> Results:
    """The answer of the engine that is set up, or of this one; a `limited` one while it
    cannot give any.

    Where nothing holds all words as they are typed and the engine knows how entries spell
    them, the answer is that of the spelling: `corrected`. Where something holds some of
    them, that is done only if something holds all as they are spelled.
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


def find_all(queries: Iterable[Query]) -> list[Results]:
    """The engine's answers, as they are; none of them found while it cannot answer."""
    queries = list(queries)
    try:
        return ask_all(queries)
    except EngineUnavailable:
        return [Results(limited=True) for _ in queries]


def match_titles(query: Query) -> Results:
    """Public rows with every word in a title or name.

    No ranking, stems or counts; but what it finds is live, public and never stale.
    """
    terms = parse(query.text)
    if not terms:
        return Results(limited=True)
    words = [*terms.words, *terms.phrases]
    found = [
        entry
        for kind in TYPES
        for entry in kind.entries(titled=words, most=MOST_OF_A_TYPE)
        if _allowed(entry, query)
    ]
    page = max(1, min(query.page, -(-len(found) // query.size)))
    start = (page - 1) * query.size
    return Results(
        count=len(found),
        hits=tuple(_hit(entry, terms) for entry in found[start : start + query.size]),
        limited=True,
    )


def _allowed(entry: Entry, query: Query) -> bool:
    return all(
        set(entry.values(facet)) & set(values) for facet, values in query.chosen.items() if values
    )


def _hit(entry: Entry, terms: Terms) -> Hit:
    return Hit(
        key=entry.key,
        type=entry.type,
        url=entry.url,
        title=_marked(entry.title, terms),
        summary=(Part(entry.summary),) if entry.summary else (),
        note=entry.note,
        principles=entry.principles,
        council=entry.council,
        region=entry.region,
        theme=entry.theme,
        date=entry.date,
    )


def _marked(text: str, terms: Terms) -> Parts:
    """The text with the words asked for marked, letter by letter."""
    words = [re.escape(word) for word in (*terms.words, *terms.phrases)]
    pieces = re.split(f"({'|'.join(words)})", text, flags=re.IGNORECASE)
    return tuple(Part(p, marked=n % 2 == 1) for n, p in enumerate(pieces) if p)
