"""Versions of what is signed, and who approved them."""

import hashlib
import json

from django.conf import settings
from django.db import models


class WordingQuerySet(models.QuerySet["EndorsementWording"]):
    def newest(self) -> "EndorsementWording":
        """The version in force: the newest approved, or the newest draft where none is.
        A migration brings the first, so there always is one."""
        approved = self.exclude(approved_by_name="").exclude(approved_on=None)
        return approved.order_by("-version").first() or self.last_written()

    def last_written(self) -> "EndorsementWording":
        """The newest version, be it a draft."""
        return self.order_by("-version")[0]


class EndorsementWording(models.Model):
    """A version of what is signed. Once somebody was asked to sign it, it is frozen."""

    version = models.PositiveSmallIntegerField(unique=True)
    text = models.TextField(help_text="Paragraphs, parted by blank lines.")
    approved_by_name = models.CharField(
        max_length=120, blank=True, help_text="Who approved it for the network."
    )
    approved_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = WordingQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        draft = "" if self.is_approved else " (draft, not approved by the network)"
        return f"Version {self.version}{draft}"

    @property
    def is_approved(self) -> bool:
        return bool(self.approved_by_name and self.approved_on)

    @property
    def may_be_sent(self) -> bool:
        """Outside DEBUG no mail asks anybody to sign an unapproved wording."""
        return self.is_approved or settings.DEBUG

    @property
    def is_in_use(self) -> bool:
        """Somebody was asked to sign it, or a sign-up has pinned it: its text no longer changes."""
        return (
            self.sign_ups.exists()
            or self.office_changes.exists()
            or self.later_endorsements.exists()
        )

    @property
    def hash(self) -> str:
        """SHA-256 of the text as UTF-8, in hexadecimal: what signatures bind to."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def fingerprint_with(self, snapshot: dict[str, object]) -> str:
        """SHA-256, in hexadecimal, of wording and snapshot: all that a signature binds to."""
        shown = json.dumps([self.hash, snapshot], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()

    def text_for(self, council: str) -> str:
        """The words as they read for one council: its name in the place kept for it."""
        return self.text.replace("{council}", council)
