"""Dates as exact as their source: a year, a month of a year, or a day.

Stored as the beginning of an ISO date ("2019", "2019-07", "2019-07-05"), so that they
sort as text and never pretend to more than the source says.
"""

import re
from datetime import date

from django.core.exceptions import ValidationError

SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")


def _read(text: str) -> tuple[date, int] | None:
    """The first day the text may mean, and how many of its parts were given."""
    found = SHAPE.match(text)
    if not found:
        return None
    parts = [int(part) for part in found.groups() if part]
    try:
        return date(*[*parts, 1, 1][:3]), len(parts)
    except ValueError:
        return None


def validate_partial_date(text: str) -> None:
    """Raise ValidationError unless the text is a year, a month or a day that exists."""
    if _read(text) is None:
        raise ValidationError(
            "Write a year (2019), a year and a month (2019-07) or a day (2019-07-05)."
        )


def say(text: str) -> str:
    """In words: "2019", "July 2019", "5 July 2019"; "" where the text is no date."""
    read = _read(text)
    if read is None:
        return ""
    first, parts = read
    words = [str(first.day), f"{first:%B}", str(first.year)]
    return " ".join(words[3 - parts :])


def is_within_a_year(text: str, today: date) -> bool:
    """Whether the date may lie within the year before `today`."""
    read = _read(text)
    if read is None:
        return False
    first, parts = read
    # Only the parts that were given are compared, so "2025" counts all of 2025.
    a_year_ago = (today.year - 1, today.month, today.day)[:parts]
    return (first.year, first.month, first.day)[:parts] >= a_year_ago
