"""Members that joined before this site, as far as sources name them (data/README.md)."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.dateformat import format as format_date

from councils import register
from councils.models import Council
from network.actions.memberships import record_existing_membership

MEMBERS = Path(__file__).parent / "data" / "existing_members.csv"
OTHER_BODIES = register.DATA / "other_bodies.csv"
BY = "seed_content"


def seed() -> int:
    """Record members that have never had a membership, and return a count.

    An ended membership is not made again.

    Raises:
        Council.DoesNotExist: If the register is not loaded.
    """
    _load_other_bodies()
    with MEMBERS.open(encoding="utf-8", newline="") as lines:
        return sum(_record(row) for row in csv.DictReader(lines))


def _load_other_bodies() -> None:
    rows = register.read(OTHER_BODIES)
    known = set(Council.objects.values_list("key", flat=True))
    register.load([row for row in rows if row.key not in known])


@transaction.atomic
def _record(row: dict[str, str]) -> bool:
    council = Council.objects.get(key=row["key"])
    if council.memberships.exists():
        return False
    record_existing_membership(
        council,
        by=BY,
        joined_on=_date(row["joined_on"]),
        joined_precision=row["joined_precision"],
        cohort=row["cohort"],
        source_title=row["source_title"],
        source_url=row["source_url"],
        source_date=_in_words(row["source_date"]),
        note=row["note"],
    )
    return True


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _in_words(text: str) -> str:
    on = _date(text)
    return format_date(on, "j F Y") if on else ""
