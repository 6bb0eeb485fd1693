"""The engine's contract: exact numbers with their bounds, input errors, and what the four calls
take and give, as frozen dataclasses in the API's own names.

Money in results is in pence; shares run from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import prod

METHOD_VERSION = "1"
VIEWS = ("provider", "council", "household")
MODES = ("standard", "extended")
KINDS = ("staff", "supplier", "subcontractor", "premises", "tax", "surplus", "other")
SOURCES = ("accounts", "survey", "assumption")
AREA_LENGTH = 80

# Accepted number types; see multiplier.engine.reading.exact_number.
Number = str | int | float | Decimal | Fraction | None


@dataclass(frozen=True)
class Spread:
    """A share as three points. Without `central`, only the range is claimed."""

    low: Number
    central: Number
    high: Number


Share = Number | Spread


@dataclass(frozen=True)
class Estimate:
    """An exact value with bounds; `exact` is None if any input is unknown.

    `low` and `high` are always set, and equal `exact` if nothing is uncertain.
    """

    exact: Fraction | None
    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, value: Fraction | int) -> Estimate:
        """Return a known number as an Estimate."""
        exact = value if isinstance(value, Fraction) else Fraction(value)
        return cls(exact, exact, exact)

    @property
    def is_certain(self) -> bool:
        """Whether low, exact and high are equal."""
        return self.low is self.high or self.low == self.high

    @property
    def claim(self) -> Fraction:
        """The value to claim: exact, or else the low bound."""
        return self.low if self.exact is None else self.exact

    @property
    def rounded(self) -> Decimal | None:
        """`exact` rounded half up to two places for display, or None."""
        return None if self.exact is None else half_up(self.exact)

    def __add__(self, other: Estimate) -> Estimate:
        """Add two independent quantities."""
        if self is NOTHING or other is NOTHING:
            return other if self is NOTHING else self
        if self.low is self.high and other.low is other.high:
            return Estimate.of(self.low + other.low)
        low, high = self.low + other.low, self.high + other.high
        return Estimate(plus(self.exact, other.exact), low, high)

    def __rsub__(self, whole: Fraction | int) -> Estimate:
        """Subtract from a known whole. Low and high swap."""
        if self.low is self.high:
            return Estimate.of(whole - self.low)
        exact = None if self.exact is None else whole - self.exact
        return Estimate(exact, whole - self.high, whole - self.low)

    def __truediv__(self, whole: Fraction | int) -> Estimate:
        """Divide by a known, positive whole."""
        if self.low is self.high:
            return Estimate.of(self.low / whole)
        exact = None if self.exact is None else Fraction(self.exact, whole)
        return Estimate(exact, Fraction(self.low, whole), Fraction(self.high, whole))


NOTHING = Estimate.of(0)
ONE = Estimate.of(1)
UNKNOWN_SHARE = Estimate(None, Fraction(0), Fraction(1))


def times(*factors: Fraction | int | None) -> Fraction | None:
    """Return the product. None is unknown, but 0 times unknown is 0."""
    if 0 in factors:
        return Fraction(0)
    known = [factor for factor in factors if factor is not None]
    return Fraction(prod(known)) if len(known) == len(factors) else None


def plus(*terms: Fraction | None) -> Fraction | None:
    """Return the sum; None is unknown."""
    known = [term for term in terms if term is not None]
    return sum(known, Fraction(0)) if len(known) == len(terms) else None


def half_up_units(value: Fraction | int, per_one: int, over: int = 1) -> int:
    """Return `value * per_one / over`, rounded half away from zero to an integer."""
    top, bottom = value.numerator * per_one, value.denominator * over
    units = (2 * abs(top) + bottom) // (2 * bottom)
    return -units if top < 0 else units


def half_up(value: Fraction | int, places: int = 2) -> Decimal:
    """Round an exact value half away from zero, for display.

    Uses no float, because floats cannot represent 2.675 or 1.005.
    """
    units = half_up_units(value, 10**places)
    whole, part = divmod(abs(units), 10**places)
    sign = "-" if units < 0 else ""
    return Decimal(f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}")


@dataclass(frozen=True)
class InputError:
    """An error in a request: a code for programs and a message for people."""

    code: str
    field: str
    message: str


class InputErrors(ValueError):
    """Raised with all errors in a request."""

    def __init__(self, errors: tuple[InputError, ...]) -> None:
        super().__init__("; ".join(f"{e.field}: {e.code}" for e in errors))
        self.errors = errors


@dataclass(frozen=True)
class Line:
    """A line of spending, with the API's field names.

    amount             pounds; left out is 0
    local_share        0 to 1, a Spread, or none: unknown
    local_amount       pounds, instead of local_share
    respend            the share of the local part that is spent here again; none: unknown
    nonlocal_respend   the same of the part that is not local; none: 0. Extended mode only
    pay_basis          staff only: "net" when respend is a share of take-home pay
    net_to_gross       take-home pay over gross pay: turns such a share into one of gross
    survey_size        how many answered, where respend comes from a survey

    The sources say what each share rests on, one of SOURCES: accounts, survey, assumption.
    Left out, it is an assumption; a respend with a survey_size, a survey.
    """

    kind: str
    amount: Number = 0
    local_share: Share = None
    respend: Share = None
    nonlocal_respend: Share = None
    local_amount: Number = None
    pay_basis: str = "gross"
    net_to_gross: Number = None
    survey_size: Number = None
    local_source: str | None = None
    respend_source: str | None = None
    nonlocal_respend_source: str | None = None


@dataclass(frozen=True)
class Request:
    """A calculation: an income with lines, or three rounds.

    r2_source and r3_source say what those rounds rest on, as the sources of a Line do.
    """

    view: str
    area: str
    mode: str = "standard"
    income: Number = None
    lines: tuple[Line, ...] = ()
    r1: Number = None
    r2: Number = None
    r3: Number = None
    r2_source: str | None = None
    r3_source: str | None = None


@dataclass(frozen=True)
class LineResult:
    """Where a line's money went, in pence.

    `local` is its part of round 2 and `again` of round 3; `lost` is what its local
    recipients did not spend locally; `returned` is what those outside spent in the area
    (extended mode).
    """

    kind: str
    amount: int
    local: Estimate
    again: Estimate
    lost: Estimate
    returned: Estimate


@dataclass(frozen=True)
class Grade:
    """Shares of r2 + r3 based on accounts, a survey and assumptions. They sum to 1.

    Of what is surely claimed: where a share is unknown, its low end counts.
    """

    accounts: Fraction
    survey: Fraction
    assumption: Fraction


@dataclass(frozen=True)
class Result:
    """The result. Money is in pence.

    leak2      r1 less r2: what was not spent locally in round 2, `held` included.
               Less than nothing when more was spent than came in
    leak3      what local recipients did not spend locally in round 3
    returned   what recipients outside the area spent in it: part of r3, extended mode only
    held       surplus, and what no line accounts for: not seen to leave
    lines      one for each line given; empty when three rounds were given
    grade      what r2 + r3 rest on; none where nothing is known to be spent locally

    Money is conserved: r1 + returned = leak2 + leak3 + r3.
    """

    view: str
    area: str
    mode: str
    lm3: Estimate
    lm2: Estimate
    r1: int
    r2: Estimate
    r3: Estimate
    leak2: Estimate
    leak3: Estimate
    returned: Estimate
    held: int
    surplus: int
    lines: tuple[LineResult, ...]
    warnings: tuple[str, ...]
    grade: Grade | None = None
    method_version: str = METHOD_VERSION

    @property
    def spend(self) -> int:
        """Total of the lines, paid out or kept, in pence."""
        return sum(line.amount for line in self.lines)

    @property
    def gain(self) -> Estimate:
        """Money spent locally beyond round 1, r2 + r3, in pence."""
        lm3 = self.lm3
        exact = None if lm3.exact is None else (lm3.exact - 1) * self.r1
        return Estimate(exact, (lm3.low - 1) * self.r1, (lm3.high - 1) * self.r1)
