"""The file of the index: a connection for each thread, and transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.engines.embedded.schema import TABLES, OtherLayout, check_layout, create_if_empty
from search.engines.interface import EngineUnavailable


class IndexFile:
    """One SQLite file. Safe to share: each thread has its own connection."""

    def __init__(self, file: Path):
        self.file = Path(file)
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that sees one moment of a complete index.

        Raises:
            EngineUnavailable: There is none.
        """
        if not self.file.exists():
            raise EngineUnavailable("The index has not been built.")
        with _translated(), self._transaction("BEGIN") as db:
            if not db.execute("SELECT 1 FROM built").fetchone():
                raise EngineUnavailable("The index has not been built.")
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open the one transaction that writes. It is kept as a whole or not at all.

        Raises:
            EngineUnavailable: The file cannot be written to.
        """
        with _translated(), self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    def is_sound(self) -> bool:
        """Whether the file can be written to as it is.

        Raises:
            EngineUnavailable: It is only locked, or cannot be opened. Such a file must not be
                taken for a broken one.
        """
        try:
            with self._transaction("BEGIN") as db:
                for table in TABLES:
                    db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608
                return db.execute("PRAGMA quick_check (1)").fetchone()[0] == "ok"
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise EngineUnavailable(str(error)) from error
        except (sqlite3.Error, OtherLayout):
            pass
        return False

    def throw_away(self) -> None:
        """Delete the file. Whoever reads next finds no index."""
        self._close()
        for ending in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        db = self.connection()
        db.execute(begin)
        try:
            check_layout(db)
            yield db
        except BaseException:
            db.rollback()
            raise
        db.commit()

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection, a new one if the file has been replaced."""
        held = getattr(self._local, "held", None)
        if held and held[0] == _identity(self.file):
            return held[1]
        self._close()
        db = self._open()
        self._local.held = (_identity(self.file), db)
        return db

    def _close(self) -> None:
        if held := getattr(self._local, "held", None):
            held[1].close()
            self._local.held = None

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
            db.execute("CREATE TEMP TABLE some (id INTEGER PRIMARY KEY, score REAL, held)")
            create_if_empty(db)
        except sqlite3.Error:
            db.close()
            raise
        return db


@contextmanager
def _translated() -> Iterator[None]:
    """Raise SQLite's errors as `EngineUnavailable`."""
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
