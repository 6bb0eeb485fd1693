"""The other three questions: what if we moved spending, can that be true, A beside B."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from multiplier import methods, typed
from multiplier.contract import AREA_LENGTH, Request, Result
from multiplier.engine import Check, CheckResult, Comparison, Shift, ShiftResult, Tenth
from multiplier.fields import AreaField, ChoiceField, NumberField, money, share
from multiplier.figures import InputError, InputErrors, Number, Spread
from multiplier.filled import Blank
from multiplier.forms import MESSAGES, LinesForm, Origin, view_field

POUNDS, TOTAL, LOCAL = "pounds", "total", "local"
NAME_LENGTH = 60


class _AskingForm(forms.Form):
    """A form that asks one call of the engine and puts its faults at their fields."""

    result: Any
    origins: tuple[Origin, ...] = ()
    _engine_names: Mapping[str, str] = {}

    def __init__(
        self, *args: Any, method: methods.MethodVersion | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("auto_id", "multiplier_%s")
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.method = method or methods.current()

    def clean(self) -> dict[str, Any]:
        """Ask the engine even where something could not be read, so all faults are told at once."""
        super().clean()
        self.say_what_is_missing()
        try:
            self.result = self.ask()
        except InputErrors as faults:
            for fault in faults.errors:
                self._take(fault)
        return self.cleaned_data

    def say_what_is_missing(self) -> None:
        """Faults that the engine does not know of."""

    def ask(self) -> Any:
        """The engine's answer; what has a fault already counts as blank. Raises InputErrors."""
        raise NotImplementedError

    def missing(self, name: str, message: str) -> None:
        """Tell a blank field what it needs, unless it holds something unreadable."""
        if self.cleaned_data.get(name) is None and name not in self.errors:
            self.add_error(name, ValidationError(message))

    def _take(self, fault: InputError) -> None:
        name = self._engine_names.get(fault.field, fault.field.partition(".")[0])
        if name not in self.errors:
            message = f"{self.fields[name].label}: {fault.message}"
            self.add_error(name, ValidationError(message, code=fault.code))


class ShiftForm(_AskingForm):
    """Money moved from suppliers elsewhere to suppliers here.

    Valid, it has `result`, the engine's ShiftResult.
    """

    area = AreaField(AREA_LENGTH)
    how = ChoiceField(
        label="How do you say how much moves?",
        required=False,
        widget=forms.RadioSelect,
        initial=POUNDS,
        choices=[
            (POUNDS, "In pounds"),
            (TOTAL, "In points of the whole spend: “10% of everything”"),
            (LOCAL, "In per cent of what is local now: “10% more than today”"),
        ],
    )
    amount = money("Moved to local suppliers, pounds a year")
    part = share("How much moves, per cent")
    spend = money("The whole spend, pounds a year")
    local_share = share("Spent locally now, per cent of the whole")
    respend = share(
        "Local suppliers spend locally again, per cent of what they receive",
        "Leave blank if you do not know.",
    )
    nonlocal_respend = share(
        "Suppliers elsewhere spend in the area, per cent of what they receive",
        "Leave blank if you do not know: blank means unknown, never nothing.",
    )
    deadweight = share("Would have moved anyway, per cent (deadweight)")
    displacement = share("Taken from others in the area, per cent (displacement)")
    substitution = share("Replaces other local activity, per cent (substitution)")
    result: ShiftResult
    _engine_names = {
        "amount.part": "part",
        "amount.spend": "spend",
        "amount.local_share": "local_share",
    }
    TAKEN_OFF = ("deadweight", "displacement", "substitution")

    def clean_how(self) -> str:
        """Pounds unless a part was asked for."""
        how = self.cleaned_data["how"]
        return how if how in (TOTAL, LOCAL) else POUNDS

    def say_what_is_missing(self) -> None:
        area = self.cleaned_data.get("area") or ""
        if not area.strip() and "area" not in self.errors:
            self.add_error("area", ValidationError(MESSAGES["E_AREA"], code="E_AREA"))
        how = self.cleaned_data.get("how", POUNDS)
        unread = ("part", "spend", "local_share") if how == POUNDS else ("amount",)
        for name in unread:
            self.errors.pop(name, None)
        if how == POUNDS:
            return self.missing("amount", "Type how many pounds would move")
        self.missing("part", "Type how much would move, per cent")
        self.missing("spend", "Type the whole spend")
        self._no_ranges("part", "local_share")
        if how == LOCAL:
            self.missing("local_share", "Type how much is spent locally now, per cent")

    def _no_ranges(self, *names: str) -> None:
        for name in names:
            if isinstance(self.cleaned_data.get(name), Spread):
                message = f"{self.fields[name].label}: type one percentage here, not a range"
                self.add_error(name, ValidationError(message))

    def ask(self) -> ShiftResult:
        data = self.cleaned_data
        away = data.get("nonlocal_respend")
        self.origins = tuple(
            Origin(str(self.fields[name].label), why)
            for name in ("respend", "nonlocal_respend", *self.TAKEN_OFF)
            if (why := _why(data.get(name), name in self.TAKEN_OFF))
        )
        return self.method.shift(
            Shift(
                amount=self._moved(),
                respend=data.get("respend"),
                nonlocal_respend=Spread(0, None, 1) if away is None else away,
                **{name: data.get(name) for name in self.TAKEN_OFF},
            )
        )

    def _moved(self) -> Number | Tenth:
        data = self.cleaned_data
        how = data.get("how", POUNDS)
        if how == POUNDS:
            return data.get("amount")
        return Tenth(data.get("part"), how, data.get("spend"), data.get("local_share"))

    @property
    def takes_off(self) -> bool:
        """Whether anything is taken off for what would have happened anyway."""
        return any(self.cleaned_data[name] is not None for name in self.TAKEN_OFF)


def _why(value: Any, blank_is_nothing: bool) -> str:
    """Why a share makes a range; nothing where it does not."""
    if value is None:
        return "" if blank_is_nothing else "left blank, so anything from 0% to 100%"
    if isinstance(value, Spread):
        return f"typed as {typed.plain_share(Spread(value.low, None, value.high))}%"
    return ""


class CheckForm(_AskingForm):
    """A multiplier that somebody claims. Valid, it has `result`, a CheckResult."""

    claimed = NumberField(
        typed.multiple,
        label="The multiplier that is claimed, pounds for each £1",
        help_text="With the first £1 in it, like 2.52.",
    )
    respend = share(
        "What local people and firms spend locally again, per cent",
        "If you know or want to try one. Leave blank to see what it must be at least.",
    )
    result: CheckResult

    def say_what_is_missing(self) -> None:
        self.missing("claimed", "Type the multiplier that is claimed, like 2.52")

    def ask(self) -> CheckResult:
        data = self.cleaned_data
        return self.method.check(Check(data.get("claimed"), data.get("respend")))


class FrameForm(forms.Form):
    """What A and B must have in common: whose money, and which area."""

    view = view_field()
    area = AreaField(AREA_LENGTH)


class SideForm(LinesForm):
    """One of the two: its name, its income with lines, and its price."""

    name = forms.CharField(
        label="Name",
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    price = money("Price of the contract, pounds", "If they offer the same thing. May stay blank.")
    field_order = ["name", "income"]


class CompareForm:
    """A beside B: three Django forms that are sent and judged together.

    Valid, it has `result` (the engine's Comparison), and `a_result` and `b_result`.
    """

    result: Comparison
    a_result: Result
    b_result: Result

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        initial: dict[str, str] | None = None,
        method: methods.MethodVersion | None = None,
    ) -> None:
        self.method = method or methods.current()
        self.is_bound = data is not None
        auto: dict[str, Any] = {"auto_id": "multiplier_%s", "use_required_attribute": False}
        self.frame = FrameForm(data, initial=initial, **auto)
        self.a, self.b = (
            SideForm(data, prefix=prefix, initial=_of_side(initial, prefix), **auto)
            for prefix in ("a", "b")
        )
        self.forms = (self.frame, self.a, self.b)
        self._valid: bool | None = None

    def is_valid(self) -> bool:
        """Whether the engine could answer; its faults stand at their fields."""
        if self._valid is None:
            self._valid = self.is_bound and self._ask()
        return self._valid

    def _ask(self) -> bool:
        read = [form.is_valid() for form in self.forms]
        a, b = self._request(self.a), self._request(self.b)
        prices = {f"price_{side}": getattr(self, side).cleaned_data.get("price") for side in "ab"}
        try:
            self.result = self.method.compare(a, b, **prices)
            self.a_result, self.b_result = self.method.calculate(a), self.method.calculate(b)
        except InputErrors as faults:
            for fault in faults.errors:
                self._take(fault)
        return all(read) and not any(form.errors for form in self.forms)

    def _request(self, side: SideForm) -> Request:
        lines = side.check_lines()
        income = side.cleaned_data.get("income")
        frame = self.frame.cleaned_data
        return Request(
            view=frame.get("view") or "",
            area=frame.get("area") or "",
            income=1 if income is None else income,
            lines=lines,
        )

    def _take(self, fault: InputError) -> None:
        if fault.field.startswith("price_"):
            side = getattr(self, fault.field[-1])
            message = f"{side.fields['price'].label}: {fault.message}"
            if fault.code == "E_NOT_A_NUMBER":  # what was typed is a number: it is blank
                message = "Type both prices, or leave both blank"
            if "price" not in side.errors:
                side.add_error("price", ValidationError(message, code=fault.code))
            return
        prefix, _, field = fault.field.partition(".")
        if field in ("view", "area"):
            if field not in self.frame.errors:
                self.frame.add_error(field, ValidationError(MESSAGES[fault.code], code=fault.code))
            return
        getattr(self, prefix).take(InputError(fault.code, field, fault.message))

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The summary: where each fault is, and what it says."""
        names = {self.frame: "", self.a: "A: ", self.b: "B: "}
        return [
            (f"#{focus_of(form, name)}", f"{names[form]}{message}")
            for form in self.forms
            if form.is_bound
            for name, messages in form.errors.items()
            for message in messages
        ]

    @property
    def names(self) -> tuple[str, str]:
        """What A and B are called."""
        return self.a.cleaned_data.get("name") or "A", self.b.cleaned_data.get("name") or "B"

    @property
    def origins(self) -> tuple[Origin, ...]:
        """What makes the ranges of both."""
        found = []
        for name, side, result in zip(
            self.names, (self.a, self.b), (self.a_result, self.b_result), strict=True
        ):
            for origin in side.line_origins(result):
                found.append(Origin(f"{name}: {origin.label}", origin.why))
        return tuple(found)


def focus_of(form: forms.Form, name: str) -> str:
    """The id that a link to a field leads to: our forms' fields are portal.forms' own."""
    field: Any = form[name]
    return field.govuk_focus_id


def _of_side(initial: dict[str, str] | None, prefix: str) -> dict[str, str]:
    """The fields of one side, without its prefix."""
    if isinstance(initial, Blank):
        return initial
    start = f"{prefix}-"
    given = (initial or {}).items()
    return {name.removeprefix(start): text for name, text in given if name.startswith(start)}
