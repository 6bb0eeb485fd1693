"""Atom feeds of what is new: what each of them has in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from portal.context import site_operator
from portal.security.files import in_xml


@dataclass(frozen=True)
class Entry:
    """One entry of a feed. `name` tells readers whether they have seen it."""

    name: str
    title: str
    text: str
    address: str
    at: datetime
    updated: datetime


class EntryFeed(Feed):
    """An Atom feed of entries about the pages of one list.

    Attributes:
        list_address: The list's path.
        pattern: The name of the feed's own address.
    """

    feed_type = Atom1Feed
    list_address: str
    pattern: str

    def link(self) -> str:
        """Return the list's address."""
        return settings.SITE_URL + self.list_address

    def feed_url(self) -> str:
        """Return the feed's own address."""
        return settings.SITE_URL + reverse(self.pattern)

    def author_name(self) -> str:
        """Return who runs the site, as far as we know."""
        return in_xml(site_operator().name) or "Keep it Local portal"

    def items(self) -> Sequence[Entry]:
        """Return the newest entries."""
        raise NotImplementedError

    def item_title(self, item: Entry) -> str:
        """Return its title."""
        return in_xml(item.title)

    def item_description(self, item: Entry) -> str:
        """Return its text, as HTML, because that is what Atom1Feed calls it."""
        return escape(in_xml(item.text))

    def item_link(self, item: Entry) -> str:
        """Return the address that it is about."""
        return item.address

    def item_guid(self, item: Entry) -> str:
        """Return its name."""
        return item.name

    def item_pubdate(self, item: Entry) -> datetime:
        """Return when it was first published."""
        return item.at

    def item_updateddate(self, item: Entry) -> datetime:
        """Return when it last changed."""
        return item.updated
