"""Addresses of the editors' house that are not pages: the feed of news and calendars of events."""

from django.urls import path

from campaign.views import events, news

app_name = "campaign"

urlpatterns = [
    path("news/feed/", news.feed, name="news_feed"),
    path("events/calendar.ics", events.calendar, name="calendar"),
    path("events/<slug:slug>.ics", events.event, name="event"),
]
