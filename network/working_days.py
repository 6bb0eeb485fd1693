"""Working days as English councils count them: Monday to Friday without bank holidays."""

from datetime import date, timedelta

import holidays

_ENGLAND = holidays.country_holidays("GB", subdiv="ENG")


def is_working(day: date) -> bool:
    """Whether council offices in England are at work on that day."""
    return day.weekday() < 5 and day not in _ENGLAND


def add(day: date, working_days: int) -> date:
    """The working day that comes so many working days after `day`; 0 is `day` itself."""
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= is_working(day)
    return day


def between(start: date, end: date) -> int:
    """How many working days lie after `start`, up to and with `end`; 0 where it is earlier."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working(day) for day in days)
