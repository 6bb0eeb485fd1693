"""The members on a day of the past, as far as it is known, from the dates of memberships."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from network.choices import Precision
from network.models import Membership

#: The columns of the file, and what they hold.
COLUMNS = {
    "council": "The council’s name today",
    "gss": "The council’s GSS code, if it has one",
    "kind": "Type of council",
    "region": "The council’s region",
    "on": "The day the row is about",
    "member": "yes, or not known",
    "joined_on": "When it joined, as exact as we know it: 2020, 2020-03 or 2020-03-03",
    "named_on": "When it was first named as a member, if we do not know when it joined",
    "ended_on": "Since when it is not a member, if its membership has ended since",
    "unknown": "What we do not know about it on that day, in a sentence",
    "url": "Address of the council’s page",
}
EXACTLY = {Precision.DAY: "%Y-%m-%d", Precision.MONTH: "%Y-%m", Precision.YEAR: "%Y"}


@dataclass(frozen=True)
class MembersOnDay:
    """Who was surely a member, and of whom it is not known."""

    day: date
    members: tuple[Membership, ...]
    unclear: tuple[Membership, ...]

    @property
    def sentence(self) -> str:
        """The answer: "12 members, of which 11 are councils. 6 more may have been members"."""
        number, councils = len(self.members), sum(m.council.is_council for m in self.members)
        said = f"{number} member{'' if number == 1 else 's'}"
        if councils != number:
            said += f", of which {councils} {'is a council' if councils == 1 else 'are councils'}"
        if not self.unclear:
            return f"{said}."
        more = len(self.unclear)
        return f"{said}. {more} more may have been {'a member' if more == 1 else 'members'}."

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each, for the open data; the sure ones first."""
        return [
            *(self._row(one, "yes") for one in self.members),
            *(self._row(one, "not known") for one in self.unclear),
        ]

    def _row(self, membership: Membership, member: str) -> dict[str, Any]:
        council, named = membership.council, membership.is_named_only
        joined = known_date(membership)
        ended = membership.ended_on
        return {
            "council": council.name,
            "gss": council.gss_code or None,
            "kind": council.kind,
            "region": council.region,
            "on": self.day.isoformat(),
            "member": member,
            "joined_on": None if named else joined,
            "named_on": joined if named else None,
            "ended_on": ended.isoformat() if ended else None,
            "unknown": membership.unknown_about(self.day),
            "url": f"{settings.SITE_URL}{council.get_absolute_url()}",
        }

    @property
    def members_with_notes(self) -> list[tuple[Membership, str]]:
        """Each sure member, with what is not known of it."""
        return [(one, one.unknown_about(self.day)) for one in self.members]

    @property
    def unclear_with_notes(self) -> list[tuple[Membership, str]]:
        """Each that may have been a member, with why it is not known."""
        return [(one, one.unknown_about(self.day)) for one in self.unclear]


def known_date(membership: Membership) -> str | None:
    """Return the first date known of it, as exact as it is known: "2020-03"; None if none is."""
    if membership.joined_on is None:
        return None
    return membership.joined_on.strftime(EXACTLY[Precision(membership.joined_precision)])


def members_on(day: date) -> MembersOnDay:
    """Return the members on a day, by name. One query."""
    rows = Membership.objects.not_over_on(day).select_related("council")
    found = [one for one in rows.order_by("council__name", "pk") if one.perhaps_from <= day]
    sure = {one.council_id: one for one in found if one.was_member_on(day)}
    perhaps = {one.council_id: one for one in found if one.council_id not in sure}
    return MembersOnDay(day, tuple(sure.values()), tuple(perhaps.values()))


def day_of(text: str) -> date | None:
    """Return the day of "2024-06-01", today for ""; None if it is no day, or still to come."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        return None
    return day if day <= today and (not text or day.isoformat() == text) else None
