"""The first words of the sector. Once seeded, they belong to the editors."""

import tomllib
from pathlib import Path

from portal import seeding
from search.models import SectorWords

WORDS = Path(__file__).parent / "data" / "words.toml"
LISTS = ("words", "also", "unlike")


def groups() -> list[SectorWords]:
    """Return the groups of the file, not saved."""
    rows = tomllib.loads(WORDS.read_text(encoding="utf-8"))["group"]
    return [
        SectorWords(**row | {name: "\n".join(row.get(name, ())) for name in LISTS}) for row in rows
    ]


def seed() -> int:
    """Save the groups that were never saved, and return how many."""
    return sum(
        seeding.once(f"words/{group.words.splitlines()[0]}", group.save) for group in groups()
    )
