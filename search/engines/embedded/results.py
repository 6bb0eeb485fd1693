"""From the matching rows to an answer: facet counts, and one page of hits with marks."""

# Table and column names come from constants, values always as parameters:
# ruff: noqa: S608

import json
import sqlite3
from array import array
from collections import Counter
from itertools import chain

from search.engines.embedded.matching import any_of, quoted
from search.engines.highlights import CLOSE, OPEN, best_name, parts, shown
from search.engines.interface import FACETS, MOST_HITS, FacetCount, Hit, Query, Results
from search.engines.plan import Plan

SNIPPET_WORDS = 32
ORDERS = {
    "relevance": "score, key",
    "newest": "date DESC, score, key",
    "title": "title_order, key",
}

Filed = dict[int, tuple[str, ...]]  # the number of a set of values, and the values


def answer(db: sqlite3.Connection, plan: Plan, query: Query, *, loosened: bool) -> Results:
    """Answer the query from the table `found`."""
    filed: Filed = {
        id: tuple(value.split()) for id, value in db.execute("SELECT id, value FROM filed")
    }
    # Each facet has numbers of its own.
    choices = {
        facet: {id for id, values in filed.items() if not wanted.isdisjoint(values)}
        for facet in FACETS
        if (wanted := set(query.chosen.get(facet, ())))
    }
    columns = _columns(db, [*dict.fromkeys([*query.facets, *choices])])
    allowed = {facet: [n in choices[facet] for n in columns[facet]] for facet in choices}
    if allowed:
        count = sum(map(all, zip(*allowed.values(), strict=True)))
    else:
        count = db.execute("SELECT count(*) FROM temp.found").fetchone()[0]
    return Results(
        count=count,
        hits=tuple(
            _hit(db, filed, plan, id, how, marks=query.marks)
            for id, how in _page(db, choices, query, count)
        ),
        facets={
            name: _counts(columns, allowed, name, filed, query.chosen.get(name, ()))
            for name in query.facets
        },
        loosened=loosened and bool(count),
    )


def _columns(db: sqlite3.Connection, facets: list[str]) -> dict[str, list[int]]:
    """Return the numbers of all that was found by facet, all in the same order."""
    if not facets:
        return {}
    rows = db.execute("SELECT filing FROM temp.found CROSS JOIN entry USING (id)")
    numbers = array("I", b"".join(chain.from_iterable(rows)))
    return {facet: list(numbers[FACETS.index(facet) :: len(FACETS)]) for facet in facets}


def _counts(
    columns: dict[str, list[int]],
    allowed: dict[str, list[bool]],
    facet: str,
    filed: Filed,
    chosen: tuple[str, ...],
) -> tuple[FacetCount, ...]:
    """Count a facet's values among what the choices in other facets allow."""
    numbers = columns[facet]
    if others := [column for name, column in allowed.items() if name != facet]:
        numbers = [n for n, *fine in zip(numbers, *others, strict=True) if all(fine)]
    counts: Counter[str] = Counter()
    for number, n in Counter(numbers).items():
        for value in filed[number]:
            counts[value] += n
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetCount(value, n, value in chosen) for value, n in ordered)


def _page(
    db: sqlite3.Connection, choices: dict[str, set[int]], query: Query, count: int
) -> list[tuple[int, str]]:
    """Return the rows of the page, or of the last one if there are fewer pages."""
    narrowed = " AND ".join(f"{facet} IN (SELECT value FROM json_each(?))" for facet in choices)
    size = max(1, min(query.size, MOST_HITS))
    page = max(1, min(query.page, -(-count // size)))
    return db.execute(
        "SELECT id, how FROM temp.found CROSS JOIN entry USING (id)"
        f" WHERE {narrowed or 'true'}"
        f" ORDER BY {ORDERS.get(query.sort, ORDERS['relevance'])} LIMIT ? OFFSET ?",
        [*(json.dumps(sorted(ids)) for ids in choices.values()), size, (page - 1) * size],
    ).fetchall()


def _hit(
    db: sqlite3.Connection, filed: Filed, plan: Plan, id: int, how: str, *, marks: bool
) -> Hit:
    key, url, note, day, *numbers = db.execute(
        f"SELECT key, url, note, date, {', '.join(FACETS)} FROM entry WHERE id = ?", [id]
    ).fetchone()
    values = {facet: filed[n] for facet, n in zip(FACETS, numbers, strict=True)}
    title, names, summary, body = (marks and _marked(db, plan, id, how)) or _unmarked(db, id)
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


def _marked(db: sqlite3.Connection, plan: Plan, id: int, how: str) -> list[str] | None:
    """Return title, names, summary and the best piece of the body, with marks in them.

    None for an entry found only by stems, whose exact words stand in it nowhere.
    """
    table, match = "stemmed", any_of(plan.expressions)
    if how == "prefix":
        table, match = "exact", f"{match} OR {quoted(plan.prefix)}*"
    elif all(e.as_written for e in plan.expressions):
        table = "exact"
    marks = f"'{OPEN}', '{CLOSE}'"
    columns = ", ".join(f"highlight({table}, {n}, {marks})" for n in range(3))
    piece = f"snippet({table}, 3, {marks}, '…', {SNIPPET_WORDS})"
    return db.execute(
        f"SELECT {columns}, {piece} FROM {table} WHERE {table} MATCH ? AND rowid = ?",
        [match, id],
    ).fetchone()


def _unmarked(db: sqlite3.Connection, id: int) -> list[str]:
    columns = f"title, names, summary, substr(body, 1, {SNIPPET_WORDS * 6})"
    return db.execute(f"SELECT {columns} FROM text WHERE id = ?", [id]).fetchone()
