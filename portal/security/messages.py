"""The cookie of messages, named like the others; here because Django's has no setting for it."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookieStorage(CookieStorage):
    """On https, a name that no other host of the domain, and no page over http, can set."""

    cookie_name = "__Host-messages" if settings.SESSION_COOKIE_SECURE else "messages"


class MessageStorage(FallbackStorage):
    """Django's own storage otherwise."""

    storage_classes = (NamedCookieStorage, SessionStorage)
