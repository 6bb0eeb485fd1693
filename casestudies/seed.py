"""Seeding of the case studies in `casestudies/data/`: from public sources, in our words.

A page that was made before belongs to the editors: no change is undone, and a page they
unpublished, renamed or deleted stays so. A page that no editor has saved gets the newer text.
"""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail.rich_text import RichText
from wagtail.signals import page_slug_changed

from casestudies import citations
from casestudies.models import (
    CaseStudyIndexPage,
    CaseStudyPage,
    Correction,
    Reading,
    ReadingListPage,
    Result,
    Source,
)
from councils.models import Council
from portal import seeding
from principles import seed as principle_texts
from principles.models import Principle, PrinciplePage

DATA = Path(__file__).parent / "data"
READING_LIST = DATA / "reading_lists" / "start-here.toml"
WRITTEN_ON = date(2026, 11, 30)
INTRODUCTION = (
    "What councils did, what came of it and what was hard. "
    "Every figure says what it measures, when, who claims it and where."
)

PLAIN = (
    "slug",
    "title",
    "theme",
    "status",
    "as_at",
    "status_note",
    "summary",
    "what_changed",
    "cost_band",
    "procurement_route",
)
OTHERS = ("council", "partners", "steps", "story", "nothing_found", "written_on")
ROWS = {"sources": Source, "results": Result, "corrections": Correction}


def case_studies() -> Iterator[dict[str, Any]]:
    """Yield the content of each file, in the order of their names.

    `council` is a key of the register, because names and slugs can change.
    """
    for path in sorted(DATA.glob("*.toml")):
        yield tomllib.loads(path.read_text(encoding="utf-8"))


@transaction.atomic
def seed(home: Page) -> int:
    """Make the index and the case studies that were never made, and return how many pages.

    A case study is identified by its first slug (`was` in its file), so that a page seeded
    before it was renamed is not made again, but renamed. If one fails, nothing is made.

    Args:
        home: The parent of the index.

    Raises:
        Council.DoesNotExist: If the register is not loaded.
        ValidationError: If a file breaks a rule for publishing.
    """
    made: int = _index(home)
    if index := CaseStudyIndexPage.objects.first():
        for entry in case_studies():
            is_new = _case_study(index, entry)
            _old_address(index, entry)
            _newer_text(index, entry, is_new=is_new)
            made += is_new
        made += _reading_list(index)
    return made


def choose_figures() -> int:
    """Choose the figures of each principle's page that never had any, and return for how many.

    A page with figures or with a draft is left to its editors.
    """
    return sum(_choose(text["slug"], text["figures"]) for text in principle_texts.texts())


def _choose(principle: str, figures: list[dict[str, str]]) -> bool:
    page = PrinciplePage.objects.filter(principle__slug=principle).first()
    if page is None:
        return False
    slugs = [figure["case_study"] for figure in figures]
    pages = {study.slug: study for study in CaseStudyPage.objects.live().filter(slug__in=slugs)}

    def make() -> None:
        page.chosen_figures = [
            ("figure", {"case_study": pages[each["case_study"]], "figure": each["figure"]})
            for each in figures
            if each["case_study"] in pages
        ]
        page.save_revision().publish()

    there = bool(page.chosen_figures) or page.has_unpublished_changes
    return seeding.once(f"principles/{principle}/figures", make, there=there)


def _index(home: Page) -> bool:
    def make() -> None:
        index = CaseStudyIndexPage(
            title="Case studies",
            slug="case-studies",
            introduction=INTRODUCTION,
            listing_summary=INTRODUCTION,
            show_in_menus=True,
        )
        home.add_child(instance=index)
        index.save_revision().publish()

    return seeding.once("case-studies", make, there=CaseStudyIndexPage.objects.exists())


def _case_study(index: CaseStudyIndexPage, entry: dict[str, Any]) -> bool:
    def make() -> None:
        page = _page(entry)
        index.add_child(instance=page)
        page.save_revision().publish()

    slugs = [*(was["slug"] for was in befores(entry)), entry["slug"]]
    there = index.get_children().filter(slug__in=slugs).exists()
    return seeding.once(f"case-studies/{slugs[0]}", make, there=there)


def _reading_list(index: CaseStudyIndexPage) -> bool:
    def make() -> None:
        data = tomllib.loads(READING_LIST.read_text(encoding="utf-8"))
        readings = data.pop("reading")
        pages = {page.slug: page for page in CaseStudyPage.objects.child_of(index)}
        page = ReadingListPage(**data)
        page.readings = [
            Reading(sort_order=n, case_study=pages[each["slug"]], why=each["why"])
            for n, each in enumerate(readings)
            if each["slug"] in pages
        ]
        index.add_child(instance=page)
        page.save_revision().publish()

    return seeding.once("case-studies/reading-list", make, there=False)


def _old_address(index: CaseStudyIndexPage, entry: dict[str, Any]) -> None:
    """Redirect a case study's old addresses, and rename a page that still has one; once each."""
    for was in befores(entry):

        def redirect(was: dict[str, str] = was) -> None:
            pages = CaseStudyPage.objects.child_of(index)
            slugs = [entry["slug"], *(each["slug"] for each in befores(entry))]
            page = pages.filter(slug__in=slugs).first()
            if page is None:
                return
            if page.slug == was["slug"]:
                _rename(page, entry, was)  # Wagtail then makes the redirect
            elif was["slug"] != entry["slug"]:
                Redirect.add_redirect(f"{CaseStudyIndexPage.ADDRESS}{was['slug']}/", page)

        seeding.once(f"case-studies/{was['slug']}/address", redirect)


def _newer_text(index: CaseStudyIndexPage, entry: dict[str, Any], *, is_new: bool) -> None:
    """Publish the present text of a page that only we have ever saved, as a new version; once."""

    def rewrite() -> None:
        page = CaseStudyPage.objects.child_of(index).live().filter(slug=entry["slug"]).first()
        if page is None or page.has_unpublished_changes:
            return
        if page.revisions.filter(user__isnull=False).exists():
            return
        written = _page(entry)
        for name in (*PLAIN, *citations.TEXTS, *OTHERS):
            setattr(page, name, getattr(written, name))
        for name in ("principles", *ROWS):
            setattr(page, name, getattr(written, name).all())
        page.save_revision().publish()

    seeding.once(f"case-studies/{entry['slug']}/{WRITTEN_ON}", rewrite, there=is_new)


def befores(entry: dict[str, Any]) -> list[dict[str, str]]:
    """Return the slugs and titles that a case study had before, oldest first."""
    was = entry.get("was", [])
    return was if isinstance(was, list) else [was]


def _rename(page: CaseStudyPage, entry: dict[str, Any], was: dict[str, str]) -> None:
    """Give a page the slug of its entry, and the title too unless editors changed it.

    A draft that is newer than the page keeps its text and stays a draft.
    """
    before = CaseStudyPage.objects.get(pk=page.pk)
    draft = page.get_latest_revision_as_object()
    for version in (page, draft):
        version.slug = entry["slug"]
        if version.title == was["title"]:
            version.title = entry["title"]
    page.save()
    draft.save_revision(changed=page.has_unpublished_changes)
    if page.slug != before.slug:
        page_slug_changed.send(sender=CaseStudyPage, instance=page, instance_before=before)


def _page(entry: dict[str, Any]) -> CaseStudyPage:
    """Return the page of an entry, unsaved."""
    page = CaseStudyPage(
        council=Council.objects.get(key=entry["council"]),
        partners=[("partner", partner) for partner in entry.get("partners", [])],
        steps=[("step", _step(step)) for step in entry.get("steps", [])],
        story=[_block(block) for block in entry.get("story", [])],
        nothing_found=entry.get("nothing_found", []),
        written_on=WRITTEN_ON,
        **{field: entry.get(field, "") for field in PLAIN},
        **{field: entry.get(field, "").strip() for field in citations.TEXTS},
    )
    page.principles = Principle.objects.filter(number__in=entry["principles"])
    for name, model in ROWS.items():
        rows = [model(sort_order=n, **row) for n, row in enumerate(entry.get(name, []))]
        setattr(page, name, rows)
    return page


def _block(given: dict[str, Any]) -> tuple[str, Any]:
    """Return a block of the story: its type and value."""
    ((name, value),) = given.items()
    return ("paragraph", RichText(value.strip())) if name == "text" else (name, value)


def _step(given: dict[str, str]) -> dict[str, Any]:
    return {"until": "", **given, "what": RichText(f"<p>{given['what'].strip()}</p>")}
