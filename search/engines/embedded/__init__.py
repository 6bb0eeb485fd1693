"""The engine of one machine: SQLite FTS5 in a file of its own, beside any database."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from search.engines import EngineUnavailable, Entry, Query, Results, Suggestion
from search.engines.embedded import suggesting
from search.engines.embedded.answering import answer
from search.engines.embedded.connections import IndexFile
from search.engines.embedded.finding import find
from search.engines.embedded.schema import FULL_TEXT, TABLES, create
from search.engines.embedded.spellings import Spellings
from search.engines.embedded.writing import add, drop
from search.engines.plan import Plan, make_plan
from search.engines.spelling import correct


class EmbeddedEngine:
    """Search in one SQLite file. Safe to share: each thread has its own connection."""

    def __init__(self, file: Path):
        self._index = IndexFile(file)

    @property
    def file(self) -> Path:
        return self._index.file

    def search(self, query: Query) -> Results:
        """See `Engine.search`."""
        plan = make_plan(query.text, query.rules)
        if not plan:
            return Results()
        with self._index.reading() as db:
            loosened = find(db, plan, query)
            results = answer(db, plan, query, loosened=loosened)
            if results.count and not loosened:
                return results
            return replace(results, did_you_mean=_did_you_mean(db, plan, query))

    def suggest(
        self,
        prefix: str,
        limit: int,
        types: tuple[str, ...] = (),
        exclude: frozenset[str] = frozenset(),
    ) -> tuple[Suggestion, ...]:
        """See `Engine.suggest`."""
        with self._index.reading() as db:
            return suggesting.suggest(db, prefix, limit, types, exclude)

    def put(self, entries: Iterable[Entry]) -> None:
        """See `Engine.put`."""
        with self._index.writing() as db:
            for entry in entries:
                add(db, entry)

    def remove(self, keys: Iterable[str]) -> None:
        """See `Engine.remove`."""
        with self._index.writing() as db:
            for key in keys:
                drop(db, key)

    def replace_all(
        self, entries: Iterable[Entry], afresh: Callable[[set[str]], Iterable[Entry]] | None = None
    ) -> int:
        """See `Engine.replace_all`. One transaction: readers see the old until its end.

        It begins before the first live row is read, so a change that comes meanwhile
        is written after it, never under it: nothing need be read afresh. A file of
        another layout, or a broken one, is thrown away first: it could not answer anyway.
        """
        if not self._index.is_sound():
            self._index.throw_away()
        with self._index.writing() as db:
            for table in TABLES:
                db.execute(f"DROP TABLE IF EXISTS {table}")
            create(db)
            for entry in entries:
                add(db, entry)
            for table in FULL_TEXT:
                db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
            db.execute("INSERT INTO built DEFAULT VALUES")
            return db.execute("SELECT count(*) FROM entry").fetchone()[0]

    def count(self) -> int:
        """See `Engine.count`."""
        with self._index.reading() as db:
            return db.execute("SELECT count(*) FROM entry").fetchone()[0]

    def is_current(self) -> bool:
        """See `Engine.is_current`."""
        try:
            with self._index.reading():
                return True
        except EngineUnavailable:
            return False

    def needs_building(self) -> bool:
        """See `Engine.needs_building`: a file that cannot be read is beyond other repair."""
        return not self.is_current()


def _did_you_mean(db: sqlite3.Connection, plan: Plan, query: Query) -> str:
    """The question as entries spell it, where that finds something."""
    spellings = Spellings(db, query.exclude)
    better = correct(query.text, plan, spellings.known, spellings.near)
    if not better:
        return ""
    plan = make_plan(better, query.rules)
    asked = replace(query, text=better, facets=(), size=1, page=1, marks=False, fill=False)
    loosened = find(db, plan, asked)
    found = answer(db, plan, asked, loosened=loosened)
    return better if found.count else ""
