"""The calculator's four questions: how each is asked, judged, answered and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from django.forms import Field, Form
from django.urls import reverse

from multiplier import findings, methods
from multiplier.assumptions import AGAIN
from multiplier.fields import NumberField
from multiplier.forms import CalculatorForm
from multiplier.typed import plain_money, plain_share
from multiplier.what_if_forms import CheckForm, CompareForm, ShiftForm
from multiplier.words import pounds

# A CalculatorForm, ShiftForm, CheckForm or CompareForm: which one, the question says.
AnyForm = Any


_address = cache(reverse)  # asked for four times a page


@dataclass(frozen=True)
class Question:
    """One question: its name in addresses, its heading, its form and its finding."""

    name: str
    short: str
    title: str
    lead: str
    form_class: Callable[..., AnyForm]
    finding: Callable[[Any], findings.Finding] | None

    @property
    def url_name(self) -> str:
        """The name of the address it is asked at."""
        return f"multiplier:{self.name}"

    @property
    def address(self) -> str:
        """The address it is asked at."""
        return _address(self.url_name)

    @property
    def form_template(self) -> str:
        """The form's markup."""
        return "multiplier/_form.html" if self.finding is None else f"multiplier/_{self.name}.html"


QUESTIONS = {
    question.name: question
    for question in (
        Question(
            "calculator",
            "One multiplier",
            "How far does your money go, locally?",
            "Follow one income through three rounds of spending. Leave blank what you do not"
            " know: blank means unknown, and the answer shows how much hangs on it.",
            CalculatorForm,
            None,
        ),
        Question(
            "compare",
            "A beside B",
            "A beside B: who leaves more here?",
            "Two organisations, the same area, the same kind of money. What each adds beyond"
            " round 1, side by side, with no verdict.",
            CompareForm,
            findings.compare_finding,
        ),
        Question(
            "shift",
            "What if we moved spending?",
            "What if we moved spending to local suppliers?",
            "What an area would gain, with what suppliers elsewhere already spend there taken off.",
            ShiftForm,
            findings.shift_finding,
        ),
        Question(
            "check",
            "Can that figure be true?",
            "Can that figure be true?",
            "Type a multiplier that somebody claims, and see what would have to be so.",
            CheckForm,
            findings.check_finding,
        ),
    )
}


def forms_of(form: AnyForm) -> tuple[Form, ...]:
    """The Django forms that are sent together."""
    return form.forms if isinstance(form, CompareForm) else (form,)


def make(
    question: Question,
    data: Mapping[str, Any] | None = None,
    initial: Mapping[str, str] | None = None,
    method: methods.MethodVersion | None = None,
) -> AnyForm:
    """The question's form: empty, begun, or as sent."""
    return question.form_class(data, initial=initial, method=method)


def sent(question: Question, data: Any) -> AnyForm:
    """What was sent, with an assumed figure in it where its button was pressed."""
    do, _, name = data.get("do", "").partition(" ")
    if do == "spend":
        return _with_spend_as_round_1(question, data)
    kind = name.rpartition("-")[2].removesuffix("_again")
    if do != "assume" or kind not in AGAIN or not name.endswith("_again"):
        return make(question, data)
    typed = data.copy()
    typed[name] = AGAIN[kind].text
    # In the middle of filling in: the answer if there is one, but no faults.
    form = make(question, typed)
    return form if form.is_valid() else make(question, initial=typed.dict())


def _with_spend_as_round_1(question: Question, data: Any) -> AnyForm:
    """What was sent, with all that was spent for round 1: offered where more was spent."""
    form = make(question, data)
    if not isinstance(form, CalculatorForm) or not form.is_valid() or not form.result.lines:
        return form
    typed = data.copy()
    typed["income"] = plain_money(Fraction(form.result.spend, 100))
    return make(question, typed)


@dataclass(frozen=True)
class Typed:
    """One thing that was typed and read: under which name, and as people and programs read it."""

    name: str
    label: str
    text: str
    shown: str


def typed_in(form: AnyForm) -> Iterator[Typed]:
    """All that a valid form's answer depends on."""
    marks = ("", "A: ", "B: ") if isinstance(form, CompareForm) else ("",)
    for part, mark in zip(forms_of(form), marks, strict=True):
        unread = part.unread() if isinstance(part, CalculatorForm) else frozenset()
        for name, field in part.fields.items():
            value = part.cleaned_data.get(name)
            # Nought is typed, and equals False.
            if value is None or value is False or value == "" or name in unread:
                continue
            text, shown = _written(field, value)
            yield Typed(part.add_prefix(name), f"{mark}{field.label}", text, shown)


def _written(field: Field, value: Any) -> tuple[str, str]:
    if isinstance(field, NumberField):
        if field.is_share:
            return field.write(value), f"{plain_share(value)}%"
        return field.write(value), pounds(value * 100, whole=value % 1 == 0)
    if value is True:
        return "on", "yes"
    choices = dict(getattr(field, "choices", ()))
    text = str(value).strip()
    return text, str(choices.get(text, text))
