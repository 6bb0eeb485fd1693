"""What runs by itself, for staff: how each job of the tick went, and what is coming."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.health import State
from portal.jobs import tick
from portal.models import JobRun


@dataclass(frozen=True)
class Line:
    """One job: what it counts, how it went, and when it has something to do next."""

    job: str
    run: JobRun | None
    coming: date | datetime | None

    @property
    def is_failing(self) -> bool:
        """Whether it failed the last time it ran."""
        return bool(self.run and self.run.failures)

    @property
    def has_a_time(self) -> bool:
        """Whether more than the day of the next one is known."""
        return isinstance(self.coming, datetime)


def lines() -> list[Line]:
    """Return every job, those that fail first, then those with a day for what comes next."""
    runs = {run.job: run for run in JobRun.objects.all()}
    found = [Line(job, runs.get(job), tick.next_of(job)) for job in tick.due_jobs()]
    return sorted(found, key=lambda line: (not line.is_failing, line.coming is None, line.job))


def failing() -> list[State]:
    """Return the jobs that fail, in words for the panel of the admin's first page."""
    names = list(tick.due_jobs())
    return [
        State(
            f"What runs by itself: {run.job}",
            False,
            f"It failed {run.failures} time{'s' * (run.failures != 1)} in a row: {run.error}.",
            "The rest goes on, and this is tried again every 15 seconds. Show it to whoever "
            "looks after the site: the worker’s log says more.",
        )
        for run in JobRun.objects.filter(job__in=names, failures__gt=0)
    ]


@require_safe
def for_staff(request: HttpRequest) -> HttpResponse:
    """Show everyone who enters the admin what runs by itself."""
    return render(request, "portal/clock.html", {"lines": lines()})
