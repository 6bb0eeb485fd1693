"""Home page, content pages and navigation; news and events have modules of their own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.text import slugify
from wagtail.admin.panels import MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from campaign.addresses import LINKED, slug_problem
from campaign.bands import Band, HomeBands, LandingBlock
from campaign.checks import PageCheck as PageCheck
from campaign.events import EventIndexPage, EventPage
from campaign.forms import HOME_DEPTH, ContentCopyForm, ContentPageForm
from campaign.navigation import Navigation as Navigation
from campaign.news import NewsCouncil, NewsIndexPage, NewsPage
from campaign.people import Person as Person
from campaign.resources import ResourceIndexPage as ResourceIndexPage
from campaign.resources import ResourcePage as ResourcePage
from campaign.supporters.models import CouncilAsk, Supporter, SupporterTopic
from campaign.supporters.newsletters import Newsletter, NewsletterItem
from campaign.terms import GlossaryPage as GlossaryPage
from campaign.terms import GlossaryTerm as GlossaryTerm
from campaign.workflow import ApprovalTask as ApprovalTask
from portal.models import BasePage

HEADINGS_FOR_CONTENTS = 3

__all__ = [
    "ContentPage",
    "CouncilAsk",
    "EventIndexPage",
    "EventPage",
    "HomePage",
    "NewsCouncil",
    "NewsIndexPage",
    "NewsPage",
    "Newsletter",
    "NewsletterItem",
    "Supporter",
    "SupporterTopic",
]


class HomePage(BasePage):
    """The home page: a hero, and bands that editors order and fill."""

    template = "pages/home_page.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    fixed_because = "every other page is below it"
    subpage_types = [
        "principles.PrincipleIndexPage",
        "casestudies.CaseStudyIndexPage",
        "campaign.NewsIndexPage",
        "campaign.EventIndexPage",
        "campaign.ResourceIndexPage",
        "campaign.GlossaryPage",
        "campaign.ContentPage",
    ]

    body = StreamField(
        HomeBands(),
        blank=True,
        help_text="The first band is the hero. Order the others as you like.",
    )

    content_panels = [*BasePage.content_panels, "body"]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]


class ContentPage(BasePage):
    """A page of text and blocks, for example about, privacy, contact or a landing page."""

    template = "pages/content_page.html"
    base_form_class = ContentPageForm
    copy_form_class = ContentCopyForm
    parent_page_types = ["campaign.HomePage", "campaign.ContentPage"]
    subpage_types = ["campaign.ContentPage"]

    intro = models.CharField(max_length=300, blank=True, help_text="The sentence under the title")
    body = StreamField(LandingBlock())
    checked_on = models.DateField(
        null=True, blank=True, help_text="When you last compared the text with its sources."
    )
    kept_by = models.CharField(
        "looked after by", max_length=120, blank=True, help_text="A team or a job title, no name."
    )

    content_panels = [
        *BasePage.content_panels,
        "intro",
        "body",
        MultiFieldPanel(["checked_on", "kept_by"], "Last checked (shown below the text)"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
    ]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `parts`, `has_hero` and `contents`.

        `parts` are lists of blocks in the page's order: a band alone, or texts that stand
        together. `contents` are links to the headings, if there are at least three and no band.
        """
        context = super().get_context(request, *args, **kwargs)
        parts: list[dict[str, Any]] = []
        for block in self.body:
            is_band = isinstance(block.block, Band)
            if is_band or not parts or parts[-1]["is_band"]:
                parts.append({"is_band": is_band, "blocks": []})
            parts[-1]["blocks"].append(block)
        context["parts"] = parts
        context["has_hero"] = bool(self.body) and self.body[0].block_type == "hero"
        has_band = any(part["is_band"] for part in parts)
        headings = [block.value for block in self.body if block.block_type == "heading"]
        context["contents"] = (
            [{"url": f"#{slugify(text)}", "text": text} for text in headings]
            if len(headings) >= HEADINGS_FOR_CONTENTS and not has_band
            else []
        )
        return context

    @property
    def fixed_because(self) -> str:  # type: ignore[override]  # of most pages it is a constant
        """Why this page is fixed: the footer links to it. "" for any other page."""
        is_linked = self.depth == HOME_DEPTH + 1 and self.slug in LINKED
        return "every page of the site links to it" if is_linked else ""

    def fixed_slug(self) -> str | None:
        """Return the published slug if the footer links to it, else None."""
        linked = ContentPage.objects.filter(pk=self.pk, depth=HOME_DEPTH + 1, slug__in=LINKED)
        return linked.values_list("slug", flat=True).first()

    def clean(self) -> None:
        """Raise ValidationError for an address that a view answers."""
        super().clean()
        # The depth of a new page is unknown until it is in the tree.
        is_first_level = self.depth == HOME_DEPTH + 1
        if is_first_level and (why := slug_problem(self.slug)):
            raise ValidationError({"slug": why})
