"""Events as files for people's calendars (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event
from icalendar.enums import STATUS

from campaign.events import EventPage
from portal.page_cache import kept

REFRESH = timedelta(hours=12)


@kept()
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Return every event as one calendar, to subscribe to."""
    events = EventPage.objects.listed().defer("body").soonest_first()
    return _answer("Keep it Local: events", _uid("events"), events)


@kept()
@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """Return one event, to add to a calendar."""
    page = get_object_or_404(EventPage.objects.listed().defer("body"), slug=slug)
    return _answer(page.title, _uid(f"event-{page.pk}"), [page])


def _answer(name: str, uid: str, events: Iterable[EventPage]) -> HttpResponse:
    made = Calendar.new(
        name=name,
        uid=uid,
        prodid="-//Keep it Local portal//events//EN",
        language="en-GB",
        refresh_interval=REFRESH,
        subcomponents=[_event(page) for page in events if page.begins and page.ends],
    )
    made.add_missing_timezones()
    return HttpResponse(made.to_ical(), content_type="text/calendar; charset=utf-8")


def _event(page: EventPage) -> Event:
    """Return an event by the clock in England, whose zone the calendar then explains.

    Calendars know it again by `uid`, and take what has the higher `sequence`.
    """
    address = settings.SITE_URL + page.address
    changed = page.last_published_at or page.latest_revision_created_at or timezone.now()
    texts = [f"Cancelled. {page.cancelled_note}".strip()] if page.is_cancelled else []
    texts += [page.summary_text]
    texts += [f"Take part online: {page.online_url}"] if page.online_url else []
    texts += [f"Book: {page.booking_url}"] if page.booking_url else []
    return Event.new(
        uid=_uid(f"event-{page.pk}"),
        summary=f"Cancelled: {page.title}" if page.is_cancelled else page.title,
        start=timezone.localtime(page.begins),
        end=timezone.localtime(page.ends),
        location=page.place or page.online_url,
        description="\n\n".join([*texts, address]),
        url=address,
        status=STATUS.CANCELLED if page.is_cancelled else STATUS.CONFIRMED,
        stamp=changed,
        last_modified=changed,
        sequence=int(changed.timestamp()) // 60,
    )


def _uid(name: str) -> str:
    return f"{name}@{urlsplit(settings.SITE_URL).hostname}"
