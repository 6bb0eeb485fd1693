"""The engine for one machine: SQLite FTS5 in a file of its own, beside any database."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from search.engines.embedded.index_file import IndexFile
from search.engines.embedded.matching import match, quoted
from search.engines.embedded.results import answer
from search.engines.embedded.schema import FULL_TEXT, TABLES, create
from search.engines.embedded.writing import add, drop
from search.engines.engine import Afresh, Engine
from search.engines.interface import Entry, Query, Results, Suggestion
from search.engines.plan import Plan
from search.engines.spelling import SAMPLE
from search.engines.suggestions import CANDIDATES, Candidate

# Suggestions: names that begin so, and names that hold the words.
BEGIN = "SELECT entry FROM name WHERE folded >= ? AND folded < ? LIMIT ?"
HOLD = "SELECT rowid FROM heads WHERE heads MATCH ? ORDER BY bm25(heads, 3.0, 1.0), rowid LIMIT ?"
# Spellings: whether a word may be shown, and words by their length.
VISIBLE = (
    "SELECT 1 FROM stemmed WHERE stemmed MATCH ? AND rowid NOT IN"
    " (SELECT id FROM entry WHERE key IN (SELECT value FROM json_each(?))) LIMIT 1"
)
HOLDING = (
    "SELECT title, names, summary, body FROM text WHERE id IN"
    " (SELECT rowid FROM exact WHERE exact MATCH ? AND rowid NOT IN"
    " (SELECT id FROM entry WHERE key IN (SELECT value FROM json_each(?))) LIMIT ?)"
)
NEAR = "SELECT term, doc FROM spelled WHERE length(term) BETWEEN ? AND ?"


class EmbeddedEngine(Engine):
    """Search in one SQLite file. Safe to share: each thread has its own connection."""

    def __init__(self, file: Path):
        self._index = IndexFile(file)

    @property
    def file(self) -> Path:
        """The file of the index."""
        return self._index.file

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

    def replace_all(self, entries: Iterable[Entry], afresh: Afresh | None = None) -> int:
        """See `Engine.replace_all`. One transaction, so readers see the old until its end.

        The transaction begins before the first live row is read. Changes meanwhile are
        written after it, so nothing need be read afresh. A broken file, or one with another
        layout, is deleted first, because it could not answer anyway.
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
            return _count(db)

    def count(self) -> int:
        """See `Engine.count`."""
        with self._asking() as db:
            return _count(db)

    def needs_building(self) -> bool:
        """See `Engine.needs_building`. A file that cannot be read has no other repair."""
        return not self.is_current()

    def _asking(self) -> AbstractContextManager[sqlite3.Connection]:
        return self._index.reading()

    def _find(self, db: sqlite3.Connection, plan: Plan, query: Query) -> Results:
        loosened = match(db, plan, query)
        return answer(db, plan, query, loosened=loosened)

    def _spellings(self, db: sqlite3.Connection, exclude: frozenset[str]) -> "FileSpellings":
        return FileSpellings(db, exclude)

    def _candidates(
        self,
        db: sqlite3.Connection,
        words: list[str],
        types: tuple[str, ...],
        exclude: frozenset[str],
    ) -> list[Candidate]:
        start = " ".join(words)
        match = " AND ".join([*map(quoted, words[:-1]), quoted(words[-1]) + "*"])
        ids = {id for (id,) in db.execute(BEGIN, [start, f"{start}\U0010ffff", CANDIDATES])}
        ids |= {id for (id,) in db.execute(HOLD, [match, CANDIDATES])}
        rows = db.execute(
            "SELECT key, filed.value, url, title, names, note FROM entry"
            " JOIN filed ON filed.id = entry.type JOIN text ON text.id = entry.id"
            " WHERE entry.id IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(ids))],
        )
        return [
            (Suggestion(key, type, url, title, note=note), names.split("\n"))
            for key, type, url, title, names, note in rows
            if key not in exclude and (not types or type in types)
        ]


class FileSpellings:
    """The words of the file. See `search.engines.spelling.Spellings`."""

    def __init__(self, db: sqlite3.Connection, exclude: Iterable[str]):
        self._db, self._exclude = db, json.dumps(sorted(exclude))

    def known(self, words: Iterable[str]) -> set[str]:
        """Return those that stand, in some form, in an entry that may be shown."""
        return {
            w for w in words if self._db.execute(VISIBLE, [quoted(w), self._exclude]).fetchone()
        }

    def near(self, word: str, slips: int) -> Iterable[tuple[str, int]]:
        """Return words of about this length, with how many entries hold each."""
        return self._db.execute(NEAR, [len(word) - slips, len(word) + slips])

    def texts(self, word: str) -> Iterable[str]:
        """Return the texts of some entries that hold exactly this word and may be shown."""
        rows = self._db.execute(HOLDING, [quoted(word), self._exclude, SAMPLE])
        return ("\n".join(row) for row in rows)


def _count(db: sqlite3.Connection) -> int:
    return db.execute("SELECT count(*) FROM entry").fetchone()[0]
