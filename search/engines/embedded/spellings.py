"""How entries in the file spell words: what `search.engines.spelling` needs to know."""

import json
import sqlite3
from collections.abc import Iterable

from search.engines.embedded.finding import quoted
from search.engines.spelling import slips

_VISIBLE = (
    "SELECT 1 FROM stemmed WHERE stemmed MATCH ? AND rowid NOT IN"
    " (SELECT id FROM entry WHERE key IN (SELECT value FROM json_each(?))) LIMIT 1"
)
_NEAR = "SELECT term, doc FROM spelled WHERE length(term) BETWEEN ? AND ?"


class Spellings:
    """The words of the file, without those of entries that may not be shown."""

    def __init__(self, db: sqlite3.Connection, exclude: Iterable[str]):
        self._db, self._exclude = db, json.dumps(sorted(exclude))

    def known(self, words: Iterable[str]) -> set[str]:
        """Which of these words, or other forms of them, stand in a visible entry."""
        return {
            w for w in words if self._db.execute(_VISIBLE, [quoted(w), self._exclude]).fetchone()
        }

    def near(self, word: str) -> Iterable[tuple[str, int]]:
        """Words of about this length, with how many entries hold them. Of withdrawn ones too."""
        if not (edits := slips(word)):
            return []
        return self._db.execute(_NEAR, [len(word) - edits, len(word) + edits])
