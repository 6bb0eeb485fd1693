"""Members that joined before this site, and what was said for them, as far as sources go."""

import csv
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from django.db import transaction
from django.utils.dateformat import format as format_date

from councils import register
from councils.models import Council
from network.actions.memberships import record_existing_membership
from network.actions.profiles import publish_from_source
from network.choices import ProfilePart
from network.models import Membership

MEMBERS = Path(__file__).parent / "data" / "existing_members.csv"
PRACTICES = Path(__file__).parent / "data" / "practices.csv"
QUOTATIONS = Path(__file__).parent / "data" / "quotations.csv"
OTHER_BODIES = register.DATA / "other_bodies.csv"
BY = "seed_content"
NAMED_BESIDE = "papers and news, named in brackets. We chose which principle each belongs to"


def seed() -> int:
    """Record members that have never had a membership, and return a count.

    An ended membership is not made again.

    Raises:
        Council.DoesNotExist: If the register is not loaded.
    """
    known = set(Council.objects.values_list("key", flat=True))
    register.load([row for row in register.read(OTHER_BODIES) if row.key not in known])
    with MEMBERS.open(encoding="utf-8", newline="") as lines:
        made = sum(_record(row) for row in csv.DictReader(lines))
    with QUOTATIONS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            _quote(row)
    with PRACTICES.open(encoding="utf-8", newline="") as lines:
        for key, rows in groupby(csv.DictReader(lines), itemgetter("key")):
            _say_practice(key, {f"principle_{row['principle']}": _sourced(row) for row in rows})
    return made


def _sourced(row: dict[str, str]) -> str:
    return f"{row['text']} ({row['source']})"


def _say_practice(key: str, answers: dict[str, str]) -> None:
    """Put what public sources say of the principles on a member's page, as long as it has not."""
    found = Membership.objects.announced().live().filter(council__key=key).first()
    if found is not None:
        publish_from_source(
            found, ProfilePart.PRACTICE, by=BY, answers=answers, source_title=NAMED_BESIDE
        )


def _quote(row: dict[str, str]) -> None:
    """Put a quotation from a public source on a member's page, unless it has its own."""
    found = Membership.objects.announced().live().filter(council__key=row.pop("key")).first()
    if found is not None:
        answers = {name: row.pop(name) for name in ("quote", "quote_by", "quote_on")}
        publish_from_source(found, ProfilePart.QUOTE, by=BY, answers=answers, **row)


@transaction.atomic
def _record(row: dict[str, str]) -> bool:
    council = Council.objects.get(key=row["key"])
    if council.memberships.exists():
        return False
    source_date = _date(row["source_date"])
    record_existing_membership(
        council,
        by=BY,
        joined_on=_date(row["joined_on"]),
        joined_precision=row["joined_precision"],
        date_means=row["date_means"],
        cohort=row["cohort"],
        source_title=row["source_title"],
        source_url=row["source_url"],
        source_date=format_date(source_date, "j F Y") if source_date else "",
        note=row["note"],
    )
    return True


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
