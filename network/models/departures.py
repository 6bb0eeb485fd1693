"""Withdrawal of members from the network, and removal by the network."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from network.choices import (
    LIVE_WITHDRAWAL,
    Office,
    RemovalStatus,
    RepresentativeRole,
    WithdrawalStatus,
    office_in_words,
)
from network.models.links import EmailedLink, EmailedLinkQuerySet
from network.models.moves import Moving
from network.models.people import Representative
from portal.models import both_or_neither

COOLING_OFF = timedelta(days=7)  # product.md 4.5: between confirming and becoming public


class WithdrawalQuerySet(EmailedLinkQuerySet):
    def open(self):
        """Return withdrawals that are neither completed nor cancelled."""
        return self.filter(status__in=LIVE_WITHDRAWAL)

    def for_staff(self):
        """Those with a decision to read or a statement to check."""
        unread = Q(status=WithdrawalStatus.ASKED) & ~Q(decision_url="")
        unchecked = ~Q(statement="") & Q(statement_checked_at=None)
        unchecked &= ~Q(status__in=[WithdrawalStatus.CANCELLED, WithdrawalStatus.EXPIRED])
        return self.filter(unread | unchecked)

    def due(self, today):
        """Return confirmed withdrawals that take effect by now."""
        return self.filter(status=WithdrawalStatus.CONFIRMED, ends_on__lte=today)

    def next_leaving(self) -> date | None:
        """Return the day on which the next member leaves; None if none is leaving."""
        leaving = self.filter(status=WithdrawalStatus.CONFIRMED)
        return leaving.aggregate(first=models.Min("ends_on"))["first"]

    def with_all(self):
        """Select everything that their pages and emails name."""
        return self.select_related(
            "membership__council",
            "membership__sign_up",
            "asked_by",
            "decision_read_by",
            "statement_checked_by",
        )


class Withdrawal(EmailedLink):
    """A council's request to leave, confirmed by a signed link or a published decision."""

    STATUSES = WithdrawalStatus
    LINK_PURPOSE = "leave"
    WAITING = WithdrawalStatus.ASKED
    event_field = "withdrawal"

    membership = models.ForeignKey("network.Membership", models.PROTECT, related_name="withdrawals")
    status = models.CharField(
        max_length=12,
        choices=WithdrawalStatus.choices,
        default=WithdrawalStatus.ASKED,
        editable=False,
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    effective_on = models.DateField(help_text="From when the council no longer wants to be one.")
    statement = models.TextField(blank=True)
    statement_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    statement_checked_at = models.DateTimeField(null=True)
    statement_refused_why = models.TextField(
        blank=True, help_text="Which law forbids to publish it; empty where none does."
    )
    decision_url = models.URLField(max_length=300, blank=True)
    decision_read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    office = models.CharField(max_length=16, choices=Office.choices, blank=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_name = models.CharField(max_length=120, blank=True)
    confirmed_role = models.CharField(max_length=160, blank=True)
    ends_on = models.DateField(null=True, help_text="When the membership ends, once confirmed.")

    objects = WithdrawalQuerySet.as_manager()

    class Meta(EmailedLink.Meta):
        ordering = ["-asked_at", "-pk"]
        constraints = [
            *EmailedLink.Meta.constraints,
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(status__in=LIVE_WITHDRAWAL),
                name="one_open_withdrawal_a_membership",
            ),
            models.CheckConstraint(
                condition=Q(decision_url="") ^ Q(email=""),
                name="withdrawal_by_signature_or_decision",
            ),
            both_or_neither("withdrawal_confirmed_with_day", "confirmed_at", "ends_on"),
            both_or_neither(
                "withdrawal_statement_checked", "statement_checked_by", "statement_checked_at"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["confirmed", "done"]) | Q(confirmed_at__isnull=False),
                name="withdrawal_confirmed_before_it_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council} leaves: {self.get_status_display()}"

    def event_about(self) -> dict[str, models.Model | None]:
        return {"membership": self.membership, "sign_up": self.membership.sign_up}

    @property
    def waits_for_staff(self) -> str:
        """What staff have to do about it, in words; "" if nothing."""
        reads = self.status == WithdrawalStatus.ASKED and self.by_decision
        return "Read the decision" if reads else "Check the statement" * self.statement_waits

    @property
    def staff_url(self) -> str:
        """Where staff handle it."""
        return reverse("network_staff:withdrawal", args=[self.pk])

    @property
    def council(self):
        """Council that leaves."""
        return self.membership.council

    @property
    def is_open(self) -> bool:
        """Whether it is neither completed nor cancelled."""
        return self.status in LIVE_WITHDRAWAL

    @property
    def by_decision(self) -> bool:
        """Whether a published decision takes the place of a signature."""
        return bool(self.decision_url)

    @property
    def office_name(self) -> str:
        """Name the council uses for the role that confirms."""
        return office_in_words(self.office, self.membership.governance)

    @property
    def is_wanted(self) -> bool:
        return self.membership.is_live

    def first_day(self, confirmed: date) -> date:
        """Return the day it takes effect if it is confirmed on `day`."""
        return max(self.effective_on, confirmed + COOLING_OFF)

    @property
    def statement_waits(self) -> bool:
        """Whether staff have yet to check the council's statement."""
        undecided = self.statement_checked_at is None and self.statement
        stopped = self.status in {WithdrawalStatus.CANCELLED, WithdrawalStatus.EXPIRED}
        return bool(undecided) and not stopped

    @property
    def public_statement(self) -> str:
        """Statement for the public; "" until the membership has ended and staff have checked it."""
        checked = self.statement_checked_at is not None and not self.statement_refused_why
        return self.statement if checked and self.status == WithdrawalStatus.DONE else ""


# Both are ours: product.md 4.5 asks for notice and appeal, and no source gives their length.
NOTICE = timedelta(days=14)
APPEAL = timedelta(days=28)
RESPONSES = 20


class RemovalQuerySet(models.QuerySet["Removal"]):
    def open(self):
        """Return removals that are not decided yet."""
        return self.filter(status=RemovalStatus.OPEN)

    def to_decide(self, user, others):
        """Return open removals whose notice is over, if this manager may be the second.

        Or if none of the `others` is there to be it, so that a trustee has to be asked.
        """
        due = self.open().filter(decide_from__lte=timezone.localdate())
        return due.filter(~Q(opened_by=user) | ~models.Exists(others))

    def to_be_answered_by(self, user):
        """Return open removals of members that this person leads."""
        return self.open().filter(
            membership__representatives__in=Representative.objects.current().filter(
                user=user, role=RepresentativeRole.LEAD
            )
        )

    def with_all(self):
        """Select everything that their pages and emails name."""
        return self.select_related(
            "membership__council",
            "membership__sign_up",
            "opened_by",
            "decided_by",
            "decided_by_trustee",
        )


class Removal(Moving):
    """A proposal to end a membership. One manager opens it, another decides. Never public."""

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
    decided_by_trustee = models.ForeignKey(
        "network.TrusteeRequest",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="How a trustee decided, where no second manager could.",
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
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decided_by_trustee=None)
                | Q(decided_at__isnull=False)
                & (Q(decided_by__isnull=False) ^ Q(decided_by_trustee__isnull=False)),
                name="removal_decided_by_one",
            ),
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
    def staff_url(self) -> str:
        """Where staff decide it."""
        return reverse("network_staff:removal", args=[self.pk])

    @property
    def council(self):
        """Council that the removal is about."""
        return self.membership.council

    @property
    def is_open(self) -> bool:
        """Whether it is not decided yet."""
        return self.status == RemovalStatus.OPEN

    @property
    def notice_is_over(self) -> bool:
        """Whether the council's time to respond is over."""
        return timezone.localdate() >= self.decide_from

    @property
    def decider(self) -> str:
        """Who decided it; "" before."""
        trustee = self.decided_by_trustee
        return trustee.in_the_name_of if trustee else str(self.decided_by or "")

    @property
    def appeal_until(self):
        """Last day of an appeal; None before the decision."""
        return timezone.localdate(self.decided_at) + APPEAL if self.decided_at else None


class RemovalResponse(models.Model):
    """The council's response to a removal. Never edited, never deleted."""

    removal = models.ForeignKey(Removal, models.PROTECT, related_name="responses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.by}, {timezone.localtime(self.at):%d %B %Y}"
