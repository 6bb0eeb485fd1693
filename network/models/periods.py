"""Working days, pre-election periods, and when staff are away."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.dateformat import format as format_date


class PreElectionPeriodQuerySet(models.QuerySet["PreElectionPeriod"]):
    def holding_for(self, council, on: date):
        """Return periods that apply to a council on a day: its own, and those for everyone."""
        in_time = self.filter(starts_on__lte=on, ends_on__gte=on)
        return in_time.filter(Q(councils=None) | Q(councils=council)).distinct()


class PreElectionPeriod(models.Model):
    """A period from the notice of election to polling day, when no reminders are sent."""

    name = models.CharField(max_length=120, help_text="For example: local elections, May 2027")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last day, as a rule polling day.")
    councils = models.ManyToManyField(
        "councils.Council", blank=True, related_name="+", help_text="None: it holds for all."
    )

    objects = PreElectionPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "pre-election period"
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_its_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.starts_on} to {self.ends_on}"

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": "It ends before it starts: check the two dates"})


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def today(self):
        """Return the absences of today."""
        today = timezone.localdate()
        return self.filter(since__lte=today, until__gte=today)


class Absence(models.Model):
    """The days on which a network manager is away, and who looks after their work then."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="absence", primary_key=True
    )
    since = models.DateField()
    until = models.DateField(help_text="The last day away.")
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="absence_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("user")), name="nobody_is_their_own_deputy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is away until {self.until}"


@cache
def _bank_holidays() -> Any:
    """Return those of England."""
    import holidays  # noqa: PLC0415  # 9 MB, and no page for the public needs it

    return holidays.country_holidays("GB", subdiv="ENG")


def hour_in_words(at: datetime) -> str:
    """Return a moment in London as people say it: "Monday 7 December 2026 at 9:30am"."""
    london = timezone.localtime(at)
    if london.minute == 0 and london.hour in {0, 12}:
        hour = "midday" if london.hour else "midnight"
    else:
        minutes = f":{london.minute:02}" if london.minute else ""
        hour = f"{london.hour % 12 or 12}{minutes}{'am' if london.hour < 12 else 'pm'}"
    return f"{format_date(london, 'l j F Y')} at {hour}"


def is_working_day(day: date) -> bool:
    """Whether council offices in England are open on `day`."""
    return day.weekday() < 5 and day not in _bank_holidays()


def add_working_days(day: date, working_days: int) -> date:
    """Return the day that is `working_days` working days after `day`; 0 is `day` itself."""
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= is_working_day(day)
    return day


def before_working_days(day: date, working_days: int) -> date:
    """Return the last day that has so many working days after it, up to and including `day`."""
    while working_days > 0:
        working_days -= is_working_day(day)
        day -= timedelta(days=1)
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after `start`, up to and including `end`; 0 if it is earlier."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)
