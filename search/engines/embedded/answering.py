"""From the rows found to an answer: facets counted, one page of hits with marks."""

# Table and column names come from constants, values always as parameters:
# ruff: noqa: S608

import json
import sqlite3
from array import array
from collections import Counter
from itertools import chain

from search.engines import FACETS, MOST_HITS, FacetCount, Hit, Query, Results
from search.engines.embedded.finding import any_of, quoted
from search.engines.marks import CLOSE, OPEN, best_name, parts, shown
from search.engines.plan import Plan

SNIPPET_WORDS = 32
ORDERS = {
    "relevance": "score, key",
    "newest": "date DESC, score, key",
    "title": "title_order, key",
}

Filed = dict[int, tuple[str, ...]]  # the number of a set of values, and the values
Choices = dict[str, frozenset[int]]  # by facet, the numbers that a choice allows


def answer(db: sqlite3.Connection, plan: Plan, query: Query, *, loosened: bool) -> Results:
    """What stands in `found`, as the query wants it."""
    filed: Filed = {
        id: tuple(value.split()) for id, value in db.execute("SELECT id, value FROM filed")
    }
    choices = _choices(filed, query)
    rows = _found_rows(db, [*dict.fromkeys([*query.facets, *choices])])
    count = _count(db, choices)
    return Results(
        count=count,
        hits=tuple(
            _hit(db, filed, plan, id, how, marks=query.marks)
            for id, how in _page(db, choices, query, count)
        ),
        facets={
            name: _counts(_column(rows, choices, name), filed, query.chosen.get(name, ()))
            for name in query.facets
        },
        loosened=loosened and bool(count),
    )


# ---- Facets -------------------------------------------------------------------------


def _choices(filed: Filed, query: Query) -> Choices:
    """What is chosen, as numbers. The facets have numbers of their own each."""
    return {
        facet: frozenset(id for id, values in filed.items() if not wanted.isdisjoint(values))
        for facet in FACETS
        if (wanted := set(query.chosen.get(facet, ())))
    }


def _found_rows(db: sqlite3.Connection, facets: list[str]) -> dict[str, list[int]]:
    """By facet, what each of the found is filed under, all in the same order."""
    if not facets:
        return {}
    rows = db.execute("SELECT filing FROM temp.found CROSS JOIN entry USING (id)")
    numbers = array("I", b"".join(chain.from_iterable(rows)))
    return {facet: list(numbers[FACETS.index(facet) :: len(FACETS)]) for facet in facets}


def _column(rows: dict[str, list[int]], choices: Choices, facet: str) -> list[int]:
    """The facet's numbers of all that the choices in other facets allow."""
    numbers = rows[facet]
    others = [(name, allowed) for name, allowed in choices.items() if name != facet]
    if not others:
        return numbers
    allows = [[number in allowed for number in rows[name]] for name, allowed in others]
    return [number for number, *allowed in zip(numbers, *allows, strict=True) if all(allowed)]


def _counts(numbers: list[int], filed: Filed, chosen: tuple[str, ...]) -> tuple[FacetCount, ...]:
    counts: Counter[str] = Counter()
    for number, n in Counter(numbers).items():
        for value in filed[number]:
            counts[value] += n
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetCount(value, n, value in chosen) for value, n in ordered)


# ---- One page -----------------------------------------------------------------------


def _narrowed(choices: Choices) -> tuple[str, list[str]]:
    """SQL that keeps to the choices, and its parameters."""
    if not choices:
        return "", []
    conditions = [f"{facet} IN (SELECT value FROM json_each(?))" for facet in choices]
    return (
        f"WHERE {' AND '.join(conditions)}",
        [json.dumps(sorted(allowed)) for allowed in choices.values()],
    )


def _count(db: sqlite3.Connection, choices: Choices) -> int:
    narrowed, values = _narrowed(choices)
    joined = "CROSS JOIN entry USING (id)" if narrowed else ""
    return db.execute(f"SELECT count(*) FROM temp.found {joined} {narrowed}", values).fetchone()[0]


def _page(
    db: sqlite3.Connection, choices: Choices, query: Query, count: int
) -> list[tuple[int, str]]:
    narrowed, values = _narrowed(choices)
    size = max(1, min(query.size, MOST_HITS))
    page = max(1, min(query.page, -(-count // size)))
    return db.execute(
        f"SELECT id, how FROM temp.found CROSS JOIN entry USING (id) {narrowed}"
        f" ORDER BY {ORDERS.get(query.sort, ORDERS['relevance'])} LIMIT ? OFFSET ?",
        [*values, size, (page - 1) * size],
    ).fetchall()


def _hit(
    db: sqlite3.Connection, filed: Filed, plan: Plan, id: int, how: str, *, marks: bool
) -> Hit:
    key, url, note, day, *numbers = db.execute(
        f"SELECT key, url, note, date, {', '.join(FACETS)} FROM entry WHERE id = ?", [id]
    ).fetchone()
    values = {facet: filed[n] for facet, n in zip(FACETS, numbers, strict=True)}
    title, names, summary, body = _texts(db, plan, id, how if marks else "plain")
    return Hit(
        key=key,
        type=" ".join(values["type"]),
        url=url,
        title=parts(title),
        summary=parts(shown(summary, body)),
        also=() if OPEN in title + summary else parts(best_name(names)),
        note=note,
        principles=values["principle"],
        council=" ".join(values["council"]),
        region=" ".join(values["region"]),
        theme=" ".join(values["theme"]),
        date=day,
        partly=how == "some",
    )


def _texts(db: sqlite3.Connection, plan: Plan, id: int, how: str) -> list[str]:
    """Title, names, summary and the best piece of the body, with marks in them."""
    if how != "plain" and (row := _marked(db, plan, id, how)):
        return row
    # Also where it was found by stems of words that stand in it exactly nowhere.
    columns = f"title, names, summary, substr(body, 1, {SNIPPET_WORDS * 6})"
    return list(db.execute(f"SELECT {columns} FROM text WHERE id = ?", [id]).fetchone())


def _marked(db: sqlite3.Connection, plan: Plan, id: int, how: str) -> list[str] | None:
    table, match = "stemmed", any_of(plan.expressions)
    if how == "prefix":
        table, match = "exact", f"{match} OR {quoted(plan.prefix)}*"
    elif all(e.as_written for e in plan.expressions):
        table = "exact"
    marks = f"'{OPEN}', '{CLOSE}'"
    columns = ", ".join(f"highlight({table}, {n}, {marks})" for n in range(3))
    piece = f"snippet({table}, 3, {marks}, '…', {SNIPPET_WORDS})"
    row = db.execute(
        f"SELECT {columns}, {piece} FROM {table} WHERE {table} MATCH ? AND rowid = ?",
        [match, id],
    ).fetchone()
    return list(row) if row else None
