"""The six principles, and the pages that explain them."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable
from wagtail.search import index
from wagtail.url_routing import RouteResult

from portal.models import BasePage

TEXT = ["bold", "italic", "link", "ol", "ul"]
HOW_MANY = 6
CASE_STUDIES_SHOWN = 3


class PrincipleQuerySet(models.QuerySet["Principle"]):
    """Questions about many principles."""

    def published(self) -> "PrincipleQuerySet":
        """Return the principles with a live page, each with its page, in their fixed order."""
        return self.filter(page__live=True).select_related("page")


class Principle(models.Model):
    """One of the six principles, in the network's own wording and order.

    A migration makes the rows. Editors write about a principle on its page.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(
        max_length=120, help_text="The network's wording, as published on 3 March 2020"
    )
    short_name = models.CharField(max_length=40)
    aim = models.CharField(max_length=120, help_text="Our one-line summary for cards")

    objects = PrincipleQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__range=(1, HOW_MANY)),
                name="principles_principle_number_of_six",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    def get_absolute_url(self) -> str:
        """Return the page's path; makes no query, because both slugs are fixed."""
        return f"/principles/{self.slug}/"


class PrincipleIndexPage(BasePage):
    """The list of all six principles, with their background."""

    template = "pages/principle_index_page.html"
    max_count = 1
    subpage_types = ["principles.PrinciplePage"]
    fixed_because = "the menu and other websites link to it"

    intro = models.CharField(max_length=300, help_text="The sentence under the title")
    background = RichTextField(
        blank=True,
        features=["h3", *TEXT],
        help_text="Where the six come from, with sources",
    )

    content_panels = [*BasePage.content_panels, "intro", "background"]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("intro"),
        index.SearchField("background"),
    ]

    def fixed_slug(self) -> str:
        """Return "principles"."""
        return "principles"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find a principle's page in one query; Wagtail makes three."""
        if len(path_components) == 1:
            pages = PrinciplePage.objects.child_of(self).select_related("principle")
            if page := pages.filter(slug=path_components[0]).first():
                return page.route(request, [])
        return super().route(request, path_components)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `principles`, the published ones, and `section`."""
        context = super().get_context(request, *args, **kwargs)
        context["principles"] = Principle.objects.published()
        context["section"] = "principles"
        return context


class PrinciplePage(BasePage):
    """The page of one principle: its meaning, examples, and questions for a council."""

    template = "pages/principle_page.html"
    parent_page_types = ["principles.PrincipleIndexPage"]
    subpage_types: list[str] = []
    is_creatable = False  # the seed makes all six
    fixed_because = "councils have endorsed all six principles and other websites link to them"

    principle = models.OneToOneField(Principle, on_delete=models.PROTECT, related_name="page")
    intro = models.CharField(
        max_length=300, help_text="The big sentence under the principle's name"
    )
    meaning = RichTextField(
        features=["h3", *TEXT], help_text="What it means, with the source of each fact"
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("principle", read_only=True),
        "intro",
        FieldPanel("meaning"),
        MultiFieldPanel([InlinePanel("examples", label="example")], "In practice"),
        MultiFieldPanel([InlinePanel("prompts", label="prompt")], "Questions to reflect on"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("intro"),
        index.SearchField("meaning"),
        index.RelatedFields("examples", [index.SearchField("text")]),
        index.RelatedFields("prompts", [index.SearchField("text")]),
    ]

    def fixed_slug(self) -> str | None:
        """Return the principle's slug, or None if no principle is chosen yet."""
        return self.principle.slug if self.principle_id else None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `principles`, `previous`, `next`, `case_studies` and `section`."""
        context = super().get_context(request, *args, **kwargs)
        principles = list(Principle.objects.published())
        context["principles"] = principles
        context["previous"], context["next"] = self.neighbours(principles)
        context["case_studies"] = self.case_studies()
        context["section"] = "principles"
        return context

    def case_studies(self) -> list[BasePage]:
        """Return the newest case studies of this principle that can be listed.

        The pages belong to a higher app and are reached by its related name. Without that app
        there are none.
        """
        related = getattr(self.principle, "case_studies", None)
        if related is None:
            return []
        newest = related.listed().order_by("-first_published_at", "-pk")
        return list(newest.select_related("council")[:CASE_STUDIES_SHOWN])

    def neighbours(self, principles: list[Principle]) -> tuple[Principle | None, Principle | None]:
        """Return the principles before and after this page's, each None at an end.

        Args:
            principles: The published principles in order.
        """
        number = self.principle.number
        before = [other for other in principles if other.number < number]
        after = [other for other in principles if other.number > number]
        return (before[-1] if before else None), (after[0] if after else None)


class Prompt(Orderable):
    """A question for a council to ask itself; our own, not from Locality's assessment."""

    page = ParentalKey(PrinciplePage, on_delete=models.CASCADE, related_name="prompts")
    text = models.CharField(max_length=250)

    panels = ["text"]

    def __str__(self) -> str:
        return self.text


class Example(Orderable):
    """What a place did or said, with its date and source."""

    page = ParentalKey(PrinciplePage, on_delete=models.CASCADE, related_name="examples")
    place = models.CharField(max_length=80, help_text="Who did it. For example, Kirklees")
    text = models.TextField(max_length=600)
    as_at = models.CharField(
        max_length=80,
        help_text="The date of the fact or its source. For example, March 2020",
    )
    source_title = models.CharField(max_length=160)
    source_url = models.URLField(blank=True)

    panels = ["place", "text", "as_at", "source_title", "source_url"]

    def __str__(self) -> str:
        return f"{self.place}, {self.as_at}"
