"""News: the list at /news/ and a page for each item."""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, PageManager
from wagtail.search import index

from campaign.blocks import CampaignStoryBlock
from campaign.choices import Exactness, Topic
from campaign.forms import NewsPageForm
from casestudies.dates import day_in_words
from portal.context import site_operator
from portal.models import BasePage, ListPage
from portal.page_cache import Remembered
from portal.page_routes import PublicPages
from search.listing import Facts, Listing

LABELS = {"topic": "Topic", "year": "Year", "council": "Council"}


class NewsListing(Listing):
    """One page of the news that a query string asks for."""

    LABELS = LABELS
    PER_PAGE = 20


class NewsIndexPage(ListPage):
    """The list of all news with its filters, at /news/."""

    ADDRESS = "/news/"

    introduction = models.CharField(
        max_length=300, blank=True, help_text="One or two sentences under the heading."
    )

    template = "pages/news_index_page.html"
    max_count = 1
    parent_page_types = ["campaign.HomePage"]
    subpage_types = ["campaign.NewsPage"]
    leaves_menu_when_empty = True
    fixed_because = "the menu and other websites link to it"
    kept_parameters = (*LABELS, "page")

    content_panels = [*BasePage.content_panels, "introduction"]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = "news list"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `listing` (a `NewsListing`) and `section`."""
        context = super().get_context(request, *args, **kwargs)
        every = NewsPage.objects.unrestricted().for_rows()
        listing = NewsListing(every, listed_facts(), request.GET)
        context.update(section="news", listing=listing)
        return context


class NewsQuerySet(PublicPages):
    """Questions about many news items."""

    def listed(self) -> "NewsQuerySet":
        """Return what anybody may see."""
        return self.live().public()

    def newest_first(self) -> "NewsQuerySet":
        """Order by their own dates."""
        return self.order_by("-date", "-pk")

    def for_rows(self) -> "NewsQuerySet":
        """Leave out what a row of a list does not show."""
        return self.defer("body")

    def for_cards(self) -> "NewsQuerySet":
        """Add the picture, which a card shows."""
        return self.for_rows().select_related("picture")

    def with_councils(self) -> "NewsQuerySet":
        """Add the councils that each is about, in one query."""
        return self.prefetch_related(_with_council())


class NewsPage(BasePage):
    """One item of news."""

    taken_slugs = frozenset({"feed"})

    # Null in drafts alone.
    date = models.DateField(
        null=True,
        default=timezone.localdate,
        help_text="The day it happened. Lists are in this order.",
    )
    exactness = models.CharField(
        "what is known of the date",
        max_length=5,
        choices=Exactness.choices,
        default=Exactness.DAY,
        help_text="If the source names only the month, enter its first day above.",
    )
    written_on = models.DateField(
        null=True,
        blank=True,
        help_text="Only if you wrote this much later than it happened: the day you wrote it. "
        "Readers see both dates.",
    )
    summary = models.TextField(
        max_length=300, help_text="One or two sentences: who did what, where and when."
    )
    topics = models.JSONField(default=list, blank=True)
    authors = models.CharField(
        "written by",
        max_length=200,
        blank=True,
        help_text="Names as readers should see them. Name a person only if they agreed.",
    )
    picture = models.ForeignKey(
        "portal.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    picture_is_decorative = models.BooleanField(
        "the picture is decorative",
        default=False,
        help_text="Select this if it tells nothing that the text does not.",
    )
    picture_alt = models.CharField(
        "picture in words",
        max_length=250,
        blank=True,
        help_text="What the picture shows, for people who cannot see it.",
    )
    body = StreamField(CampaignStoryBlock(), blank=True)
    sources = RichTextField(
        blank=True,
        features=["link", "ul", "italic"],
        help_text="Where this comes from, with dates and links.",
    )
    is_press_notice = models.BooleanField(
        "this is a press notice", default=False, help_text="We mark it, and show the notes below."
    )
    notes_to_editors = RichTextField(blank=True, features=["bold", "link", "ul", "ol"])
    press_contact = models.CharField(
        max_length=200,
        blank=True,
        help_text="Who journalists can contact: a team or a person who agreed, email and phone.",
    )

    objects = PageManager.from_queryset(NewsQuerySet)()

    parent_page_types = ["campaign.NewsIndexPage"]
    subpage_types: list[str] = []
    template = "pages/news_page.html"
    base_form_class = NewsPageForm

    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [FieldPanel("date", required_on_save=False), "exactness", "written_on"],
            heading="Date",
        ),
        "summary",
        "topics",
        InlinePanel("councils", heading="Councils it is about", label="Council"),
        "authors",
        MultiFieldPanel(
            ["picture", "picture_alt", "picture_is_decorative"],
            heading="Picture (who made it is kept with the picture, under Images)",
        ),
        "body",
        "sources",
        MultiFieldPanel(
            [
                HelpPanel(
                    "<p><strong>Embargo.</strong> To hold this until a time, open the status panel "
                    "(the i at the top of this page), choose “Set schedule” and enter when to go "
                    "live. Until then it is in no list, count, feed or search.</p>"
                ),
                "is_press_notice",
                "notes_to_editors",
                "press_contact",
            ],
            heading="Press notice",
        ),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
    ]

    class Meta:
        verbose_name = "news item"
        indexes = [models.Index(fields=["-date"], name="news_by_date")]

    @property
    def address(self) -> str:
        """Page's path, because the list's slug is fixed."""
        return f"{NewsIndexPage.ADDRESS}{self.slug}/"

    @property
    def summary_text(self) -> str:
        """Text for cards, lists and search engines."""
        return self.listing_summary or self.summary

    @property
    def date_in_words(self) -> str:
        """The date, as exact as it is known; "" for a draft without one."""
        if self.date is None:
            return ""
        if self.exactness == Exactness.MONTH:
            return f"{self.date:%B %Y}"
        return day_in_words(self.date)

    @property
    def kicker(self) -> str:
        """What stands above the title on a card."""
        return f"News, {self.date_in_words}"

    @property
    def iso_date(self) -> str:
        """The date for machines, as exact as it is known."""
        return str(self.date or "")[: 7 if self.exactness == Exactness.MONTH else 10]

    @property
    def topic_labels(self) -> list[str]:
        """The topics in words."""
        return [topic.label for topic in Topic if topic in self.topics]

    @property
    def topic_links(self) -> list[dict[str, str]]:
        """The topics in words, each with the list of its news."""
        return [
            {"label": topic.label, "url": f"{NewsIndexPage.ADDRESS}?topic={topic.value}"}
            for topic in Topic
            if topic in self.topics
        ]

    @property
    def told_at(self) -> datetime:
        """When this text was first told: its date, or the day it was written later."""
        day = self.written_on or self.date or timezone.localdate()
        return timezone.make_aware(datetime.combine(day, time()))

    @property
    def as_article(self) -> dict[str, Any]:
        """The page as data of schema.org; author and publisher only if we know them."""
        address = settings.SITE_URL + self.address
        data: dict[str, Any] = {
            "@type": "NewsArticle",
            "@id": f"{address}#article",
            "headline": self.title,
            "description": self.summary_text,
            "url": address,
            "image": f"{settings.SITE_URL}/cards/news/{self.slug}.png",
            "inLanguage": "en-GB",
            "datePublished": self.told_at.isoformat(),
        }
        if self.last_published_at:
            changed = timezone.localtime(max(self.last_published_at, self.told_at))
            data["dateModified"] = changed.isoformat()
        abouts = [row.council.as_organisation for row in self.councils.all() if row.council]
        if about := [each for each in abouts if each]:
            data["about"] = about
        operator = site_operator()
        if operator.is_known:
            data["author"] = data["publisher"] = operator.as_organisation
        if self.authors:
            data["author"] = {"@type": "Person", "name": self.authors}
        return data

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `about` (the councils), `newer`, `older` and `section`."""
        context = super().get_context(request, *args, **kwargs)
        if self.pk:  # a new page that is previewed has no row yet
            models.prefetch_related_objects([self], _with_council())
        context.update(
            section="news",
            about=[row.council for row in self.councils.all() if row.council],
            newer=self._beside("gt", "date", "pk"),
            older=self._beside("lt", "-date", "-pk"),
        )
        return context

    def _beside(self, way: str, *order: str) -> "NewsPage | None":
        """Return the item that comes next by date."""
        if self.date is None:
            return None
        same_day = models.Q(date=self.date, **{f"pk__{way}": self.pk or 0})
        there = models.Q(**{f"date__{way}": self.date}) | same_day
        found = NewsPage.objects.unrestricted().filter(there).exclude(pk=self.pk)
        return found.defer("body").order_by(*order).first()


class NewsCouncil(Orderable):
    """A council that some news is about."""

    page = ParentalKey(NewsPage, on_delete=models.CASCADE, related_name="councils")
    # Null in drafts alone, so that Wagtail can save one before a council is chosen.
    council = models.ForeignKey(
        "councils.Council", null=True, on_delete=models.PROTECT, related_name="news"
    )

    panels = [FieldPanel("council", required_on_save=False)]

    class Meta(Orderable.Meta):
        verbose_name = "council"

    def __str__(self) -> str:
        return str(self.council or "")

    def clean(self) -> None:
        """Raise ValidationError for an invented council, which no list shows."""
        super().clean()
        if self.council and self.council.is_demonstration:
            raise ValidationError({"council": "Choose a real council"})


def _with_council() -> models.Prefetch:
    return models.Prefetch("councils", NewsCouncil.objects.select_related("council"))


def _listed_facts() -> Facts:
    rows = list(
        NewsPage.objects.unrestricted().newest_first().values_list("pk", "topics", "date__year")
    )
    names: dict[str, str] = {}
    about: dict[int, list[str]] = {}
    pairs = (
        NewsCouncil.objects.filter(page__in=NewsPage.objects.unrestricted(), council__isnull=False)
        .order_by("council__name")
        .values_list("page_id", "council__slug", "council__name")
    )
    for key, slug, name in pairs:
        names[slug] = name
        about.setdefault(key, []).append(slug)
    years = sorted({year for *_, year in rows}, reverse=True)
    return Facts(
        keys=[pk for pk, *_ in rows],
        columns={
            "topic": [tuple(topics) for _, topics, _ in rows],
            "year": [year for *_, year in rows],
            "council": [tuple(about.get(pk, ())) for pk, *_ in rows],
        },
        known={
            "topic": dict(Topic.choices),
            "year": {str(year): str(year) for year in years},
            "council": names,
        },
    )


#: Read once for each public change.
listed_facts = Remembered(_listed_facts, Facts(), NewsPage)


def newest(number: int) -> list[NewsPage]:
    """Return the newest items that anybody may see, so many at most."""
    return list(NewsPage.objects.listed().newest_first().for_rows()[:number])
