"""Manifest of a backup: what it holds, with a checksum for each file. It is written last."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

NAME = "manifest.json"
FORMAT = 1
BLOCK = 1 << 20

Say = Callable[[str], None]


class BackupProblem(Exception):
    """A backup that cannot be made, trusted or restored; the message says why and what to do."""


@dataclass(frozen=True)
class File:
    """One file of the backup."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. Names are paths within it, with slashes."""

    made_at: str
    site: str
    vendor: str
    server_version: int
    migrations: dict[str, list[str]]
    tables: dict[str, int]
    files: dict[str, File]
    missing: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    fingerprints: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def size(self) -> int:
        """How many bytes its files have."""
        return sum(file.size for file in self.files.values())

    def write(self, folder: Path) -> None:
        """Write it into the backup's folder."""
        (folder / NAME).write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Return the manifest of a backup.

        Raises:
            BackupProblem: There is none, it is damaged, or its format is unknown.
        """
        try:
            found: dict[str, Any] = json.loads((folder / NAME).read_text())
        except FileNotFoundError:
            raise BackupProblem(
                f"{folder} is not a whole backup: it has no {NAME}, which is written last. "
                "Perhaps it was cut off, or is still being made. Use another one."
            ) from None
        except ValueError:
            raise BackupProblem(f"{folder / NAME} is damaged. Use another backup.") from None
        if found.get("format") != FORMAT:
            raise BackupProblem(
                f"{folder} has format {found.get('format')}, and this version reads {FORMAT}. "
                "Restore it with the version that made it."
            )
        files = {name: File(**file) for name, file in found.pop("files").items()}
        return cls(files=files, **found)


def digest(reading: BinaryIO, writing: BinaryIO | None = None) -> File:
    """Return the size and checksum of a file, and write it to another one on the way."""
    size, sha = 0, hashlib.sha256()
    while block := reading.read(BLOCK):
        size += len(block)
        sha.update(block)
        if writing:
            writing.write(block)
    return File(size, sha.hexdigest())


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file of a backup with its checksum.

    Raises:
        BackupProblem: Files are missing or differ; it names the first ones.
    """
    wrong = []
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
            continue
        with path.open("rb") as reading:
            if digest(reading) != expected:
                wrong.append(f"{name} was changed or is damaged")
    if wrong:
        more = f", and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise BackupProblem(f"The backup is not as it was made: {'; '.join(wrong[:5])}{more}.")
