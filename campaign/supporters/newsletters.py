"""Newsletters: composed by editors from news, events and case studies, sent to supporters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    PageChooserPanel,
)
from wagtail.models import Orderable, Page, PreviewableMixin

from campaign.choices import Topic
from campaign.events import EventPage
from campaign.news import NewsPage
from campaign.supporters.models import Supporter, SupporterQuerySet
from portal.models import Mailing

MOST_ITEMS = 12
KIND = "campaign.newsletter"  # of its email


@dataclass(frozen=True)
class Entry:
    """What a newsletter says about a page."""

    kicker: str
    title: str
    text: str
    when: str
    url: str


class NewsletterForm(WagtailAdminModelForm):
    """The form of a newsletter that was not sent yet, with its topics as checkboxes."""

    topics = forms.MultipleChoiceField(
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Supporters who chose one of these, or no topic at all. Choose none to send to "
        "everyone.",
    )

    def clean(self) -> dict[str, Any]:
        """Add an error if it was sent while the page was open."""
        cleaned = super().clean()
        if self.instance.pk and self.instance.mailing:
            self.add_error(None, "This newsletter has been sent, so you cannot change it")
        return cleaned


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def with_sending(self) -> NewsletterQuerySet:
        """Add how the sending goes: `sending`, `sent_to`, `sent_by` and `sent_on`."""
        mailing = Mailing.objects.filter(kind=KIND, about=models.OuterRef("pk"))
        fields = {
            "sending": "status",
            "sent_to": "recipients",
            "sent_by": "by__email",
            "sent_on": "started_at",
        }
        found = {name: models.Subquery(mailing.values(of)[:1]) for name, of in fields.items()}
        return self.annotate(**found)


class Newsletter(PreviewableMixin, ClusterableModel):
    """One email to supporters. Once it has been sent it cannot be changed."""

    subject = models.CharField(
        max_length=60, help_text="The news itself, in fewer than 60 characters."
    )
    introduction = models.TextField(
        max_length=1500, help_text="Below the greeting. Leave a blank line between paragraphs."
    )
    closing = models.TextField(
        "your own paragraph",
        max_length=1500,
        blank=True,
        help_text="Below the news. Leave a blank line between paragraphs.",
    )
    topics = models.JSONField(default=list, blank=True)
    councils = ParentalManyToManyField(
        "councils.Council",
        blank=True,
        related_name="+",
        help_text="Only supporters of these councils. Choose none to send to everyone.",
    )
    written_at = models.DateTimeField(auto_now_add=True)

    objects = NewsletterQuerySet.as_manager()

    base_form_class = NewsletterForm
    panels = [
        FieldPanel("subject"),
        FieldPanel("introduction"),
        InlinePanel(
            "items", heading="News, events and case studies", label="Page", max_num=MOST_ITEMS
        ),
        FieldPanel("closing"),
        MultiFieldPanel(
            [
                FieldPanel("topics"),
                FieldPanel("councils"),
                HelpPanel(
                    "<p>Save first. Then select “Check and send” beside the newsletter in the "
                    "list. You see how many people get it, and can send a test to yourself.</p>"
                ),
            ],
            heading="Who gets it",
        ),
    ]

    class Meta:
        ordering = ["-written_at"]
        permissions = [("send_newsletter", "Can send newsletters to supporters")]

    def __str__(self) -> str:
        return self.subject

    @property
    def mailing(self) -> Mailing | None:
        """How its sending goes; None before."""
        return Mailing.objects.filter(kind=KIND, about=self.pk).select_related("by").first()

    def audience(self) -> SupporterQuerySet:
        """Return the supporters who get it, if it is sent now."""
        found = Supporter.objects.reached().interested_in(self.topics)
        councils = self._councils
        return found.filter(council__in=councils) if councils else found

    @cached_property
    def _councils(self) -> list[int]:
        return [council.pk for council in self.councils.all()]

    @cached_property
    def entries(self) -> list[Entry]:
        """What it says about each of its pages that anybody can see."""
        chosen = [item.page_id for item in self.items.all()]
        public = Page.objects.filter(pk__in=chosen).live().public().specific()
        by_pk = {page.pk: _entry(page) for page in public}
        return [by_pk[pk] for pk in chosen if pk in by_pk]

    @property
    def audience_in_words(self) -> str:
        """Who gets it, for staff."""
        topics = [topic.label for topic in Topic if topic in self.topics]
        parts = [f"about {', '.join(topics)}"] if topics else []
        if councils := [council.name for council in self.councils.all()]:
            parts.append(f"of {', '.join(councils)}")
        return f"Supporters {' and '.join(parts)}" if parts else "All supporters"

    @method_decorator(csp_update({"style-src-elem": [UNSAFE_INLINE]}))  # the letter's own
    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show it as a supporter with a name reads it; its links open nothing."""
        from campaign.supporters.emails import NEWSLETTER, sample  # noqa: PLC0415

        about: dict[str, Any] = {"newsletter": self, "supporter": sample()}
        return HttpResponse(NEWSLETTER.as_html(about, *NEWSLETTER.render(about)))


class NewsletterItem(Orderable):
    """A page that a newsletter tells about."""

    newsletter = ParentalKey(Newsletter, on_delete=models.CASCADE, related_name="items")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")

    panels = [
        PageChooserPanel(
            "page", ["campaign.NewsPage", "campaign.EventPage", "casestudies.CaseStudyPage"]
        )
    ]

    def __str__(self) -> str:
        return self.page.title

    def clean(self) -> None:
        """Raise ValidationError for a page that nobody can open."""
        super().clean()
        if self.page_id and not Page.objects.filter(pk=self.page_id).live().public().exists():
            raise ValidationError({"page": "Choose a page that is published"})


def _entry(page: Page) -> Entry:
    url = settings.SITE_URL + page.address
    if isinstance(page, EventPage):
        return Entry("Event", page.title, page.summary_text, page.when_in_words, url)
    if isinstance(page, NewsPage):
        return Entry("News", page.title, page.summary_text, page.date_in_words, url)
    return Entry("Case study", page.title, page.summary_text, "", url)
