"""From a plan to the rows that answer it, with their ranks, in the table `found`."""

# Table and column names come from the constants below, values always as parameters:
# ruff: noqa: S608

import json
import sqlite3
from collections.abc import Iterable

from search.engines import PAGE_SIZE, Query
from search.engines.plan import Expression, Plan, Want, longest_of, rarity

WEIGHTS = "6.0, 4.0, 2.0, 1.0"  # title, names, summary, body
HEAD_WEIGHTS = "10.0, 3.0"  # title, names
LIFT = 0.5  # of the rank among titles and names alone
NAMED = 6.0  # for what is called as a part of the question, a good rank of a word
NAMED_EXACTLY = 1000.0  # more than any rank: the thing itself comes first
INSTEAD = 0.7  # of the best rank of words as typed, for the best of what stands for them
PARTLY = 5000.0  # what holds only some of the words comes after all that holds them all
CANDIDATES = 50  # of which the best fill up a page
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
    beginning of one, and then the page is filled with what holds some of the words.
    """
    db.execute("DELETE FROM temp.found")
    found = _match_words(db, plan, query)
    if plan.prefix and found < PAGE_SIZE:
        found = _match_prefix(db, plan, query)
    _lift_titles(db, plan)
    if found < PAGE_SIZE and len(plan.wants) > 1 and (query.fill or not found):
        _match_some(db, plan, query, PAGE_SIZE - found)
        if found:
            _raise_named(db, plan)
    _put_last(db, plan)
    return not found


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
    if not want.is_plain:
        holding, matches = _holding(want)
        db.execute(f"DELETE FROM temp.found WHERE id NOT IN ({holding})", matches)


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


def _match_some(db: sqlite3.Connection, plan: Plan, query: Query, room: int) -> None:
    """Fill up with the best of what holds some of the words: more of them, rarer ones."""
    db.execute("DELETE FROM temp.some")
    for table in ("stemmed", "exact"):
        _add_candidates(db, table, plan, query)
    _lift_titles(db, plan, "some")
    of = db.execute("SELECT count(*) FROM temp.some").fetchone()[0]
    whole = 0.0
    for want in plan.wants:
        holding, matches = _holding(want)
        among = f"temp.some WHERE id IN ({holding})"
        held = db.execute(f"SELECT count(*) FROM {among}", matches).fetchone()[0]
        worth = rarity(held, of)
        whole += worth
        db.execute(
            f"UPDATE temp.some SET held = held + ? WHERE id IN ({holding})", [worth, *matches]
        )
        if want.is_quoted:  # meant letter by letter, and not to be done without
            db.execute(f"DELETE FROM temp.some WHERE id NOT IN ({holding})", matches)
    db.execute(
        "INSERT INTO temp.found (id, score, how)"
        " SELECT id, ? + score * held / ?, 'some' FROM temp.some WHERE held > 0"
        " ORDER BY 2 LIMIT ?",
        [PARTLY, whole, room],
    )


def _add_candidates(db: sqlite3.Connection, table: str, plan: Plan, query: Query) -> None:
    asked = [e for e in plan.topics if e.as_written is (table == "exact")]
    if not asked:
        return
    db.execute(
        f"INSERT OR IGNORE INTO temp.some (id, score, held)"
        f" SELECT rowid, bm25({table}, {WEIGHTS}), 0 FROM {table} WHERE {table} MATCH ?"
        " AND +rowid NOT IN (SELECT id FROM temp.found)"
        " AND +rowid NOT IN (SELECT id FROM entry WHERE key IN (SELECT value FROM json_each(?)))"
        " ORDER BY 2 LIMIT ?",
        [any_of(asked), json.dumps(sorted(query.exclude)), CANDIDATES],
    )


def _raise_named(db: sqlite3.Connection, plan: Plan) -> None:
    """Where nothing called as a part of the question holds all of it, what is called so
    takes its rank among what does: that may only mention it in passing."""
    names = json.dumps(_names(db, plan))
    called = "SELECT entry FROM name WHERE folded IN (SELECT value FROM json_each(?))"
    db.execute(
        "UPDATE temp.found SET score = score - ?, how = 'named' WHERE how = 'some'"
        f" AND id IN ({called}) AND NOT EXISTS"
        f" (SELECT 1 FROM temp.found WHERE how <> 'some' AND id IN ({called}))",
        [PARTLY - NAMED, names, names],
    )


def _names(db: sqlite3.Connection, plan: Plan) -> list[str]:
    """The longest name that stands in the question, and others of a thing called so."""
    among = "FROM name WHERE folded IN (SELECT value FROM json_each(?))"
    rows = db.execute(f"SELECT folded {among}", [json.dumps(plan.named)])
    longest = json.dumps(longest_of(name for (name,) in rows))
    kin = f"SELECT DISTINCT folded FROM name WHERE entry IN (SELECT entry {among})"
    return [name for (name,) in db.execute(kin, [longest])]


def _holding(want: Want) -> tuple[str, list[str]]:
    """SQL for the rows that hold it, and its parameters."""
    if want.is_plain:
        return "SELECT rowid FROM stemmed WHERE stemmed MATCH ?", [_either(want)]
    holding = "SELECT rowid FROM exact WHERE exact MATCH ?"
    matches = [any_of(e for e in want.all if e.as_written)]
    if others := [e for e in want.all if not e.as_written]:
        holding += " UNION SELECT rowid FROM stemmed WHERE stemmed MATCH ?"
        matches.append(any_of(others))
    return holding, matches


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


def _lift_titles(db: sqlite3.Connection, plan: Plan, table: str = "found") -> None:
    """Words found unchanged in a title or name count more, a whole name among them much more;
    what is called as the whole question is meant."""
    db.execute(
        f"UPDATE temp.{table} SET score = score + lift.rank FROM"
        f" (SELECT rowid, {LIFT} * bm25(heads, {HEAD_WEIGHTS}) AS rank FROM heads"
        f"  WHERE heads MATCH ?) AS lift WHERE {table}.id = lift.rowid",
        [any_of(plan.typed)],
    )
    db.execute(
        f"UPDATE temp.{table} SET score = score - ? WHERE id IN"
        " (SELECT entry FROM name WHERE folded = ?)",
        [NAMED_EXACTLY, plan.name],
    )
    db.execute(
        f"UPDATE temp.{table} SET score = score - ? WHERE id IN (SELECT entry FROM name"
        " WHERE folded IN (SELECT value FROM json_each(?)))",
        [NAMED, json.dumps(plan.named)],
    )


def _put_last(db: sqlite3.Connection, plan: Plan) -> None:
    """What holds an expression that means something else comes after all the rest."""
    if plan.unlike:
        db.execute(
            "UPDATE temp.found SET score = score + ? WHERE id IN"
            " (SELECT rowid FROM exact WHERE exact MATCH ?)",
            [UNLIKE, any_of(plan.unlike)],
        )
