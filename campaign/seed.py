"""The home page and the pages of content, as the site begins."""

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
    """What data/pages.toml says."""
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


@transaction.atomic
def home() -> HomePage:
    """The home page, made in place of Wagtail's welcome page if there is none yet.

    The site's record follows SITE_URL, at every call; its name stays the editors'.
    """
    page = HomePage.objects.first()
    if page is None:
        page = Page.get_first_root_node().add_child(
            instance=HomePage(slug="keep-it-local", **texts()["home"])
        )
        page.save_revision().publish()
    _point_site_at(page)
    _take_away_welcome_page()
    return page


def _point_site_at(page: HomePage) -> None:
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


def _take_away_welcome_page() -> None:
    """Wagtail's own first page: a bare Page below the root, with nothing below it."""
    for welcome in Page.get_first_root_node().get_children().exact_type(Page):
        if welcome.is_leaf():
            welcome.delete()


@transaction.atomic
def choose_case_studies(page: HomePage) -> int:
    """Put the first case studies on a home page that no editor has touched; how many."""
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
    """Make the pages of content that were never made, below `parent`; how many."""
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
    """A block of the file as StreamField takes it."""
    [(name, value)] = block.items()
    if name == "paragraph":
        return name, ContentPage.body.field.stream_block.child_blocks[name].to_python(value.strip())
    if name == "panel":
        return name, ContentPage.body.field.stream_block.child_blocks[name].to_python(
            {**value, "text": value["text"].strip()}
        )
    return name, None if name == "operator" else value
