"""Parsing of the engine's input, collecting all errors."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from multiplier.engine.contract import (
    KINDS,
    NOTHING,
    SOURCES,
    UNKNOWN_SHARE,
    Estimate,
    InputError,
    InputErrors,
    Line,
    Number,
    Request,
    Share,
    Spread,
    times,
)

# lm3.md 5.2: an income of more than £100bn is a typing error.
MOST_PENCE = 100_000_000_000 * 100

# ASCII digits only, because Python also accepts Arabic and Devanagari ones.
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")

# Limit digits and exponents (to a float's), because a number of a million digits would be slow.
_MOST_DIGITS = 60
_MOST_EXPONENT = 400


def exact_number(value: Number) -> Fraction | None:
    """Parse a value as an exact fraction. A float counts as its printed decimal.

    Returns:
        None for text that is not a plain decimal, for NaN, infinities and booleans.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, float) and math.isfinite(value):
        return Fraction(repr(value))
    # Reject large exponents first, because they would be written out in full.
    if (
        isinstance(value, Decimal)
        and value.is_finite()
        and abs(value.adjusted()) <= _MOST_EXPONENT
        and len(value.as_tuple().digits) <= _MOST_DIGITS
    ):
        return Fraction(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(text := value.strip()):
        return Fraction(text)
    return None


class Reader:
    """Parses values exactly. Collects errors, and returns a harmless value for each bad one.

    Call `finish()` before using the values. It raises InputErrors if there are errors.
    """

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def refuse(self, code: str, field: str, message: str) -> None:
        """Add an error."""
        self.errors.append(InputError(code, field, message))

    def refused(self, field: str) -> bool:
        """Whether a field has an error, which makes its value meaningless."""
        return any(error.field == field for error in self.errors)

    def finish(self) -> None:
        """Raise InputErrors if there are errors."""
        if self.errors:
            raise InputErrors(tuple(self.errors))

    def number(self, value: Number, field: str) -> Fraction | None:
        """Parse an exact number; None after adding E_NOT_A_NUMBER."""
        number = exact_number(value)
        if number is None:
            self.refuse("E_NOT_A_NUMBER", field, "Enter a number, like 1234.50.")
        return number

    def choice(self, value: str, allowed: tuple[str, ...], code: str, field: str) -> None:
        """Add `code` unless the value is allowed."""
        if value not in allowed:
            self.refuse(code, field, f"Enter one of: {', '.join(allowed)}.")

    def source(self, value: str | None, field: str, default: str = "assumption") -> str:
        """Parse a figure's source; the default if it is missing."""
        if value is None:
            return default
        self.choice(value, SOURCES, "E_SOURCE", field)
        return value

    def income(self, value: Number, field: str) -> int:
        """Parse round 1 in pence, more than 0; return 1 after an error."""
        pounds = self.number(value, field)
        if pounds is not None and pounds > 0:
            return self._pence(pounds, field) or 1
        if pounds == 0:
            self.refuse("E_INCOME_ZERO", field, "Round 1 must be more than £0.")
        elif pounds is not None:
            self.refuse("E_INCOME_NEGATIVE", field, "Round 1 cannot be less than £0.")
        return 1

    def amount(self, value: Number, field: str) -> int:
        """Parse money in pence, 0 or more; return 0 after an error."""
        pounds = self.number(value, field)
        if pounds is not None and pounds < 0:
            self.refuse("E_AMOUNT", field, "An amount cannot be less than £0.")
            return 0
        return 0 if pounds is None else self._pence(pounds, field)

    def _pence(self, pounds: Fraction, field: str) -> int:
        pence = pounds * 100
        if pence > MOST_PENCE:
            self.refuse("E_AMOUNT", field, "An amount must be £100,000,000,000 or less.")
        elif pence.denominator != 1:
            self.refuse("E_AMOUNT", field, "Enter pounds and whole pence, like 1234.50.")
        else:
            return int(pence)
        return 0

    def share(self, value: Share, field: str, code: str) -> Estimate:
        """Parse a share from 0 to 1, or a Spread. None is unknown: 0 to 1.

        Adds `code` (E_SHARE or E_RATE) if it is out of range or a Spread is out of order.
        """
        if value is None:
            return UNKNOWN_SHARE
        if not isinstance(value, Spread):
            known = self._point(value, field, code)
            return UNKNOWN_SHARE if known is None else Estimate.of(known)
        low = self._point(value.low, f"{field}.low", code)
        high = self._point(value.high, f"{field}.high", code)
        central = None
        if value.central is not None:
            central = self._point(value.central, f"{field}.central", code)
        if low is None or high is None:
            return UNKNOWN_SHARE
        if not low <= (low if central is None else central) <= high:
            message = "Enter the smaller number first, and the central one between the other 2."
            self.refuse(code, field, message)
        return Estimate(low if low == high else central, low, high)

    def _point(self, value: Number, field: str, code: str) -> Fraction | None:
        number = self.number(value, field)
        if number is not None and not 0 <= number <= 1:
            self.refuse(code, field, "A share must be between 0% and 100%.")
            return None
        return number


@dataclass(frozen=True)
class ReadLine:
    """A parsed line: pence, and shares with bounds.

    `respend` is a share of gross pay, whatever basis it was given on; `field` is the line's
    name in the request, such as "lines[0]".
    """

    field: str
    kind: str
    amount: int
    local: Estimate
    respend: Estimate
    nonlocal_respend: Estimate
    survey_size: int | None
    local_source: str
    respend_source: str
    nonlocal_source: str
    ignored_shares: bool = False


def read_lines(request: Request, reader: Reader, prefix: str = "") -> list[ReadLine]:
    """Parse the lines of a request. The reader collects errors.

    Args:
        prefix: Prefix of the field names, for a request inside another.
    """
    extended = request.mode == "extended"
    return [
        _read_line(line, reader, f"{prefix}lines[{index}]", extended)
        for index, line in enumerate(request.lines)
    ]


def _read_line(line: Line, reader: Reader, field: str, extended: bool) -> ReadLine:
    reader.choice(line.kind, KINDS, "E_KIND", f"{field}.kind")
    amount = 0 if line.amount is None else reader.amount(line.amount, f"{field}.amount")
    respend = reader.share(line.respend, f"{field}.respend", "E_RATE")
    returned = NOTHING
    if line.nonlocal_respend is not None:
        returned = reader.share(line.nonlocal_respend, f"{field}.nonlocal_respend", "E_RATE")
    size = _read_survey_size(line, reader, f"{field}.survey_size")
    survey = "assumption" if size is None else "survey"
    away_source = line.nonlocal_respend_source
    read = ReadLine(
        field=field,
        kind=line.kind,
        amount=amount,
        local=_read_local(line, amount, reader, field),
        respend=_on_gross_pay(line, respend, reader, field),
        nonlocal_respend=returned if extended else NOTHING,
        survey_size=size,
        local_source=reader.source(line.local_source, f"{field}.local_source"),
        respend_source=reader.source(line.respend_source, f"{field}.respend_source", survey),
        nonlocal_source=reader.source(away_source, f"{field}.nonlocal_respend_source"),
    )
    if line.kind != "surplus":
        return read
    # A surplus is not spent, so nothing of it reaches round 2, whatever its shares say.
    given = line.local_share is not None or line.local_amount is not None
    ignored = (given and read.local.high > 0) or read.nonlocal_respend.high > 0
    return replace(read, local=NOTHING, nonlocal_respend=NOTHING, ignored_shares=ignored)


def _read_survey_size(line: Line, reader: Reader, field: str) -> int | None:
    number = None if line.survey_size is None else reader.number(line.survey_size, field)
    if number is not None and (number.denominator != 1 or number < 1):
        message = "The number of replies must be a whole number, 1 or more."
        reader.refuse("E_NOT_A_NUMBER", field, message)
    return None if number is None else int(number)


def _read_local(line: Line, amount: int, reader: Reader, field: str) -> Estimate:
    """Parse the local share, given as a share or in pounds."""
    if line.local_amount is None:
        return reader.share(line.local_share, f"{field}.local_share", "E_SHARE")
    if line.local_share is not None:
        message = "Enter the local share or the local amount, not both."
        reader.refuse("E_SHARE", f"{field}.local_share", message)
    local = reader.amount(line.local_amount, f"{field}.local_amount")
    if local > amount and not reader.refused(f"{field}.amount"):
        message = "The local amount cannot be more than the whole amount."
        reader.refuse("E_LOCAL_GT_AMOUNT", f"{field}.local_amount", message)
    return Estimate.of(Fraction(min(local, amount), amount)) if amount else NOTHING


def _on_gross_pay(line: Line, respend: Estimate, reader: Reader, field: str) -> Estimate:
    """Convert a share of take-home pay to a share of gross pay."""
    ratio = None
    if line.net_to_gross is not None:
        ratio = reader.number(line.net_to_gross, f"{field}.net_to_gross")
        if ratio is not None and not 0 < ratio <= 1:
            message = "Take-home pay must be more than 0% and at most 100% of pay before tax."
            reader.refuse("E_BASIS", f"{field}.net_to_gross", message)
            ratio = None
    if line.pay_basis == "gross":
        return respend
    if line.pay_basis != "net" or line.kind != "staff":
        message = "The pay basis must be gross or net. Only staff can have net."
        reader.refuse("E_BASIS", f"{field}.pay_basis", message)
    elif line.net_to_gross is None:
        message = "Also enter take-home pay as a share of pay before tax."
        reader.refuse("E_BASIS", f"{field}.net_to_gross", message)
    if ratio is None:
        return respend
    return Estimate(times(respend.exact, ratio), respend.low * ratio, respend.high * ratio)
