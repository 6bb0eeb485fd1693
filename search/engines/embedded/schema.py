"""The tables of the file, and the version of their layout.

Three full-text tables share one table of texts: `stemmed` (English stems, so "procuring"
finds "procurement"), `exact` (whole words, for phrases and unfinished words) and `heads`
(titles and names alone, so that a long text does not outweigh its title). An entry's values
in a facet are one number, the row of `filed` with that set of values, so facets count
numbers. `filing` has all of an entry's numbers side by side, because reading one column of
ten thousand rows takes a third of the time of six.
"""

import sqlite3

from search.engines.interface import EngineUnavailable

LAYOUT = 8  # raise it when SCHEMA or what is stored changes, so that files are rebuilt

SCHEMA = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, type INTEGER NOT NULL, principle INTEGER NOT NULL,
    council INTEGER NOT NULL, region INTEGER NOT NULL, theme INTEGER NOT NULL,
    year INTEGER NOT NULL, filing BLOB NOT NULL, key TEXT NOT NULL UNIQUE, url TEXT NOT NULL,
    note TEXT NOT NULL, date TEXT NOT NULL, title_order TEXT NOT NULL,
    weight REAL NOT NULL
);
CREATE INDEX entry_weighted ON entry (id) WHERE weight <> 1;
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
    summary TEXT NOT NULL, body TEXT NOT NULL, asked TEXT NOT NULL
);
CREATE VIRTUAL TABLE stemmed USING fts5 (
    title, names, summary, body, asked, content='text', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE exact USING fts5 (
    title, names, summary, body, asked, content='text', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3 4'
);
CREATE VIRTUAL TABLE heads USING fts5 (
    title, names, content='text', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
);
CREATE VIRTUAL TABLE spelled USING fts5vocab ('exact', 'row');
CREATE TRIGGER text_in AFTER INSERT ON text BEGIN
    INSERT INTO stemmed (rowid, title, names, summary, body, asked)
        VALUES (new.id, new.title, new.names, new.summary, new.body, new.asked);
    INSERT INTO exact (rowid, title, names, summary, body, asked)
        VALUES (new.id, new.title, new.names, new.summary, new.body, new.asked);
    INSERT INTO heads (rowid, title, names) VALUES (new.id, new.title, new.names);
END;
CREATE TRIGGER text_out AFTER DELETE ON text BEGIN
    INSERT INTO stemmed (stemmed, rowid, title, names, summary, body, asked)
        VALUES ('delete', old.id, old.title, old.names, old.summary, old.body, old.asked);
    INSERT INTO exact (exact, rowid, title, names, summary, body, asked)
        VALUES ('delete', old.id, old.title, old.names, old.summary, old.body, old.asked);
    INSERT INTO heads (heads, rowid, title, names)
        VALUES ('delete', old.id, old.title, old.names);
END;
CREATE TABLE built (at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
"""
FULL_TEXT = ("stemmed", "exact", "heads")
TABLES = ("spelled", *FULL_TEXT, "entry", "filed", "name", "text", "built")


class OtherLayout(EngineUnavailable):
    """Raised when another version of this module made the file."""


def layout(db: sqlite3.Connection) -> int:
    """Return the layout of the file, 0 for an empty one."""
    return db.execute("PRAGMA user_version").fetchone()[0]


def check_layout(db: sqlite3.Connection) -> None:
    """Check that this code can use the file.

    Raises:
        OtherLayout: It cannot.
    """
    if (found := layout(db)) != LAYOUT:
        raise OtherLayout(f"The index has layout {found}, not {LAYOUT}.")


def create_if_empty(db: sqlite3.Connection) -> None:
    """Make the tables of a new file. Idempotent, also for two processes at once."""
    if layout(db) or db.execute("SELECT 1 FROM sqlite_master").fetchone():
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        if not layout(db):
            create(db)
    except BaseException:
        db.rollback()
        raise
    db.commit()


def create(db: sqlite3.Connection) -> None:
    """Make the tables within the open transaction."""
    # Not executescript(), which would commit the transaction.
    statement = ""
    for line in SCHEMA.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    db.execute(f"PRAGMA user_version = {LAYOUT}")
