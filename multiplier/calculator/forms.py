"""The calculator's form: what people type, made into one request to the engine."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form

from multiplier.calculator import fields
from multiplier.calculator.assumptions import AGAIN
from multiplier.calculator.examples import START, START_LINES
from multiplier.calculator.fields import (
    ChoiceField,
    TextField,
    TickField,
    money,
    plain_money,
    radios,
    share,
)
from multiplier.engine import (
    AREA_LENGTH,
    KINDS,
    InputError,
    InputErrors,
    Line,
    Request,
    Result,
    Spread,
    half_up_units,
    methods,
)
from multiplier.engine.reading import MOST_PENCE
from multiplier.words import BASES, KIND_NAMES, WHOSE

QUICK, GUIDED = "quick", "guided"
YEAR_LENGTH = 40

# What counts as local in each line, and what belongs there (lm3.md 1.4).
KIND_HINTS = {
    "staff": "Pay before tax. Local if they live in the area.",
    "supplier": "Local if the premises that do the work are in the area.",
    "subcontractor": "Local on the same basis as suppliers.",
    "premises": "Rent. Local if the landlord is.",
    "tax": "National Insurance, VAT and business rates. These leave the area: 0% local.",
    "surplus": "What you kept. It is held, not spent, so it has no percentages.",
    "other": "Anything else, including loans and interest.",
}
SPENT = tuple(kind for kind in KINDS if kind != "surplus")
# The parts of a line: the form's name, the engine's, the label behind the kind's name, the unit.
PARTS = (
    ("amount", "amount", "pounds a year", "£"),
    ("local", "local_share", "per cent spent locally", "%"),
    ("again", "respend", "per cent of the local part spent locally again", "%"),
)
_FORM_NAMES = {engines: ours for ours, engines, _, _ in PARTS} | {"nonlocal_respend": "away"}
_ROUNDS = ("r1", "r2", "r3")
_BASES = ("local_basis", "again_basis", "year")
# The fields of the three numbers; the lines have the rest.
_ASKED = {"view", "area", "how", *_ROUNDS, *_BASES}
# Where a person needs other words than a program does.
MESSAGES = {
    "E_VIEW": "Select whose money you are tracing",
    "E_AREA": f"Enter the area that counts as local, in {AREA_LENGTH} characters or fewer",
}


@dataclass(frozen=True)
class Origin:
    """One thing that makes the answer a range: which field, and why."""

    label: str
    why: str


def view_field() -> ChoiceField:
    """Make the question whose money is round 1."""
    return radios("Whose money are you tracing?", choices=list(WHOSE.items()))


class EngineForm(Form):
    """A form whose numbers go to the engine, and whose faults come back to its fields."""

    origins: tuple[Origin, ...] = ()

    def __init__(
        self, *args: Any, method: methods.MethodVersion | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("auto_id", "multiplier_%s")
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        self.method = method or methods.VERSIONS[-1]

    @property
    def forms(self) -> tuple[Form, ...]:
        """The Django forms that are sent together."""
        return (self,)

    def missing(self, name: str, message: str, code: str | None = None) -> None:
        """Tell a blank field what it needs, unless it holds something unreadable."""
        if self.cleaned_data.get(name) is None and name not in self.errors:
            self.add_error(name, ValidationError(message, code=code))

    def take(self, fault: InputError) -> None:
        """Put an error of the engine's at the field it is about, unless one is there."""
        name = self.field_of(fault.field)
        if name not in self.errors:
            message = MESSAGES.get(fault.code) or f"{self.fields[name].label}: {fault.message}"
            self.add_error(name, ValidationError(message, code=fault.code))

    def take_all(self, faults: InputErrors) -> None:
        """Put all of the engine's errors at their fields."""
        for fault in faults.errors:
            self.take(fault)

    def field_of(self, engines: str) -> str:
        """Return the name of the field for what the engine calls by its own name."""
        return engines.partition(".")[0]  # a range names its end: respend.low

    def label_of(self, engines: str) -> str:
        """Return the words for what the engine calls by its own name, like lines[0].respend."""
        return str(self.fields[self.field_of(engines)].label)

    def origin(self, name: str, *, blank_is_unknown: bool = True) -> Origin | None:
        """Return why a field makes a range; None if it does not."""
        value, label = self.cleaned_data.get(name), str(self.fields[name].label)
        if isinstance(value, Spread):
            ends = fields.plain_share(Spread(value.low, None, value.high))
            return Origin(label, f"{'assumed' if self.is_assumed(name) else 'entered as'} {ends}%")
        if value is None and blank_is_unknown:
            return Origin(label, "left blank, so anything from 0% to 100%")
        return None

    def is_assumed(self, name: str) -> bool:
        """Whether a field holds the figure that its button puts in."""
        kind, _, part = name.partition("_")
        value = self.cleaned_data.get(name)
        return part == "again" and kind in AGAIN and value == AGAIN[kind].share


class LinesForm(EngineForm):
    """An income and the lines it was spent on. Its subclasses ask the engine."""

    income = money(
        "Round 1: the money that came in, pounds a year",
        "The income or spending you are tracing, for one financial year.",
    )
    # The kinds with an amount, in the order in which the engine is given their lines.
    used: tuple[str, ...] = ()

    def frame_and_lines(self, **frame: Any) -> Request:
        """Make a request of an income with lines; what is missing is told at its field."""
        self.missing("income", "Enter round 1: how much money came in")
        self.used = tuple(self._kinds_in_use())
        if not self.used and not any(f"{kind}_amount" in self.errors for kind in KINDS):
            self.missing("staff_amount", "Enter what some of the money was spent on", "E_AMOUNT")
        income = self.cleaned_data.get("income")
        lines = tuple(map(self.line, self.used))
        return Request(income=1 if income is None else income, lines=lines, **frame)

    def _kinds_in_use(self) -> list[str]:
        """Return the kinds with an amount; one with a share alone is a slip that is told."""
        data, used = self.cleaned_data, []
        for kind in KINDS:
            shares = [data.get(f"{kind}_local"), data.get(f"{kind}_again")]
            if kind == "tax" and shares[0] == 0:  # it stands there from the start
                del shares[0]
            if data.get(f"{kind}_amount") is not None:
                used.append(kind)
            elif any(share is not None for share in shares):
                message = f"{KIND_NAMES[kind]}: enter how many pounds, or clear its percentages"
                self.missing(f"{kind}_amount", message, "E_AMOUNT")
        return used

    def line(self, kind: str, **more: Any) -> Line:
        """Return one line for the engine."""
        for ours, engines, _, _ in PARTS:
            more[engines] = self.cleaned_data.get(f"{kind}_{ours}")
        return Line(kind, **more)

    def field_of(self, engines: str) -> str:
        if not engines.startswith("lines["):
            return engines
        index, name = engines.removeprefix("lines[").split("].")
        name = super().field_of(name)
        return f"{self.used[int(index)]}_{_FORM_NAMES[name]}" if name in _FORM_NAMES else name

    def line_origins(self, result: Result, *more: str) -> tuple[Origin, ...]:
        """Return what makes a range, line by line: blanks, typed ranges, assumptions."""
        found = (
            self.origin(f"{line.kind}_{part}")
            for line in result.lines
            if line.amount and line.kind != "surplus"
            for part in ("local", "again", *more)
            if part == "local" or line.local.high
        )
        return tuple(filter(None, found))

    @property
    def rows(self) -> list[dict[str, object]]:
        """The table's rows, with their bound fields."""

        def cell(kind: str, part: str, label: str, sign: str) -> dict[str, object]:
            field: Any = self[f"{kind}_{part}"]
            return {
                "name": field.html_name,
                "id": field.auto_id,
                "value": field.value(),
                "advice": field.advice_beside(KIND_NAMES[kind]),
                "label": label,
                "sign": sign,
                "part": part,
            }

        return [
            {
                "id": f"{self['income'].auto_id}_{kind}",
                "name": KIND_NAMES[kind],
                "hint": KIND_HINTS[kind],
                "assumed": AGAIN.get(kind),
                "cells": [
                    cell(kind, part, label, sign)
                    for part, _, label, sign in PARTS
                    if f"{kind}_{part}" in self.fields
                ],
            }
            for kind in KINDS
        ]


for _kind in KINDS:
    for _part, _, _label, _sign in PARTS:
        _name, _label = f"{_kind}_{_part}", f"{KIND_NAMES[_kind]}, {_label}"
        if _part == "amount":
            LinesForm.declared_fields[_name] = money(_label)
        elif _kind != "surplus":
            _initial = "0" if _name == "tax_local" else None
            LinesForm.declared_fields[_name] = share(_label, initial=_initial)


class WayField(ChoiceField):
    """Line by line, or three numbers. Buttons choose it, so nobody can choose wrongly."""

    def clean(self, value: str | None) -> str:
        """Return line by line unless three numbers were asked for."""
        return QUICK if value == QUICK else GUIDED


def _basis(label: str) -> ChoiceField:
    return ChoiceField(label=label, choices=[("", "Not said"), *BASES.items()])


class CalculatorForm(LinesForm):
    """Whose money, where, and either three rounds or an income with its lines.

    Valid, it has `result`: the engine's Result; `origins` names what makes it a range.
    """

    view = view_field()
    area = fields.area()
    how = WayField(
        label="What do you know?",
        choices=[
            (GUIDED, "What the money was spent on, line by line"),
            (QUICK, "The three rounds, as three numbers"),
        ],
        initial=QUICK,
    )
    r1 = money("Round 1: the money that came in, pounds", "The income or spending you are tracing.")
    r2 = money(
        "Round 2: how much of it was spent locally, pounds", "Leave blank if you do not know."
    )
    r3 = money(
        "Round 3: how much of round 2 was spent locally again, pounds",
        "Leave blank if you do not know.",
    )
    # In the visitor's own words: said with the answer.
    year = TextField(
        "Which financial year are the figures for?",
        max_length=YEAR_LENGTH,
        error_messages={"max_length": f"Enter which year, in {YEAR_LENGTH} characters or fewer"},
    )
    local_basis = _basis("What is your figure for round 2 (spent locally) based on?")
    again_basis = _basis("What is your figure for round 3 (spent again) based on?")
    net = TickField(label="The share staff spend again is of take-home pay, not of pay before tax")
    net_to_gross = share("Take-home pay, per cent of pay before tax")
    more = TickField()
    extended = TickField(
        label="Include what people and firms elsewhere spend in the area (extended mode)"
    )
    field_order = ["view", "area", "how", "r1", "r2", "r3", "income"]
    request: Request
    result: Result

    @property
    def is_guided(self) -> bool:
        """Whether the lines are asked for, not the three numbers."""
        return self["how"].value() != QUICK

    @property
    def put_aside(self) -> list[Any]:
        """The fields that do not show, if anything stands in them: they are sent along."""
        shown = {"view", "area", "how"}
        if not self.is_guided:
            shown |= {*_ROUNDS, *_BASES} if self.has_more else {*_ROUNDS}
        elif self.has_more:
            shown |= set(self.fields) - {*_ROUNDS}
        else:
            shown |= {"income", *(f"{kind}_{part}" for kind in KINDS for part, *_ in PARTS)}
        return [self[name] for name in self.fields if name not in shown and self[name].value()]

    @property
    def has_more(self) -> bool:
        """Whether the finer points are asked for: one is in use, or a button asked for them."""
        names = ("more", *_BASES, "net", "extended") if self.is_guided else ("more", *_BASES)
        return any(self[name].value() for name in names)

    def clean(self) -> dict[str, Any]:
        """Ask the engine; bring each of its errors to the field it is about."""
        super().clean()
        data = self.cleaned_data
        # What was typed into the part not asked for may be wrong: it is kept, unread.
        for name in self.unread() & set(self.errors):
            del self.errors[name]
        mode = "extended" if self.is_guided and data["extended"] else "standard"
        frame = {"view": data.get("view") or "", "area": data.get("area") or "", "mode": mode}
        ask = self.frame_and_lines if self.is_guided else self._three_rounds
        try:
            self.request = ask(**frame)
            self.result = self.method.calculate(self.request)
        except InputErrors as faults:
            self.take_all(faults)
        else:
            self.origins = () if self.errors else self._origins()
        return data

    def unread(self) -> set[str]:
        """Return the fields that the answer does not depend on, as the others are filled in."""
        if not self.is_guided:
            return set(self.fields) - _ASKED
        off = {"more", *_ROUNDS}
        if not self.cleaned_data["net"]:
            off.add("net_to_gross")
        if not self.cleaned_data["extended"]:
            off |= {name for name in self.fields if name.endswith("_away")}
        return off

    def _three_rounds(self, **frame: Any) -> Request:
        # A blank round 1 is a fault of its own: the engine would take it for the other way. What
        # stands in for it is so large that no round 3 is held against it.
        self.missing("r1", "Enter round 1: how much money came in")
        data = self.cleaned_data
        r1 = data.get("r1")
        return Request(
            **frame,
            r1=MOST_PENCE // 100 if r1 is None else r1,
            r2=data.get("r2"),
            r3=data.get("r3"),
            r2_source=data.get("local_basis") or None,
            r3_source=data.get("again_basis") or None,
        )

    def line(self, kind: str, **more: Any) -> Line:
        data = self.cleaned_data
        # What was said, but where an assumed figure stands it is an assumption.
        said = "assumption" if self.is_assumed(f"{kind}_again") else data.get("again_basis")
        more |= {"local_source": data.get("local_basis") or None, "respend_source": said or None}
        if kind == "staff" and data["net"]:
            more |= {"pay_basis": "net", "net_to_gross": data.get("net_to_gross")}
        if data["extended"] and kind != "surplus":
            # What those elsewhere spend here: a blank is unknown, as ever.
            away = data.get(f"{kind}_away")
            more["nonlocal_respend"] = Spread(0, None, 1) if away is None else away
        return super().line(kind, **more)

    def _origins(self) -> tuple[Origin, ...]:
        if self.is_guided:
            more = ("away",) if self.cleaned_data["extended"] else ()
            return self.line_origins(self.result, *more)
        blank = (name for name in ("r2", "r3") if self.cleaned_data[name] is None)
        return tuple(Origin(str(self.fields[name].label), "left blank") for name in blank)

    @property
    def basis(self) -> tuple[str, ...]:
        """What else must be the same before two answers are compared, if it was said."""
        data = self.cleaned_data
        said = [data["year"]] if data["year"] else []
        if self.is_guided and data["net"]:
            said.append(
                "What staff spend again: a share of take-home pay, turned into one of gross pay"
            )
        return tuple(said)

    def filled_by(self, button: str) -> dict[str, str]:
        """Return the fields that a button fills in; none if it is no such button."""
        if button == "detail":
            if START.items() <= dict(self.data.items()).items():
                return START_LINES  # what the example's three numbers come from
            return {"how": GUIDED, "income": self.data.get("r1", "")}
        if button == "rounds":
            return {"how": QUICK, "r1": self.data.get("income", "")} | self._rounds_of_lines()
        if button == "more":
            return {"more": "on"}
        # All that was spent, as round 1: offered if more was spent than came in.
        if button == "spend" and self.is_valid() and self.result.lines:
            return {"income": plain_money(Fraction(self.result.spend, 100))}
        return {}

    def _rounds_of_lines(self) -> dict[str, str]:
        """Return rounds 2 and 3 to the penny, blank if they are not known."""
        if not self.is_valid():
            return {}
        found = {}
        for name, known in (("r2", self.result.r2), ("r3", self.result.r3)):
            pounds = Fraction(half_up_units(known.low, 1), 100)
            found[name] = plain_money(pounds) if known.is_certain else ""
        return found

    @property
    def html_id(self) -> str:
        """The id of the form element, for buttons outside it."""
        return str(self.auto_id) % "form"

    @property
    def outsiders(self) -> list[Any]:
        """The fields of extended mode."""
        return [self[f"{kind}_away"] for kind in SPENT]


for _kind in SPENT:
    CalculatorForm.base_fields[f"{_kind}_away"] = share(
        f"{KIND_NAMES[_kind]} elsewhere, per cent they spend in the area",
        initial="0" if _kind == "tax" else None,
    )
