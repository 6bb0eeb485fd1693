"""What a multiplier rests on: how much of it on accounts, on a survey, on assumption."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from multiplier.contract import SOURCES, Grade

_ALL_ASSUMED = Grade(Fraction(0), Fraction(0), Fraction(1))


def graded(parts: Iterable[tuple[str, Fraction]]) -> Grade | None:
    """The grade of sums of money by their sources; none where they come to nothing.

        share of a source = sum of what rests on it / (R2 + R3)

    Source: lm3.md 5.4; its example is T06 with round 2 measured: 340/466 from accounts.
    """
    known = [(source, money) for source, money in parts if money]
    if all(source == "assumption" for source, _ in known):
        return _ALL_ASSUMED if known else None
    whole = sum((money for _, money in known), Fraction(0))
    shares = {
        name: sum((money for source, money in known if source == name), Fraction(0)) / whole
        for name in SOURCES
    }
    return Grade(**shares)
