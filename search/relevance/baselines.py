"""Baselines for relevance: a plain BM25, and Wagtail's own database search.

Both search the same entries as our engines.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, models
from wagtail.search import index
from wagtail.search.backends.database import SearchBackend

from search.engines.interface import Entry
from search.engines.words import fold
from search.relevance.judging import DEPTH, judged_names

Search = Callable[[str], list[str]]  # a question in, names out, best first


class StockEntry(index.Indexed, models.Model):
    """An entry as Wagtail would index it. Its table exists only while it is measured."""

    url = models.TextField()
    title = models.TextField()
    names = models.TextField()
    summary = models.TextField()
    body = models.TextField()

    search_fields = [
        index.SearchField("title", boost=10),
        index.SearchField("names", boost=4),
        index.SearchField("summary", boost=3),
        index.SearchField("body"),
    ]

    class Meta:
        app_label = "search"
        managed = False

    def __str__(self) -> str:
        return self.title


def plain_bm25(entries: Iterable[Entry]) -> Search:
    """Return a search by SQLite's BM25 over all text of an entry, for any of the words."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE entry USING fts5 (url UNINDEXED, text)")
    db.executemany(
        "INSERT INTO entry VALUES (?, ?)",
        [(e.url, "\n".join([e.title, *e.names, e.summary, e.body])) for e in entries],
    )

    def search(question: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in fold(question).split())
        rows = db.execute(
            "SELECT url FROM entry WHERE entry MATCH ? ORDER BY rank LIMIT ?", [words, 5 * DEPTH]
        )
        return judged_names(url for (url,) in rows)

    return search


@contextmanager
def stock(entries: Iterable[Entry], operator: str) -> Iterator[Search]:
    """Open Wagtail's database search as it comes, with "and" (its default) or "or"."""
    backend = SearchBackend({})
    with connection.schema_editor() as editor:
        editor.create_model(StockEntry)
    try:
        rows = StockEntry.objects.bulk_create(
            StockEntry(
                url=e.url, title=e.title, names="\n".join(e.names), summary=e.summary, body=e.body
            )
            for e in entries
        )
        backend.add_bulk(StockEntry, rows)
        every = StockEntry.objects.all()
        yield lambda question: judged_names(
            row.url for row in backend.search(question, every, operator=operator)[: 5 * DEPTH]
        )
    finally:
        StockEntry.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.delete_model(StockEntry)
