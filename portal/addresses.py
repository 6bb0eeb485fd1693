"""Absolute addresses, for mails and records."""

from django.conf import settings
from django.urls import reverse


def absolute(viewname: str, *args: object) -> str:
    """The full address of a view, e.g. `absolute("network:endorse", token)`."""
    return settings.SITE_URL + reverse(viewname, args=args)
