"""Cohorts: councils that are, or were, announced together."""

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from network.choices import LIVE_MEMBERSHIP


class CohortQuerySet(models.QuerySet["Cohort"]):
    def waiting(self):
        """Return cohorts with a council that is not public yet."""
        waits = {"memberships__announced_at": None, "memberships__status__in": LIVE_MEMBERSHIP}
        return self.filter(memberships__isnull=False, **waits).distinct()

    def called(self, name: str) -> "Cohort | None":
        """Return the cohort of a name, which is made if there is none; None for no name."""
        if not name:
            return None
        return self.filter(name__iexact=name).first() or self.get_or_create(name=name)[0]


class Cohort(models.Model):
    """Councils announced at one hour; or before this site, as a source names them.

    The hour is that of its councils that wait (`Membership.announce_at`), which is the same for
    all: a council that is moved alone leaves its cohort.
    """

    name = models.CharField(
        max_length=80, unique=True, help_text="The public reads it: “First 11, March 2020”."
    )
    made_at = models.DateTimeField(auto_now_add=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def staff_url(self) -> str:
        """Where staff prepare it."""
        return reverse("network_staff:cohort", args=[self.pk])

    @cached_property
    def waiting(self) -> list:
        """Its councils that are not public yet, by name."""
        rows = self.memberships.to_announce().with_sign_ups().select_related("council")
        return list(rows.order_by("council__name"))

    @property
    def announce_at(self) -> datetime | None:
        """When those that wait become public; None while that is on hold."""
        return next((each.announce_at for each in self.waiting), None)
