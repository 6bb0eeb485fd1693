"""What every signature has: a name, the page that was signed, and what is known of it since."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from portal import links

LINK_LASTS = timedelta(days=30)


class Signature(models.Model):
    """One person's signature, with what was on the page. Never edited, never deleted."""

    REPORT_PURPOSE: str
    wording: models.ForeignKey

    name = models.CharField(max_length=120)
    role = models.CharField(max_length=160)
    wording_hash = models.CharField(max_length=64)
    snapshot = models.JSONField(help_text="What the page showed: council, champions, route.")
    signed_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_how = models.CharField(max_length=300, blank=True)
    reported_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody said “this was not me”."
    )
    struck_out_at = models.DateTimeField(null=True, blank=True)
    struck_out_why = models.TextField(null=True, blank=True)  # noqa: DJ001 (paired)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}, {self.role}, {timezone.localtime(self.signed_at):%d %B %Y}"

    @property
    def is_disputed(self) -> bool:
        """Somebody said “this was not me”, and nobody has looked into that since."""
        if self.reported_at is None:
            return False
        return self.confirmed_at is None or self.confirmed_at < self.reported_at

    @property
    def report_token(self) -> str:
        """The token of the link that says “this was not me”; never stored."""
        return links.make(self.REPORT_PURPOSE, pk=self.pk, generation=0)

    def may_be_reported_with(self, token: str) -> bool:
        """True when `token` is the link's."""
        return links.is_valid(token, self.REPORT_PURPOSE, pk=self.pk, generation=0)

    @property
    def report_link_has_ended(self) -> bool:
        return timezone.now() >= self.signed_at + LINK_LASTS

    @property
    def signed_text(self) -> str:
        """The wording as it read on the page that was signed."""
        return self.wording.text_for(self.snapshot["council"])
