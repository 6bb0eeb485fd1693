"""From a plan to the rows that answer it, with their ranks, in the table `found`."""

# Table and column names come from the constants below, values always as parameters:
# ruff: noqa: S608

import json
import sqlite3
from collections.abc import Iterable

from search.engines import Query
from search.engines.plan import Expression, Plan, Want

WEIGHTS = "10.0, 4.0, 3.0, 1.0"  # title, names, summary, body
HEAD_WEIGHTS = "10.0, 3.0"  # title, names
NAMED_EXACTLY = 1000.0  # more than any rank: the thing itself comes first
INSTEAD = 0.7  # of the best rank of words as typed, for the best of what stands for them
UNLIKE = 500.0  # what means something else comes after all that does not


def quoted(text: str) -> str:
    """An expression as FTS5 takes it literally: no operator, column or prefix inside."""
    return '"' + text.replace('"', '""') + '"'


def any_of(expressions: Iterable[Expression | str]) -> str:
    """A MATCH for at least one of these."""
    return " OR ".join(quoted(e if isinstance(e, str) else e.text) for e in expressions)


def all_of(expressions: Iterable[Expression | str]) -> str:
    """A MATCH for all of these."""
    return " AND ".join(quoted(e if isinstance(e, str) else e.text) for e in expressions)


def find(db: sqlite3.Connection, plan: Plan, query: Query) -> bool:
    """Fill the connection's `found` table. Returns whether it had to be loosened.

    Whole words first. Where they find less than a page, the last word may be the
    beginning of one; where nothing holds every word, some of them will do.
    """
    db.execute("DELETE FROM temp.found")
    found = _match_words(db, plan, query)
    if plan.prefix and found < query.size:
        found = _match_prefix(db, plan, query)
    loosened = not found and len(plan.typed) > 1
    if loosened:
        _match_some(db, plan, query)
    _lift_titles(db, plan)
    _put_last(db, plan)
    return loosened


def _match_words(db: sqlite3.Connection, plan: Plan, query: Query) -> int:
    table = "stemmed"
    if all(e.as_written for e in plan.expressions):
        table = "exact"  # so that nothing else is marked either
    typed = " AND ".join(f"({all_of(want.typed)})" for want in plan.wants)
    _insert(db, table, typed, "words")
    if plan.is_expanded:
        wider = " AND ".join(f"({_either(want)})" for want in plan.wants)
        best = db.execute("SELECT min(score) FROM temp.found").fetchone()[0]
        _insert(db, table, f"({wider}) NOT ({typed})", "instead", best=best)
    if table == "stemmed":
        for want in plan.wants:
            _keep_as_written(db, want)
    return _leave_out(db, query.exclude)


def _either(want: Want) -> str:
    instead = f" OR {any_of(want.instead)}" if want.instead else ""
    return f"({all_of(want.typed)}){instead}"


def _keep_as_written(db: sqlite3.Connection, want: Want) -> None:
    """Of what stems have found, keep what is meant letter by letter."""
    if want.is_plain:
        return
    literal = any_of(e for e in want.all if e.as_written)
    kept, matches = "SELECT rowid FROM exact WHERE exact MATCH ?", [literal]
    if others := [e for e in want.all if not e.as_written]:
        kept += " UNION SELECT rowid FROM stemmed WHERE stemmed MATCH ?"
        matches.append(any_of(others))
    db.execute(f"DELETE FROM temp.found WHERE id NOT IN ({kept})", matches)


def _match_prefix(db: sqlite3.Connection, plan: Plan, query: Query) -> int:
    """Add what matches when the last word is only the beginning of one."""
    rest = [want for want in plan.wants if want != Want((Expression(plan.prefix),))]
    start = quoted(plan.prefix) + "*"
    if rest:
        among = "SELECT rowid FROM exact WHERE exact MATCH ?"
        match = " AND ".join(f"({_either(want)})" for want in rest)
        _insert(db, "stemmed", match, "prefix", among=among, start=start)
        for want in rest:
            _keep_as_written(db, want)
    else:
        _insert(db, "exact", start, "prefix")
    return _leave_out(db, query.exclude)


def _match_some(db: sqlite3.Connection, plan: Plan, query: Query) -> None:
    _insert(db, "stemmed", any_of(plan.expressions), "words")
    _keep_as_written(db, Want(plan.expressions))
    _leave_out(db, query.exclude)


def _insert(
    db: sqlite3.Connection,
    table: str,
    match: str,
    how: str,
    *,
    best: float | None = None,
    among: str = "",
    start: str = "",
) -> None:
    """Add the rows that match, with their rank (lower is better).

    With `best`, the best rank so far, theirs are measured by it, since ranks of rarer
    words would be above any of commoner ones.
    """
    factor = 0.6 if how == "prefix" else 1.0
    # The plus keeps SQLite from asking the full-text table once for each row of `among`.
    also = f"AND +rowid IN ({among})" if among else ""
    db.execute(
        "INSERT OR IGNORE INTO temp.found (id, score, how)"
        f" SELECT rowid, {factor} * bm25({table}, {WEIGHTS}), ? FROM {table}"
        f" WHERE {table} MATCH ? {also}",
        [how, match, start] if among else [how, match],
    )
    if best is not None:
        db.execute(
            "UPDATE temp.found SET score = ? * score / (SELECT min(score) FROM temp.found"
            " WHERE how = ?) WHERE how = ?",
            [INSTEAD * best, how, how],
        )


def _leave_out(db: sqlite3.Connection, keys: frozenset[str]) -> int:
    """Take the withdrawn out of `found`. Returns how many are left."""
    if keys:
        db.execute(
            "DELETE FROM temp.found WHERE id IN (SELECT id FROM entry"
            " WHERE key IN (SELECT value FROM json_each(?)))",
            [json.dumps(sorted(keys))],
        )
    return db.execute("SELECT count(*) FROM temp.found").fetchone()[0]


def _lift_titles(db: sqlite3.Connection, plan: Plan) -> None:
    """Words found unchanged in a title or name count more; a whole name counts most."""
    db.execute(
        "UPDATE temp.found SET score = score + lift.rank FROM"
        f" (SELECT rowid, 1.5 * bm25(heads, {HEAD_WEIGHTS}) AS rank FROM heads"
        "  WHERE heads MATCH ?) AS lift WHERE found.id = lift.rowid",
        [any_of(plan.typed)],
    )
    db.execute(
        "UPDATE temp.found SET score = score - ? WHERE id IN"
        " (SELECT entry FROM name WHERE folded = ?)",
        [NAMED_EXACTLY, plan.name],
    )


def _put_last(db: sqlite3.Connection, plan: Plan) -> None:
    """What holds an expression that means something else comes after all the rest."""
    if plan.unlike:
        db.execute(
            "UPDATE temp.found SET score = score + ? WHERE id IN"
            " (SELECT rowid FROM exact WHERE exact MATCH ?)",
            [UNLIKE, any_of(plan.unlike)],
        )
