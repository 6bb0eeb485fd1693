"""What a site stores: its database, and its folders of files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.backups.databases import Database, database_of
from portal.backups.manifest import BackupProblem


@dataclass(frozen=True)
class Stored:
    """A place that a backup is made of, or restored to."""

    connection: BaseDatabaseWrapper
    folders: Mapping[str, Path]

    @property
    def database(self) -> Database:
        """The way to copy its database."""
        return database_of(self.connection)

    def files(self) -> dict[str, Path]:
        """Return every file of its folders, by its name within a backup."""
        return {
            f"{name}/{path.relative_to(folder).as_posix()}": path
            for name, folder in self.folders.items()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }

    def path_of(self, name: str) -> Path:
        """Return where a file of a backup belongs.

        Raises:
            BackupProblem: The name leads to somewhere else.
        """
        folder, _, rest = name.partition("/")
        if folder not in self.folders or not rest or ".." in Path(rest).parts:
            raise BackupProblem(f"The backup holds a file that belongs nowhere: {name}")
        return self.folders[folder] / rest


def here() -> Stored:
    """Return what this site stores.

    Raises:
        BackupProblem: A model keeps files where we do not look for them.
    """
    list(file_fields())
    return Stored(connection, _folders())


def _folders() -> dict[str, Path]:
    return {"media": Path(settings.MEDIA_ROOT), "uploads": Path(settings.UPLOADS_ROOT)}


def file_fields() -> Iterator[tuple[models.FileField, str]]:
    """Return every field of every table that holds a file, and the folder it is kept in.

    Raises:
        BackupProblem: A field keeps its files elsewhere.
    """
    names = {folder.resolve(): name for name, folder in _folders().items()}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, models.FileField):
                continue
            location = getattr(field.storage, "location", None)
            if location is None or Path(location).resolve() not in names:
                raise BackupProblem(
                    f"{model._meta.label}.{field.name} keeps its files outside MEDIA_ROOT and "
                    "UPLOADS_ROOT, so a backup would miss them."
                )
            yield field, names[Path(location).resolve()]
