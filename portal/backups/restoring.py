"""Restoring of a backup, into an empty place or over what is there."""

import os
import time
from pathlib import Path
from typing import Any

from django.db.migrations.loader import MigrationLoader

from portal.backups.manifest import BackupProblem, Manifest, Say, digest, verify
from portal.backups.stored import Stored
from portal.backups.taking import count_rows, fingerprints

# In the folder of a file that is being copied; a dot, so that nothing serves it.
COPYING = ".restoring"


def restore(stored: Stored, folder: Path, say: Say, *, replace: bool = False) -> Manifest:
    """Put a backup's database and files in place, and return its manifest.

    Everything is checked before anything is changed. Files come first, then the database in one
    transaction, then files that the backup does not have go. A restore that was cut off
    runs again from the start.

    Args:
        stored: Where to.
        folder: The backup.
        say: Is told how far it is.
        replace: Whether to overwrite a place that is not empty.

    Raises:
        BackupProblem: The backup is not whole, does not fit, or the place is not empty.
    """
    manifest = Manifest.read(folder)
    say(f"Backup of {manifest.site}, made at {manifest.made_at}")
    verify(folder, manifest)
    say(f"Checked: {len(manifest.files):,} files, {manifest.size / 1e6:,.1f} MB")
    _refuse_another_database(stored, manifest)
    _refuse_newer(manifest)
    if not replace:
        _refuse_what_is_there(stored)
    for name, mark in fingerprints().items():
        if manifest.fingerprints.get(name) != mark:
            say(f"{name} is not the one of the backup. {DIFFERENT_KEY[name]}")
    _copy_files(stored, folder, manifest, say)
    stored.database.load(folder / stored.database.file_name)
    for name, path in stored.files().items():
        if name not in manifest.files:
            path.unlink()
    counted = _counts(stored)
    if counted != manifest.tables:
        differing = sorted(
            name
            for name in counted.keys() | manifest.tables.keys()
            if counted.get(name) != manifest.tables.get(name)
        )
        raise BackupProblem(
            f"Restored, but these tables have other numbers of rows: {', '.join(differing)}. "
            "Is the site still running? Stop it, and run this again with --replace."
        )
    say(f"Database: {sum(counted.values()):,} rows in {len(counted)} tables, as in the manifest")
    return manifest


DIFFERENT_KEY = {
    "SECRET_KEY": "Everyone must sign in again.",
    "LINK_KEY": "Every link in an email that was sent before has expired.",
}


def _refuse_another_database(stored: Stored, manifest: Manifest) -> None:
    vendor = stored.connection.vendor
    if vendor != manifest.vendor:
        raise BackupProblem(
            f"The backup is of {manifest.vendor}, and DATABASE_URL names {vendor}. "
            f"Set DATABASE_URL to a {manifest.vendor} database."
        )
    version = stored.database.server_version
    if version < manifest.server_version:
        raise BackupProblem(
            f"The backup is of version {manifest.server_version} of {vendor}, and this server is "
            f"version {version}. Restore it to the same version or a newer one."
        )


def _refuse_newer(manifest: Manifest) -> None:
    """Refuse a database that knows migrations which this code does not have."""
    loader = MigrationLoader(None)
    known = loader.disk_migrations.keys()
    newer = [
        f"{app}.{name}"
        for app, names in manifest.migrations.items()
        for name in names
        if app in loader.migrated_apps and (app, name) not in known
    ]
    if newer:
        raise BackupProblem(
            f"The backup was made by a newer version of the site (migration {newer[0]}). "
            "Install that version first."
        )


def _refuse_what_is_there(stored: Stored) -> None:
    there = [] if stored.database.is_empty() else ["the database has tables"]
    there += [f"{path} has files" for name, path in stored.folders.items() if _has_files(path)]
    if there:
        raise BackupProblem(
            f"This place is not empty: {', '.join(there)}. Everything in it would be lost. "
            "If that is what you want, stop the site and add --replace."
        )


def _has_files(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*"))


def _copy_files(stored: Stored, folder: Path, manifest: Manifest, say: Say) -> None:
    names = [name for name in manifest.files if "/" in name]
    targets = {name: stored.path_of(name) for name in names}
    spoken = time.monotonic()
    for number, (name, target) in enumerate(targets.items(), start=1):
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{COPYING}.{target.name}"[:200])
        with (folder / name).open("rb") as reading, aside.open("wb") as writing:
            digest(reading, writing)
        seen = (folder / name).stat()
        os.utime(aside, ns=(seen.st_atime_ns, seen.st_mtime_ns))
        aside.replace(target)
        if time.monotonic() - spoken > 2:
            spoken = time.monotonic()
            say(f"Files: {number:,} of {len(names):,}")
    say(f"Files: {len(names):,} in place")


def _counts(stored: Stored) -> dict[str, int]:
    with stored.connection.cursor() as cursor:

        def ask(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return cursor.fetchall()

        names = sorted(name for (name,) in ask(stored.database.list_tables))
        return {name: count_rows(stored, ask, name) for name in names}
