"""The calculator's four questions: how each is asked and answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from django.urls import reverse

from multiplier.calculator import findings
from multiplier.calculator.assumptions import AGAIN
from multiplier.calculator.fields import plain_money
from multiplier.calculator.forms import CalculatorForm
from multiplier.calculator.what_if_forms import CheckForm, CompareForm, ShiftForm

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
    def address(self) -> str:
        """The address it is asked at."""
        return _address(f"multiplier:{self.name}")

    @property
    def form_template(self) -> str:
        """The form's markup."""
        return "multiplier/_form.html" if self.finding is None else f"multiplier/_{self.name}.html"


_ALL = (
    Question(
        "calculator",
        "One multiplier",
        "How far does your money go, locally?",
        "Follow one income through 3 rounds of spending. Leave a box blank if you do not know."
        " The answer shows how much depends on it.",
        CalculatorForm,
        None,
    ),
    Question(
        "compare",
        "Compare 2 organisations",
        "Compare 2 organisations: which leaves more in your area?",
        "Two organisations, the same area and the same type of money. See what each adds beyond"
        " round 1, side by side. We do not say which is better.",
        CompareForm,
        findings.compare_finding,
    ),
    Question(
        "shift",
        "What if we moved spending?",
        "What if we moved spending to local suppliers?",
        "See what an area would gain, after taking off what suppliers elsewhere already spend"
        " there.",
        ShiftForm,
        findings.shift_finding,
    ),
    Question(
        "check",
        "Is that figure possible?",
        "Is that figure possible?",
        "Enter a published multiplier to see what would need to be true.",
        CheckForm,
        findings.check_finding,
    ),
)
QUESTIONS = {question.name: question for question in _ALL}


def sent(question: Question, data: Any) -> AnyForm:
    """Return the form that was sent, with the figure in it that a button puts there."""
    form = question.form_class(data)
    do, _, name = data.get("do", "").partition(" ")
    typed = data.copy()
    if do == "spend":
        # All that was spent, for round 1: offered if more was spent than came in.
        if isinstance(form, CalculatorForm) and form.is_valid() and form.result.lines:
            typed["income"] = plain_money(Fraction(form.result.spend, 100))
            return question.form_class(typed)
        return form
    kind = name.rpartition("-")[2].removesuffix("_again")
    if do != "assume" or kind not in AGAIN or not name.endswith("_again"):
        return form
    typed[name] = AGAIN[kind].text
    # In the middle of filling in: the answer if there is one, but no errors.
    form = question.form_class(typed)
    return form if form.is_valid() else question.form_class(initial=typed.dict())
