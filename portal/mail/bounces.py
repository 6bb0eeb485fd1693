"""Bounces: undelivered emails, reported by the provider to django-anymail's webhooks.

An event identifies an email by our Message-ID or the provider's own, and by the address.
Events about unknown emails, and repeated ones, change nothing.
"""

import logging
from typing import Any

from anymail import urls as anymail_urls
from anymail.signals import EventType
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.db.models import Q
from django.http import HttpRequest
from django.urls import URLPattern, path

from portal.mail import bulk
from portal.mail.outbox import mark_bounced
from portal.models import Delivery, OutboxMessage

logger = logging.getLogger("portal.mail.bounces")

CAME_BACK = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED, EventType.COMPLAINED}
# Who gets no more newsletters. A failure may be the provider's own.
ENDS = {
    EventType.BOUNCED: bulk.Why.BOUNCED,
    EventType.REJECTED: bulk.Why.BOUNCED,
    EventType.COMPLAINED: bulk.Why.COMPLAINED,
    EventType.UNSUBSCRIBED: bulk.Why.LEFT,
}
_WHY = {
    "invalid": "There is no such address",
    "bounced": "The other mail server refused it",
    "timed_out": "The other mail server did not answer",
    "blocked": "The other mail server blocks us",
    "spam": "It was taken for spam",
    "unsubscribed": "This person wants no mail from us",
}


def patterns() -> list[URLPattern]:
    """Return the URL for MAIL_PROVIDER's events; none without a provider.

    Raises:
        ImproperlyConfigured: If anymail does not know the provider.
    """
    if not settings.MAIL_PROVIDER or not settings.MAIL_WEBHOOK_SECRET:
        return []
    name = f"{settings.MAIL_PROVIDER}_tracking_webhook"
    for pattern in anymail_urls.urlpatterns:
        if pattern.name == name:
            return [path("tracking/", _forgiving(pattern.callback.view_class), name=name)]
    raise ImproperlyConfigured(f"MAIL_PROVIDER is unknown to anymail: {settings.MAIL_PROVIDER}")


def _forgiving(view_class: type) -> Any:
    """Wrap anymail's view to answer malformed events with 400 instead of 500."""

    class View(view_class):
        def parse_events(self, request: HttpRequest) -> list:
            try:
                return super().parse_events(request)
            except (ValueError, LookupError, TypeError, AttributeError) as problem:
                raise SuspiciousOperation("This is no event of the mail provider.") from problem

    return View.as_view()


def handle_tracking_event(sender: object, event: Any, **kwargs: object) -> None:
    """Mark an email as undelivered if the event says so."""
    if event.event_type not in CAME_BACK | ENDS.keys():
        return
    if not (names := _names(event.message_id, event.recipient)):
        return
    why = _WHY.get(event.reject_reason, "It was not delivered")
    came_back: OutboxMessage | Delivery | None
    if came_back := OutboxMessage.objects.filter(names, to__iexact=event.recipient).first():
        is_new = event.event_type in CAME_BACK and mark_bounced(came_back, why)
    elif came_back := bulk.sent_to(event.recipient, names):
        is_new = bulk.mark_bounced(came_back, why, ENDS.get(event.event_type))
    else:
        return
    if is_new:
        logger.warning("%s %s came back: %s", type(came_back).__name__, came_back.pk, why)


def _names(message_id: object, recipient: object) -> Q | None:
    """Return what finds our email with this id; None for nonsense."""
    if not isinstance(message_id, str) or not isinstance(recipient, str):
        return None
    bare = message_id.strip("<> ")
    if not bare or "\0" in message_id + recipient:
        return None
    return Q(message_id=f"<{bare}>") | Q(provider_id__in=[message_id, bare])
