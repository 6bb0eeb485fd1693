"""Copies of a database while it is in use, and back: SQLite's own copying, pg_dump and psql."""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.client import DatabaseClient

from portal.backups.manifest import BackupProblem

PATIENCE = 60  # seconds, for whoever else writes to the database

Ask = Callable[[str], list[tuple[Any, ...]]]


class SQLite:
    """The database file. SQLite copies it page by page, as it was at one moment."""

    file_name = "database.sqlite3"
    list_tables = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\'"
    )

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.path = Path(connection.settings_dict["NAME"])

    @property
    def server_version(self) -> int:
        """The file's format has not changed since 2004."""
        return 3

    def size(self) -> int:
        """How many bytes a copy will take, about."""
        return self.path.stat().st_size

    def is_empty(self) -> bool:
        """Whether there is no file, or one without tables. Asking makes no file."""
        if not self.path.exists():
            return True
        with closing(sqlite3.connect(self.path)) as database:
            return not database.execute(self.list_tables).fetchall()

    @contextmanager
    def copied_to(self, file: Path) -> Iterator[Ask]:
        """Copy the database, and let the caller ask the copy."""
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(file)) as copy:
            _copy(source, copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise BackupProblem(f"The database is damaged: {found}")
            yield lambda sql: copy.execute(sql).fetchall()

    def load(self, file: Path) -> None:
        """Replace the whole database with a copy, in one transaction."""
        self.connection.close()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        source_uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        with (
            closing(sqlite3.connect(source_uri, uri=True)) as source,
            closing(sqlite3.connect(self.path)) as target,
        ):
            _copy(source, target)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    deadline = time.monotonic() + PATIENCE

    def give_up_late(status: int, remaining: int, total: int) -> None:
        # Python asks again for ever while another process holds the lock.
        if remaining and time.monotonic() > deadline:
            raise BackupProblem(
                f"Something else wrote to the database for {PATIENCE} seconds. "
                "Stop the site, and run this again."
            )

    source.backup(target, progress=give_up_late)


class PostgreSQL:
    """A database of a server. The dump and our counts see the same snapshot of it."""

    file_name = "database.dump"
    # Not those of extensions.
    _list_functions = (
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = "
        "current_schema()::regnamespace AND prokind = 'f' AND NOT EXISTS "
        "(SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
    )
    list_tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    @property
    def server_version(self) -> int:
        """The server's major version."""
        self.connection.ensure_connection()
        return int(self.connection.connection.info.server_version // 10000)

    def size(self) -> int:
        """How many bytes a copy will take at most."""
        return self._ask_once("SELECT pg_database_size(current_database())")[0][0]

    def is_empty(self) -> bool:
        """Whether it has no tables."""
        return not self._ask_once(self.list_tables)

    @contextmanager
    def copied_to(self, file: Path) -> Iterator[Ask]:
        """Dump the database, and let the caller ask the same snapshot."""
        dump = self._program("pg_dump")
        where, environment = self._address()
        own = self.connection.copy()
        try:
            with own.cursor() as cursor:
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                command = [dump, "--format=custom", "--no-owner", "--no-privileges"]
                command += [f"--snapshot={cursor.fetchone()[0]}", f"--file={file}", *where]
                _run(command, environment)

                def ask(sql: str) -> list[tuple[Any, ...]]:
                    cursor.execute(sql)
                    return cursor.fetchall()

                yield ask
        finally:
            own.close()

    def load(self, file: Path) -> None:
        """Replace every table with those of a dump, in one transaction."""
        restore, psql = self._program("pg_restore"), self._program("psql")
        where, environment = self._address()
        begin = f"BEGIN; SET LOCAL lock_timeout = '{PATIENCE}s';\n{self._drops()}"
        self.connection.close()
        asked = [psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
        with (
            tempfile.TemporaryFile() as problems,
            subprocess.Popen(
                [restore, "--no-owner", "--no-privileges", "--file=-", str(file)],
                stdout=subprocess.PIPE,
                stderr=problems,
            ) as reader,
            subprocess.Popen(
                [*asked, *where], stdin=subprocess.PIPE, stderr=problems, env=environment
            ) as writer,
        ):
            assert reader.stdout and writer.stdin
            try:
                writer.stdin.write(begin.encode())
                shutil.copyfileobj(reader.stdout, writer.stdin)
                # Without this word psql ends, and PostgreSQL undoes everything.
                if reader.wait() == 0:
                    writer.stdin.write(b"\nCOMMIT;\n")
                writer.stdin.close()
            except BrokenPipeError:  # psql met an error, and has said which
                reader.kill()
            if writer.wait() or reader.wait():
                problems.seek(0)
                said = problems.read().decode(errors="replace").strip()
                raise BackupProblem(
                    f"PostgreSQL refused the backup, and its tables are as they were: {said}"
                )

    def _drops(self) -> str:
        """Return SQL that drops all tables, and the functions of our triggers.

        Not the schema: a charity's provider may not let it make one.
        """
        tables = [
            self.connection.ops.quote_name(name) for (name,) in self._ask_once(self.list_tables)
        ]
        functions = [name for (name,) in self._ask_once(self._list_functions)]
        drops = [f"DROP TABLE {', '.join(tables)} CASCADE;\n"] if tables else []
        drops += [f"DROP FUNCTION {', '.join(functions)} CASCADE;\n"] if functions else []
        return "".join(drops)

    def _ask_once(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def _address(self) -> tuple[list[str], dict[str, str]]:
        """Return options that name the database, and an environment with the password."""
        arguments, extra = DatabaseClient.settings_to_cmd_args_env(
            self.connection.settings_dict, []
        )
        return arguments[1:], os.environ | (extra or {})

    def _program(self, name: str) -> str:
        """Return the path of one of PostgreSQL's programs that can talk to this server."""
        path, server = shutil.which(name), self.server_version
        needed = f"Install PostgreSQL's client programs of version {server} or newer, for example "
        needed += f"with: apt-get install postgresql-client-{server}"
        if not path:
            raise BackupProblem(f"There is no {name} on this machine's PATH. {needed}")
        said = _run([path, "--version"], dict(os.environ))
        found = re.search(r"\d+", said)
        if not found or int(found[0]) < server:
            raise BackupProblem(f"{said.strip()} is older than the server. {needed}")
        return path


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise BackupProblem(f"{Path(command[0]).name} failed: {done.stderr.strip()}")
    return done.stdout


Database = SQLite | PostgreSQL


def database_of(connection: BaseDatabaseWrapper) -> Database:
    """Return the way to copy this database."""
    return PostgreSQL(connection) if connection.vendor == "postgresql" else SQLite(connection)
