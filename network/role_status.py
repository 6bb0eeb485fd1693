"""Role status: whether the current leader and chief executive of a member have endorsed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.dateformat import format as format_date

from network.choices import Office, OfficeChangeStatus, office_in_words
from network.models import Endorsement, LaterEndorsement, Membership, OfficeChange


@dataclass(frozen=True)
class Standing:
    """Status of one role: its public endorsements, and who holds it now."""

    office: str
    called: str
    change: OfficeChange | None
    last: Endorsement | LaterEndorsement | None

    @property
    def last_signed_on(self) -> date | None:
        return timezone.localdate(self.last.signed_at) if self.last else None

    @property
    def is_settled(self) -> bool:
        """Whether nothing has changed since the last public endorsement."""
        return self.change is None or (self.last is not None and self.last == _signed(self.change))

    @property
    def line(self) -> str:
        """Neutral sentence for the public. It never says why, or that someone has not answered."""
        if self.change is None or self.is_settled:
            return ""
        office = self.called.lower()
        before = ""
        if self.last_signed_on:
            day = format_date(self.last_signed_on, "j F Y")
            before = f"Endorsed on {day} by the {office} at the time. "
        return before + self._now(self.change, office)

    @staticmethod
    def _now(change: OfficeChange, office: str) -> str:
        if change.is_vacant:
            day = format_date(timezone.localdate(change.recorded_at), "j F Y")
            return f"The role of {office} is vacant, as at {day}."
        if change.status == OfficeChangeStatus.NOT_ASKED:
            return (
                f"Another {office} has been in office since {format_date(change.since, 'j F Y')}."
            )
        return f"The current {office} has been asked to endorse."


def _signed(change: OfficeChange) -> LaterEndorsement | None:
    return getattr(change, "endorsement", None)


@dataclass(frozen=True)
class Since:
    """Public changes after the first endorsement."""

    offices: tuple[Standing, ...]
    later: tuple[LaterEndorsement, ...]
    struck_out: int
    lines: tuple[str, ...]


def since(membership: Membership, first: Iterable[Endorsement]) -> Since:
    """Return the status of each role, with one query.

    An ended membership has no sentences.

    Args:
        membership: An announced membership.
        first: Public signatures of its sign-up.
    """
    changes = list(membership.office_changes.select_related("endorsement__wording"))
    changes.sort(key=lambda change: change.pk)
    given = [each for change in changes if (each := _signed(change))]
    later = [each for each in given if each.is_public]
    offices = tuple(_standing(membership, office, first, changes) for office in Office.values)
    return Since(
        offices=offices,
        later=tuple(later),
        struck_out=sum(each.struck_out_at is not None for each in given),
        lines=tuple(each.line for each in offices if each.line) if membership.is_live else (),
    )


def _standing(
    membership: Membership,
    office: str,
    first: Iterable[Endorsement],
    changes: list[OfficeChange],
) -> Standing:
    of_office = [change for change in changes if change.office == office]
    signed: list[Endorsement | LaterEndorsement] = [e for e in first if e.office == office]
    for change in of_office:
        later = _signed(change)
        if later is not None and later.is_public:
            signed.append(later)
    current = [c for c in of_office if c.status != OfficeChangeStatus.REPLACED]
    return Standing(
        office=office,
        called=office_in_words(office, membership.governance),
        change=current[-1] if current else None,
        last=signed[-1] if signed else None,
    )


def of_member(membership: Membership) -> Since:
    """Return the same for callers that have not fetched the first signatures."""
    sign_up = membership.sign_up
    return since(membership, sign_up.public_endorsements() if sign_up else [])
