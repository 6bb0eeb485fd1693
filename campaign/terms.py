"""The glossary that readers see: one page of terms, each with an address of its own."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.text import slugify
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable
from wagtail.search import index

from portal.models import BasePage


class GlossaryPage(BasePage):
    """What words mean, at /glossary/; a link to a term is /glossary/#social-value."""

    ADDRESS = "/glossary/"

    introduction = models.CharField(
        max_length=300, blank=True, help_text="One or two sentences under the heading."
    )

    template = "pages/glossary_page.html"
    max_count = 1
    parent_page_types = ["campaign.HomePage"]
    subpage_types: list[str] = []
    fixed_because = "other pages and search link to its terms"

    content_panels = [
        *BasePage.content_panels,
        "introduction",
        InlinePanel("terms", heading="Terms, shown from A to Z", label="Term"),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = "glossary"

    @property
    def summary_text(self) -> str:
        """Text for cards, lists and search engines."""
        return self.listing_summary or self.introduction

    def fixed_slug(self) -> str:
        """Return "glossary"."""
        return self.ADDRESS.strip("/")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `terms`, from A to Z, each with `related`: the terms that it points to."""
        context = super().get_context(request, *args, **kwargs)
        terms = sorted(self.terms.all(), key=lambda term: term.name.casefold())
        by_name = {term.name.casefold(): term for term in terms}
        for term in terms:
            asked = (name.strip().casefold() for name in term.see_also.split(","))
            term.related = [by_name[name] for name in asked if name in by_name]
        context["terms"] = terms
        return context

    @property
    def as_defined_terms(self) -> dict[str, Any]:
        """The glossary as data of schema.org."""
        address = settings.SITE_URL + self.ADDRESS
        return {
            "@type": "DefinedTermSet",
            "@id": address,
            "name": self.title,
            "url": address,
            "hasDefinedTerm": [
                {
                    "@type": "DefinedTerm",
                    "@id": settings.SITE_URL + term.address,
                    "name": term.name,
                    "description": strip_tags(term.meaning),
                }
                for term in self.terms.all()
            ],
        }


class GlossaryTerm(Orderable):
    """One term: what it means in plain words, and who says so."""

    page = ParentalKey(GlossaryPage, on_delete=models.CASCADE, related_name="terms")
    name = models.CharField(max_length=80)
    anchor = models.SlugField(max_length=80, editable=False)  # links rely on it, so it stays
    other_names = models.CharField(
        max_length=160, blank=True, help_text="Abbreviations and other words for the same."
    )
    meaning = RichTextField(
        features=["bold", "italic", "link"], help_text="One or two sentences in plain words."
    )
    is_official = models.BooleanField(
        "defined in law or official guidance", default=False, help_text="Then give the source."
    )
    source = models.CharField(
        max_length=160, blank=True, help_text="Who says so, and when. Blank if these are our words."
    )
    source_url = models.URLField("source’s web address", max_length=400, blank=True)
    see_also = models.CharField(
        max_length=200, blank=True, help_text="Names of other terms on this page, with commas."
    )

    panels = [
        "name",
        "other_names",
        "meaning",
        MultiFieldPanel(["is_official", "source", FieldPanel("source_url")], "Source"),
        "see_also",
    ]

    #: The terms in `see_also` that exist; set by the page.
    related: list["GlossaryTerm"]

    class Meta(Orderable.Meta):
        verbose_name = "term"
        constraints = [
            models.UniqueConstraint(
                fields=["page", "name"],
                name="campaign_term_once",
                violation_error_message="This term is already in the glossary",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Path of the page, and the place of the term on it."""
        return f"{GlossaryPage.ADDRESS}#{self.anchor}"

    def clean(self) -> None:
        """Give a new term its anchor; raise ValidationError for a definition without a source."""
        super().clean()
        self.anchor = self.anchor or slugify(self.name)
        if self.is_official and not self.source:
            raise ValidationError({"source": "Enter where the term is defined"})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with an anchor, whether or not a form cleaned it."""
        self.anchor = self.anchor or slugify(self.name)
        super().save(*args, **kwargs)
