"""Home page and content pages; news and events have modules of their own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.text import slugify
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index

from campaign import events, news
from campaign.addresses import LINKED, slug_problem
from campaign.blocks import CampaignStoryBlock
from campaign.checks import PageCheck as PageCheck
from campaign.events import EventIndexPage, EventPage
from campaign.forms import HOME_DEPTH, ContentCopyForm, ContentPageForm
from campaign.news import NewsCouncil, NewsIndexPage, NewsPage
from campaign.people import Person as Person
from campaign.resources import ResourceIndexPage as ResourceIndexPage
from campaign.resources import ResourcePage as ResourcePage
from campaign.supporters.models import CouncilAsk, Supporter, SupporterTopic
from campaign.supporters.newsletters import Newsletter, NewsletterItem
from campaign.terms import GlossaryPage as GlossaryPage
from campaign.terms import GlossaryTerm as GlossaryTerm
from campaign.workflow import ApprovalTask as ApprovalTask
from casestudies.models import CaseStudyPage
from councils import hexmap
from network import member_map
from portal.models import BasePage
from principles.models import Principle

CASE_STUDIES_ON_HOME = 3
NEWS_ON_HOME = 3
HEADINGS_FOR_CONTENTS = 3

__all__ = [
    "ChosenCaseStudy",
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
    """The home page: the map, the finder, the principles and case studies."""

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

    hero_title = models.CharField(max_length=80, help_text="The big sentence")
    hero_text = models.CharField(max_length=300, help_text="One or two sentences below it")

    content_panels = [
        *BasePage.content_panels,
        "hero_title",
        "hero_text",
        MultiFieldPanel(
            [
                InlinePanel(
                    "chosen_case_studies",
                    label="case study",
                    max_num=CASE_STUDIES_ON_HOME,
                )
            ],
            "Case studies (we show the newest if you choose fewer than 3)",
        ),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("hero_title"),
        index.SearchField("hero_text"),
    ]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `hexmap`, `principles`, `case_studies`, `member_count`, `news` and `next_event`.

        Also sets `request.hex_atlas` for the crops on cards.
        """
        context = super().get_context(request, *args, **kwargs)
        # One atlas for the map and for the crops (network/templatetags/network.py).
        request.hex_atlas = atlas = member_map.load()  # type: ignore[attr-defined]
        england = hexmap.england(atlas)
        context["hexmap"] = england
        context["principles"] = Principle.objects.published()
        context["case_studies"] = self.case_studies()
        context["news"] = news.newest(NEWS_ON_HOME)
        context["next_event"] = events.next_event()
        context["member_count"] = len(england.member_names)
        return context

    def case_studies(self) -> list[CaseStudyPage]:
        """Return three public case studies: those editors chose, then the newest."""
        chosen = self.chosen_case_studies.values_list("case_study_id", flat=True)
        places = [models.When(pk=pk, then=place) for place, pk in enumerate(chosen) if pk]
        order: list[Any] = ["-first_published_at", "-pk"]
        if places:
            order.insert(0, models.Case(*places, default=CASE_STUDIES_ON_HOME))
        # The cards here show no principles.
        cards = CaseStudyPage.objects.listed().for_cards().prefetch_related(None)
        listed = cards.prefetch_related("results")
        return list(listed.order_by(*order)[:CASE_STUDIES_ON_HOME])


class ChosenCaseStudy(Orderable):
    """A case study that editors chose for the home page."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="chosen_case_studies")
    # Null in drafts alone, so that Wagtail can save one before a case study is chosen.
    case_study = models.ForeignKey(
        "casestudies.CaseStudyPage", null=True, on_delete=models.CASCADE, related_name="+"
    )

    panels = [PageChooserPanel("case_study")]

    def __str__(self) -> str:
        return str(self.case_study or "")


class ContentPage(BasePage):
    """A page of text and blocks, for example about, privacy, contact or a landing page."""

    template = "pages/content_page.html"
    base_form_class = ContentPageForm
    copy_form_class = ContentCopyForm
    parent_page_types = ["campaign.HomePage", "campaign.ContentPage"]
    subpage_types = ["campaign.ContentPage"]

    intro = models.CharField(max_length=300, blank=True, help_text="The sentence under the title")
    body = StreamField(CampaignStoryBlock())
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
        """Add `contents`: links to the page's headings, if there are at least three."""
        context = super().get_context(request, *args, **kwargs)
        headings = [block.value for block in self.body if block.block_type == "heading"]
        context["contents"] = (
            [{"url": f"#{slugify(text)}", "text": text} for text in headings]
            if len(headings) >= HEADINGS_FOR_CONTENTS
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
