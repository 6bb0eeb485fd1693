"""All the pictures of one answer, and what the answer rests on, from a valid form."""

from __future__ import annotations

from dataclasses import dataclass

from multiplier import charts
from multiplier.contract import Grade
from multiplier.figures import half_up
from multiplier.forms import CalculatorForm


@dataclass(frozen=True)
class Pictures:
    """The pictures below the money flow, and in words what the answer rests on."""

    charts: tuple[charts.Chart, ...]
    rests_on: str


def pictures(form: CalculatorForm) -> Pictures:
    """The rounds, the range, and what makes it where there is one."""
    result = form.result
    made = [charts.rounds(result), charts.range_(result)]
    if form.origins and not result.lm3.is_certain:
        found = form.method.tornado(form.request)
        swings = [(form.label_of(each.field), each.low, each.high) for each in found.swings]
        if swings:
            made.append(charts.tornado(swings, found.central, bool(found.halfway)))
    said = form.cleaned_data["local_basis"] or form.cleaned_data["again_basis"]
    return Pictures(tuple(made), rests_on(result.grade, bool(said)))


def rests_on(grade: Grade | None, said: bool) -> str:
    """How much of rounds 2 and 3 is known, and how."""
    if grade is None:
        return "Nothing is known to have been spent locally, so it rests on nothing yet."
    if not said:
        return "It was not said what the numbers rest on, so all of it counts as assumption."
    names = {
        "accounts": "on records",
        "survey": "on a survey",
        "assumption": "on assumption",
    }
    parts = [
        f"{half_up(getattr(grade, name) * 100, 0)}% {words}"
        for name, words in names.items()
        if getattr(grade, name)
    ]
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    return f"Of what was spent here in rounds 2 and 3, {listed}, as whoever typed it says."
