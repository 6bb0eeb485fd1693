"""How long things are kept: one table, which each app adds to in `AppConfig.ready()`.

A test keeps the table of docs/privacy.md equal to it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Period:
    """How long one kind of rows is kept, and the job that ends it.

    Attributes:
        what: What they are, in words.
        kept: The period; from when it counts is in `since`.
        since: From when it counts, to complete "after".
        why: Why that long.
        then: What the job does.
        due: The rows that are past it now.
        job: Does it, and returns how many rows it changed. Without one, the rows are deleted.
    """

    what: str
    kept: timedelta
    since: str
    why: str
    then: str
    due: Callable[[], QuerySet[Any]]
    job: Callable[[], int] | None = None

    @property
    def in_words(self) -> str:
        """The period in whole years or days, and from when it counts."""
        days = self.kept.days
        if not days:
            return self.since
        years = days // 365 if days % 365 == 0 else 0
        number, unit = (years, "year") if years else (days, "day")
        return f"{number} {unit}{'' if number == 1 else 's'} after {self.since}"

    def end(self) -> int:
        """End what is past it now, and return how many rows changed."""
        return self.job() if self.job else self.due().delete()[0]


_periods: list[Period] = []


def register(periods: Iterable[Period]) -> None:
    """Add to the table."""
    _periods.extend(each for each in periods if each not in _periods)


def every() -> list[Period]:
    """Return the whole table."""
    return list(_periods)


def as_table() -> list[str]:
    """Return the table as lines of Markdown."""
    head = ["| what | how long | why | then |", "|---|---|---|---|"]
    return head + [f"| {p.what} | {p.in_words} | {p.why} | {p.then} |" for p in every()]
