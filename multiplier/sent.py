"""What a visitor sent, as a form: for the page and for the frame."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from multiplier.assumptions import AGAIN
from multiplier.forms import CalculatorForm


def form_of(request: HttpRequest, initial: dict[str, str] | None = None) -> CalculatorForm:
    """The calculator's form, with an assumed figure in it where its button was pressed."""
    if request.method != "POST":
        return CalculatorForm(initial=initial)
    do, _, name = request.POST.get("do", "").partition(" ")
    if do != "assume" or (kind := name.removesuffix("_again")) not in AGAIN:
        return CalculatorForm(request.POST)
    typed = request.POST.copy()
    typed[name] = AGAIN[kind].text
    return _without_nagging(typed)


def _without_nagging(typed: QueryDict) -> CalculatorForm:
    """A form in the middle of being filled in: its answer if it has one, but no faults."""
    form = CalculatorForm(typed)
    return form if form.is_valid() else CalculatorForm(initial=typed.dict())
