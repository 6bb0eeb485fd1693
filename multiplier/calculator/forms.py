"""The calculator's form, which makes one request to the engine."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils.functional import cached_property

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

# What each line includes, and what counts as local (lm3.md 1.4).
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
# Parts of a line: form name, engine name, label after the kind's name.
PARTS = (
    ("amount", "amount", "pounds a year"),
    ("local", "local_share", "per cent spent locally"),
    ("again", "respend", "per cent of the local part spent locally again"),
)
_FORM_NAMES = {engines: ours for ours, engines, _ in PARTS} | {"nonlocal_respend": "away"}
_ROUNDS = ("r1", "r2", "r3")
_BASES = ("local_basis", "again_basis", "year")
# Fields for three numbers. The others belong to the lines.
_ASKED = {"view", "area", "how", *_ROUNDS, *_BASES}
# Messages for people in place of the engine's own.
MESSAGES = {
    "E_VIEW": "Select whose money you are tracing",
    "E_AREA": f"Enter the area that counts as local, in {AREA_LENGTH} characters or fewer",
}


@dataclass(frozen=True)
class Origin:
    """A field that makes the answer a range, and the reason."""

    label: str
    why: str


def view_field() -> ChoiceField:
    """Make the field that asks whose money is round 1."""
    return radios("Whose money are you tracing?", choices=list(WHOSE.items()))


class EngineForm(Form):
    """A form that asks the engine, and shows the engine's errors at its fields."""

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
        """The Django forms submitted together."""
        return (self,)

    def missing(self, name: str, message: str, code: str | None = None) -> None:
        """Add an error to a blank field, unless it already has one."""
        if self.cleaned_data.get(name) is None and name not in self.errors:
            self.add_error(name, ValidationError(message, code=code))

    def take(self, fault: InputError) -> None:
        """Add an engine error to its field, unless it already has one."""
        name = self.field_of(fault.field)
        if name not in self.errors:
            message = MESSAGES.get(fault.code) or f"{self.fields[name].label}: {fault.message}"
            self.add_error(name, ValidationError(message, code=fault.code))

    def take_all(self, faults: InputErrors) -> None:
        """Add each engine error to its field."""
        for fault in faults.errors:
            self.take(fault)

    def field_of(self, engines: str) -> str:
        """Return the form field of an engine field."""
        return engines.partition(".")[0]  # a range names its end: respend.low

    def label_of(self, engines: str) -> str:
        """Return the label of an engine field, such as lines[0].respend."""
        return str(self.fields[self.field_of(engines)].label)

    def origin(self, name: str, *, blank_is_unknown: bool = True) -> Origin | None:
        """Return why a field makes a range, or None."""
        value, label = self.cleaned_data.get(name), str(self.fields[name].label)
        if isinstance(value, Spread):
            ends = fields.plain_share(Spread(value.low, None, value.high))
            return Origin(label, f"{'assumed' if self.is_assumed(name) else 'entered as'} {ends}%")
        if value is None and blank_is_unknown:
            return Origin(label, "left blank, so anything from 0% to 100%")
        return None

    def is_assumed(self, name: str) -> bool:
        """Whether a field holds the assumed figure that its button fills in."""
        kind, _, part = name.partition("_")
        value = self.cleaned_data.get(name)
        return part == "again" and kind in AGAIN and value == AGAIN[kind].share


class LinesForm(EngineForm):
    """An income and its lines. Subclasses ask the engine."""

    income = money(
        "Round 1: the money that came in, pounds a year",
        "The income or spending you are tracing, for one financial year.",
    )
    # Kinds with an amount, in the order of the engine's lines.
    used: tuple[str, ...] = ()

    def frame_and_lines(self, **frame: Any) -> Request:
        """Build a request from an income and lines. Add errors for missing values."""
        self.missing("income", "Enter round 1: how much money came in")
        self.used = tuple(self._kinds_in_use())
        if not self.used and not any(f"{kind}_amount" in self.errors for kind in KINDS):
            self.missing("staff_amount", "Enter what some of the money was spent on", "E_AMOUNT")
        income = self.cleaned_data.get("income")
        lines = tuple(map(self.line, self.used))
        return Request(income=1 if income is None else income, lines=lines, **frame)

    def _kinds_in_use(self) -> list[str]:
        """Return the kinds with an amount. Add an error for shares without one."""
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
        """Return the engine's line of a kind."""
        for ours, engines, _ in PARTS:
            more[engines] = self.cleaned_data.get(f"{kind}_{ours}")
        return Line(kind, **more)

    def field_of(self, engines: str) -> str:
        if not engines.startswith("lines["):
            return engines
        index, name = engines.removeprefix("lines[").split("].")
        name = super().field_of(name)
        return f"{self.used[int(index)]}_{_FORM_NAMES[name]}" if name in _FORM_NAMES else name

    def line_origins(self, result: Result, *more: str) -> tuple[Origin, ...]:
        """Return the reasons for a range by line: blanks, typed ranges and assumptions."""
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
        """Rows of the table, with the bound fields' values."""

        def cell(kind: str, part: str, label: str) -> dict[str, object]:
            field: Any = self[f"{kind}_{part}"]
            return {
                "name": field.html_name,
                "id": field.auto_id,
                "input": field.input_with_sign,
                "advice": field.advice_beside(KIND_NAMES[kind]),
                "label": label,
                "assumed": AGAIN.get(kind) if part == "again" else None,
            }

        return [
            {
                "id": f"{self['income'].auto_id}_{kind}",
                "name": KIND_NAMES[kind],
                "hint": KIND_HINTS[kind],
                "cells": [
                    cell(kind, part, label)
                    for part, _, label in PARTS
                    if f"{kind}_{part}" in self.fields
                ],
            }
            for kind in KINDS
        ]


for _kind in KINDS:
    for _part, _, _label in PARTS:
        _name, _label = f"{_kind}_{_part}", f"{KIND_NAMES[_kind]}, {_label}"
        if _part == "amount":
            LinesForm.declared_fields[_name] = money(_label)
        elif _kind != "surplus":
            _initial = "0" if _name == "tax_local" else None
            LinesForm.declared_fields[_name] = share(_label, initial=_initial)


class WayField(ChoiceField):
    """The way of entry: lines or three numbers. Buttons set it, so it has no errors."""

    def clean(self, value: str | None) -> str:
        """Return QUICK if asked for, else GUIDED."""
        return QUICK if value == QUICK else GUIDED


def _basis(label: str) -> ChoiceField:
    return ChoiceField(label=label, choices=[("", "Not said"), *BASES.items()])


class CalculatorForm(LinesForm):
    """The main question: whose money, where, and three rounds or an income with lines.

    A valid form has `result`, the engine's Result, and `origins`, the reasons for a range.
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
    # In the visitor's own words, repeated with the answer.
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

    @cached_property
    def is_guided(self) -> bool:
        """Whether the form asks for lines instead of three numbers."""
        return self["how"].value() != QUICK

    @property
    def put_aside(self) -> list[Any]:
        """Filled fields that are not shown, which are sent as hidden inputs."""
        shown = {"view", "area", "how"}
        if not self.is_guided:
            shown |= {*_ROUNDS, *_BASES} if self.has_more else {*_ROUNDS}
        elif self.has_more:
            shown |= set(self.fields) - {*_ROUNDS}
        else:
            shown |= {"income", *(f"{kind}_{part}" for kind in KINDS for part, *_ in PARTS)}
        return [self[name] for name in self.fields if name not in shown and self[name].value()]

    @cached_property
    def has_more(self) -> bool:
        """Whether to show the further options: one is in use, or a button asked for them."""
        names = ("more", *_BASES, "net", "extended") if self.is_guided else ("more", *_BASES)
        return any(self[name].value() for name in names)

    def clean(self) -> dict[str, Any]:
        """Ask the engine, and add its errors to the fields."""
        super().clean()
        data = self.cleaned_data
        # Ignore errors in the part that is not shown. Its text is kept.
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
        """Return the fields that this answer does not depend on."""
        if not self.is_guided:
            return set(self.fields) - _ASKED
        off = {"more", *_ROUNDS}
        if not self.cleaned_data["net"]:
            off.add("net_to_gross")
        if not self.cleaned_data["extended"]:
            off |= {name for name in self.fields if name.endswith("_away")}
        return off

    def _three_rounds(self, **frame: Any) -> Request:
        # Report a blank round 1 here, because the engine would expect lines instead. Its
        # stand-in is so large that no other round exceeds it.
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
        # An assumed figure counts as an assumption, whatever basis was chosen.
        said = "assumption" if self.is_assumed(f"{kind}_again") else data.get("again_basis")
        more |= {"local_source": data.get("local_basis") or None, "respend_source": said or None}
        if kind == "staff" and data["net"]:
            more |= {"pay_basis": "net", "net_to_gross": data.get("net_to_gross")}
        if data["extended"] and kind != "surplus":
            # A blank share of outsiders is unknown, like other blanks.
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
        """Further conditions that comparable answers share, if entered."""
        data = self.cleaned_data
        said = [data["year"]] if data["year"] else []
        if self.is_guided and data["net"]:
            said.append(
                "What staff spend again: a share of take-home pay, turned into one of gross pay"
            )
        return tuple(said)

    def filled_by(self, button: str) -> dict[str, str]:
        """Return the fields a button fills in; none for other buttons."""
        if button == "detail":
            if START.items() <= dict(self.data.items()).items():
                return START_LINES  # what the example's three numbers come from
            return {"how": GUIDED, "income": self.data.get("r1", "")}
        if button == "rounds":
            return {"how": QUICK, "r1": self.data.get("income", "")} | self._rounds_of_lines()
        if button == "more":
            return {"more": "on"}
        # Offer the total spent as round 1 if more was spent than came in.
        if button == "spend" and self.is_valid() and self.result.lines:
            return {"income": plain_money(Fraction(self.result.spend, 100))}
        return {}

    def _rounds_of_lines(self) -> dict[str, str]:
        """Return rounds 2 and 3 to the penny; blank if unknown."""
        if not self.is_valid():
            return {}
        found = {}
        for name, known in (("r2", self.result.r2), ("r3", self.result.r3)):
            pounds = Fraction(half_up_units(known.low, 1), 100)
            found[name] = plain_money(pounds) if known.is_certain else ""
        return found

    @property
    def html_id(self) -> str:
        """Id of the form element, for buttons outside it."""
        return str(self.auto_id) % "form"

    @property
    def outsiders(self) -> list[Any]:
        """Fields of the extended mode."""
        return [self[f"{kind}_away"] for kind in SPENT]


for _kind in SPENT:
    CalculatorForm.base_fields[f"{_kind}_away"] = share(
        f"{KIND_NAMES[_kind]} elsewhere, per cent they spend in the area",
        initial="0" if _kind == "tax" else None,
    )
