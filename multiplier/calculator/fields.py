"""Form fields of the calculator, and parsers for typed numbers.

Accepts "£1,234.50", "1.2m", "12%" and "35 (25 to 50)". Rejects ambiguous text with advice
instead of guessing: "1.234,5", and a bare 0.8, which some mean as 80%. Blank is None: unknown,
never zero. The engine checks ranges.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from html import escape
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from multiplier.engine import AREA_LENGTH, Number, Spread
from portal.forms import GovukBoundField

LONGEST = 40

_TOO_LONG = "Enter a shorter number"
_HOW_MONEY = "Enter an amount in pounds, like 1234.50 or £1,234.50"
_HOW_SEPARATORS = (
    "Use a full stop before the pence and commas only between thousands, like 1,234.50"
)
_HOW_DIGITS = "Use the digits 0 to 9"
_HOW_EXPONENT = "Enter the number in full, like 1000000"
_HOW_POUNDS = "Enter the amount in pounds, not another currency"
_HOW_PERCENT = "Enter a percentage, like 35 or 35%, or a range, like 25 to 50"

_HOW_BELOW_ONE = "Enter a percentage below 1 with its sign, like 0.5%, or enter 80 for 80%"
_HOW_MULTIPLE = "Enter a multiplier, like 2.52"

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
    """Raised for text that is not a number. The message says how to write one."""


def read_money(text: str) -> Fraction | None:
    """Parse pounds exactly. Return None for blank text.

    Raises:
        Unreadable: If it is not an amount.
    """
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


def read_share(text: str) -> Fraction | Spread | None:
    """Parse a percentage as an exact share: "35", "35%" and "35 per cent" are 7/20.

    "25 to 50" is a range without a central value; "35 (25 to 50)" has 35.

    Raises:
        Unreadable: If it is not a percentage.
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
    """Return the range; raise Unreadable if its numbers are out of order."""
    if low > high:
        raise Unreadable(f"Enter the smaller number first: {_per_cent(high)} to {_per_cent(low)}")
    if central is not None and not low <= central <= high:
        raise Unreadable(
            f"Enter a number from {_per_cent(low)} to {_per_cent(high)} before the brackets,"
            " or the range alone"
        )
    return Spread(low, central, high)


def _percentage(text: str) -> Fraction:
    negative, text = _take_sign(text.strip())
    number = _number(text.removesuffix("%").rstrip(), _HOW_PERCENT) / 100
    return -number if negative else number


def read_multiple(text: str) -> Fraction | None:
    """Parse a quoted multiplier: "2.52", "£2.52" or "x2.52".

    Raises:
        Unreadable: If it is not a multiplier.
    """
    text = _tidy(text).removeprefix("x").removeprefix("×").lstrip()
    try:
        return read_money(text)
    except Unreadable:
        raise Unreadable(_HOW_MULTIPLE) from None


def plain_money(value: Fraction) -> str:
    """Format pounds, or any decimal, plainly. `read_money` parses it back unchanged."""
    places = 0
    while (scaled := abs(value) * 10**places).denominator != 1:
        places += 1
    digits = str(scaled.numerator).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{'-' if value < 0 else ''}{whole}{'.' if part else ''}{part}"


def typed_share(value: Fraction | Spread) -> str:
    """Format a share plainly. `read_share` parses it back unchanged."""
    text = plain_share(value)
    if not _BELOW_ONE.search(text):
        return text
    return text.replace(" (", "% (") if " (" in text else f"{text}%"


def plain_share(value: Fraction | Spread) -> str:
    """Format a share in per cent, without the sign."""
    if not isinstance(value, Spread):
        return plain_money(value * 100)
    ends = f"{_per_cent(value.low)} to {_per_cent(value.high)}"
    return ends if value.central is None else f"{_per_cent(value.central)} ({ends})"


def _per_cent(share: Number) -> str:
    assert share is not None
    return plain_money(Fraction(share) * 100)


def _tidy(text: str) -> str:
    if len(text) > LONGEST:
        raise Unreadable(_TOO_LONG)
    return text.strip()


def _take_sign(text: str) -> tuple[bool, str]:
    if _SIGN.match(text):
        return text[0] != "+", text[1:].lstrip()
    return False, text


def _number(text: str, how: str) -> Fraction:
    """Parse an unsigned decimal. Commas or spaces may separate thousands."""
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


# ---- The fields ---------------------------------------------------------------------------

_NOT_COMPLETED = {"autocomplete": "off"}
_POUNDS_SIGN = '<div class="govuk-input__prefix" aria-hidden="true">£</div>'
_PER_CENT_SIGN = '<div class="govuk-input__suffix" aria-hidden="true">%</div>'


class BoundLine(GovukBoundField):
    """A bound field of one line of text, with its input as HTML."""

    @property
    def input(self) -> SafeString:
        """The input, written in Python because a template is several times slower."""
        is_wrong = self.name in self.form.errors
        wrong, invalid = (" govuk-input--error", ' aria-invalid="true"') if is_wrong else ("", "")
        value = self.value()
        typed = f' value="{escape(str(value))}"' if value else ""
        ours = "".join(f' {name}="{text}"' for name, text in self.field.widget.attrs.items())
        by = f' aria-describedby="{self.aria_describedby}"' if is_wrong or self.help_text else ""
        return SafeString(
            f'<input class="govuk-input{wrong}" type="text" name="{self.html_name}"{typed}{ours}'
            f' id="{self.auto_id}"{by}{invalid}>'
        )


class BoundNumber(BoundLine):
    """A bound NumberField whose errors are also available without its label."""

    field: NumberField

    @property
    def input_with_sign(self) -> SafeString:
        """The input between its pound sign and its per cent sign, of which it has one."""
        before, after = ("", _PER_CENT_SIGN) if self.field.is_share else (_POUNDS_SIGN, "")
        return SafeString(f"{before}{self.input}{after}")

    @property
    def advice(self) -> list[str]:
        """Errors as shown beside the field, without its label."""
        return self.advice_beside(str(self.label))

    def advice_beside(self, name: str) -> list[str]:
        """Return the errors without the label or the given name."""
        if self.name not in self.form.errors:
            return []
        found = (
            error.removeprefix(f"{self.label}: ").removeprefix(f"{name}: ")
            for error in self.govuk_errors
        )
        return [advice[:1].upper() + advice[1:] for advice in found]


class SharedField(forms.Field):
    """An optional field shared by all forms of a class.

    Shared because no form changes it, and copying dozens for each form is slow.
    """

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self


class NumberField(SharedField):
    """A number in one line of text, parsed by `read`. Blank is unknown.

    `write` formats a value so that `read` parses it back unchanged.
    """

    bound_field_class = BoundNumber

    def __init__(self, read: Callable[[str], Any], **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", **_NOT_COMPLETED})
        super().__init__(widget=widget, **kwargs)
        self.read = read
        self.is_share = read is read_share
        self.write = typed_share if self.is_share else plain_money

    def clean(self, value: str | None) -> Any:
        """Parse the text. The engine checks the value."""
        try:
            return self.read(value or "")
        except Unreadable as advice:
            raise ValidationError(f"{self.label}: {advice}", code="E_NOT_A_NUMBER") from advice


def money(label: str, help_text: str = "") -> NumberField:
    """Make a field for pounds."""
    return NumberField(read_money, label=label, help_text=help_text)


def share(label: str, help_text: str = "", **kwargs: Any) -> NumberField:
    """Make a field for a percentage, or a range of them."""
    return NumberField(read_share, label=label, help_text=help_text, **kwargs)


class ChoiceField(SharedField, forms.ChoiceField):
    """A choice, as a list or radio buttons."""


def radios(label: str, **kwargs: Any) -> ChoiceField:
    """Make a field with radio buttons."""
    return ChoiceField(label=label, widget=forms.RadioSelect, **kwargs)


class TickField(SharedField, forms.BooleanField):
    """A checkbox."""


class TextField(SharedField, forms.CharField):
    """A line of text without browser autocomplete."""

    bound_field_class = BoundLine

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label=label, widget=forms.TextInput(attrs=_NOT_COMPLETED), **kwargs)


def area() -> TextField:
    """Make a field for the area. The engine checks the length of its name."""
    field = TextField(
        "Which area counts as local?",
        help_text="One area, the same for every round. For example, Bradford district.",
    )
    field.widget.attrs["maxlength"] = AREA_LENGTH
    return field
