"""Entries into the file and out of it, within the transaction that is open."""

import sqlite3
from array import array

from search.engines import FACETS, Entry
from search.engines.marks import storable
from search.engines.words import fold


def add(db: sqlite3.Connection, entry: Entry) -> None:
    """Put the entry in, in place of any with the same key."""
    drop(db, entry.key)
    columns = f"{', '.join(FACETS)}, filing, key, url, note, date, title_order"
    filing = [_filed_under(db, facet, entry.values(facet)) for facet in FACETS]
    id = db.execute(
        f"INSERT INTO entry ({columns}) VALUES ({', '.join('?' for _ in range(len(FACETS) + 6))})",  # noqa: S608
        [
            *filing,
            array("I", filing).tobytes(),
            entry.key,
            storable(entry.url),
            storable(entry.note),
            entry.date,
            fold(entry.title),
        ],
    ).lastrowid
    names = [" ".join(name.split()) for name in entry.names]
    db.execute(
        "INSERT INTO text (id, title, names, summary, body) VALUES (?, ?, ?, ?, ?)",
        [
            id,
            storable(" ".join(entry.title.split())),
            storable("\n".join(names)),
            storable(entry.summary),
            storable(entry.body),
        ],
    )
    folded = {fold(name) for name in (entry.title, *entry.names)} - {""}
    db.executemany(
        "INSERT INTO name (folded, entry) VALUES (?, ?)", [(name, id) for name in folded]
    )


def drop(db: sqlite3.Connection, key: str) -> None:
    """Take the entry out, if it is there."""
    row = db.execute("SELECT id FROM entry WHERE key = ?", [key]).fetchone()
    if row:
        for table, column in (("text", "id"), ("name", "entry"), ("entry", "id")):
            db.execute(f"DELETE FROM {table} WHERE {column} = ?", row)  # noqa: S608


def _filed_under(db: sqlite3.Connection, facet: str, values: tuple[str, ...]) -> int:
    """The number of this set of values, given where it is new."""
    row = [facet, " ".join(sorted(values))]
    find = "SELECT id FROM filed WHERE facet = ? AND value = ?"
    if not (found := db.execute(find, row).fetchone()):
        db.execute("INSERT INTO filed (facet, value) VALUES (?, ?)", row)
        found = db.execute(find, row).fetchone()
    return found[0]
