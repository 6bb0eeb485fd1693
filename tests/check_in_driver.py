"""Lets the days of a database's check-ins pass, in a process of its own: `first last` as dates.

Prints each day once it is over, so that whoever kills the process knows where it was.
"""

import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import django

django.setup()

from django.utils import timezone  # noqa: E402

from network.actions import check_ins  # noqa: E402


def main(first: str, last: str) -> None:
    """Let each day from the first to the last pass, with one tick at nine in the morning."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        now = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Europe/London"))
        timezone.now = lambda now=now: now
        check_ins.open_due()
        check_ins.carry_on_due()
        print(day.isoformat(), flush=True)
        day += timedelta(days=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
