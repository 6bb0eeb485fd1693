"""What the file holds, and which version of this code made it.

Three full-text tables over one table of texts: `stemmed` (English stems, so "procuring"
finds "procurement"), `exact` (whole words, for phrases and unfinished words, which stems
cannot answer) and `heads` (titles and names alone, so that a long text does not weigh
its title down). What an entry is filed under in a facet is one number, the
row of `filed` with that set of values: facets count numbers, and few of them differ.
`filing` is all of an entry's numbers side by side, since reading one column of ten thousand
rows takes a third of the time of six.
"""

import sqlite3

from search.engines import EngineUnavailable

LAYOUT = 6  # raise it whenever SCHEMA or what is stored changes: files are rebuilt

SCHEMA = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, type INTEGER NOT NULL, principle INTEGER NOT NULL,
    council INTEGER NOT NULL, region INTEGER NOT NULL, theme INTEGER NOT NULL,
    year INTEGER NOT NULL, filing BLOB NOT NULL, key TEXT NOT NULL UNIQUE, url TEXT NOT NULL,
    note TEXT NOT NULL, date TEXT NOT NULL, title_order TEXT NOT NULL
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
    tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
);
CREATE VIRTUAL TABLE spelled USING fts5vocab ('exact', 'row');
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
FULL_TEXT = ("stemmed", "exact", "heads")
TABLES = ("spelled", *FULL_TEXT, "entry", "filed", "name", "text", "built")


class OtherLayout(EngineUnavailable):
    """The file was made by another version of this module."""


def layout(db: sqlite3.Connection) -> int:
    """The layout of the file; 0 for an empty one."""
    return db.execute("PRAGMA user_version").fetchone()[0]


def check_layout(db: sqlite3.Connection) -> None:
    """Raise OtherLayout unless this code can use the file."""
    if (found := layout(db)) != LAYOUT:
        raise OtherLayout(f"The index has layout {found}, not {LAYOUT}.")


def create_if_empty(db: sqlite3.Connection) -> None:
    """Lay out a new file; of two processes that meet here, the second finds it done."""
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
    """Make the tables, within the transaction that is open."""
    # Not executescript(), which would commit the transaction that it finds.
    statement = ""
    for line in SCHEMA.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    db.execute(f"PRAGMA user_version = {LAYOUT}")
