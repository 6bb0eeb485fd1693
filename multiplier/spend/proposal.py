"""Round 2 with its uncertainty, from groups of payments and marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from multiplier import words
from multiplier.calculator.fields import plain_money
from multiplier.spend.cells import area_of, supplier_key
from multiplier.spend.columns import WORDS
from multiplier.spend.grouping import Group

LOCAL, ELSEWHERE, UNKNOWN = "local", "elsewhere", "unknown"
MARKS = (LOCAL, ELSEWHERE, UNKNOWN)
PLACES = 6  # decimal places of a percentage that is handed over


@dataclass(frozen=True)
class Marks:
    """The user's marks. A supplier's own mark overrides its place's.

    places      districts, postcode areas or names that are local
    others      what suppliers in any other place are
    suppliers   marks by `supplier_key` and place
    """

    places: frozenset[str] = frozenset()
    others: str = ELSEWHERE
    suppliers: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, group: Group) -> str:
        """Return a group's mark; unknown by default.

        `others` applies only once a place is ticked.
        """
        own = self.suppliers.get((supplier_key(group.supplier), group.place), "")
        if own in MARKS:
            return own
        if not self.places or not group.place:
            return UNKNOWN
        here = group.place in self.places or area_of(group.place) in self.places
        return LOCAL if here else self.others


@dataclass(frozen=True)
class Proposal:
    """Money by mark, in pence. `refunds` are suppliers who repaid all they were paid."""

    local: int = 0
    elsewhere: int = 0
    unknown: int = 0
    refunds: int = 0
    refunded: int = 0

    @property
    def total(self) -> int:
        """Round 1: the total paid, without the suppliers in `refunds`."""
        return self.local + self.elsewhere + self.unknown

    @property
    def low(self) -> int:
        """Lower bound of round 2: known to be local."""
        return self.local

    @property
    def high(self) -> int:
        """Upper bound of round 2: with everything unknown as local."""
        return self.local + self.unknown

    @property
    def share(self) -> str:
        """Round 2 as a percentage of round 1, in the calculator's format; "" if round 1 is 0.

        Ends are rounded outwards, so that the range includes the exact value.
        """
        if not self.total:
            return ""
        if not self.unknown:
            return f"{_percentage(self.local, self.total)}%"
        low = _percentage(self.low, self.total, to=floor)
        return f"{low} to {_percentage(self.high, self.total, to=ceil)}%"

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """Rows of the table: key, name, pounds, share of round 1."""
        found = []
        for key, name in zip(MARKS, ("Local", "Elsewhere", "Not known"), strict=True):
            pence = getattr(self, key)
            share = _percentage(pence, self.total, places=1) if self.total else "0"
            found.append((key, name, words.pounds(pence), f"{share}%"))
        return found

    @property
    def pieces(self) -> list[dict[str, object]]:
        """Parts of the bar: integers that sum to 1,000."""
        ends, so_far = [0], 0
        for sum_ in (self.local, self.elsewhere, self.unknown):
            so_far += sum_
            ends.append(so_far * 1000 // self.total if self.total else 0)
        return [
            {"key": key, "x": ends[index], "width": ends[index + 1] - ends[index]}
            for index, key in enumerate(MARKS)
        ]

    @property
    def sentence(self) -> str:
        """Round 2 in words, without the area."""
        total, low, high = (words.pounds(sum_) for sum_ in (self.total, self.low, self.high))
        if low == high:
            return f"Of {total}, {low} was spent locally."
        return f"Of {total}, between {low} and {high} was spent locally."

    def why_range(self, marks: Marks) -> str:
        """Return why round 2 is or is not a range."""
        if not self.unknown:
            return WORDS["range"]["none"]
        return WORDS["range"]["some_unknown" if marks.places else "nothing_ticked"]

    def handed_over(self, view: str, area: str) -> dict[str, str]:
        """Return values for the guided calculator."""
        pounds = plain_money(Fraction(self.total, 100))
        return {
            "view": view,
            "area": area,
            "how": "guided",
            "income": pounds,
            "supplier_amount": pounds,
            "supplier_local": self.share,
            "local_basis": "accounts",
        }


def propose(groups: Iterable[Group], marks: Marks) -> Proposal:
    """Sum the groups by mark."""
    sums = dict.fromkeys(MARKS, 0)
    refunds = refunded = 0
    for group in groups:
        if group.pence > 0:
            sums[marks.of(group)] += group.pence
        else:
            refunds += group.pence
            refunded += 1
    return Proposal(**sums, refunds=refunds, refunded=refunded)


def _half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def _percentage(
    part: int, total: int, *, places: int = PLACES, to: Callable[[Fraction], int] = _half_up
) -> str:
    steps = to(Fraction(part * 100 * 10**places, total))
    return plain_money(Fraction(steps, 10**places))
