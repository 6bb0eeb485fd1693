"""Places to back up and to restore to, each with a database and folders of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections

from portal.backups.stored import Stored
from tests.conftest import new_database

PlaceMaker = Callable[..., Stored]


@pytest.fixture
def place(tmp_path, django_db_setup, django_db_blocker) -> Iterator[PlaceMaker]:
    """Make a place: empty, or with the tests' migrated database and no files."""
    made: list[str] = []

    def make(name: str, *, filled: bool = False) -> Stored:
        connection.close()  # so that nothing of it is elsewhere than in the file
        migrated = connection.settings_dict["NAME"]
        alias, var = f"backup_{name}", tmp_path / name
        var.mkdir()
        described = dict(settings.DATABASES["default"])
        if url := new_database(alias, migrated if filled else "template0"):
            described["NAME"] = url.rpartition("/")[2]
        else:
            described["NAME"] = str(var / "portal.sqlite3")
            if filled:
                shutil.copy(migrated, described["NAME"])
        connections.settings[alias] = connections.configure_settings(
            {"default": {}, alias: described}
        )[alias]
        made.append(alias)
        return Stored(connections[alias], {"media": var / "media", "uploads": var / "uploads"})

    with django_db_blocker.unblock():
        yield make
        for alias in made:
            connections[alias].close()
            del connections[alias], connections.settings[alias]


def put(folder: Path, name: str, content: bytes) -> Path:
    """Write a file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def rows(stored: Stored) -> dict[str, list[str]]:
    """Return every row of every table, in an order that depends on nothing else."""
    quote = stored.connection.ops.quote_name
    with stored.connection.cursor() as cursor:
        cursor.execute(stored.database.list_tables)
        names = sorted(name for (name,) in cursor.fetchall())
        found = {}
        for name in names:
            cursor.execute(f"SELECT * FROM {quote(name)}")
            found[name] = sorted(repr(row) for row in cursor.fetchall())
    return found


def contents(stored: Stored) -> dict[str, bytes]:
    """Return every file by its name in a backup."""
    return {name: path.read_bytes() for name, path in stored.files().items()}
