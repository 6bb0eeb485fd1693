"""Migrated database whose copies the tests use. One process makes it; the others wait."""

import fcntl
import gc
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases

ROOT = Path(__file__).resolve().parent.parent


def migrations() -> str:
    """Return a digest of all that decides how a migrated database looks."""
    digest = hashlib.sha256()
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "constraints.txt"]:
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def connect_to_copy(run: str, *, kept: bool) -> None:
    """Copy the migrated database and connect to the copy.

    Args:
        run: What the processes of one run of tests have in common; the first makes it anew.
        kept: Whether one of an earlier run will do, if its migrations were the same.
    """
    creation, today = connection.creation, migrations()
    name = creation._get_test_db_name()  # type: ignore[attr-defined]
    with (Path(settings.VAR_DIR) / f"{Path(name).name}.made").open("a+") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        note.seek(0)
        made = note.read()
        note.truncate(0)  # so that a failure makes it anew the next time
        if not made.startswith(today if kept else f"{today} {run}"):
            make = [sys.executable, "-m", "tests.database"]
            unmeasured = os.environ | {"COVERAGE_DIR": ""}
            subprocess.run(make, cwd=ROOT, env=unmeasured, check=True)
            made = f"{today} {run}"
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        creation.clone_test_db(str(os.getpid()), verbosity=0)
        creation.setup_worker_connection(os.getpid())
        note.write(made)


def drop_copy() -> None:
    """Drop this process's copy, even if a thread of the tests still holds a connection to it."""
    if connection.vendor == "postgresql":
        copy = connection.ops.quote_name(connection.settings_dict["NAME"])
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {copy} WITH (FORCE)")
    else:
        connection.creation.destroy_test_db(verbosity=0)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    gc.freeze()  # as `serve --prepare` does
    setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    connection.close()
