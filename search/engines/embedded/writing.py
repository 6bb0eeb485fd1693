"""Writes to the file, within the open transaction."""

import sqlite3
from array import array

from search.engines.highlights import stored
from search.engines.interface import FACETS, Entry
from search.engines.words import fold


def add(db: sqlite3.Connection, entry: Entry) -> None:
    """Add the entry, in place of any with the same key."""
    drop(db, entry.key)
    entry = stored(entry)
    filing = [_filed_under(db, facet, entry.values(facet)) for facet in FACETS]
    row: dict[str, object] = dict(zip(FACETS, filing, strict=True))
    row |= {name: getattr(entry, name) for name in ("key", "url", "note", "date", "weight")}
    row |= {"filing": array("I", filing).tobytes(), "title_order": fold(entry.title)}
    id = db.execute(
        f"INSERT INTO entry ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
        list(row.values()),
    ).lastrowid
    db.execute(
        "INSERT INTO text (id, title, names, summary, body, asked) VALUES (?, ?, ?, ?, ?, ?)",
        [id, entry.title, "\n".join(entry.names), entry.summary, entry.body, entry.asked],
    )
    db.executemany(
        "INSERT INTO name (folded, entry) VALUES (?, ?)", [(name, id) for name in entry.called]
    )


def drop(db: sqlite3.Connection, key: str) -> None:
    """Remove the entry, if it is there."""
    row = db.execute("SELECT id FROM entry WHERE key = ?", [key]).fetchone()
    if row:
        for table, column in (("text", "id"), ("name", "entry"), ("entry", "id")):
            db.execute(f"DELETE FROM {table} WHERE {column} = ?", row)  # noqa: S608


def _filed_under(db: sqlite3.Connection, facet: str, values: tuple[str, ...]) -> int:
    """Return the number of this set of values, a new one if needed."""
    row = [facet, " ".join(sorted(values))]
    find = "SELECT id FROM filed WHERE facet = ? AND value = ?"
    if not (found := db.execute(find, row).fetchone()):
        db.execute("INSERT INTO filed (facet, value) VALUES (?, ?)", row)
        found = db.execute(find, row).fetchone()
    return found[0]
