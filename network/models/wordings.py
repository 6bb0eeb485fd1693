"""Versions of the endorsement wording, and who approved them."""

import hashlib
import json

from django.conf import settings
from django.db import models


class WordingQuerySet(models.QuerySet["EndorsementWording"]):
    def newest(self) -> "EndorsementWording":
        """Return the version in force: the newest approved one, or the newest draft without one.

        A migration adds the first, so there is always one.
        """
        approved = ~models.Q(approved_by_name="") & models.Q(approved_on__isnull=False)
        is_draft = models.Case(models.When(approved, then=0), default=1)
        return self.order_by(is_draft, "-version")[0]

    def to_confirm(self, user, others):
        """Return those whose approval waits for a second manager, if this can be they.

        Or if none of the `others` is there to be it, so that a trustee has to be asked.
        """
        waiting = self.filter(approved_on=None).exclude(approved_by_name="")
        return waiting.filter(~models.Q(approval_recorded_by=user) | ~models.Exists(others))

    def last_written(self) -> "EndorsementWording":
        """Return the newest version, approved or not."""
        return self.order_by("-version")[0]


class EndorsementWording(models.Model):
    """A version of what is signed. It is frozen once someone has been asked to sign it."""

    version = models.PositiveSmallIntegerField(unique=True)
    text = models.TextField(help_text="Paragraphs, parted by blank lines.")
    approved_by_name = models.CharField(
        max_length=120, blank=True, help_text="Who approved it for the network."
    )
    approved_on = models.DateField(null=True, blank=True)
    approval_evidence = models.TextField(
        blank=True, help_text="Where it is written that the network approved it."
    )
    approval_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approval_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approval_trustee = models.ForeignKey(
        "network.TrusteeRequest",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="How a trustee confirmed the approval, where no second manager could.",
    )
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
    def waits_for_second(self) -> bool:
        """One manager has recorded the approval, and another has to confirm it."""
        return bool(self.approved_by_name) and self.approved_on is None

    @property
    def may_be_sent(self) -> bool:
        """Whether it can be sent for signature: outside DEBUG it must be approved."""
        return self.is_approved or settings.DEBUG

    @property
    def is_in_use(self) -> bool:
        """Whether someone was asked to sign it or a sign-up has pinned it, so it is frozen."""
        return (
            self.sign_ups.exists()
            or self.office_changes.exists()
            or self.later_endorsements.exists()
        )

    @property
    def hash(self) -> str:
        """SHA-256 hash, in hexadecimal, of the text as UTF-8: what signatures bind to."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def fingerprint_with(self, snapshot: dict[str, object]) -> str:
        """Return the SHA-256 hash, in hexadecimal, of wording and snapshot."""
        shown = json.dumps([self.hash, snapshot], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()

    def text_for(self, council: str) -> str:
        """Return the text for one council, with its name filled in."""
        return self.text.replace("{council}", council)
