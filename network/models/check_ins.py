"""The yearly check-in of a member: is what the network says of it still true?"""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.dateformat import format as format_date

from network.choices import (
    WAITING_CHECK_IN,
    CheckInStatus,
    MembershipStatus,
    RepresentativeRole,
)
from network.models.memberships import OPENS_BEFORE, Membership
from network.models.moves import Moving
from network.models.people import Representative

# Days from the day an answer is wanted by on which we write; a minus is before it.
REMINDED_ON = (-OPENS_BEFORE.days, -30, -7, 0, 14, 30)
OVERDUE_AFTER, PAUSED_AFTER = 30, 90
# Days on which something happens: each email, and then the pause.
STEPS = (*REMINDED_ON, PAUSED_AFTER)
EXTENSION = timedelta(days=60)
# No one is asked with less notice, however late we are.
LEAST_NOTICE = timedelta(days=30)
# A check-in is not asked for again sooner than this after the last one.
LEAST_PAUSE = timedelta(days=183)


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def with_all(self):
        """Select what lists and pages show of each."""
        return self.select_related(
            "membership__council", "membership__sign_up", "confirmed_by", "saved_by"
        )

    def waiting(self):
        """Return check-ins of members that the council has not confirmed yet."""
        members = Membership.objects.announced().live()
        return self.filter(status__in=WAITING_CHECK_IN, membership__in=members)

    def confirmed_for(self, membership: Membership):
        """Return what a member has confirmed, the newest first, each with its lines."""
        done = self.filter(membership=membership, status=CheckInStatus.CONFIRMED)
        return done.prefetch_related("lines__principle").order_by("-confirmed_at")

    def to_be_confirmed_by(self, user):
        """Return those that wait for this person, as lead or contributor."""
        acting = [RepresentativeRole.LEAD, RepresentativeRole.CONTRIBUTOR]
        mine = Representative.objects.current().filter(user=user, role__in=acting)
        rows = self.waiting().filter(membership__in=mine.values("membership"))
        return rows.select_related("membership__council").order_by("answer_by")

    def due_by(self, day: date):
        """Return those whose answer is wanted by a day, and that are not late yet."""
        return self.waiting().filter(answer_by__lte=day, answer_by__gte=timezone.localdate())

    def overdue(self):
        """Return those that are overdue, and those whose membership is paused for it."""
        late = [MembershipStatus.OVERDUE, MembershipStatus.PAUSED]
        return self.waiting().filter(membership__status__in=late)

    def with_a_step_due(self, today: date):
        """Return those for which a reminder or a change of status has come due."""
        return self.waiting().filter(next_step_on__lte=today)

    def next_step(self) -> date | None:
        """Return the day of the next reminder or change of status; None if none will come."""
        return self.waiting().aggregate(first=models.Min("next_step_on"))["first"]

    def with_lines_to_read(self):
        """Return those with lines on the principles that staff have not made public yet."""
        said = self.filter(status=CheckInStatus.CONFIRMED, lines_public_at=None)
        return said.filter(lines__isnull=False).distinct()


class CheckIn(Moving):
    """One member's yearly check-in: open from 60 days before its day until it is confirmed.

    A member has one at a time. What is saved half-way is kept in `answers`; what the council
    confirmed, in the words that were on the page, in `confirmed`.
    """

    STATUSES = CheckInStatus
    event_field = "check_in"

    membership = models.ForeignKey("network.Membership", models.PROTECT, related_name="check_ins")
    due_on = models.DateField(help_text="The anniversary that it belongs to.")
    answer_by = models.DateField(help_text="Later than that after an extension or an election.")
    status = models.CharField(
        max_length=10,
        choices=CheckInStatus.choices,
        default=CheckInStatus.OPEN,
        editable=False,
    )
    steps_done = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How many of STEPS are behind it."
    )
    next_step_on = models.DateField(null=True, editable=False)
    council_extended_on = models.DateField(
        null=True, editable=False, help_text="When the council took its one extension."
    )
    answers = models.JSONField(
        default=dict, editable=False, help_text="Saved half-way, by the names of the form's fields."
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField(null=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    spoke_to = models.CharField(
        max_length=200, blank=True, help_text="Who at the council told staff, by phone."
    )
    confirmed = models.JSONField(
        default=list, editable=False, help_text="What was confirmed: parts with their lines."
    )
    lines_public_at = models.DateTimeField(
        null=True, editable=False, help_text="When staff made its lines public."
    )
    opened_at = models.DateTimeField(auto_now_add=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = "check-in"
        ordering = ["-due_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(status__in=WAITING_CHECK_IN),
                name="one_open_check_in_a_membership",
            ),
            models.UniqueConstraint(
                fields=["membership", "due_on"], name="one_check_in_a_membership_a_day"
            ),
            models.CheckConstraint(
                condition=Q(status=CheckInStatus.CONFIRMED, confirmed_at__isnull=False)
                | ~Q(status=CheckInStatus.CONFIRMED),
                name="check_in_confirmed_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["next_step_on"], name="check_in_next_step")]

    def __str__(self) -> str:
        return f"{self.council}: check-in of {format_date(self.due_on, 'j F Y')}"

    def event_about(self) -> dict[str, models.Model | None]:
        return {"membership": self.membership, "sign_up": self.membership.sign_up}

    @property
    def council(self):
        return self.membership.council

    @property
    def is_waited_for(self) -> bool:
        """Whether the council can still confirm it."""
        return self.status in WAITING_CHECK_IN and self.membership.is_public_and_live

    @property
    def may_be_extended_by_council(self) -> bool:
        """Whether the council can still take its own extension: once, until it is paused."""
        paused = self.membership.status == MembershipStatus.PAUSED
        return self.is_waited_for and self.council_extended_on is None and not paused

    @property
    def extended_to(self) -> date:
        """The day by which the council would answer with an extension."""
        return max(self.answer_by, timezone.localdate()) + EXTENSION

    def days_late(self, today: date) -> int:
        """Return how many days the answer is late; less than 0 before its day."""
        return (today - self.answer_by).days

    def steps_due(self, today: date) -> int:
        """Return how many of STEPS lie behind on a day."""
        return sum(days <= self.days_late(today) for days in STEPS)

    def standing_on(self, today: date) -> MembershipStatus:
        """Return the status of the membership that follows on a day."""
        late = self.days_late(today)
        if late >= PAUSED_AFTER:
            return MembershipStatus.PAUSED
        return MembershipStatus.OVERDUE if late >= OVERDUE_AFTER else MembershipStatus.CHECK_IN_DUE

    def set_steps(self, done: int) -> None:
        """Take the first steps as done, and work out the day of the next one."""
        self.steps_done = done
        left = STEPS[done:]
        self.next_step_on = self.answer_by + timedelta(days=left[0]) if left else None

    @property
    def overdue_on(self) -> date:
        return self.answer_by + timedelta(days=OVERDUE_AFTER)

    @property
    def paused_on(self) -> date:
        return self.answer_by + timedelta(days=PAUSED_AFTER)

    @property
    def was_by_phone(self) -> bool:
        """Whether staff recorded what the council told them."""
        return bool(self.spoke_to)


class CheckInLine(models.Model):
    """What moved and what did not in one principle in a year, in the council's own words."""

    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="lines")
    principle = models.ForeignKey("principles.Principle", models.PROTECT, related_name="+")
    text = models.TextField()

    class Meta:
        ordering = ["principle__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_in", "principle"], name="one_line_a_principle_a_check_in"
            )
        ]

    def __str__(self) -> str:
        return f"{self.principle}: {self.text}"
