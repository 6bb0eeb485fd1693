"""What the multiplier's numbers are made of: exact values, their ranges and their faults.

Nothing here knows Django or a form. Money is in pence; shares run from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

# What a caller may give as a number: see multiplier.readers.exact_number.
Number = str | int | float | Decimal | Fraction | None


@dataclass(frozen=True)
class Spread:
    """A share given as three points. `central` left out: only the range is claimed."""

    low: Number
    central: Number
    high: Number


Share = Number | Spread


@dataclass(frozen=True)
class Estimate:
    """An exact value, or none where something it rests on is unknown, and its bounds.

    `low` and `high` are always there; they equal `exact` when nothing is uncertain.
    """

    exact: Fraction | None
    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, value: Fraction | int) -> Estimate:
        """A number that is known."""
        if not isinstance(value, Fraction):
            value = Fraction(value)
        return cls(value, value, value)

    @property
    def is_certain(self) -> bool:
        """Whether low, exact and high are one number."""
        return self.low is self.high or self.low == self.high

    @property
    def claim(self) -> Fraction:
        """What is surely claimed: the exact value, or else the low bound."""
        return self.low if self.exact is None else self.exact

    @property
    def rounded(self) -> Decimal | None:
        """`exact` to two places, half up, for display; none where there is none."""
        return None if self.exact is None else half_up(self.exact)

    def __add__(self, other: Estimate) -> Estimate:
        """The sum of two quantities that do not depend on each other."""
        if self is NOTHING or other is NOTHING:
            return other if self is NOTHING else self
        if self.low is self.high and other.low is other.high:
            return Estimate.of(self.low + other.low)
        return Estimate(
            plus(self.exact, other.exact),
            self.low + other.low,
            self.high + other.high,
        )

    def __rsub__(self, whole: Fraction | int) -> Estimate:
        """What a known whole leaves: its low is where this one is high."""
        if self.low is self.high:
            return Estimate.of(whole - self.low)
        return Estimate(
            None if self.exact is None else whole - self.exact,
            whole - self.high,
            whole - self.low,
        )

    def __truediv__(self, whole: Fraction | int) -> Estimate:
        """This over a known, positive whole."""
        if self.low is self.high:
            return Estimate.of(self.low / whole)
        return Estimate(
            None if self.exact is None else Fraction(self.exact, whole),
            Fraction(self.low, whole),
            Fraction(self.high, whole),
        )


NOTHING = Estimate.of(0)
ONE = Estimate.of(1)
UNKNOWN_SHARE = Estimate(None, Fraction(0), Fraction(1))


def times(*factors: Fraction | int | None) -> Fraction | None:
    """The product, where none means unknown; but nothing of an unknown share is nothing."""
    if any(factor == 0 for factor in factors):
        return Fraction(0)
    product = Fraction(1)
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product


def plus(*terms: Fraction | None) -> Fraction | None:
    """The sum, where none means unknown."""
    total = Fraction(0)
    for term in terms:
        if term is None:
            return None
        total += term
    return total


def half_up_units(value: Fraction | int, per_one: int) -> int:
    """How many whole units, `per_one` of them to 1, halves away from zero."""
    return half_up_whole(value.numerator * per_one, value.denominator)


def half_up_whole(top: int, bottom: int) -> int:
    """The whole number nearest to top over a positive bottom, halves away from zero."""
    units = (2 * abs(top) + bottom) // (2 * bottom)
    return -units if top < 0 else units


def half_up(value: Fraction | int, places: int = 2) -> Decimal:
    """Round for display, halves away from zero, on the exact value.

    Never through a float: 2.675 and 1.005 are not what binary makes of them.
    """
    units = half_up_units(value, 10**places)
    whole, part = divmod(abs(units), 10**places)
    sign = "-" if units < 0 else ""
    return Decimal(f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}")


@dataclass(frozen=True)
class InputError:
    """One thing wrong with a request: a code for programs, words for people."""

    code: str
    field: str
    message: str


class InputErrors(ValueError):
    """Everything that is wrong with a request, at once."""

    def __init__(self, errors: tuple[InputError, ...]) -> None:
        super().__init__("; ".join(f"{e.field}: {e.code}" for e in errors))
        self.errors = errors
