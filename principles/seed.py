"""Seeding of the pages of the six principles."""

import tomllib
from pathlib import Path
from typing import Any

from wagtail.models import Page

from portal import seeding
from principles.models import Principle, PrincipleIndexPage, PrinciplePage

TEXTS = Path(__file__).parent / "data" / "principles.toml"


def seed(home: Page) -> int:
    """Make the index and the pages that were never made, and return how many.

    A page that was made before stays as editors left it, changed or deleted.

    Args:
        home: The parent of the index.
    """
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    made: int = _index(home, texts["index"])
    if index := PrincipleIndexPage.objects.first():
        made += sum(_page(index, text) for text in texts["principle"])
    return made


def _index(home: Page, text: dict[str, Any]) -> bool:
    def make() -> None:
        index = PrincipleIndexPage(slug="principles", show_in_menus=True, **text)
        home.add_child(instance=index)
        index.save_revision().publish()

    there = PrincipleIndexPage.objects.exists()
    return seeding.once("principles", make, there=there)


def _page(index: PrincipleIndexPage, text: dict[str, Any]) -> bool:
    principle = Principle.objects.get(slug=text["slug"])
    there = PrinciplePage.objects.filter(principle=principle).exists()
    key = f"principles/{principle.slug}"
    return seeding.once(key, lambda: _make(index, principle, text), there=there)


def _make(index: PrincipleIndexPage, principle: Principle, text: dict[str, Any]) -> None:
    page = PrinciplePage(
        principle=principle,
        title=principle.name,
        slug=principle.slug,
        intro=text["intro"],
        meaning=text["meaning"],
        less_of=text["less_of"],
        more_of=text["more_of"],
        in_practice=[("example", example) for example in text["example"]],
        questions=[("question", question) for question in text["questions"]],
        reading=[("publication", reading) for reading in text["reading"]],
        listing_summary=text["intro"],
    )
    index.add_child(instance=page)
    page.save_revision().publish()
