"""Names that go on from what has been typed so far."""

# Column names are our own, values always parameters:
# ruff: noqa: S608

import json
import sqlite3

from search.engines import Suggestion
from search.engines.embedded.finding import quoted
from search.engines.suggestions import CANDIDATES, best_first
from search.engines.words import fold


def suggest(
    db: sqlite3.Connection,
    prefix: str,
    limit: int,
    types: tuple[str, ...],
    exclude: frozenset[str],
) -> tuple[Suggestion, ...]:
    """See `Engine.suggest`."""
    words = fold(prefix).split()
    if not words:
        return ()
    start = " ".join(words)
    whole = {id for (id,) in db.execute(_BEGIN, [start, f"{start}\U0010ffff"])}
    match = " AND ".join([*map(quoted, words[:-1]), quoted(words[-1]) + "*"])
    ids = whole | {id for (id,) in db.execute(_HOLD, [match])}
    rows = db.execute(
        "SELECT entry.id, key, filed.value, url, title, names, note FROM entry"
        " JOIN filed ON filed.id = entry.type JOIN text ON text.id = entry.id"
        " WHERE entry.id IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(ids))],
    )
    found = [
        (Suggestion(key, type, url, title, note=note), names.split("\n"))
        for _, key, type, url, title, names, note in rows
        if key not in exclude and (not types or type in types)
    ]
    return best_first(found, words)[:limit]


_BEGIN = f"SELECT entry FROM name WHERE folded >= ? AND folded < ? LIMIT {CANDIDATES}"
_HOLD = (
    "SELECT rowid FROM heads WHERE heads MATCH ?"
    f" ORDER BY bm25(heads, 3.0, 1.0), rowid LIMIT {CANDIDATES}"
)
