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
    made: int = _index(home, _read()["index"])
    if index := PrincipleIndexPage.objects.first():
        made += sum(_page(index, text) for text in texts())
    return made


def texts() -> list[dict[str, Any]]:
    """Return what the file says of each of the six.

    Its figures are chosen where case studies are seeded, because those are made later.
    """
    return _read()["principle"]


def _read() -> dict[str, Any]:
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


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
