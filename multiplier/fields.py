"""The calculator's fields: a line of text each, read strictly, and cheap to make by the dozen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from multiplier import typed
from portal.forms import GovukBoundField

YEAR_LENGTH = 40


class BoundNumber(GovukBoundField):
    """A bound NumberField: what is wrong is also told without its label, which stands above."""

    @property
    def advice(self) -> list[str]:
        """The errors, as they stand at the field; the summary names the field as well."""
        return self.advice_beside(str(self.label))

    def advice_beside(self, name: str) -> list[str]:
        """The errors without the label, and without another name that stands beside them."""
        found = (
            error.removeprefix(f"{self.label}: ").removeprefix(f"{name}: ")
            for error in self.govuk_errors
        )
        return [advice[:1].upper() + advice[1:] for advice in found]


class SharedField(forms.Field):
    """A field that all forms of a class share: none changes it, and copying dozens for each
    form takes longer than answering."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self


class NumberField(SharedField):
    """One line of text, read by a function of multiplier.typed; blank is none: unknown.

    `write` writes a value plainly, so that `read` reads the same again.
    """

    bound_field_class = BoundNumber

    def __init__(self, read: Callable[[str], Any], **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, required=False, **kwargs)
        self.read = read
        self.is_share = read is typed.share
        self.write = typed.typed_share if self.is_share else typed.plain_money

    def clean(self, value: str | None) -> Any:
        """What was typed, read. Whether it makes sense is the engine's to say."""
        try:
            return self.read(value or "")
        except typed.Unreadable as advice:
            raise ValidationError(f"{self.label}: {advice}", code="E_NOT_A_NUMBER") from advice


def money(label: str, help_text: str = "") -> NumberField:
    """Pounds."""
    return NumberField(typed.money, label=label, help_text=help_text)


def share(label: str, help_text: str = "", **kwargs: Any) -> NumberField:
    """A percentage, or a range of them."""
    return NumberField(typed.share, label=label, help_text=help_text, **kwargs)


class ChoiceField(SharedField, forms.ChoiceField):
    """One of several."""


class TickField(SharedField, forms.BooleanField):
    """A box to tick."""


class YearField(SharedField, forms.CharField):
    """Which year the figures are of, in the visitor's own words: said with the answer."""

    def __init__(self) -> None:
        advice = f"Type which year, in at most {YEAR_LENGTH} characters"
        super().__init__(
            label="Which financial year are the figures of?",
            required=False,
            max_length=YEAR_LENGTH,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={"max_length": advice},
        )


class AreaField(SharedField, forms.CharField):
    """The name of the area that counts as local."""

    def __init__(self, max_length: int) -> None:
        super().__init__(
            label="Which area counts as local?",
            help_text="One area, the same for every round, for example Bradford district.",
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": max_length}),
        )
