"""The first words that search knows. Once seeded, they belong to the editors."""

import tomllib
from functools import partial
from pathlib import Path

from wagtail.models import Page

from portal import seeding
from search.models import AskedAs, SectorWords

WORDS = Path(__file__).parent / "data" / "words.toml"
ASKED = Path(__file__).parent / "data" / "asked.toml"
LISTS = ("words", "also", "unlike")


def groups() -> list[SectorWords]:
    """Return the groups of the file, not saved."""
    rows = tomllib.loads(WORDS.read_text(encoding="utf-8"))["group"]
    return [
        SectorWords(**row | {name: "\n".join(row.get(name, ())) for name in LISTS}) for row in rows
    ]


def asked() -> dict[str, str]:
    """Return the words in which people ask for pages, by the page's slug."""
    rows = tomllib.loads(ASKED.read_text(encoding="utf-8"))["page"]
    return {row["slug"]: row["words"] for row in rows}


def seed_asked() -> int:
    """Save the words of pages that are there and never had any, and return how many."""
    words = asked()
    return sum(
        seeding.once(
            f"asked/{page.slug}",
            partial(AskedAs.objects.get_or_create, page=page, defaults={"words": words[page.slug]}),
        )
        for page in Page.objects.filter(slug__in=words).order_by("depth", "pk")
    )


def seed() -> int:
    """Save the groups that were never saved, and return how many."""
    return sum(
        seeding.once(f"words/{group.words.splitlines()[0]}", group.save) for group in groups()
    )
