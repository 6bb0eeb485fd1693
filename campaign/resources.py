"""Pages of resources: the list, and one page for each publication that helps a council."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.text import slugify
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.search import index

from campaign.forms import NOT_TO_BE_OPENED, ResourcePageForm
from portal.models import BasePage, ListPage
from portal.page_cache import Remembered
from principles.models import Principle
from search.listing import Facts, Listing

LABELS = {
    "kind": "Kind",
    "topic": "Topic",
    "principle": "Principle",
    "publisher": "Publisher",
    "year": "Year",
}


class Kind(models.TextChoices):
    """What a resource is."""

    GUIDE = "guide", "Guide or toolkit"
    REPORT = "report", "Report or research"
    LAW = "law", "Law or official guidance"
    POLICY = "policy", "Policy statement"
    ARTICLE = "article", "Article or blog"


class Topic(models.TextChoices):
    """The main subject of a resource, in words a reader would search for."""

    KEEP_IT_LOCAL = "keep-it-local", "Keep it Local"
    BUYING = "buying", "Buying and the law"
    SOCIAL_VALUE = "social-value", "Social value"
    LOCAL_ECONOMY = "local-economy", "Local economy"
    COMMUNITY_POWER = "community-power", "Community power"
    SECTOR = "sector", "Working with community organisations"
    BUILDINGS = "buildings", "Community buildings"
    REORGANISATION = "reorganisation", "Devolution and reorganisation"


class ResourceListing(Listing):
    """One page of the resources that a query string asks for."""

    LABELS = LABELS
    ORDERS = {"newest": "Newest", "title": "Title, A to Z"}
    ENTRIES = "resource"


class ResourceIndexPage(ListPage):
    """The list of all resources with its filters, at /resources/."""

    ADDRESS = "/resources/"

    introduction = models.CharField(
        max_length=300, blank=True, help_text="One or two sentences under the heading."
    )

    template = "pages/resource_index_page.html"
    max_count = 1
    parent_page_types = ["campaign.HomePage"]
    subpage_types = ["campaign.ResourcePage"]
    fixed_because = "other pages and websites link to it"
    kept_parameters = (*LABELS, "sort", "page")

    content_panels = [*BasePage.content_panels, "introduction"]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = "resource list"

    @property
    def summary_text(self) -> str:
        """Text for cards, lists and search engines."""
        return self.listing_summary or self.introduction

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `listing` (a `ResourceListing`)."""
        context = super().get_context(request, *args, **kwargs)
        every = ResourcePage.objects.live().public()
        rows = every.select_related("document").prefetch_related("principles")
        context["listing"] = ResourceListing(rows, listed_facts(), request.GET)
        return context


class ResourcePage(BasePage):
    """A publication that helps a council: what it is, where to read it and why it is useful."""

    class Format(models.TextChoices):
        """What opens at the web address."""

        PAGE = "page", "Web page"
        PDF = "pdf", "PDF"
        WORD = "word", "Word file"
        SHEET = "sheet", "Spreadsheet"
        VIDEO = "video", "Video"

    class Licence(models.TextChoices):
        """What readers can do with the text."""

        OGL = "ogl", "Open Government Licence v3.0"
        CC_BY = "cc-by", "Creative Commons Attribution 4.0"
        RESERVED = "reserved", "All rights reserved"

    kind = models.CharField(max_length=10, choices=Kind)
    topic = models.CharField(max_length=20, choices=Topic)
    publisher = models.CharField(
        max_length=80, help_text="As readers know it, the same for all of its resources."
    )
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The year it was published. Blank if it does not say."
    )
    summary = models.TextField(
        max_length=600, help_text="What it says, in our words. It is also the summary in lists."
    )
    why = models.CharField(
        "why it is useful", max_length=300, help_text="One sentence: who needs it, and for what?"
    )
    take_care = models.CharField(
        max_length=300,
        blank=True,
        help_text="What is out of date or easily misunderstood. Blank if nothing.",
    )
    principles = ParentalManyToManyField("principles.Principle", blank=True, related_name="+")
    web_address = models.URLField(
        max_length=400,
        blank=True,
        help_text="If it is there both as a web page and as a PDF, give the web page.",
    )
    format = models.CharField(
        max_length=10, choices=Format, default=Format.PAGE, help_text="What opens there."
    )
    checked_on = models.DateField(
        "link checked on", null=True, blank=True, help_text="When you last opened the link."
    )
    document = models.ForeignKey(
        "wagtaildocs.Document",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Only if its licence lets us publish a copy.",
    )
    licence = models.CharField(
        max_length=10, choices=Licence, blank=True, help_text="Blank if it does not say."
    )

    template = "pages/resource_page.html"
    base_form_class = ResourcePageForm
    parent_page_types = ["campaign.ResourceIndexPage"]
    subpage_types: list[str] = []

    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(["kind", "publisher", "year"], "What it is"),
        MultiFieldPanel(
            ["topic", FieldPanel("principles", widget=CheckboxSelectMultiple)], "Filed under"
        ),
        MultiFieldPanel(["summary", "why", "take_care"], "What it says"),
        MultiFieldPanel(
            ["web_address", "format", "checked_on", "document", "licence"], "Where to read it"
        ),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("summary"),
        index.SearchField("why"),
        index.SearchField("publisher"),
    ]

    class Meta:
        verbose_name = "resource"

    @property
    def kicker(self) -> str:
        """What stands above the title on a card."""
        return f"{self.get_kind_display()}, {self.year}" if self.year else self.get_kind_display()

    def save(self, clean: bool = True, **kwargs: Any) -> Any:
        """Save the page; if it is live, check first that readers can open it.

        Raises:
            ValidationError: If a live page has neither a web address nor a document.
        """
        if clean and self.live and not (self.web_address or self.document_id):
            refusal = ValidationError(NOT_TO_BE_OPENED)
            refusal.page = self  # type: ignore[attr-defined]  # a list may hold several drafts
            raise refusal
        return super().save(clean=clean, **kwargs)

    @property
    def address(self) -> str:
        """Page's path, without a query, because the list's slug is fixed."""
        return f"{ResourceIndexPage.ADDRESS}{self.slug}/"

    @property
    def summary_text(self) -> str:
        """Text for cards, lists and search engines."""
        return self.listing_summary or self.summary

    @property
    def host(self) -> str:
        """Where its web address leads, as readers know it: "gov.uk"."""
        return (urlsplit(self.web_address).hostname or "").removeprefix("www.")

    @property
    def as_creative_work(self) -> dict[str, Any]:
        """The resource as data of schema.org."""
        data: dict[str, Any] = {
            "@type": "CreativeWork",
            "name": self.title,
            "abstract": self.summary,
            "publisher": {"@type": "Organization", "name": self.publisher},
            "mainEntityOfPage": settings.SITE_URL + self.address,
        }
        if self.year:
            data["datePublished"] = str(self.year)
        if self.web_address:
            data["url"] = self.web_address
        return data


def _listed_facts() -> Facts:
    """Return what resources are in each facet, newest first."""
    resources = ResourcePage.objects.live().public()
    newest = resources.order_by(models.F("year").desc(nulls_last=True), "title", "pk")
    rows = list(newest.values_list("pk", "kind", "topic", "publisher", "year"))
    keys, kinds, topics, publishers, years = zip(*rows, strict=True) if rows else ((),) * 5
    about: dict[int, list[str]] = {}
    pairs = resources.order_by("principles__number").values_list("pk", "principles__slug")
    for key, slug in pairs:
        about.setdefault(key, []).extend([slug] if slug else [])
    principles = Principle.objects.order_by("number")
    return Facts(
        keys=keys,
        columns={
            "kind": kinds,
            "topic": topics,
            "principle": [tuple(about[key]) for key in keys],
            "publisher": [slugify(name) for name in publishers],
            "year": years,
        },
        known={
            "kind": dict(Kind.choices),
            "topic": dict(Topic.choices),
            "principle": {principle.slug: principle.short_name for principle in principles},
            "publisher": {slugify(n): n for n in sorted({*publishers}, key=str.casefold)},
            "year": {str(year): str(year) for year in sorted({*years} - {None}, reverse=True)},
        },
        orders={"title": tuple(resources.order_by("title", "pk").values_list("pk", flat=True))},
    )


#: Read once for each public change.
listed_facts = Remembered(_listed_facts, Facts(), ResourcePage, Principle)
