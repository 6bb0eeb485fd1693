"""Events: the list at /events/ and a page for each one. Times are those of Europe/London."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import PageManager
from wagtail.search import index

from campaign.blocks import CampaignStoryBlock
from campaign.choices import Format, When
from campaign.forms import EventPageForm, event_problems
from casestudies.dates import day_in_words
from portal.models import BasePage, ListPage
from portal.page_cache import Remembered
from portal.page_routes import PublicPages
from search.listing import Facts, Listing

LABELS = {"when": "When", "format": "How to take part", "year": "Year"}


class EventListing(Listing):
    """One page of the events that a query string asks for."""

    LABELS = LABELS
    PER_PAGE = 20


class EventIndexPage(ListPage):
    """The list of all events with its filters, at /events/."""

    ADDRESS = "/events/"

    introduction = models.CharField(
        max_length=300, blank=True, help_text="One or two sentences under the heading."
    )

    template = "pages/event_index_page.html"
    max_count = 1
    parent_page_types = ["campaign.HomePage"]
    subpage_types = ["campaign.EventPage"]
    leaves_menu_when_empty = True
    fixed_because = "calendars and other websites link to it"
    kept_parameters = (*LABELS, "page")

    content_panels = [*BasePage.content_panels, "introduction"]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = "event list"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `listing` (a `EventListing`), `invented` and `section`.

        `invented` are the demonstration's events, for the first page alone.
        """
        context = super().get_context(request, *args, **kwargs)
        every = EventPage.objects.real().unrestricted().defer("body")
        listing = EventListing(every, listed_facts(), request.GET)
        invented = EventPage.objects.filter(is_demonstration=True).unrestricted().soonest_first()
        context.update(
            section="events",
            listing=listing,
            invented=list(invented.defer("body")) if listing.is_first else [],
        )
        return context


class EventQuerySet(PublicPages):
    """Questions about many events."""

    def real(self) -> "EventQuerySet":
        """Return events without those of the demonstration, for lists, counts and calendars."""
        return self.filter(is_demonstration=False)

    def listed(self) -> "EventQuerySet":
        """Return the events that any page can list: live, public and real."""
        return self.live().public().real()

    def upcoming(self) -> "EventQuerySet":
        """Return events that end today or later."""
        return self.filter(ends__gte=_today())

    def soonest_first(self) -> "EventQuerySet":
        """Order by when they begin."""
        return self.order_by("begins", "pk")


class EventPage(BasePage):
    """One event."""

    taken_slugs = frozenset({"calendar"})

    summary = models.TextField(
        max_length=300, help_text="One or two sentences: what happens, and what people take away."
    )
    # Null in drafts alone.
    begins = models.DateTimeField(null=True, help_text="By the clock in England.")
    ends = models.DateTimeField(null=True, help_text="By the clock in England.")
    place = models.CharField(
        max_length=250, blank=True, help_text="Building, street, town and postcode."
    )
    online_url = models.URLField(
        "link to take part online", max_length=400, blank=True, help_text="Everybody can see it."
    )
    booking_url = models.URLField("link to book", max_length=400, blank=True)
    for_whom = models.CharField(
        "who it is for", max_length=200, blank=True, help_text="For example: “council officers”."
    )
    organiser = models.CharField(
        max_length=160, blank=True, help_text="Who holds it, if it is not who runs this site."
    )
    body = StreamField(
        CampaignStoryBlock(), blank=True, help_text="The programme, and what to bring."
    )
    recording_url = models.URLField(
        "link to the recording", max_length=400, blank=True, help_text="Afterwards."
    )
    is_cancelled = models.BooleanField(
        "cancelled",
        default=False,
        help_text="The page stays, and says so. It also tells people's calendars.",
    )
    cancelled_note = models.CharField(
        "about the cancellation",
        max_length=300,
        blank=True,
        help_text="Why, and what people who booked should do.",
    )
    # Set by seed_demo alone: such an event is in no list, count, calendar, search or sitemap.
    is_demonstration = models.BooleanField(default=False, editable=False)

    objects = PageManager.from_queryset(EventQuerySet)()

    parent_page_types = ["campaign.EventIndexPage"]
    subpage_types: list[str] = []
    template = "pages/event_page.html"
    base_form_class = EventPageForm

    content_panels = [
        *BasePage.content_panels,
        "summary",
        MultiFieldPanel(
            [
                FieldPanel("begins", required_on_save=False),
                FieldPanel("ends", required_on_save=False),
            ],
            heading="Time",
        ),
        MultiFieldPanel(["place", "online_url"], heading="Place, link or both"),
        MultiFieldPanel(["for_whom", "booking_url", "organiser"], heading="Taking part"),
        "body",
        "recording_url",
        MultiFieldPanel(["is_cancelled", "cancelled_note"], heading="Cancelled"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
    ]

    class Meta:
        verbose_name = "event"
        indexes = [models.Index(fields=["begins"], name="events_by_time")]

    def save(self, clean: bool = True, **kwargs: Any) -> Any:
        """Save the page; if it is live, check first that it can be published.

        Raises:
            ValidationError: If a live page lacks what an event needs.
        """
        if clean and self.live:
            problems = event_problems(self.begins, self.ends, self.place, self.online_url)
            if problems:
                refusal = ValidationError(list(problems.values()))
                refusal.page = self  # type: ignore[attr-defined]  # a list may hold several drafts
                raise refusal
        return super().save(clean=clean, **kwargs)

    @property
    def address(self) -> str:
        """Page's path, because the list's slug is fixed."""
        return f"{EventIndexPage.ADDRESS}{self.slug}/"

    @property
    def summary_text(self) -> str:
        """Text for cards, lists and search engines."""
        return self.listing_summary or self.summary

    @property
    def is_past(self) -> bool:
        """Whether its last day is over."""
        return bool(self.ends) and timezone.localdate(self.ends) < timezone.localdate()

    @property
    def format(self) -> Format:
        """How people take part."""
        if self.place and self.online_url:
            return Format.BOTH
        return Format.ONLINE if self.online_url else Format.IN_PERSON

    @property
    def first_day(self) -> date | None:
        """The day it begins, in England."""
        return timezone.localdate(self.begins) if self.begins else None

    @property
    def kicker(self) -> str:
        """What stands above the title on a card."""
        kind = "Cancelled event" if self.is_cancelled else "Event"
        return f"{kind}, {day_in_words(self.first_day)}" if self.first_day else kind

    @property
    def when_in_words(self) -> str:
        """Its days and times, by the clock in England; "" for a draft without them."""
        if not (self.begins and self.ends):
            return ""
        begins, ends = timezone.localtime(self.begins), timezone.localtime(self.ends)
        if begins.date() == ends.date():
            return f"{_day(begins)}, {_clock(begins)} to {_clock(ends)}"
        return f"{_day(begins)}, {_clock(begins)}, to {_day(ends)}, {_clock(ends)}"

    @property
    def as_event(self) -> dict[str, Any]:
        """The page as data of schema.org."""
        address = settings.SITE_URL + self.address
        modes = {Format.BOTH: "Mixed", Format.ONLINE: "Online", Format.IN_PERSON: "Offline"}
        places = [{"@type": "Place", "name": self.place, "address": self.place}] * bool(self.place)
        links = [{"@type": "VirtualLocation", "url": self.online_url}] * bool(self.online_url)
        data: dict[str, Any] = {
            "@type": "Event",
            "@id": f"{address}#event",
            "name": self.title,
            "description": self.summary_text,
            "url": address,
            "image": f"{settings.SITE_URL}/cards/events/{self.slug}.png",
            "eventStatus": "https://schema.org/Event"
            + ("Cancelled" if self.is_cancelled else "Scheduled"),
            "eventAttendanceMode": f"https://schema.org/{modes[self.format]}EventAttendanceMode",
            "location": [*places, *links],
        }
        for name, at in (("startDate", self.begins), ("endDate", self.ends)):
            if at:
                data[name] = timezone.localtime(at).isoformat()
        if self.organiser:
            data["organizer"] = {"@type": "Organization", "name": self.organiser}
        return data

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `section`."""
        context = super().get_context(request, *args, **kwargs)
        context["section"] = "events"
        return context


def _today() -> datetime:
    """Return the beginning of today in England."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _day(at: datetime) -> str:
    return f"{at:%A} {day_in_words(at)}"


def _clock(at: datetime) -> str:
    """Return a time as people say it: "9:30am", "4pm", "midday"."""
    if (at.hour, at.minute) in {(0, 0), (12, 0)}:
        return "midday" if at.hour else "midnight"
    minutes = f":{at:%M}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def _listed_facts() -> Facts:
    """Return what events are in each facet: those to come first, soonest first, then the past."""
    events = EventPage.objects.real().unrestricted().soonest_first()
    events = list(events.only("pk", "begins", "ends", "place", "online_url"))
    past = [event for event in reversed(events) if event.is_past]
    ordered = [event for event in events if not event.is_past] + past
    years = [str(event.first_day.year) if event.first_day else None for event in ordered]
    return Facts(
        keys=[event.pk for event in ordered],
        columns={
            "when": [When.PAST if event.is_past else When.UPCOMING for event in ordered],
            "format": [event.format for event in ordered],
            "year": years,
        },
        known={
            "when": dict(When.choices),
            "format": dict(Format.choices),
            "year": {year: year for year in sorted(filter(None, {*years}), reverse=True)},
        },
    )


#: Read once for each public change, and each day.
listed_facts = Remembered(_listed_facts, Facts(), EventPage)


def next_event() -> EventPage | None:
    """Return the next event that anybody may see and that is not cancelled."""
    events = EventPage.objects.listed().upcoming().filter(is_cancelled=False)
    return events.soonest_first().defer("body").first()
