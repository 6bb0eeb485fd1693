"""Addresses of the editors' house that are not pages: feed, calendars, supporters."""

from django.urls import path

from campaign.views import events, news, supporters

app_name = "campaign"
LINK = "supporters/link/"

urlpatterns = [
    path("news/feed/", news.feed, name="news_feed"),
    path("events/calendar.ics", events.calendar, name="calendar"),
    path("events/<slug:slug>.ics", events.event, name="event"),
    path("supporters/", supporters.sign_up, name="supporters"),
    path("supporters/sent/", supporters.sent, name="supporters_sent"),
    path("supporters/erased/", supporters.erased, name="supporter_erased"),
    path("supporters/asked/", supporters.tell_ask, name="tell_ask"),
    path(f"{LINK}confirm/<str:token>/", supporters.confirm, name="supporter_confirm"),
    path(f"{LINK}preferences/<str:token>/", supporters.preferences, name="preferences"),
    path(f"{LINK}preferences/<str:token>/leave/", supporters.leave, name="supporter_leave"),
    path(f"{LINK}preferences/<str:token>/erase/", supporters.erase, name="supporter_erase"),
    path(f"{LINK}preferences/<str:token>/file/", supporters.export, name="supporter_export"),
    path(f"{LINK}unsubscribe/<str:token>/", supporters.unsubscribe, name="unsubscribe"),
    path(f"{LINK}asked/<str:token>/", supporters.ask, name="ask"),
]
