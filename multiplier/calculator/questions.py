"""The calculator's four questions, with their forms and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property

from multiplier.calculator import findings
from multiplier.calculator.forms import CalculatorForm
from multiplier.calculator.what_if_forms import CheckForm, CompareForm, ShiftForm

# CalculatorForm, ShiftForm, CheckForm or CompareForm, depending on the question.
AnyForm = Any


@dataclass(frozen=True)
class Question:
    """A question with its address, form and finding. The first has no finding."""

    name: str
    form_template: str
    short: str
    title: str
    lead: str
    form_class: Callable[..., AnyForm]
    finding: Callable[[Any], findings.Finding] | None

    @cached_property
    def address(self) -> str:
        """Path of its page."""
        return reverse(f"multiplier:{self.name}")


_ALL = (
    Question(
        "calculator",
        "multiplier/_form.html",
        "One multiplier",
        "How far does your money go, locally?",
        "Follow one income through 3 rounds of spending. Leave a box blank if you do not know."
        " The answer shows how much depends on it.",
        CalculatorForm,
        None,
    ),
    Question(
        "compare",
        "multiplier/_compare.html",
        "Compare 2 organisations",
        "Compare 2 organisations: which leaves more in your area?",
        "Two organisations, the same area and the same type of money. See what each adds beyond"
        " round 1, side by side. We do not say which is better.",
        CompareForm,
        findings.compare_finding,
    ),
    Question(
        "shift",
        "multiplier/_shift.html",
        "What if we moved spending?",
        "What if we moved spending to local suppliers?",
        "See what an area would gain, after taking off what suppliers elsewhere already spend"
        " there.",
        ShiftForm,
        findings.shift_finding,
    ),
    Question(
        "check",
        "multiplier/_check.html",
        "Is that figure possible?",
        "Is that figure possible?",
        "Enter a published multiplier to see what would need to be true.",
        CheckForm,
        findings.check_finding,
    ),
)
QUESTIONS = {question.name: question for question in _ALL}
