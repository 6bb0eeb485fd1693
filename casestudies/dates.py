"""Partial dates, as exact as their source: a year, a month or a day.

Stored as the beginning of an ISO date ("2019", "2019-07", "2019-07-05"), so that they sort as
text and claim no more than the source says.
"""

import re
from contextlib import suppress
from datetime import date, datetime

from django.core.exceptions import ValidationError

TYPED = ("%d %B %Y", "%d %b %Y", "%d/%m/%Y", "%B %Y", "%b %Y", "%m/%Y")
SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")


def _read(text: str) -> tuple[date, int] | None:
    """Return the first day the text can mean, and how many of its parts were given."""
    found = SHAPE.match(text)
    if not found:
        return None
    parts = [int(part) for part in found.groups() if part]
    try:
        return date(*[*parts, 1, 1][:3]), len(parts)
    except ValueError:
        return None


def validate_partial_date(text: str) -> None:
    """Raise ValidationError unless the text is a real year, month or day."""
    if _read(text) is None:
        raise ValidationError(
            "Enter a year (2019), a year and month (2019-07) or a full date (2019-07-05)"
        )


def stored(text: str) -> str:
    """Return a date as people write it, such as "5 July 2019" or "7/2019", as it is stored.

    Anything else is returned as it is.
    """
    for shape in TYPED:
        with suppress(ValueError):
            day = datetime.strptime(text, shape).date()
            return day.isoformat()[: 10 if "%d" in shape else 7]
    return text


def in_words(text: str) -> str:
    """Return a date as "2019", "July 2019" or "5 July 2019"; "" if the text is not a date."""
    read = _read(text)
    if read is None:
        return ""
    first, parts = read
    return " ".join(day_in_words(first).split()[3 - parts :])


def day_in_words(day: date) -> str:
    """Return a whole date as "5 July 2019"."""
    return f"{day.day} {day:%B %Y}"


def year(text: str) -> int | None:
    """Return the year of a date; None if the text is not a date."""
    read = _read(text)
    return read and read[0].year


def is_within_a_year(text: str, today: date) -> bool:
    """Whether the date can lie within the year before `today`."""
    read = _read(text)
    if read is None:
        return False
    first, parts = read
    # Compares only the parts that were given, so that "2025" can be any day of 2025.
    a_year_ago = (today.year - 1, today.month, today.day)[:parts]
    return (first.year, first.month, first.day)[:parts] >= a_year_ago
