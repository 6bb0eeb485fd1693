"""The engine of one machine: SQLite FTS5 in a file of its own, beside any database.

Three full-text tables over one table of texts: `stemmed` (English stems, so "procuring"
finds "procurement"), `exact` (whole words, for phrases and unfinished words, which stems
cannot answer) and `heads` (titles and names alone, so that a long text does not weigh
its title down). What an entry is filed under in a facet is one number, the
row of `filed` with that set of values: facets count numbers, and few of them differ.
"""

# Table and column names come from the constants below, values always as parameters:
# ruff: noqa: S608

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from search.engines import (
    FACETS,
    EngineUnavailable,
    Entry,
    FacetCount,
    Hit,
    Part,
    Parts,
    Query,
    Results,
)
from search.engines.words import Terms, fold, parse

LAYOUT = 3  # raise it whenever SCHEMA or what is stored changes: files are rebuilt
OPEN, CLOSE = "\x02", "\x03"  # around a marked word; no stored text holds controls
WEIGHTS = "10.0, 4.0, 3.0, 1.0"  # title, names, summary, body
HEAD_WEIGHTS = "10.0, 3.0"  # title, names
NAMED_EXACTLY = 1000.0  # more than any rank: the thing itself comes first
SNIPPET_WORDS = 32

SCHEMA = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, type INTEGER NOT NULL, principle INTEGER NOT NULL,
    council INTEGER NOT NULL, region INTEGER NOT NULL,
    key TEXT NOT NULL UNIQUE, url TEXT NOT NULL, note TEXT NOT NULL,
    date TEXT NOT NULL
);
CREATE TABLE filed (
    id INTEGER PRIMARY KEY, facet TEXT NOT NULL, value TEXT NOT NULL,
    UNIQUE (facet, value)
);
CREATE TABLE name (
    folded TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (folded, entry)
) WITHOUT ROWID;
CREATE INDEX name_entry ON name (entry);
CREATE TABLE text (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, names TEXT NOT NULL,
    summary TEXT NOT NULL, body TEXT NOT NULL
);
CREATE VIRTUAL TABLE stemmed USING fts5 (
    title, names, summary, body, content='text', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE exact USING fts5 (
    title, names, summary, body, content='text', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3 4'
);
CREATE VIRTUAL TABLE heads USING fts5 (
    title, names, content='text', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER text_in AFTER INSERT ON text BEGIN
    INSERT INTO stemmed (rowid, title, names, summary, body)
        VALUES (new.id, new.title, new.names, new.summary, new.body);
    INSERT INTO exact (rowid, title, names, summary, body)
        VALUES (new.id, new.title, new.names, new.summary, new.body);
    INSERT INTO heads (rowid, title, names) VALUES (new.id, new.title, new.names);
END;
CREATE TRIGGER text_out AFTER DELETE ON text BEGIN
    INSERT INTO stemmed (stemmed, rowid, title, names, summary, body)
        VALUES ('delete', old.id, old.title, old.names, old.summary, old.body);
    INSERT INTO exact (exact, rowid, title, names, summary, body)
        VALUES ('delete', old.id, old.title, old.names, old.summary, old.body);
    INSERT INTO heads (heads, rowid, title, names)
        VALUES ('delete', old.id, old.title, old.names);
END;
CREATE TABLE built (at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
"""
TABLES = ("stemmed", "exact", "heads", "entry", "filed", "name", "text", "built")


class _OtherLayout(EngineUnavailable):
    """The file was made by another version of this module."""


class EmbeddedEngine:
    """Search in one SQLite file. Safe to share: each thread has its own connection."""

    def __init__(self, file: Path):
        self.file = Path(file)
        self._local = threading.local()

    # ---- The engine's protocol --------------------------------------------------

    def search(self, query: Query) -> Results:
        """See `Engine.search`."""
        terms = parse(query.text)
        if not terms:
            return Results()
        with self._reading() as db:
            loosened = _find(db, terms, query)
            return _answer(db, terms, query, loosened=loosened)

    def put(self, entries: Iterable[Entry]) -> None:
        """See `Engine.put`."""
        with self._writing() as db:
            for entry in entries:
                _drop(db, entry.key)
                _add(db, entry)

    def remove(self, keys: Iterable[str]) -> None:
        """See `Engine.remove`."""
        with self._writing() as db:
            for key in keys:
                _drop(db, key)

    def replace_all(self, entries: Iterable[Entry]) -> int:
        """See `Engine.replace_all`. One transaction: readers see the old until its end.

        It begins before the first live row is read, so a change that comes meanwhile
        is written after it, never under it. A file of another layout, or a broken one,
        is thrown away first: it could not answer anyway.
        """
        if not self._is_sound():
            self._throw_away()
        with self._writing() as db:
            for table in TABLES:
                db.execute(f"DROP TABLE IF EXISTS {table}")
            _create(db)
            count = 0
            for entry in entries:
                _drop(db, entry.key)
                _add(db, entry)
                count += 1
            for table in ("stemmed", "exact", "heads"):
                db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
            db.execute("INSERT INTO built DEFAULT VALUES")
        return count

    def count(self) -> int:
        """See `Engine.count`."""
        with self._reading() as db:
            return db.execute("SELECT count(*) FROM entry").fetchone()[0]

    def is_current(self) -> bool:
        """See `Engine.is_current`."""
        try:
            with self._reading():
                return True
        except EngineUnavailable:
            return False

    # ---- The file ---------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one moment of a complete index."""
        if not self.file.exists():
            raise EngineUnavailable("The index has not been built.")
        with _told(), self._transaction("BEGIN") as db:
            if not db.execute("SELECT 1 FROM built").fetchone():
                raise EngineUnavailable("The index has not been built.")
            yield db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The one connection that writes; what it wrote is kept whole or not at all."""
        with _told(), self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        db = self._connection()
        db.execute(begin)
        try:
            _check_layout(db)
            yield db
        except BaseException:
            db.rollback()
            raise
        db.commit()

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, new where the file was replaced under it."""
        held = getattr(self._local, "held", None)
        if held and held[0] == _identity(self.file):
            return held[1]
        if held:
            held[1].close()
            self._local.held = None
        db = self._open()
        self._local.held = (_identity(self.file), db)
        return db

    def _open(self) -> sqlite3.Connection:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EngineUnavailable(str(error)) from error
        db = sqlite3.connect(self.file, timeout=5, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute("PRAGMA cache_size = -16000")
            db.execute("CREATE TEMP TABLE found (id INTEGER PRIMARY KEY, score REAL, how)")
            _create_if_empty(db)
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _is_sound(self) -> bool:
        """Whether the file can be written to as it is.

        Raises EngineUnavailable where that cannot be told: a file that is only locked,
        or cannot be opened, must not be taken for a broken one.
        """
        try:
            with self._transaction("BEGIN") as db:
                for table in TABLES:
                    db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
                return db.execute("PRAGMA quick_check (1)").fetchone()[0] == "ok"
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise EngineUnavailable(str(error)) from error
        except (sqlite3.Error, _OtherLayout):
            pass
        return False

    def _throw_away(self) -> None:
        if held := getattr(self._local, "held", None):
            held[1].close()
            self._local.held = None
        for ending in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)


# ---- Opening and layout -------------------------------------------------------------


@contextmanager
def _told() -> Iterator[None]:
    """SQLite's errors in the words of the protocol."""
    try:
        yield
    except sqlite3.Error as error:
        raise EngineUnavailable(f"{type(error).__name__}: {error}") from error


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _layout(db: sqlite3.Connection) -> int:
    return db.execute("PRAGMA user_version").fetchone()[0]


def _check_layout(db: sqlite3.Connection) -> None:
    if (found := _layout(db)) != LAYOUT:
        raise _OtherLayout(f"The index has layout {found}, not {LAYOUT}.")


def _create_if_empty(db: sqlite3.Connection) -> None:
    """Lay out a new file; of two processes that meet here, the second finds it done."""
    if _layout(db) or db.execute("SELECT 1 FROM sqlite_master").fetchone():
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        if not _layout(db):
            _create(db)
    except BaseException:
        db.rollback()
        raise
    db.commit()


def _create(db: sqlite3.Connection) -> None:
    # Not executescript(), which would commit the transaction that it finds.
    statement = ""
    for line in SCHEMA.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    db.execute(f"PRAGMA user_version = {LAYOUT}")


# ---- Writing ------------------------------------------------------------------------


def _storable(text: str) -> str:
    """Text without controls (they mark highlights) or lone surrogates (no UTF-8)."""
    text = "".join(c if c >= " " or c == "\n" else " " for c in text)
    return text.encode("utf-8", "ignore").decode()


def _drop(db: sqlite3.Connection, key: str) -> None:
    row = db.execute("SELECT id FROM entry WHERE key = ?", [key]).fetchone()
    if row:
        for table, column in (("text", "id"), ("name", "entry"), ("entry", "id")):
            db.execute(f"DELETE FROM {table} WHERE {column} = ?", row)


def _add(db: sqlite3.Connection, entry: Entry) -> None:
    added = db.execute(
        f"INSERT INTO entry ({', '.join(FACETS)}, key, url, note, date)"
        f" VALUES ({', '.join('?' for _ in FACETS)}, ?, ?, ?, ?)",
        [
            *(_filed_under(db, facet, entry.values(facet)) for facet in FACETS),
            entry.key,
            _storable(entry.url),
            _storable(entry.note),
            entry.date.isoformat() if entry.date else "",
        ],
    )
    names = [" ".join(name.split()) for name in entry.names]
    db.execute(
        "INSERT INTO text (id, title, names, summary, body) VALUES (?, ?, ?, ?, ?)",
        [
            added.lastrowid,
            _storable(" ".join(entry.title.split())),
            _storable("\n".join(names)),
            _storable(entry.summary),
            _storable(entry.body),
        ],
    )
    folded = {fold(name) for name in (entry.title, *entry.names)} - {""}
    db.executemany(
        "INSERT INTO name (folded, entry) VALUES (?, ?)",
        [(name, added.lastrowid) for name in folded],
    )


def _filed_under(db: sqlite3.Connection, facet: str, values: tuple[str, ...]) -> int:
    """The number of this set of values, given where it is new."""
    row = [facet, " ".join(sorted(values))]
    find = "SELECT id FROM filed WHERE facet = ? AND value = ?"
    if not (found := db.execute(find, row).fetchone()):
        db.execute("INSERT INTO filed (facet, value) VALUES (?, ?)", row)
        found = db.execute(find, row).fetchone()
    return found[0]


# ---- Finding ------------------------------------------------------------------------


def _quoted(term: str) -> str:
    """A term as FTS5 takes it literally: no operator, column or prefix inside."""
    return '"' + term.replace('"', '""') + '"'


def _all(terms: Iterable[str]) -> str:
    return " AND ".join(_quoted(term) for term in terms)


def _any(terms: Iterable[str]) -> str:
    return " OR ".join(_quoted(term) for term in terms)


def _find(db: sqlite3.Connection, terms: Terms, query: Query) -> bool:
    """Fill the connection's `found` table. Returns whether it had to be loosened.

    Whole words first. Where they find less than a page, the last word may be the
    beginning of one; where nothing holds every word, some of them will do.
    """
    db.execute("DELETE FROM temp.found")
    found = _match_words(db, terms, query)
    if terms.prefix and found < query.size:
        found = _match_prefix(db, terms, query)
    loosened = not found and len(terms.words) + len(terms.phrases) > 1
    if loosened:
        _insert(db, "stemmed", _any([*terms.words, *terms.phrases]), 1.0, "words")
        _leave_out(db, query.exclude)
    _lift_titles(db, terms, query.text)
    return loosened


def _match_words(db: sqlite3.Connection, terms: Terms, query: Query) -> int:
    if terms.words:
        _insert(db, "stemmed", _all([*terms.words, *terms.phrases]), 1.0, "words")
        if terms.phrases:  # a phrase in quotation marks is meant letter by letter
            db.execute(
                "DELETE FROM temp.found WHERE id NOT IN"
                " (SELECT rowid FROM exact WHERE exact MATCH ?)",
                [_all(terms.phrases)],
            )
    else:
        _insert(db, "exact", _all(terms.phrases), 1.0, "exact")
    return _leave_out(db, query.exclude)


def _match_prefix(db: sqlite3.Connection, terms: Terms, query: Query) -> int:
    """Add what matches when the last word is only the beginning of one."""
    start = _quoted(terms.prefix) + "*"
    if terms.phrases:
        start = f"{_all(terms.phrases)} AND {start}"
    rest = [word for word in terms.words if word != terms.prefix]
    if rest:
        among = "SELECT rowid FROM exact WHERE exact MATCH ?"
        _insert(db, "stemmed", _all(rest), 0.6, "prefix", among=among, start=start)
    else:
        _insert(db, "exact", start, 0.6, "prefix")
    return _leave_out(db, query.exclude)


def _insert(
    db: sqlite3.Connection,
    table: str,
    match: str,
    factor: float,
    how: str,
    *,
    among: str = "",
    start: str = "",
) -> None:
    """Add the rows that match, with their rank (lower is better)."""
    # The plus keeps SQLite from asking the full-text table once for each row of `among`.
    also = f"AND +rowid IN ({among})" if among else ""
    db.execute(
        "INSERT OR IGNORE INTO temp.found (id, score, how)"
        f" SELECT rowid, {factor} * bm25({table}, {WEIGHTS}), ? FROM {table}"
        f" WHERE {table} MATCH ? {also}",
        [how, match, start] if among else [how, match],
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


def _lift_titles(db: sqlite3.Connection, terms: Terms, text: str) -> None:
    """Words found unchanged in a title or name count more; a whole name counts most."""
    words = [*terms.words, *terms.phrases]
    db.execute(
        "UPDATE temp.found SET score = score + lift.rank FROM"
        f" (SELECT rowid, 1.5 * bm25(heads, {HEAD_WEIGHTS}) AS rank FROM heads"
        "  WHERE heads MATCH ?) AS lift WHERE found.id = lift.rowid",
        [_any(words)],
    )
    db.execute(
        "UPDATE temp.found SET score = score - ? WHERE id IN"
        " (SELECT entry FROM name WHERE folded = ?)",
        [NAMED_EXACTLY, fold(text)],
    )


# ---- Answering ----------------------------------------------------------------------

Filed = dict[int, tuple[str, ...]]  # the number of a set of values, and the values
Choices = dict[str, frozenset[int]]  # by facet, the numbers that a choice allows


def _answer(db: sqlite3.Connection, terms: Terms, query: Query, *, loosened: bool) -> Results:
    filed: Filed = {
        id: tuple(value.split()) for id, value in db.execute("SELECT id, value FROM filed")
    }
    choices = _choices(filed, query)
    rows = _found_rows(db, [*dict.fromkeys([*query.facets, *choices])])
    count = _count(db, choices)
    page = max(1, min(query.page, -(-count // query.size)))
    ids = _page(db, choices, query.size, (page - 1) * query.size)
    return Results(
        count=count,
        hits=tuple(_hit(db, filed, terms, id, how) for id, how in ids),
        facets={
            name: _counts(_column(rows, choices, name), filed, query.chosen.get(name, ()))
            for name in query.facets
        },
        loosened=loosened and bool(count),
    )


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
    rows = db.execute(
        f"SELECT {', '.join(facets)} FROM temp.found CROSS JOIN entry USING (id)"
    ).fetchall()
    columns = zip(*rows, strict=True) if rows else ((),) * len(facets)
    return {facet: list(column) for facet, column in zip(facets, columns, strict=True)}


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


def _narrowed(choices: Choices) -> tuple[str, list[str]]:
    """SQL that keeps to the choices, and its parameters."""
    if not choices:
        return "", []
    conditions = [f"{facet} IN (SELECT value FROM json_each(?))" for facet in choices]
    return (
        f"CROSS JOIN entry USING (id) WHERE {' AND '.join(conditions)}",
        [json.dumps(sorted(allowed)) for allowed in choices.values()],
    )


def _count(db: sqlite3.Connection, choices: Choices) -> int:
    narrowed, values = _narrowed(choices)
    return db.execute(f"SELECT count(*) FROM temp.found {narrowed}", values).fetchone()[0]


def _page(db: sqlite3.Connection, choices: Choices, size: int, start: int) -> list[tuple[int, str]]:
    narrowed, values = _narrowed(choices)
    return db.execute(
        f"SELECT id, how FROM temp.found {narrowed} ORDER BY score, id LIMIT ? OFFSET ?",
        [*values, size, start],
    ).fetchall()


def _hit(db: sqlite3.Connection, filed: Filed, terms: Terms, id: int, how: str) -> Hit:
    table, match = "stemmed", _any([*terms.words, *terms.phrases])
    if how != "words":
        table = "exact"
    if how == "prefix":
        match = f"{match} OR {_quoted(terms.prefix)}*"
    key, url, note, day, *numbers = db.execute(
        f"SELECT key, url, note, date, {', '.join(FACETS)} FROM entry WHERE id = ?", [id]
    ).fetchone()
    values = {facet: filed[n] for facet, n in zip(FACETS, numbers, strict=True)}
    title, names, summary, body = _marked(db, table, match, id)
    return Hit(
        key=key,
        type=" ".join(values["type"]),
        url=url,
        title=_parts(title),
        summary=_parts(body if OPEN in body and OPEN not in summary else summary or body),
        also=() if OPEN in title + summary else _parts(_best_name(names)),
        note=note,
        principles=values["principle"],
        council=" ".join(values["council"]),
        region=" ".join(values["region"]),
        date=date.fromisoformat(day) if day else None,
    )


def _best_name(names: str) -> str:
    """The one of these lines with the most marks; "" where none has any."""
    best = max(names.split("\n"), key=lambda name: name.count(OPEN))
    return best if OPEN in best else ""


def _marked(db: sqlite3.Connection, table: str, match: str, id: int) -> list[str]:
    """Title, names, summary and the best piece of the body, with marks in them."""
    marks = f"'{OPEN}', '{CLOSE}'"
    columns = ", ".join(f"highlight({table}, {n}, {marks})" for n in range(3))
    piece = f"snippet({table}, 3, {marks}, '…', {SNIPPET_WORDS})"
    row = db.execute(
        f"SELECT {columns}, {piece} FROM {table} WHERE {table} MATCH ? AND rowid = ?",
        [match, id],
    ).fetchone()
    if row:
        return list(row)
    # Found by stems of words that stand in it exactly nowhere: shown without marks.
    columns = f"title, names, summary, substr(body, 1, {SNIPPET_WORDS * 6})"
    return list(db.execute(f"SELECT {columns} FROM text WHERE id = ?", [id]).fetchone())


def _parts(text: str) -> Parts:
    """`one \\x02two\\x03` as parts of text, marked or not."""
    parts = []
    for piece in text.split(OPEN):
        marked, found, rest = piece.partition(CLOSE)
        if found:
            parts.append(Part(marked, marked=True))
        if text_after := (rest if found else marked):
            parts.append(Part(text_after))
    return tuple(parts)
