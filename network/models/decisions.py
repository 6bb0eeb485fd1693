"""Formal decisions: the other way for a council to endorse."""

import hashlib
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from network.choices import DecisionBody
from portal.models import both_or_neither


class FormalDecision(models.Model):
    """A council's formal decision to endorse. In a draft, any field may be empty."""

    sign_up = models.OneToOneField("network.SignUp", models.PROTECT, related_name="decision")
    body = models.CharField(max_length=12, choices=DecisionBody.choices, blank=True)
    body_name = models.CharField(max_length=160, blank=True, help_text="As the minutes call it.")
    decided_on = models.DateField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    call_in_ends_on = models.DateField(null=True, blank=True)
    takes_effect_on = models.DateField(null=True, blank=True)
    minute_reference = models.CharField(max_length=120, blank=True)
    link = models.URLField(max_length=500, blank=True)
    wording_matches = models.BooleanField(
        default=False, help_text="The officer says that what was decided is this wording."
    )
    wording = models.ForeignKey(
        "network.EndorsementWording", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            both_or_neither("decision_confirmed_by_at", "confirmed_by", "confirmed_at"),
            models.CheckConstraint(
                condition=Q(takes_effect_on__isnull=True)
                | Q(decided_on__isnull=True)
                | Q(takes_effect_on__gte=F("decided_on")),
                name="no_effect_before_the_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_name or self.get_body_display()}, {self.decided_on or 'no date yet'}"

    @property
    def is_complete(self) -> bool:
        """Whether every required field is filled in."""
        return bool(
            self.body
            and self.body_name
            and self.decided_on
            and self.takes_effect_on
            and self.minute_reference
            and self.wording_matches
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 hash, in hexadecimal, of everything that staff confirm."""
        rows = [
            f"{name}={getattr(self, name)}"
            for name in (
                "body",
                "body_name",
                "decided_on",
                "published_on",
                "call_in_ends_on",
                "takes_effect_on",
                "minute_reference",
                "link",
                "wording_matches",
                "wording_id",
            )
        ]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    @property
    def holds_from(self) -> date | None:
        """First day on which the decision holds and no call-in can stop it."""
        if self.takes_effect_on is None or self.call_in_ends_on is None:
            return self.takes_effect_on
        if self.takes_effect_on > self.call_in_ends_on:
            return self.takes_effect_on
        if self.call_in_ends_on == date.max:
            return date.max
        return self.call_in_ends_on + timedelta(days=1)

    def has_taken_effect(self, on: date | None = None) -> bool:
        """Whether the decision holds on `day` (default: today) and no call-in can stop it."""
        day = on or timezone.localdate()
        return self.holds_from is not None and self.holds_from <= day

    @property
    def is_to_come(self) -> bool:
        """Whether the decision is complete but does not hold yet."""
        return self.is_complete and not self.has_taken_effect()
