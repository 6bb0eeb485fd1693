"""The feed of news."""

from __future__ import annotations

from django.conf import settings
from django.views.decorators.http import require_safe

from campaign.news import NewsIndexPage, NewsPage, newest
from portal.feeds import Entry, EntryFeed
from portal.page_cache import kept

NEWEST = 50


class NewsFeed(EntryFeed):
    """The newest news as an Atom feed."""

    title = "Keep it Local: news"
    subtitle = "News of the Keep it Local campaign and its councils."
    list_address = NewsIndexPage.ADDRESS
    pattern = "campaign:news_feed"

    def items(self) -> list[Entry]:
        """Return the newest entries."""
        return [_entry(page) for page in newest(NEWEST)]


def _entry(page: NewsPage) -> Entry:
    text = page.summary_text
    if page.written_on:
        text = f"{page.date_in_words}: {text}"
    return Entry(
        f"{settings.SITE_URL}/#news-{page.pk}",
        page.title,
        text,
        settings.SITE_URL + page.address,
        page.told_at,
        max(page.last_published_at or page.told_at, page.told_at),
    )


feed = kept()(require_safe(NewsFeed()))
