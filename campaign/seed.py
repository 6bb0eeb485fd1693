"""Seeding of the home page and the content pages."""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Page, Site

from campaign.models import ChosenCaseStudy, ContentPage, HomePage
from casestudies.models import CaseStudyPage
from portal import seeding

TEXTS = Path(__file__).parent / "data" / "pages.toml"


def texts() -> dict[str, Any]:
    """Return the content of data/pages.toml."""
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


@transaction.atomic
def home() -> HomePage:
    """Get or create the home page, in place of Wagtail's welcome page.

    Each call also updates Wagtail's site record from SITE_URL. Its name stays as editors
    wrote it.
    """
    page = HomePage.objects.first()
    if page is None:
        page = Page.get_first_root_node().add_child(
            instance=HomePage(slug="keep-it-local", **texts()["home"])
        )
        page.save_revision().publish()
    _update_site(page)
    for welcome in Page.get_first_root_node().get_children().exact_type(Page):
        if welcome.is_leaf():
            welcome.delete()
    return page


def _update_site(page: HomePage) -> None:
    site = Site.objects.filter(is_default_site=True).first()
    site = site or Site(is_default_site=True)
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    wanted = {
        "hostname": address.hostname or "localhost",
        "port": port,
        "site_name": site.site_name or "Keep it Local",
        "root_page_id": page.pk,
    }
    if any(getattr(site, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(site, name, value)
        site.save()


@transaction.atomic
def choose_case_studies(page: HomePage) -> int:
    """Put the first case studies on a home page that no editor has changed; return how many."""
    if page.chosen_case_studies.exists() or page.revisions.count() > 1:
        return 0
    by_slug = {
        study.slug: study
        for study in CaseStudyPage.objects.filter(slug__in=texts()["home_case_studies"])
    }
    page.chosen_case_studies = [
        ChosenCaseStudy(case_study=by_slug[slug], sort_order=order)
        for order, slug in enumerate(texts()["home_case_studies"])
        if slug in by_slug
    ]
    page.save_revision().publish()
    return page.chosen_case_studies.count()


def seed(parent: HomePage) -> int:
    """Make the content pages that were never made, and return how many."""
    return sum(_page(parent, text) for text in texts()["page"])


def _page(parent: HomePage, text: dict[str, Any]) -> bool:
    def make() -> None:
        body = [_block(block) for block in text["body"]]
        page = ContentPage(**{**text, "body": body})
        parent.add_child(instance=page)
        page.save_revision().publish()

    there = parent.get_children().filter(slug=text["slug"]).exists()
    return seeding.once(f"pages/{text['slug']}", make, there=there)


def _block(block: dict[str, Any]) -> tuple[str, Any]:
    """Return a block of the file in StreamField's form."""
    [(name, value)] = block.items()
    if name == "paragraph":
        return name, ContentPage.body.field.stream_block.child_blocks[name].to_python(value.strip())
    if name == "panel":
        return name, ContentPage.body.field.stream_block.child_blocks[name].to_python(
            {**value, "text": value["text"].strip()}
        )
    return name, None if name == "operator" else value
