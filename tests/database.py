"""Migrated database whose copies the tests use. One process makes it; the others wait.

`python -m tests.database RUN` makes it for a run of tests that begins at the same time.
"""

import fcntl
import gc
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases

ROOT = Path(__file__).resolve().parent.parent
MAKE = [sys.executable, "-m", "tests.database"]


def migrations() -> str:
    """Return a digest of all that decides how a migrated database looks."""
    digest = hashlib.sha256()
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "constraints.txt"]:
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def make_meanwhile(run: str) -> None:
    """Begin to make the database of a run in a process of its own."""
    subprocess.Popen([*MAKE, run], cwd=ROOT, env=os.environ | {"COVERAGE_DIR": ""})


@contextmanager
def alone(run: str, *, kept: bool) -> Iterator[bool]:
    """Let one process at a time make or copy the database; yield whether it is made.

    What it leaves when it raises is made anew the next time.
    """
    made = f"{migrations()} {run}"
    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    with (Path(settings.VAR_DIR) / f"{Path(name).name}.made").open("a+") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        note.seek(0)
        before = note.read()
        note.truncate(0)
        is_made = before.startswith(migrations() if kept else made)
        yield is_made
        note.write(before if is_made else made)


def connect_to_copy(run: str, *, kept: bool) -> None:
    """Copy the migrated database and connect to the copy.

    Args:
        run: What the processes of one run of tests have in common; the first makes it anew.
        kept: Whether one of an earlier run will do, if its migrations were the same.
    """
    creation = connection.creation
    name = creation._get_test_db_name()  # type: ignore[attr-defined]
    with alone(run, kept=kept) as is_made:
        if not is_made:
            subprocess.run(MAKE, cwd=ROOT, env=os.environ | {"COVERAGE_DIR": ""}, check=True)
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        creation.clone_test_db(str(os.getpid()), verbosity=0)
        creation.setup_worker_connection(os.getpid())


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
    # Without a run, whoever calls this is alone.
    with alone(sys.argv[1], kept=False) if sys.argv[1:] else nullcontext(False) as is_made:
        if not is_made:
            setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
            connection.close()
