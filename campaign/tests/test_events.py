"""Events: their list, pages and calendars, by the clock in England."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar
from wagtail.models import Page, PageViewRestriction

from campaign.forms import CLOCKS_CHANGE, event_problems
from campaign.models import EventPage
from campaign.tests.factories import EventPageFactory

URL, CALENDAR = "/events/", "/events/calendar.ics"


@pytest.fixture
def make(event_index):
    """Return a function that publishes an event."""

    def made(title, **kwargs):
        page = EventPageFactory(parent=event_index, title=title, **kwargs)
        page.save_revision().publish()
        return page

    return made


def at(*clock):
    """Return a time by the clock in England."""
    return timezone.make_aware(datetime(*clock))


def days(number, length=1):
    begins = timezone.now() + timedelta(days=number)
    return {"begins": begins, "ends": begins + timedelta(hours=length)}


def listing(client, query=""):
    return client.get(URL + query).context["listing"]


def titles(client, query=""):
    return [page.title for page in listing(client, query).page]


def text(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def everywhere(client):
    return "".join(text(client, path) for path in (URL, CALENDAR, "/", "/sitemap.xml"))


def calendar(client, path=CALENDAR):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content)


def test_list_has_the_soonest_first_and_then_the_past(client, make):
    make("Far", **days(90))
    make("Long ago", **days(-90))
    make("Soon", **days(2))
    make("Lately", **days(-2))

    assert titles(client) == ["Soon", "Far", "Lately", "Long ago"]
    html = text(client, URL)
    assert html.index("Upcoming events") < html.index("Soon") < html.index("Past events")


def test_event_is_past_only_once_its_last_day_is_over():
    now = timezone.localtime()
    over = now.replace(hour=0, minute=0, second=1)

    assert not EventPage(begins=over - timedelta(hours=2), ends=over).is_past
    assert EventPage(begins=over - timedelta(hours=9), ends=over - timedelta(seconds=2)).is_past


def test_facets_narrow_and_count(client, make):
    make("Hall", **days(2))
    make("Link", place="", online_url="https://meet.example/", **days(3))
    make("Both", online_url="https://meet.example/", **days(-400))

    assert titles(client, "?when=upcoming") == ["Hall", "Link"]
    assert titles(client, "?format=online&format=both") == ["Link", "Both"]
    assert listing(client, "?when=past").counts["when"] == {"upcoming": 2, "past": 1}
    assert client.get(f"{URL}?when=never").status_code == 404


def test_empty_list_invents_nothing(client, event_index):
    html = text(client, URL)

    assert "We do not know of any events yet." in html
    assert CALENDAR not in html
    assert 'class="nav-link" href="/events/"' not in html
    assert calendar(client).events == []


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (
            at(2026, 6, 30, 9, 30),
            at(2026, 6, 30, 16),
            "Tuesday 30 June 2026, 9:30am to 4pm",
        ),
        (
            datetime(2026, 6, 30, 23, 30, tzinfo=UTC),
            datetime(2026, 7, 1, 11, tzinfo=UTC),
            "Wednesday 1 July 2026, 12:30am to midday",
        ),
        (
            at(2026, 11, 12, 10),
            at(2026, 11, 13, 0),
            "Thursday 12 November 2026, 10am, to Friday 13 November 2026, midnight",
        ),
    ],
)
def test_time_is_told_by_the_clock_in_england(begins, ends, words):
    assert EventPage(begins=begins, ends=ends).when_in_words == words


def test_calendar_file_keeps_summer_time(client, make):
    summer = make("Summer", begins=at(2026, 6, 30, 9, 30), ends=at(2026, 6, 30, 16))
    winter = make("Winter", begins=at(2026, 12, 1, 9, 30), ends=at(2026, 12, 1, 16))

    for page, hour in ((summer, 8), (winter, 9)):
        found = calendar(client, f"/events/{page.slug}.ics")
        [event] = found.events
        assert event["DTSTART"].params["TZID"] == "Europe/London"
        assert event.start.hour == 9
        assert event.start.astimezone(UTC) == page.begins.astimezone(UTC)
        assert event.start.astimezone(UTC).hour == hour
        [zone] = found.timezones
        assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}


def test_calendar_file_tells_everything(client, make):
    page = make("Meet", online_url="https://meet.example/", booking_url="https://book.example/")
    [event] = calendar(client, f"/events/{page.slug}.ics").events

    assert event["SUMMARY"] == "Meet"
    assert event["UID"].startswith(f"event-{page.pk}@")
    assert event["LOCATION"] == "Town Hall, Exampleton"
    for words in ("https://meet.example/", "https://book.example/", settings.SITE_URL):
        assert words in event["DESCRIPTION"]
    assert event["STATUS"] == "CONFIRMED"
    assert [each["UID"] for each in calendar(client).events] == [event["UID"]]


def test_cancelled_event_is_told_everywhere(client, make):
    page = make("Meet", online_url="https://meet.example/", booking_url="https://book.example/")
    [before] = calendar(client).events
    page = EventPage.objects.get(pk=page.pk)
    page.is_cancelled, page.cancelled_note = True, "The hall is flooded."
    page.save_revision().publish()
    EventPage.objects.filter(pk=page.pk).update(
        last_published_at=timezone.now() + timedelta(minutes=2)
    )

    html = text(client, page.address)
    assert "This event is cancelled." in html
    assert "The hall is flooded." in html
    assert "https://book.example/" not in html
    assert "https://schema.org/EventCancelled" in html
    assert "Cancelled" in text(client, URL)
    [after] = calendar(client).events
    assert after["STATUS"] == "CANCELLED"
    assert after["SUMMARY"] == "Cancelled: Meet"
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert "Next event" not in text(client, "/")


def test_page_is_an_event_for_machines(client, make):
    page = make("Meet", begins=at(2026, 6, 30, 9, 30), ends=at(2026, 6, 30, 16), organiser="KiL")
    blocks = re.findall(r'ld\+json">(.*?)</script>', text(client, page.address))
    [event] = [data for data in map(json.loads, blocks) if data["@type"] == "Event"]

    assert event["startDate"] == "2026-06-30T09:30:00+01:00"
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert event["location"][0]["name"] == "Town Hall, Exampleton"
    assert event["organizer"]["name"] == "KiL"


def test_past_event_offers_its_recording_and_no_booking(client, make):
    links = {"booking_url": "https://book.example/", "recording_url": "https://watch.example/"}
    html = text(client, make("Meet", **days(-9), **links).address)

    assert "https://watch.example/" in html
    assert "https://book.example/" not in html
    assert ".ics" not in html


def test_what_is_not_public_is_nowhere(client, make, event_index):
    make("Shown event")
    make("Hidden private")
    PageViewRestriction.objects.create(
        page=Page.objects.get(title="Hidden private"), restriction_type="login"
    )
    EventPage.objects.get(pk=make("Hidden withdrawn").pk).unpublish()
    EventPageFactory(parent=event_index, title="Hidden draft", live=False).save_revision()
    later = EventPageFactory(parent=event_index, title="Hidden until later", live=False)
    later.go_live_at = timezone.now() + timedelta(days=1)
    later.save_revision().publish()

    assert "Hidden" not in everywhere(client)
    assert listing(client).total == 1
    assert [event["SUMMARY"] for event in calendar(client).events] == ["Shown event"]
    for slug in ("hidden-private", "hidden-withdrawn", "hidden-draft", "hidden-until-later"):
        assert client.get(f"/events/{slug}.ics").status_code == 404


def test_invented_event_is_marked_and_uncounted(client, make):
    page = make("Invented", is_demonstration=True)

    html = text(client, URL)
    assert "Demonstration events" in html
    assert "We invented these events" in html
    assert listing(client).total == 0
    assert "We invented this event" in text(client, page.address)
    assert client.get(f"/events/{page.slug}.ics").status_code == 404
    for path in (CALENDAR, "/", "/sitemap.xml", f"{URL}?when=upcoming"):
        assert "nvented" not in text(client, path)


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"begins": None}, "begins"),
        ({"ends": None}, "ends"),
        ({"ends": at(2026, 6, 30, 9)}, "ends"),
        ({"place": ""}, "place"),
    ],
)
def test_event_needs_time_and_place_to_be_published(event_index, lacking, field):
    given = {"begins": at(2026, 6, 30, 10), "ends": at(2026, 6, 30, 11), "place": "Hall"} | lacking

    assert list(event_problems(**given, online_url="")) == [field]
    draft = EventPageFactory(parent=event_index, live=False, **given)
    with pytest.raises(ValidationError):
        draft.save_revision().publish()
    assert not EventPage.objects.get(pk=draft.pk).live


@pytest.mark.parametrize("hour", ["2027-03-28 01:30", "2027-10-31 01:30"])
def test_hour_in_which_the_clocks_change_is_refused_in_plain_words(event_index, hour):
    page, typed = EventPage(), {"begins": hour, "ends": "2027", "body-count": "0"}
    form_class = EventPage.get_edit_handler().get_form_class()
    form = form_class(typed, instance=page, parent_page=event_index)

    assert form.errors["begins"] == [CLOCKS_CHANGE]
    assert form.errors["ends"] == ["Enter a valid date/time."], "and not that none was entered"


def test_address_of_the_calendar_is_not_free(event_index):
    with pytest.raises(ValidationError, match="already used"):
        EventPageFactory(parent=event_index, slug="calendar")


def test_home_page_shows_the_next_event(client, make):
    make("Later", **days(9))
    make("Gone", **days(-9))
    make("Off", is_cancelled=True, **days(1))
    make("Next", **days(3))

    html = text(client, "/")
    assert "Next event" in html
    assert ">Next</a>" in html
    assert not any(f">{title}</a>" in html for title in ("Later", "Gone", "Off"))


@pytest.mark.parametrize("path", [URL, CALENDAR, "page"])
def test_queries_do_not_grow(client, make, path):
    def queries():
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    page = make("One")
    address = page.address if path == "page" else path
    one = queries()
    for number in range(9):
        make(f"More {number}", **days(number - 4))

    assert queries() == one <= 15
