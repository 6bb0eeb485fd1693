"""The calculator's form: what people type, made into one request to the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from multiplier import methods, typed
from multiplier.assumptions import AGAIN
from multiplier.contract import AREA_LENGTH, KINDS, Line, Request, Result
from multiplier.fields import AreaField, ChoiceField, TickField, YearField, money, share
from multiplier.figures import InputError, InputErrors, Spread
from multiplier.readers import MOST_PENCE
from multiplier.words import BASES, KIND_NAMES

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
SPENT = tuple(kind for kind in KINDS if kind != "surplus")
# The engine's names of a line's parts, and the form's.
_ENGINE_NAMES = {"amount": "amount", "local_share": "local", "respend": "again"}
_ENGINE_NAMES["nonlocal_respend"] = "away"
_SHARED = ("pay_basis", "net_to_gross")
# Where a person needs other words than a program does.
MESSAGES = {
    "E_VIEW": "Choose whose money round 1 is",
    "E_AREA": f"Name the area that counts as local, in at most {AREA_LENGTH} characters",
}
VIEW_CHOICES = [
    ("provider", "A provider’s income"),
    ("council", "A council’s spending"),
    ("household", "Money paid to households"),
]


@dataclass(frozen=True)
class Origin:
    """One thing that makes the answer a range: which field, and why."""

    label: str
    why: str


def view_field() -> ChoiceField:
    """Whose money is round 1?"""
    return ChoiceField(
        label="Whose money is round 1?",
        required=False,
        widget=forms.RadioSelect,
        choices=VIEW_CHOICES,
    )


def _line_fields() -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for kind in KINDS:
        name = KIND_NAMES[kind]
        fields[f"{kind}_amount"] = money(f"{name}, pounds a year")
        if kind == "surplus":
            continue
        fields[f"{kind}_local"] = share(
            f"{name}, per cent spent locally", initial="0" if kind == "tax" else None
        )
        fields[f"{kind}_again"] = share(f"{name}, per cent of the local part spent locally again")
    return fields


class LinesForm(forms.Form):
    """An income and the lines it was spent on. Its subclasses ask the engine."""

    income = money(
        "Round 1: the money that came in, pounds a year",
        "The income or spending you trace, for one financial year.",
    )
    _used: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "multiplier_%s")
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

    def check_lines(self) -> tuple[Line, ...]:
        """The lines with an amount; what is missing is told at its field."""
        if self.cleaned_data.get("income") is None and "income" not in self.errors:
            self.add_error("income", ValidationError("Type round 1: how much came in"))
        self._used = tuple(self._kinds_in_use())
        if not self._used and not any(f"{kind}_amount" in self.errors for kind in KINDS):
            message = "Type what some of the money was spent on"
            self.add_error("staff_amount", ValidationError(message, code="E_AMOUNT"))
        return tuple(self._line(kind) for kind in self._used)

    def _kinds_in_use(self) -> list[str]:
        """The kinds with an amount; one with a share alone is a slip that is told."""
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
        shares = {part: self.cleaned_data.get(f"{kind}_{part}") for part in ("local", "again")}
        if kind == "tax" and shares["local"] == 0:
            del shares["local"]
        return any(value is not None for value in shares.values())

    def _line(self, kind: str) -> Line:
        data = self.cleaned_data
        return Line(
            kind=kind,
            amount=data[f"{kind}_amount"],
            local_share=data.get(f"{kind}_local"),
            respend=data.get(f"{kind}_again"),
        )

    def take(self, fault: InputError) -> None:
        """Put an error of the engine's at the field it is about, unless one is there."""
        name = self._field_of(fault)
        if name in self.errors:
            return
        message = MESSAGES.get(fault.code)
        if message is None:
            message = f"{self.fields[name].label}: {fault.message}"
        self.add_error(name, ValidationError(message, code=fault.code))

    def label_of(self, field: str) -> str:
        """The words for what the engine calls by its own name, like lines[0].respend."""
        return str(self.fields[self._field_of(InputError("", field, ""))].label)

    def _field_of(self, fault: InputError) -> str:
        if not fault.field.startswith("lines["):
            return fault.field
        index, name = fault.field.removeprefix("lines[").split("].")
        name = name.partition(".")[0]  # a range names its end: respend.low
        return name if name in _SHARED else f"{self._used[int(index)]}_{_ENGINE_NAMES[name]}"

    def line_origins(self, result: Result) -> tuple[Origin, ...]:
        """What makes a range, line by line: blanks, ranges that were typed, assumptions."""
        names = (
            f"{line.kind}_{part}"
            for line in result.lines
            if line.amount
            for part in self._parts_that_matter(line.kind)
            if part == "local" or line.local.high
        )
        return tuple(filter(None, map(self._origin, names)))

    def _parts_that_matter(self, kind: str) -> tuple[str, ...]:
        return () if kind == "surplus" else ("local", "again")

    def _origin(self, name: str) -> Origin | None:
        value = self.cleaned_data.get(name)
        if value is not None and not isinstance(value, Spread):
            return None
        label = str(self.fields[name].label)
        if value is None:
            return Origin(label, "left blank, so anything from 0% to 100%")
        typed_as = f"{typed.plain_share(Spread(value.low, None, value.high))}%"
        return Origin(label, f"{'assumed' if self.is_assumed(name) else 'typed as'} {typed_as}")

    def is_assumed(self, name: str) -> bool:
        """Whether a field holds the figure that its button puts in."""
        kind, _, part = name.partition("_")
        return (
            part == "again" and kind in AGAIN and self.cleaned_data.get(name) == AGAIN[kind].share
        )

    @property
    def rows(self) -> list[dict[str, object]]:
        """The table's rows, with their bound fields."""
        return [
            {
                "kind": kind,
                "name": KIND_NAMES[kind],
                "hint": KIND_HINTS[kind],
                "assumed": AGAIN.get(kind),
                "cells": [
                    self._cell(kind, part, label, sign)
                    for part, label, sign in (
                        ("amount", "pounds a year", "£"),
                        ("local", "per cent spent locally", "%"),
                        ("again", "per cent of the local part spent locally again", "%"),
                    )
                    if f"{kind}_{part}" in self.fields
                ],
            }
            for kind in KINDS
        ]

    def _cell(self, kind: str, part: str, label: str, sign: str) -> dict[str, object]:
        field: Any = self[f"{kind}_{part}"]
        advice = field.advice_beside(KIND_NAMES[kind])
        return {"field": field, "label": label, "sign": sign, "part": part, "advice": advice}


LinesForm.declared_fields.update(_line_fields())


def _basis(label: str) -> ChoiceField:
    return ChoiceField(label=label, required=False, choices=[("", "Not said"), *BASES.items()])


class CalculatorForm(LinesForm):
    """Whose money, where, and either three rounds or an income with its lines.

    Valid, it has `result`: the engine's Result; `origins` names what makes it a range.
    """

    view = view_field()
    area = AreaField(AREA_LENGTH)
    how = ChoiceField(
        label="What do you know?",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (GUIDED, "What the money was spent on, line by line"),
            (QUICK, "The three rounds, as three numbers"),
        ],
        initial=GUIDED,
    )
    r1 = money("Round 1: the money that came in, pounds", "The income or spending you trace.")
    r2 = money(
        "Round 2: how much of it was spent locally, pounds",
        "Leave blank if you do not know.",
    )
    r3 = money(
        "Round 3: how much of round 2 was spent locally again, pounds",
        "Leave blank if you do not know.",
    )
    year = YearField()
    local_basis = _basis("What was spent locally (round 2) rests on")
    again_basis = _basis("What was spent again (round 3) rests on")
    net = TickField(
        label="What staff spend again is a share of take-home pay, not of pay before tax",
        required=False,
    )
    net_to_gross = share("Take-home pay, per cent of pay before tax")
    extended = TickField(
        label="Count what people and firms elsewhere spend in the area too (extended mode)",
        required=False,
    )
    field_order = ["view", "area", "how", "r1", "r2", "r3", "income"]
    result: Result
    origins: tuple[Origin, ...] = ()

    def __init__(
        self, *args: Any, method: methods.MethodVersion | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.method = method or methods.current()

    def clean_how(self) -> str:
        """Line by line unless three numbers were asked for."""
        return QUICK if self.cleaned_data["how"] == QUICK else GUIDED

    @property
    def is_guided(self) -> bool:
        """Whether the lines are asked for, not the three numbers."""
        return self.cleaned_data.get("how") == GUIDED

    def clean(self) -> dict[str, Any]:
        """Ask the engine; bring each of its errors to the field it is about."""
        super().clean()
        self._forget_the_other_part()
        request = self._guided_request() if self.is_guided else self._quick_request()
        try:
            result = self.method.calculate(request)
        except InputErrors as faults:
            for fault in faults.errors:
                self.take(fault)
        else:
            self.request, self.result = request, result
            self.origins = () if self.errors else self._origins()
        return self.cleaned_data

    def _forget_the_other_part(self) -> None:
        """What was typed into the part not asked for may be wrong: it is kept, unread."""
        for name in self.unread() & set(self.errors):
            del self.errors[name]

    def unread(self) -> set[str]:
        """The fields that the answer does not depend on, as the others are filled in."""
        rounds = {"r1", "r2", "r3"}
        asked = {"view", "area", "how", "year", "local_basis", "again_basis"}
        if not self.is_guided:
            return set(self.fields) - rounds - asked
        off = rounds if self.cleaned_data["net"] else {*rounds, "net_to_gross"}
        if not self.cleaned_data["extended"]:
            off |= {name for name in self.fields if name.endswith("_away")}
        return off

    def _frame(self) -> dict[str, Any]:
        data = self.cleaned_data
        mode = "extended" if self.is_guided and data["extended"] else "standard"
        return {"view": data.get("view") or "", "area": data.get("area") or "", "mode": mode}

    def _quick_request(self) -> Request:
        data = self.cleaned_data
        # A blank round 1 is a fault of its own: the engine would take it for the other way. What
        # stands in for it is so large that no round 3 is held against it.
        r1 = data.get("r1")
        if r1 is None and "r1" not in self.errors:
            self.add_error("r1", ValidationError("Type round 1: how much came in"))
        r1 = MOST_PENCE // 100 if r1 is None else r1
        return Request(
            **self._frame(),
            r1=r1,
            r2=data.get("r2"),
            r3=data.get("r3"),
            r2_source=data.get("local_basis") or None,
            r3_source=data.get("again_basis") or None,
        )

    def _guided_request(self) -> Request:
        lines = self.check_lines()
        income = self.cleaned_data.get("income")
        return Request(**self._frame(), income=1 if income is None else income, lines=lines)

    def _line(self, kind: str) -> Line:
        data = self.cleaned_data
        net = kind == "staff" and data["net"]
        return Line(
            kind=kind,
            amount=data[f"{kind}_amount"],
            local_share=data.get(f"{kind}_local"),
            respend=data.get(f"{kind}_again"),
            nonlocal_respend=self._away(kind) if data["extended"] else None,
            pay_basis="net" if net else "gross",
            net_to_gross=data.get("net_to_gross") if net else None,
            local_source=data.get("local_basis") or None,
            respend_source=self._again_source(kind),
        )

    def _again_source(self, kind: str) -> str | None:
        """What was said, but where an assumed figure stands it is an assumption."""
        name = f"{kind}_again"
        if name in self.fields and self.is_assumed(name):
            return "assumption"
        return self.cleaned_data.get("again_basis") or None

    def _away(self, kind: str) -> Any:
        """What those elsewhere spend here: in extended mode a blank is unknown, as ever."""
        if kind == "surplus":
            return None
        away = self.cleaned_data.get(f"{kind}_away")
        return Spread(0, None, 1) if away is None else away

    def _parts_that_matter(self, kind: str) -> tuple[str, ...]:
        parts = super()._parts_that_matter(kind)
        return (*parts, "away") if parts and self.cleaned_data["extended"] else parts

    def _origins(self) -> tuple[Origin, ...]:
        if self.is_guided:
            return self.line_origins(self.result)
        return tuple(
            Origin(str(self.fields[name].label), "left blank")
            for name in ("r2", "r3")
            if self.cleaned_data[name] is None
        )

    @property
    def basis(self) -> tuple[str, ...]:
        """What else must be the same before two answers are compared, where it was said."""
        data = self.cleaned_data
        said = [data["year"]] if data["year"] else []
        if self.is_guided and data["net"]:
            said.append(
                "What staff spend again: a share of take-home pay, turned into one of gross pay"
            )
        return tuple(said)

    @property
    def has_outsider_errors(self) -> bool:
        """Whether the finer points hold a fault, and so must stand open."""
        return any(name.endswith("_away") for name in self.errors)

    @property
    def outsiders(self) -> list[Any]:
        """The fields of extended mode."""
        return [self[f"{kind}_away"] for kind in SPENT]


CalculatorForm.base_fields.update(
    {
        f"{kind}_away": share(
            f"{KIND_NAMES[kind]} elsewhere, per cent they spend in the area",
            initial="0" if kind == "tax" else None,
        )
        for kind in SPENT
    }
)
