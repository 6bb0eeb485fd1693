"""The calculator's form: what people type, made into one request to the engine."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from multiplier import typed
from multiplier.contract import AREA_LENGTH, KINDS, Line, Request, Result
from multiplier.engine import calculate
from multiplier.figures import InputError, InputErrors
from multiplier.words import KIND_NAMES

QUICK, GUIDED = "quick", "guided"

# What counts as local in each line, and what belongs there (lm3.md 1.4).
KIND_HINTS = {
    "staff": "Pay before tax. Local: they live in the area.",
    "supplier": "Local: the premises that do the work are in the area.",
    "subcontractor": "Local in the same way as suppliers.",
    "premises": "Rent. Local: the landlord is.",
    "tax": "National Insurance, VAT, business rates. These leave: 0% local.",
    "surplus": "What you kept. It is held, not spent, so it has no shares.",
    "other": "Anything else, loans and interest too.",
}
_ENGINE_NAMES = {
    "amount": "amount",
    "local_share": "local",
    "respend": "again",
}
# Where a person needs other words than a program does.
_MESSAGES = {
    "E_VIEW": "Choose whose money round 1 is",
    "E_AREA": f"Name the area that counts as local, in at most {AREA_LENGTH} characters",
}


class NumberField(forms.Field):
    """One line of text, read by a function of multiplier.typed; blank is none: unknown."""

    def __init__(self, read: Callable[[str], Fraction | None], **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, required=False, **kwargs)
        self.read = read

    def to_python(self, value: str | None) -> Fraction | None:
        try:
            return self.read(value or "")
        except typed.Unreadable as advice:
            raise ValidationError(f"{self.label}: {advice}", code="E_NOT_A_NUMBER") from advice


def _round(label: str, help_text: str) -> NumberField:
    return NumberField(typed.money, label=label, help_text=help_text)


class CalculatorForm(forms.Form):
    """Whose money, where, and either three rounds or an income with its lines.

    Valid, it has `result`: the engine's Result; `blanks` names what was left unknown.
    """

    view = forms.ChoiceField(
        label="Whose money is round 1?",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("provider", "A provider’s income"),
            ("council", "A council’s spending"),
            ("household", "Money paid to households"),
        ],
    )
    area = forms.CharField(
        label="Which area counts as local?",
        help_text="One area, the same for every round, for example Bradford district.",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": AREA_LENGTH}),
    )
    how = forms.ChoiceField(
        label="What do you know?",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (GUIDED, "What the money was spent on, line by line"),
            (QUICK, "The three rounds, as three numbers"),
        ],
        initial=GUIDED,
    )
    r1 = _round("Round 1: the money that came in, pounds", "The income or spending you trace.")
    r2 = _round(
        "Round 2: how much of it was spent locally, pounds",
        "Leave blank if you do not know.",
    )
    r3 = _round(
        "Round 3: how much of round 2 was spent locally again, pounds",
        "Leave blank if you do not know.",
    )
    income = _round(
        "Round 1: the money that came in, pounds a year",
        "The income or spending you trace, for one financial year.",
    )
    result: Result
    blanks: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "multiplier_%s")
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            self._add_line(kind)

    def _add_line(self, kind: str) -> None:
        name = KIND_NAMES[kind]
        self.fields[f"{kind}_amount"] = NumberField(typed.money, label=f"{name}, pounds a year")
        if kind == "surplus":
            return
        self.fields[f"{kind}_local"] = NumberField(
            typed.share,
            label=f"{name}, per cent spent locally",
            initial="0" if kind == "tax" else None,
        )
        self.fields[f"{kind}_again"] = NumberField(
            typed.share, label=f"{name}, per cent of the local part spent locally again"
        )

    def clean_how(self) -> str:
        """Line by line unless three numbers were asked for."""
        return QUICK if self.cleaned_data["how"] == QUICK else GUIDED

    def clean(self) -> dict[str, Any]:
        """Ask the engine; bring each of its errors to the field it is about."""
        super().clean()
        cleaned = self.cleaned_data
        guided = cleaned.get("how") == GUIDED
        self._forget_the_other_part(guided)
        request = self._guided_request() if guided else self._quick_request()
        try:
            result = calculate(request)
        except InputErrors as faults:
            for fault in faults.errors:
                self._take(fault)
        else:
            self.result = result
            self.blanks = () if self.errors else self._blanks(guided)
        return cleaned

    def _forget_the_other_part(self, guided: bool) -> None:
        """What was typed into the part not asked for may be wrong: it is kept, unread."""
        for name in list(self.errors):
            if (name in ("r1", "r2", "r3")) == guided and name not in (
                "view",
                "area",
                "how",
            ):
                del self.errors[name]

    def _frame(self) -> tuple[str, str]:
        data = self.cleaned_data
        return data.get("view") or "", data.get("area") or ""

    def _quick_request(self) -> Request:
        data = self.cleaned_data
        # A blank round 1 is a fault of its own: the engine would take it for the other way.
        r1 = data.get("r1")
        if r1 is None and "r1" not in self.errors:
            self.add_error("r1", ValidationError("Type round 1: how much came in"))
        r1 = 1 if r1 is None else r1
        return Request(*self._frame(), r1=r1, r2=data.get("r2"), r3=data.get("r3"))

    def _guided_request(self) -> Request:
        income = self.cleaned_data.get("income")
        if income is None and "income" not in self.errors:
            self.add_error("income", ValidationError("Type round 1: how much came in"))
        self._used = self._kinds_in_use()
        lines = tuple(self._line(kind) for kind in self._used)
        if not lines and not self.errors:
            message = "Type what some of the money was spent on"
            self.add_error("staff_amount", ValidationError(message, code="E_AMOUNT"))
        return Request(*self._frame(), income=1 if income is None else income, lines=lines)

    def _kinds_in_use(self) -> list[str]:
        """The lines with an amount; one with a share alone is a slip that is told."""
        used = []
        for kind in KINDS:
            if self.cleaned_data.get(f"{kind}_amount") is not None:
                used.append(kind)
            elif f"{kind}_amount" not in self.errors and self._has_a_typed_share(kind):
                name = KIND_NAMES[kind]
                message = f"{name}: type how many pounds, or clear its percentages"
                self.add_error(f"{kind}_amount", ValidationError(message, code="E_AMOUNT"))
        return used

    def _has_a_typed_share(self, kind: str) -> bool:
        local = self.cleaned_data.get(f"{kind}_local")
        given_for_tax = kind == "tax" and local == 0
        again = self.cleaned_data.get(f"{kind}_again")
        return again is not None or (local is not None and not given_for_tax)

    def _line(self, kind: str) -> Line:
        data = self.cleaned_data
        return Line(
            kind=kind,
            amount=data[f"{kind}_amount"],
            local_share=data.get(f"{kind}_local"),
            respend=data.get(f"{kind}_again"),
        )

    def _take(self, fault: InputError) -> None:
        """Put an error of the engine's at the field it is about, unless one is there."""
        name = self._field_of(fault)
        if name in self.errors:
            return
        message = _MESSAGES.get(fault.code)
        if message is None:
            message = f"{self.fields[name].label}: {fault.message}"
        self.add_error(name, ValidationError(message, code=fault.code))

    def _field_of(self, fault: InputError) -> str:
        if not fault.field.startswith("lines["):
            return fault.field
        index, name = fault.field.removeprefix("lines[").split("].")
        return f"{self._used[int(index)]}_{_ENGINE_NAMES[name]}"

    def _blanks(self, guided: bool) -> tuple[str, ...]:
        """The labels of what was left blank and makes the range."""
        if not guided:
            names = [name for name in ("r2", "r3") if self.cleaned_data[name] is None]
        else:
            names = [
                f"{line.kind}_{part}"
                for line in self.result.lines
                if line.amount and line.local.high
                for part in ("local", "again")
                if self.cleaned_data[f"{line.kind}_{part}"] is None
            ]
        return tuple(str(self.fields[name].label) for name in names)

    @property
    def rows(self) -> list[dict[str, object]]:
        """The table's rows, with their bound fields."""
        return [
            {
                "kind": kind,
                "name": KIND_NAMES[kind],
                "hint": KIND_HINTS[kind],
                "cells": [
                    {"field": self[f"{kind}_{part}"], "label": label, "sign": sign}
                    for part, label, sign in (
                        ("amount", "pounds a year", "£"),
                        ("local", "per cent spent locally", "%"),
                        (
                            "again",
                            "per cent of the local part spent locally again",
                            "%",
                        ),
                    )
                    if f"{kind}_{part}" in self.fields
                ],
            }
            for kind in KINDS
        ]
