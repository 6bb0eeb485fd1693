"""Reads numbers as people type them: "£1,234.50", "1.2m", "12%", "35 (25 to 50)".

Strict on purpose: "1.234,5" might be a thousand or one and a bit, so it is refused with a
word on how to write it, not guessed at; so is a bare 0.8, which some mean as 80%. Blank is
none: unknown, never zero. Range is the engine's matter.
"""

from __future__ import annotations

import re
from fractions import Fraction

from multiplier.figures import Number, Spread

LONGEST = 40

_TOO_LONG = "Type a shorter number."
_HOW_MONEY = "Type an amount in pounds, like 1234.50 or £1,234.50."
_HOW_SEPARATORS = (
    "Use a full stop before the pence and commas only between thousands, like 1,234.50."
)
_HOW_DIGITS = "Use the digits 0 to 9."
_HOW_EXPONENT = "Write the number out in full, like 1000000."
_HOW_POUNDS = "Type the amount in pounds: other currencies cannot be counted."
_HOW_PERCENT = "Type a percentage, like 35 or 35%, or a range, like 25 to 50."

_HOW_BELOW_ONE = "Type a percentage with its sign where it is below 1, like 0.5%; or 80 for 80%."
_HOW_MULTIPLE = "Type a multiplier, like 2.52."

_NUMBER = re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.(?P<part>[0-9]*))?")
_SPACED_THOUSANDS = re.compile(r"(?<=[0-9])[ \u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_EXPONENT = re.compile(r"[0-9.]e[+-]?[0-9]", re.IGNORECASE)
_SIGN = re.compile(r"[+\-\u2212]")
_BETWEEN = re.compile(r"(.*[0-9.%])\s*(?:to|[-\u2013])\s*([0-9.].*)", re.IGNORECASE)
_BELOW_ONE = re.compile(r"(?<![0-9.,])0*\.[0-9]*[1-9]")
_PER_CENT = re.compile(r"\s*(?:per\s?cent|pc)\b", re.IGNORECASE)
_ABOUT = re.compile(r"(.*?)\s*\((.*)\)")
_SCALES = {"k": 10**3, "m": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}
_SCALE = re.compile(r"(.*?)\s*(k|m|million|bn|billion)", re.IGNORECASE)


class Unreadable(ValueError):
    """What was typed is no number; the text says how to write one."""


def money(text: str) -> Fraction | None:
    """Pounds, exactly; none where nothing was typed. Raises Unreadable."""
    text = _tidy(text)
    if not text:
        return None
    if re.search(r"[$€¥]|\b(?:eur|usd)\b", text, re.IGNORECASE):
        raise Unreadable(_HOW_POUNDS)
    negative, text = _take_sign(text)
    text = text.removeprefix("£").lstrip()
    if not negative:
        negative, text = _take_sign(text)
    scale = 1
    if scaled := _SCALE.fullmatch(text):
        text, scale = scaled[1], _SCALES[scaled[2].lower()]
    pounds = _number(text, _HOW_MONEY) * scale
    return -pounds if negative else pounds


def share(text: str) -> Fraction | Spread | None:
    """A percentage as a share, exactly: "35", "35%" and "35 per cent" are 7/20.

    "25 to 50" is a range of which no point is claimed; "35 (25 to 50)" claims 35.
    Raises Unreadable.
    """
    text = _tidy(text)
    if not text:
        return None
    if "c" in text or "C" in text:
        text = _PER_CENT.sub("%", text)
    if "%" not in text and _BELOW_ONE.search(text):
        raise Unreadable(_HOW_BELOW_ONE)
    central = None
    if about := _ABOUT.fullmatch(text):
        central, text = _percentage(about[1]), about[2].strip()
        if not _BETWEEN.fullmatch(text):
            raise Unreadable(_HOW_PERCENT)
    if between := _BETWEEN.fullmatch(text):
        return _range(_percentage(between[1]), central, _percentage(between[2]))
    return _percentage(text)


def _range(low: Fraction, central: Fraction | None, high: Fraction) -> Spread:
    """The range, unless its numbers stand in another order."""
    if low > high:
        raise Unreadable(f"Type the smaller number first: {_per_cent(high)}-{_per_cent(low)}.")
    if central is not None and not low <= central <= high:
        raise Unreadable(
            f"Type a number from {_per_cent(low)} to {_per_cent(high)} before the brackets,"
            " or the range alone."
        )
    return Spread(low, central, high)


def _percentage(text: str) -> Fraction:
    negative, text = _take_sign(text.strip())
    number = _number(text.removesuffix("%").rstrip(), _HOW_PERCENT) / 100
    return -number if negative else number


def multiple(text: str) -> Fraction | None:
    """A multiplier as people quote it: "2.52", "£2.52", "x2.52". Raises Unreadable."""
    text = _tidy(text).removeprefix("x").removeprefix("×").lstrip()
    try:
        return money(text)
    except Unreadable:
        raise Unreadable(_HOW_MULTIPLE) from None


def plain_money(pounds: Fraction) -> str:
    """Pounds as typed in the plainest way: what `money` reads back as the same."""
    return _decimal(pounds)


def typed_share(value: Fraction | Spread) -> str:
    """A share as typed in the plainest way: what `share` reads back as the same."""
    text = plain_share(value)
    if not _BELOW_ONE.search(text):
        return text
    return text.replace(" (", "% (") if " (" in text else f"{text}%"


def plain_share(value: Fraction | Spread) -> str:
    """A share in per cent, for people: the sign is theirs to write behind it."""
    if not isinstance(value, Spread):
        return _decimal(value * 100)
    ends = f"{_per_cent(value.low)} to {_per_cent(value.high)}"
    return ends if value.central is None else f"{_per_cent(value.central)} ({ends})"


def _per_cent(share: Number) -> str:
    assert share is not None
    return _decimal(Fraction(share) * 100)


def _decimal(value: Fraction) -> str:
    """A fraction that came from a decimal, written as one."""
    places = 0
    while (scaled := abs(value) * 10**places).denominator != 1:
        places += 1
    digits = str(scaled.numerator).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{'-' if value < 0 else ''}{whole}{'.' if part else ''}{part}"


def _tidy(text: str) -> str:
    if len(text) > LONGEST:
        raise Unreadable(_TOO_LONG)
    return text.strip()


def _take_sign(text: str) -> tuple[bool, str]:
    if _SIGN.match(text):
        return text[0] != "+", text[1:].lstrip()
    return False, text


def _number(text: str, how: str) -> Fraction:
    """A plain, unsigned decimal with commas or blanks between thousands at most."""
    if _EXPONENT.search(text):
        raise Unreadable(_HOW_EXPONENT)
    if any(letter.isdecimal() and not letter.isascii() for letter in text):
        raise Unreadable(_HOW_DIGITS)
    found = _NUMBER.fullmatch(_SPACED_THOUSANDS.sub("", text))
    if found and (found["whole"] or found["part"]):
        digits = found["whole"].replace(",", "")
        return Fraction(f"{digits or 0}.{found['part'] or 0}")
    if re.fullmatch(r"[0-9.,\s]*[0-9][0-9.,\s]*", text):
        raise Unreadable(_HOW_SEPARATORS)
    raise Unreadable(how)
