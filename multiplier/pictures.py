"""All the pictures of one answer, and what the answer rests on, from a valid form."""

from __future__ import annotations

from dataclasses import dataclass

from multiplier import charts
from multiplier.forms import CalculatorForm


@dataclass(frozen=True)
class Pictures:
    """The pictures below the money flow."""

    charts: tuple[charts.Chart, ...]


def pictures(form: CalculatorForm) -> Pictures:
    """The rounds, the range, and what makes it where there is one."""
    made = [charts.rounds(form.result), charts.range_(form.result)]
    return Pictures(tuple(made))
