"""Reads what callers give the engine, and keeps a list of all that is wrong with it."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

from multiplier.figures import (
    UNKNOWN_SHARE,
    Estimate,
    InputError,
    InputErrors,
    Number,
    Share,
    Spread,
)

# lm3.md 5.2: an income of more than £100bn is a slip of the keyboard.
MOST_PENCE = 100_000_000_000 * 100

# ASCII digits only: Python itself would also read Arabic or Devanagari ones.
_DECIMAL = re.compile(r"([+-]?)(?:([0-9]{1,30})(?:\.([0-9]{0,30}))?|\.([0-9]{1,30}))")

# As many digits as text may have, and exponents as far as a float goes: nobody means more,
# and a number of a million digits would take long.
_MOST_DIGITS = 60
_MOST_EXPONENT = 400


class NotANumber(ValueError):
    """The value is not a finite decimal number."""


def exact_number(value: Number) -> Fraction:
    """The value as an exact fraction; a float counts as the decimal it is printed as.

    Raises NotANumber for text that is no plain decimal, for NaN, infinities and booleans.
    """
    if isinstance(value, bool) or value is None:
        raise NotANumber
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        return _from_float(value)
    if isinstance(value, Decimal):
        return _from_decimal(value)
    return _from_text(value)


def _from_float(value: float) -> Fraction:
    if not math.isfinite(value):
        raise NotANumber
    return Fraction(repr(value))


def _from_decimal(value: Decimal) -> Fraction:
    # An exponent of a billion would be written out in full: refuse it first.
    too_far = abs(value.adjusted()) > _MOST_EXPONENT if value.is_finite() else True
    if too_far or len(value.as_tuple().digits) > _MOST_DIGITS:
        raise NotANumber
    return Fraction(value)


def _from_text(value: str) -> Fraction:
    found = _DECIMAL.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise NotANumber
    sign, whole, part, alone = found.groups()
    part = part or alone or ""
    number = int((whole or "") + part)
    return Fraction(-number if sign == "-" else number, 10 ** len(part))


class Reader:
    """Turns given values into exact ones; a bad one is noted and read as harmless.

    Call `finish()` before using what was read: it raises InputErrors if anything was noted.
    """

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def refuse(self, code: str, field: str, message: str) -> None:
        """Note one fault."""
        self.errors.append(InputError(code, field, message))

    def refused(self, field: str) -> bool:
        """Whether a fault of this field is noted: then nothing can be held against its value."""
        return any(error.field == field for error in self.errors)

    def finish(self) -> None:
        """Raise InputErrors with all that was noted, if anything was."""
        if self.errors:
            raise InputErrors(tuple(self.errors))

    def number(self, value: Number, field: str) -> Fraction | None:
        """An exact number, or none after noting E_NOT_A_NUMBER."""
        try:
            return exact_number(value)
        except NotANumber:
            self.refuse("E_NOT_A_NUMBER", field, "Type a number, like 1234.50.")
            return None

    def choice(self, value: str, allowed: tuple[str, ...], code: str, field: str) -> None:
        """Note `code` unless the value is one of those allowed."""
        if value not in allowed:
            self.refuse(code, field, f"Choose one of: {', '.join(allowed)}.")

    def income(self, value: Number, field: str) -> int:
        """Round 1 in pence: more than nothing. Returns 1 where it is faulty."""
        pounds = self.number(value, field)
        if pounds is None:
            return 1
        if pounds == 0:
            self.refuse("E_INCOME_ZERO", field, "Round 1 must be more than £0.")
            return 1
        if pounds < 0:
            self.refuse("E_INCOME_NEGATIVE", field, "Round 1 cannot be less than £0.")
            return 1
        return self._pence(pounds, field) or 1

    def amount(self, value: Number, field: str) -> int:
        """Money in pence, nothing or more. Returns 0 where it is faulty."""
        pounds = self.number(value, field)
        if pounds is None:
            return 0
        if pounds < 0:
            self.refuse("E_AMOUNT", field, "An amount cannot be less than £0.")
            return 0
        return self._pence(pounds, field)

    def _pence(self, pounds: Fraction, field: str) -> int:
        pence = pounds * 100
        if pence > MOST_PENCE:
            self.refuse("E_AMOUNT", field, "An amount can be at most £100,000,000,000.")
        elif pence.denominator != 1:
            self.refuse("E_AMOUNT", field, "Give pounds and whole pence, like 1234.50.")
        else:
            return int(pence)
        return 0

    def count(self, value: Number, field: str, what: str) -> int | None:
        """A whole number from 1, or none after noting E_NOT_A_NUMBER."""
        number = self.number(value, field)
        if number is None:
            return None
        if number.denominator != 1 or number < 1:
            message = f"The number of {what} is a whole number, 1 or more."
            self.refuse("E_NOT_A_NUMBER", field, message)
        return int(number)

    def share(self, value: Share, field: str, code: str) -> Estimate:
        """A share from 0 to 1, or a Spread of three; none is unknown, the whole of 0 to 1.

        Notes `code` (E_SHARE or E_RATE) where it is out of range or a spread out of order.
        """
        if value is None:
            return UNKNOWN_SHARE
        if isinstance(value, Spread):
            return self._spread(value, field, code)
        known = self._point(value, field, code)
        return UNKNOWN_SHARE if known is None else Estimate.of(known)

    def _point(self, value: Number, field: str, code: str) -> Fraction | None:
        number = self.number(value, field)
        if number is not None and not 0 <= number <= 1:
            self.refuse(code, field, "A share must be between 0% and 100%.")
            return None
        return number

    def _spread(self, spread: Spread, field: str, code: str) -> Estimate:
        low = self._point(spread.low, f"{field}.low", code)
        high = self._point(spread.high, f"{field}.high", code)
        central = None
        if spread.central is not None:
            central = self._point(spread.central, f"{field}.central", code)
        if low is None or high is None:
            return UNKNOWN_SHARE
        if not low <= (low if central is None else central) <= high:
            message = "Give the smaller number first, and the one you claim between the two."
            self.refuse(code, field, message)
        return Estimate(low if low == high else central, low, high)
