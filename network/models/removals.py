"""The network ends a membership: written grounds, notice, the council's say, two managers."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from network.choices import RemovalStatus, RepresentativeRole
from network.models.moves import Moving
from network.models.people import Representative
from portal.models import both_or_neither

# Both are ours: product.md 4.5 asks for notice and appeal, and no source gives their length.
NOTICE = timedelta(days=14)
APPEAL = timedelta(days=28)
RESPONSES = 20


class RemovalQuerySet(models.QuerySet["Removal"]):
    def open(self):
        """Not decided yet."""
        return self.filter(status=RemovalStatus.OPEN)

    def to_be_answered_by(self, user):
        """Open ones of members for whom this person leads."""
        return self.open().filter(
            membership__representatives__in=Representative.objects.current().filter(
                user=user, role=RepresentativeRole.LEAD
            )
        )

    def with_all(self):
        """With what its pages and mails name."""
        return self.select_related(
            "membership__council", "membership__sign_up", "opened_by", "decided_by"
        )


class Removal(Moving):
    """One manager opens it with written grounds, a second decides. Nothing of it is public."""

    STATUSES = RemovalStatus
    event_field = "removal"

    membership = models.ForeignKey("network.Membership", models.PROTECT, related_name="removals")
    status = models.CharField(
        max_length=12,
        choices=RemovalStatus.choices,
        default=RemovalStatus.OPEN,
        editable=False,
    )
    grounds = models.TextField(help_text="The council reads them. Never published.")
    told_how = models.CharField(
        max_length=300, blank=True, help_text="How the council was told, where nobody leads for it."
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    decide_from = models.DateField(help_text="Not decided before this day.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_why = models.TextField(blank=True)

    objects = RemovalQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(status=RemovalStatus.OPEN),
                name="one_open_removal_a_membership",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("opened_by")),
                name="removal_takes_two_people",
            ),
            both_or_neither("removal_decided_by_at", "decided_by", "decided_at"),
            models.CheckConstraint(
                condition=~Q(status__in=["removed", "dropped"]) | Q(decided_at__isnull=False),
                name="removal_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(grounds=""), name="removal_has_grounds"),
        ]

    def __str__(self) -> str:
        return f"{self.council}: {self.get_status_display()}"

    def event_about(self) -> dict[str, models.Model | None]:
        return {"membership": self.membership, "sign_up": self.membership.sign_up}

    @property
    def council(self):
        """Which council it is about."""
        return self.membership.council

    @property
    def is_open(self) -> bool:
        """Not decided yet."""
        return self.status == RemovalStatus.OPEN

    @property
    def notice_is_over(self) -> bool:
        """Its council had the time to respond."""
        return timezone.localdate() >= self.decide_from

    @property
    def appeal_until(self):
        """The last day of an appeal; None before it is decided."""
        return timezone.localdate(self.decided_at) + APPEAL if self.decided_at else None


class RemovalResponse(models.Model):
    """What the council says to it. Never edited, never deleted."""

    removal = models.ForeignKey(Removal, models.PROTECT, related_name="responses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.by}, {timezone.localtime(self.at):%d %B %Y}"
