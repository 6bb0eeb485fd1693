"""Management command `serve`: the web server and worker of `make run` in one group."""

import gc
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from councils import register
from portal.jobs.worker import run as work
from portal.management import demo_accounts
from portal.management.web_server import WebServer
from search.documents.indexing import ensure_built
from search.engines.interface import EngineUnavailable


class Command(BaseCommand):
    """Prepare the site if asked to, start the web server, and work until stopped."""

    help = "Serve the site on 127.0.0.1 with its worker; --prepare makes all it needs first."

    def add_arguments(self, parser):
        """Add `--prepare`."""
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="Migrate, load the register, seed content and (in DEBUG) the demonstration.",
        )

    def handle(self, *, prepare: bool, **options):
        """Serve until stopped; raise CommandError if the port is taken."""
        _refuse_a_taken_port(int(settings.PORT))
        if prepare:
            self._prepare()
        server = WebServer(int(settings.PORT))
        try:
            server.wait_until_it_answers()
            self._say_where()
            work(f"{socket.gethostname()[:40]}-{os.getpid()}", beside=server.look_after)
        finally:
            server.stop()

    def _prepare(self) -> None:
        """Make what the site needs and does not have; safe to run again."""
        self._step("Database")
        _refuse_an_old_database()
        gc.freeze()  # migrating makes much garbage; not to look among what is loaded saves a sixth
        with _built_aside():
            call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        self._step("Register of councils")
        for name in ("councils.csv", "other_bodies.csv"):
            call_command("load_councils", register.DATA / name, stdout=self.stdout)
        self._step("Content")
        call_command("seed_content", stdout=self.stdout)
        if settings.DEBUG:
            self._step("Demonstration")
            call_command("seed_demo", stdout=self.stdout)
        self._step("Search")
        try:
            ensure_built()
        except EngineUnavailable as problem:  # the site works without search and says so
            self.stdout.write(self.style.WARNING(f"Search is limited: {problem}"))

    def _step(self, name: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"== {name}"))
        self.stdout.flush()

    def _say_where(self) -> None:
        # Passkeys refuse bare addresses, so the name is printed, not 127.0.0.1.
        url = f"http://localhost:{settings.PORT}"
        self.stdout.write(f"\nKeep it Local is at  {url}/")
        self.stdout.write(f"Staff and editors    {url}/admin/")
        if settings.DEBUG:
            self.stdout.write(f"Mail that it sends   {url}/dev/mail/")
            for line in demo_accounts.lines():
                self.stdout.write(line)
        self.stdout.write("Stop with Ctrl+C.")
        self.stdout.flush()


def _refuse_an_old_database() -> None:
    """Raise CommandError for a database from before the new migrations of November 2026."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return  # to look at its tables would make the file
    tables = connection.introspection.table_names()
    if (
        "django_migrations" in tables
        and ("network", "0001_nouns") in MigrationRecorder(connection).applied_migrations()
    ):
        name = connection.settings_dict["NAME"]
        raise CommandError(
            f"The database {name} was made by an older version, whose migrations no longer exist: "
            "move it away, or name another one with VAR_DIR or DATABASE_URL, and run this again."
        )


@contextmanager
def _built_aside() -> Iterator[None]:
    """Migrate a new SQLite database under another name, and rename the finished file.

    Django commits a migration and records it a moment later. If the process is killed in
    between, every later run would fail with "duplicate column".
    """
    named = connection.settings_dict["NAME"]
    if connection.vendor != "sqlite" or Path(named).exists():
        yield
        return
    aside = Path(f"{named}.new")
    for left_over in aside.parent.glob(f"{aside.name}*"):
        left_over.unlink()
    connection.close()
    connection.settings_dict["NAME"] = str(aside)
    yield
    with connection.cursor() as cursor:  # everything into the one file that is renamed
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    aside.rename(named)
    connection.settings_dict["NAME"] = named


def _refuse_a_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            raise CommandError(
                f"Port {port} is taken. Stop what uses it, or: PORT={port + 1} make run"
            ) from problem
