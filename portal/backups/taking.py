"""A new backup, made while the site is in use."""

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from portal.backups.databases import Ask
from portal.backups.manifest import BackupProblem, File, Manifest, Say, digest
from portal.backups.stored import Stored, file_fields

UNFINISHED = ".unfinished"
# Named in the manifest, and never copied: who finds a backup must not be able to sign links.
SECRETS = ["SECRET_KEY", "LINK_KEY", "DATABASE_URL", "EMAIL_URL", "MAIL_WEBHOOK_SECRET"]
SECRETS += ["REDIS_URL", "ELASTICSEARCH_URL"]


def take(stored: Stored, to: Path, say: Say) -> Manifest:
    """Make a backup in a new folder, and return its manifest.

    It is made under another name beside it, and gets its own name when it is whole.
    Files are copied before the database and again after it. So each file that a row of the copy
    names is there, even if someone added or deleted files meanwhile.

    Args:
        stored: What to copy.
        to: The folder to make.
        say: Is told how far it is.

    Raises:
        BackupProblem: Nothing is left behind.
    """
    if to.exists():
        raise BackupProblem(f"{to} exists already. Name a folder that does not.")
    to.parent.mkdir(parents=True, exist_ok=True)
    _refuse_without_room(stored, to.parent)
    part = Path(tempfile.mkdtemp(prefix=f".{to.name}.", suffix=UNFINISHED, dir=to.parent))
    try:
        files = _copy_files(stored, part, {}, say)
        copy = part / stored.database.file_name
        with stored.database.copied_to(copy) as ask:
            tables = {
                name: count_rows(stored, ask, name) for (name,) in ask(stored.database.list_tables)
            }
            named = _named_files(stored, ask)
            migrations: dict[str, list[str]] = {}
            for app, name in ask("SELECT app, name FROM django_migrations ORDER BY app, name"):
                migrations.setdefault(app, []).append(name)
        say(f"Database: {sum(tables.values()):,} rows in {len(tables)} tables")
        files |= _copy_files(stored, part, files, say)
        for name in files.keys() - stored.files().keys() - named:
            (part / name).unlink()  # deleted meanwhile, and no row of the copy names it
            del files[name]
        with copy.open("rb") as reading:
            files[copy.name] = digest(reading)
        manifest = Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            site=settings.SITE_URL,
            vendor=stored.connection.vendor,
            server_version=stored.database.server_version,
            migrations=migrations,
            tables=dict(sorted(tables.items())),
            files=dict(sorted(files.items())),
            missing=sorted(named - files.keys()),
            secrets=[name for name in SECRETS if os.environ.get(name)],
            fingerprints=fingerprints(),
        )
        os.sync()  # the manifest says that everything is there, so it must be on the disk
        manifest.write(part)
        os.sync()
        part.rename(to)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    if manifest.missing:
        say(f"{len(manifest.missing)} files that rows name were missing on the site already:")
        for name in manifest.missing[:5]:
            say(f"  {name}")
    return manifest


def fingerprints() -> dict[str, str]:
    """Return marks of the two keys, which tell whether a key is the same but not what it is."""
    keys = {"SECRET_KEY": settings.SECRET_KEY, "LINK_KEY": settings.LINK_KEY}
    return {
        name: hashlib.scrypt(key.encode(), salt=name.encode(), n=2**14, r=8, p=1, dklen=12).hex()
        for name, key in keys.items()
    }


def _refuse_without_room(stored: Stored, folder: Path) -> None:
    needed = stored.database.size() + sum(path.stat().st_size for path in stored.files().values())
    free = shutil.disk_usage(folder).free
    if free < needed * 1.1:
        raise BackupProblem(
            f"The backup needs about {needed / 1e6:,.0f} MB, and the disk of {folder} has "
            f"{free / 1e6:,.0f} MB left. Delete old backups, or name a folder on another disk."
        )


def count_rows(stored: Stored, ask: Ask, table: str) -> int:
    """Return how many rows a table of the database, or of its copy, has."""
    return ask(f"SELECT count(*) FROM {stored.connection.ops.quote_name(table)}")[0][0]  # noqa: S608


def _named_files(stored: Stored, ask: Ask) -> set[str]:
    """Return the files that rows of the copy name."""
    quote, names = stored.connection.ops.quote_name, set()
    for field, folder in file_fields():
        table, column = quote(field.model._meta.db_table), quote(field.column or field.name)
        for (file,) in ask(f"SELECT {column} FROM {table} WHERE {column} <> ''"):  # noqa: S608
            names.add(f"{folder}/{file}")
    return names


def _copy_files(stored: Stored, part: Path, have: dict[str, File], say: Say) -> dict[str, File]:
    """Copy the files that the backup does not have yet, and return them."""
    waiting = {name: path for name, path in stored.files().items() if name not in have}
    copied: dict[str, File] = {}
    spoken = time.monotonic()
    for name, path in waiting.items():
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("rb") as reading, target.open("wb") as writing:
                copied[name] = digest(reading, writing)
            seen = path.stat()
        except FileNotFoundError:  # deleted a moment ago
            target.unlink(missing_ok=True)
            continue
        os.utime(target, ns=(seen.st_mtime_ns, seen.st_mtime_ns))
        if time.monotonic() - spoken > 2:
            spoken = time.monotonic()
            say(f"Files: {len(copied):,} of {len(waiting):,}")
    size = sum(file.size for file in copied.values())
    if copied:
        say(f"Files: {len(copied):,} copied, {size / 1e6:,.1f} MB")
    return copied
