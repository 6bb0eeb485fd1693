"""From a plan to the rows that match it, with their ranks, in the table `found`."""

# Table and column names come from the constants below, values always as parameters:
# ruff: noqa: S608

import json
import sqlite3
from collections.abc import Iterable

from search.engines.interface import PAGE_SIZE, Query
from search.engines.plan import Expression, Plan, Want, longest_of, rarity

WEIGHTS = "6.0, 4.0, 3.0, 1.0, 1.0"  # title, names, summary, body, asked
HEAD_WEIGHTS = "10.0, 3.0"  # title, names
OWN = "{title names summary body}"
LIFT = 0.5  # of the rank among titles and names alone
NAMED = 6.0  # for an entry named as a part of the question: a good rank of a word
NAMED_EXACTLY = 1000.0  # more than any rank: the thing itself comes first
ASKED = 0.5  # of the rank, for what holds all the words only with those that people ask in
INSTEAD = 0.7  # of the best rank of words as typed, for the best of their equivalents
PREFIX = 0.6  # of the rank, for what only begins with the last word
PARTLY = 5000.0  # entries with only some of the words come after all with all of them
CANDIDATES = 50  # of which the best fill up a page
UNLIKE = 500.0  # entries that mean something else come after all others

LISTED = "(SELECT value FROM json_each(?))"
EXCLUDED = f"(SELECT id FROM entry WHERE key IN {LISTED})"


def quoted(text: str) -> str:
    """Return an expression that FTS5 takes literally, without operators, columns, prefixes."""
    return '"' + text.replace('"', '""') + '"'


def joined(expressions: Iterable[Expression | str], by: str) -> str:
    """Return a MATCH for these, joined by AND or OR."""
    return f" {by} ".join(quoted(e if isinstance(e, str) else e.text) for e in expressions)


def any_of(expressions: Iterable[Expression | str]) -> str:
    """Return a MATCH for at least one of these."""
    return joined(expressions, "OR")


def match(db: sqlite3.Connection, plan: Plan, query: Query) -> bool:
    """Fill the connection's table `found`, and return whether it had to be loosened.

    Whole words first. If they find less than a page, the last word may be a prefix, and then
    the page is filled up with entries that hold some of the words.
    """
    db.execute("DELETE FROM temp.found")
    found = _match_words(db, plan, query)
    if plan.prefix and found < PAGE_SIZE:
        found = _match_prefix(db, plan, query)
    _weigh(db, "found")
    _lift_titles(db, plan, "found")
    if found < PAGE_SIZE and len(plan.wants) > 1 and (query.fill or not found):
        _match_some(db, plan, query, PAGE_SIZE - found)
        if found:
            _raise_named(db, plan)
    if plan.unlike:
        db.execute(
            "UPDATE temp.found SET score = score + ? WHERE id IN"
            " (SELECT rowid FROM exact WHERE exact MATCH ?)",
            [UNLIKE, any_of(plan.unlike)],
        )
    return not found


def _match_words(db: sqlite3.Connection, plan: Plan, query: Query) -> int:
    """Add what holds every want. Equivalents rank below the words as typed.

    Their ranks are measured by the best rank so far, because rarer words would outrank
    commoner ones.
    """
    table = "stemmed"
    if all(e.as_written for e in plan.expressions):
        table = "exact"  # so that nothing else is marked either
    typed = " AND ".join(f"({joined(want.typed, 'AND')})" for want in plan.wants)
    _insert(db, table, typed, "words")
    if plan.is_expanded:
        best = db.execute("SELECT min(score) FROM temp.found").fetchone()[0]
        _insert(db, table, f"({_all_wants(plan.wants)}) NOT ({typed})", "instead")
        if best is not None:
            db.execute(
                "UPDATE temp.found SET score = ? * score / (SELECT min(score) FROM temp.found"
                " WHERE how = 'instead') WHERE how = 'instead'",
                [INSTEAD * best],
            )
    db.execute(
        # The first list is short, and the second is not made where it is empty.
        f"UPDATE temp.found SET score = {ASKED} * score"
        f" WHERE id IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)"
        f" AND id NOT IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)",
        [f"asked : ({any_of(plan.expressions)})", f"{OWN} : ({_all_wants(plan.wants)})"],
    )
    return _kept(db, plan.wants if table == "stemmed" else (), query.exclude)


def _match_prefix(db: sqlite3.Connection, plan: Plan, query: Query) -> int:
    """Add what holds every want if the last word is only the beginning of one."""
    rest = [want for want in plan.wants if want != Want((Expression(plan.prefix),))]
    start = quoted(plan.prefix) + "*"
    if rest:
        # The plus keeps SQLite from asking `stemmed` once for each row that begins so.
        begins = "AND +rowid IN (SELECT rowid FROM exact WHERE exact MATCH ?)"
        _insert(db, "stemmed", _all_wants(rest), "prefix", PREFIX, begins, [start])
    else:
        _insert(db, "exact", start, "prefix", PREFIX)
    return _kept(db, rest, query.exclude)


def _insert(
    db: sqlite3.Connection,
    table: str,
    match: str,
    how: str,
    factor: float = 1.0,
    also: str = "",
    values: Iterable[str] = (),
) -> None:
    """Add the rows that match, with their rank (lower is better)."""
    db.execute(
        "INSERT OR IGNORE INTO temp.found (id, score, how)"
        f" SELECT rowid, {factor} * bm25({table}, {WEIGHTS}), ? FROM {table}"
        f" WHERE {table} MATCH ? {also}",
        [how, match, *values],
    )


def _kept(db: sqlite3.Connection, wants: Iterable[Want], exclude: frozenset[str]) -> int:
    """Remove from `found` what lacks exact wants or is withdrawn, and return what is left."""
    for want in wants:
        if not want.is_plain:
            holding, matches = _holding(want)
            db.execute(f"DELETE FROM temp.found WHERE id NOT IN ({holding})", matches)
    if exclude:
        keys = json.dumps(sorted(exclude))
        db.execute(f"DELETE FROM temp.found WHERE id IN {EXCLUDED}", [keys])
    return db.execute("SELECT count(*) FROM temp.found").fetchone()[0]


def _match_some(db: sqlite3.Connection, plan: Plan, query: Query, room: int) -> None:
    """Fill up with the best that hold some of the words: more of them, rarer ones."""
    db.execute("DELETE FROM temp.some")
    keys = json.dumps(sorted(query.exclude))
    for table in ("stemmed", "exact"):
        if asked := [e for e in plan.topics if e.as_written is (table == "exact")]:
            db.execute(
                "INSERT OR IGNORE INTO temp.some (id, score, held)"
                f" SELECT rowid, bm25({table}, {WEIGHTS}), 0 FROM {table} WHERE {table} MATCH ?"
                " AND +rowid NOT IN (SELECT id FROM temp.found)"
                f" AND +rowid NOT IN {EXCLUDED} ORDER BY 2 LIMIT ?",
                [any_of(asked), keys, CANDIDATES],
            )
    _weigh(db, "some")
    _lift_titles(db, plan, "some")
    of = db.execute("SELECT count(*) FROM temp.some").fetchone()[0]
    whole = 0.0
    for want in plan.wants:
        holding, matches = _holding(want)
        held = f"FROM temp.some WHERE id IN ({holding})"
        worth = rarity(db.execute(f"SELECT count(*) {held}", matches).fetchone()[0], of)
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


def _raise_named(db: sqlite3.Connection, plan: Plan) -> None:
    """Rank entries named as a part of the question among those that hold all of it.

    Only if none of the latter has such a name: they may mention it in passing. The names are
    the longest that stand in the question, and the other names of things called so.
    """
    among = f"FROM name WHERE folded IN {LISTED}"
    rows = db.execute(f"SELECT folded {among}", [json.dumps(plan.named)])
    longest = json.dumps(longest_of(name for (name,) in rows))
    kin = f"SELECT DISTINCT folded FROM name WHERE entry IN (SELECT entry {among})"
    names = json.dumps([name for (name,) in db.execute(kin, [longest])])
    called = f"SELECT entry {among}"
    db.execute(
        "UPDATE temp.found SET score = score - ?, how = 'named' WHERE how = 'some'"
        f" AND id IN ({called}) AND NOT EXISTS"
        f" (SELECT 1 FROM temp.found WHERE how <> 'some' AND id IN ({called}))",
        [PARTLY - NAMED, names, names],
    )


def _weigh(db: sqlite3.Connection, table: str) -> None:
    """Multiply ranks by the weights of their entries."""
    db.execute(
        f"UPDATE temp.{table} SET score = score *"
        f" (SELECT weight FROM entry WHERE entry.id = temp.{table}.id)"
        " WHERE id IN (SELECT id FROM entry WHERE weight <> 1)"
    )


def _lift_titles(db: sqlite3.Connection, plan: Plan, table: str) -> None:
    """Raise entries with the words as typed in a title or name.

    More so if a name is a part of the question, and most if it is the whole question.
    """
    db.execute(
        f"UPDATE temp.{table} SET score = score + lift.rank FROM"
        f" (SELECT rowid, {LIFT} * bm25(heads, {HEAD_WEIGHTS}) AS rank FROM heads"
        f"  WHERE heads MATCH ?) AS lift WHERE {table}.id = lift.rowid",
        [any_of(plan.typed)],
    )
    for worth, names in ((NAMED_EXACTLY, [plan.name]), (NAMED, plan.named)):
        db.execute(
            f"UPDATE temp.{table} SET score = score - ? WHERE id IN"
            f" (SELECT entry FROM name WHERE folded IN {LISTED})",
            [worth, json.dumps(names)],
        )


def _all_wants(wants: Iterable[Want]) -> str:
    """Return a MATCH for all of these, or what stands for them."""
    return " AND ".join(f"({_either(want)})" for want in wants)


def _either(want: Want) -> str:
    instead = f" OR {any_of(want.instead)}" if want.instead else ""
    return f"({joined(want.typed, 'AND')}){instead}"


def _holding(want: Want) -> tuple[str, list[str]]:
    """Return SQL for the rows that hold it, and its parameters."""
    if want.is_plain:
        return "SELECT rowid FROM stemmed WHERE stemmed MATCH ?", [_either(want)]
    holding = "SELECT rowid FROM exact WHERE exact MATCH ?"
    matches = [any_of(e for e in want.all if e.as_written)]
    if others := [e for e in want.all if not e.as_written]:
        holding += " UNION SELECT rowid FROM stemmed WHERE stemmed MATCH ?"
        matches.append(any_of(others))
    return holding, matches
