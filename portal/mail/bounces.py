"""What the mail provider tells us later: mails that came back. By django-anymail's webhooks.

An event names its mail by our Message-ID or by the provider's own, and by the address. What
names none of ours changes nothing, and neither does what was told before.
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

from portal.mail.outbox import mark_bounced
from portal.models import OutboxMessage

logger = logging.getLogger("portal.mail.bounces")

CAME_BACK = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED, EventType.COMPLAINED}
_WHY = {
    "invalid": "There is no such address",
    "bounced": "The other mail server refused it",
    "timed_out": "The other mail server did not answer",
    "blocked": "The other mail server blocks us",
    "spam": "It was taken for spam",
    "unsubscribed": "This person wants no mail from us",
}


def patterns() -> list[URLPattern]:
    """The address to which the provider of MAIL_PROVIDER sends its events; none without it.

    Raises ImproperlyConfigured for a provider that anymail does not know.
    """
    if not settings.MAIL_PROVIDER or not settings.MAIL_WEBHOOK_SECRET:
        return []
    name = f"{settings.MAIL_PROVIDER}_tracking_webhook"
    for pattern in anymail_urls.urlpatterns:
        if pattern.name == name:
            return [path("tracking/", _forgiving(pattern.callback.view_class), name=name)]
    raise ImproperlyConfigured(f"MAIL_PROVIDER is unknown to anymail: {settings.MAIL_PROVIDER}")


def _forgiving(view_class: type) -> Any:
    """anymail's view, which answers nonsense with 400 instead of 500."""

    class View(view_class):
        def parse_events(self, request: HttpRequest) -> list:
            try:
                return super().parse_events(request)
            except (ValueError, LookupError, TypeError, AttributeError) as problem:
                raise SuspiciousOperation("This is no event of the mail provider.") from problem

    return View.as_view()


def handle_tracking_event(sender: object, event: Any, **kwargs: object) -> None:
    """Mark the mail that an event says came back."""
    if event.event_type not in CAME_BACK:
        return
    if row := _named_by(event.message_id, event.recipient):
        why = _WHY.get(event.reject_reason, "It was not delivered")
        if mark_bounced(row, why):
            logger.warning("Mail %s came back: %s", row.pk, why)


def _named_by(message_id: object, recipient: object) -> OutboxMessage | None:
    """The mail of ours with this id, sent to this address."""
    if not isinstance(message_id, str) or not isinstance(recipient, str):
        return None
    bare = message_id.strip("<> ")
    if not bare or "\0" in message_id + recipient:
        return None
    named = Q(message_id=f"<{bare}>") | Q(provider_id__in=[message_id, bare])
    return OutboxMessage.objects.filter(named, to__iexact=recipient).first()
