"""The pages of the six principles, as the site begins."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.models import Page

from principles.models import (
    Example,
    Principle,
    PrincipleIndexPage,
    PrinciplePage,
    Prompt,
)

TEXTS = Path(__file__).parent / "data" / "principles.toml"


def seed(home: Page) -> int:
    """Make the index and the pages that are missing, below `home`; how many that were.

    What is there is left as it is: from the first seeding on, the text is the editors'.
    """
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    index, made = _index(home, texts["index"])
    for text in texts["principle"]:
        made += _page(index, text)
    return made


@transaction.atomic
def _index(home: Page, text: dict[str, Any]) -> tuple[PrincipleIndexPage, int]:
    if index := PrincipleIndexPage.objects.first():
        return index, 0
    index = PrincipleIndexPage(slug="principles", show_in_menus=True, **text)
    home.add_child(instance=index)
    index.save_revision().publish()
    return index, 1


@transaction.atomic
def _page(index: PrincipleIndexPage, text: dict[str, Any]) -> int:
    principle = Principle.objects.get(slug=text["slug"])
    if PrinciplePage.objects.filter(principle=principle).exists():
        return 0
    page = PrinciplePage(
        principle=principle,
        title=principle.name,
        slug=principle.slug,
        intro=text["intro"],
        meaning=text["meaning"],
        listing_summary=text["intro"],
    )
    page.prompts = [Prompt(text=prompt) for prompt in text["prompts"]]
    page.examples = [Example(**example) for example in text["example"]]
    index.add_child(instance=page)
    page.save_revision().publish()
    return 1
