"""Forms of the other three questions: moved spending, a claimed figure, A and B."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form

from multiplier.calculator import fields
from multiplier.calculator.fields import NumberField, TextField, money, radios, share
from multiplier.calculator.forms import MESSAGES, EngineForm, LinesForm, Origin, view_field
from multiplier.engine import (
    Check,
    CheckResult,
    Comparison,
    InputError,
    InputErrors,
    Number,
    Result,
    Shift,
    ShiftResult,
    Spread,
    Tenth,
    methods,
)

POUNDS, TOTAL, LOCAL = "pounds", "total", "local"
NAME_LENGTH = 60


class _AskingForm(EngineForm):
    """A form that calls one function of the engine."""

    result: Any

    def clean(self) -> dict[str, Any]:
        """Ask the engine even after a parsing error, so that all errors show at once."""
        super().clean()
        self.say_what_is_missing()
        try:
            self.result = self.ask()
        except InputErrors as faults:
            self.take_all(faults)
        return self.cleaned_data

    def say_what_is_missing(self) -> None:
        """Add the errors that the engine cannot find."""

    def ask(self) -> Any:
        """Return the engine's answer. Fields with errors count as blank.

        Raises:
            InputErrors: With every error the engine finds.
        """
        raise NotImplementedError


class ShiftForm(_AskingForm):
    """Money moved from suppliers elsewhere to suppliers here.

    A valid form has `result`, the engine's ShiftResult.
    """

    area = fields.area()
    how = radios(
        "How will you say how much moves?",
        initial=POUNDS,
        choices=[
            (POUNDS, "In pounds"),
            (TOTAL, "As a share of all your spending: “10% of everything”"),
            (LOCAL, "As a share of what is local now: “10% more than today”"),
        ],
    )
    amount = money("Moved to local suppliers, pounds a year")
    part = share("How much moves, per cent")
    spend = money("All your spending, pounds a year")
    local_share = share("Spent locally now, per cent of all your spending")
    respend = share(
        "Local suppliers spend locally again, per cent of what they receive",
        "Leave blank if you do not know.",
    )
    nonlocal_respend = share(
        "Suppliers elsewhere spend in the area, per cent of what they receive",
        "Leave blank if you do not know. We treat blank as unknown, not zero.",
    )
    deadweight = share("Would have moved anyway, per cent (deadweight)")
    displacement = share("Taken from others in the area, per cent (displacement)")
    substitution = share("Replaces other local activity, per cent (substitution)")
    result: ShiftResult
    TAKEN_OFF = ("deadweight", "displacement", "substitution")

    def clean_how(self) -> str:
        """Return the chosen way, or POUNDS."""
        how = self.cleaned_data["how"]
        return how if how in (TOTAL, LOCAL) else POUNDS

    def field_of(self, engines: str) -> str:
        """Return the form field of an engine field, such as "amount.part"."""
        return super().field_of(engines.removeprefix("amount."))

    def say_what_is_missing(self) -> None:
        area = self.cleaned_data.get("area") or ""
        if not area.strip() and "area" not in self.errors:
            self.add_error("area", ValidationError(MESSAGES["E_AREA"], code="E_AREA"))
        how = self.cleaned_data.get("how", POUNDS)
        for name in ("part", "spend", "local_share") if how == POUNDS else ("amount",):
            self.errors.pop(name, None)  # not asked for: kept, unread
        if how == POUNDS:
            return self.missing("amount", "Enter how many pounds would move")
        self.missing("part", "Enter how much would move, per cent")
        self.missing("spend", "Enter all your spending, in pounds")
        for name in ("part", "local_share"):
            if isinstance(self.cleaned_data.get(name), Spread):
                message = f"{self.fields[name].label}: enter one percentage, not a range"
                self.add_error(name, ValidationError(message))
        if how == LOCAL:
            self.missing("local_share", "Enter how much is spent locally now, per cent")

    def ask(self) -> ShiftResult:
        data = self.cleaned_data
        how, away = data.get("how", POUNDS), data.get("nonlocal_respend")
        origins = [self.origin(name) for name in ("respend", "nonlocal_respend")]
        origins += [self.origin(name, blank_is_unknown=False) for name in self.TAKEN_OFF]
        self.origins = tuple(filter(None, origins))
        moved: Number | Tenth = data.get("amount")
        if how != POUNDS:
            moved = Tenth(data.get("part"), how, data.get("spend"), data.get("local_share"))
        return self.method.shift(
            Shift(
                amount=moved,
                respend=data.get("respend"),
                nonlocal_respend=Spread(0, None, 1) if away is None else away,
                **{name: data.get(name) for name in self.TAKEN_OFF},
            )
        )

    @property
    def takes_off(self) -> bool:
        """Whether the answer takes off what would have happened anyway."""
        return any(self.cleaned_data[name] is not None for name in self.TAKEN_OFF)


class CheckForm(_AskingForm):
    """A claimed multiplier. A valid form has `result`, a CheckResult."""

    claimed = NumberField(
        fields.read_multiple,
        label="The published multiplier, pounds for each £1",
        help_text="Include the first £1. For example, 2.52.",
    )
    respend = share(
        "What local people and firms spend locally again, per cent",
        "If you know it, or want to try a figure. Leave blank to see the lowest it can be.",
    )
    result: CheckResult

    def say_what_is_missing(self) -> None:
        self.missing("claimed", "Enter the published multiplier, like 2.52")

    def ask(self) -> CheckResult:
        data = self.cleaned_data
        return self.method.check(Check(data.get("claimed"), data.get("respend")))


class FrameForm(EngineForm):
    """Fields that A and B share: whose money, and which area."""

    view = view_field()
    area = fields.area()


class SideForm(LinesForm):
    """One side of the comparison: name, income with lines, and price."""

    name = TextField("Name", max_length=NAME_LENGTH)
    price = money(
        "Price of the contract, pounds", "If both offer the same thing. You can leave this blank."
    )
    field_order = ["name", "income"]


class CompareForm:
    """The comparison of A and B: three Django forms submitted and validated together.

    A valid form has `result` (the engine's Comparison), `a_result` and `b_result`.
    """

    result: Comparison
    a_result: Result
    b_result: Result

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, str] | None = None,
        method: methods.MethodVersion | None = None,
    ) -> None:
        self.method = method or methods.VERSIONS[-1]
        self.is_bound = data is not None
        self.frame = FrameForm(data, initial=initial)
        self.a, self.b = (
            SideForm(data, prefix=prefix, initial=_of_side(initial, prefix)) for prefix in "ab"
        )
        self.forms: tuple[Form, ...] = (self.frame, self.a, self.b)

    def is_valid(self) -> bool:
        """Whether the engine could answer. Adds its errors to the fields."""
        return self.is_bound and self._is_answered

    @cached_property
    def _is_answered(self) -> bool:
        read = [form.is_valid() for form in self.forms]
        frame = {name: self.frame.cleaned_data.get(name) or "" for name in ("view", "area")}
        a, b = self.a.frame_and_lines(**frame), self.b.frame_and_lines(**frame)
        prices = {f"price_{side}": getattr(self, side).cleaned_data.get("price") for side in "ab"}
        try:
            self.result = self.method.compare(a, b, **prices)
            self.a_result, self.b_result = self.method.calculate(a), self.method.calculate(b)
        except InputErrors as faults:
            for fault in faults.errors:
                self._take(fault)
        return all(read) and not any(form.errors for form in self.forms)

    def _take(self, fault: InputError) -> None:
        if fault.field.startswith("price_"):
            side = getattr(self, fault.field[-1])
            message = f"{side.fields['price'].label}: {fault.message}"
            if fault.code == "E_NOT_A_NUMBER":  # what was typed is a number: it is blank
                message = "Enter both prices, or leave both blank"
            if "price" not in side.errors:
                side.add_error("price", ValidationError(message, code=fault.code))
            return
        prefix, _, field = fault.field.partition(".")
        form = self.frame if field in ("view", "area") else getattr(self, prefix)
        form.take(InputError(fault.code, field, fault.message))

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Error summary: the place and text of each error."""
        fields_of_ours: list[tuple[Any, str]] = [(self.frame, ""), (self.a, "A: "), (self.b, "B: ")]
        return [
            (f"#{form[name].govuk_focus_id}", f"{mark}{message}")
            for form, mark in fields_of_ours
            if form.is_bound
            for name, messages in form.errors.items()
            for message in messages
        ]

    @property
    def names(self) -> tuple[str, str]:
        """Names of A and B."""
        return self.a.cleaned_data.get("name") or "A", self.b.cleaned_data.get("name") or "B"

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Reasons for the ranges of both."""
        sides = ((self.a, self.a_result), (self.b, self.b_result))
        return tuple(
            Origin(f"{name}: {origin.label}", origin.why)
            for name, (side, result) in zip(self.names, sides, strict=True)
            for origin in side.line_origins(result)
        )


def _of_side(initial: Mapping[str, str] | None, prefix: str) -> Mapping[str, str]:
    """Return one side's fields without its prefix."""
    start, given = f"{prefix}-", (initial or {}).items()
    return {name.removeprefix(start): text for name, text in given if name.startswith(start)}
