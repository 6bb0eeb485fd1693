"""Saved calculations: addresses that hold all values, so that we store nothing.

An address holds the question, the method version and the entered values. Opening it
calculates the result again by the same version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.forms import Field
from django.http import QueryDict
from django.urls import reverse

from multiplier.calculator.answers import Answer, answer_to, pictures
from multiplier.calculator.fields import NumberField, plain_share
from multiplier.calculator.findings import Finding
from multiplier.calculator.forms import CalculatorForm
from multiplier.calculator.questions import QUESTIONS, AnyForm, Question
from multiplier.charts.bars import Table
from multiplier.engine import methods
from multiplier.words import pounds

# Browsers and mail programs accept longer ones; ours cannot be longer than this.
LONGEST = 8_000
MOST_FIELDS = 200
_NO_ADDRESS = "This is not a link to a saved result. Those links contain /multiplier/result/"


class NotSaved(ValueError):
    """Raised for an address without a valid calculation. The message says why."""


@dataclass(frozen=True)
class Typed:
    """An entered value: its field name, and its text for people and programs."""

    name: str
    label: str
    text: str
    shown: str


@dataclass(frozen=True)
class SavedResult:
    """A calculation an address can repeat. Only `method` and `newer` work in an invalid form."""

    question: Question
    form: AnyForm

    @property
    def method(self) -> methods.MethodVersion:
        """Method version it is saved with."""
        return self.form.method

    @property
    def newer(self) -> methods.MethodVersion | None:
        """Current method version, if it is newer."""
        return methods.newer_than(self.method.number)

    @cached_property
    def typed(self) -> tuple[Typed, ...]:
        """Entered values that the answer depends on."""
        return tuple(_typed_in(self.form))

    @property
    def query(self) -> str:
        """Query string with the question, the method and the entered values."""
        held = [("of", self.question.name), ("method", self.method.number)]
        return urlencode([*held, *((each.name, each.text) for each in self.typed)])

    @property
    def path(self) -> str:
        """Permanent address, from the root of the site."""
        return f"{reverse('multiplier:result')}?{self.query}"

    @property
    def address(self) -> str:
        """Permanent full address."""
        return f"{settings.SITE_URL}{self.path}"

    @cached_property
    def outcome(self) -> Answer | Finding:
        """Content of the answer."""
        return (self.question.finding or answer_to)(self.form)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Tables of the page."""
        outcome = self.outcome
        if isinstance(outcome, Finding):
            return tuple(chart.table for chart in outcome.charts)
        return (outcome.table, *(chart.table for chart in pictures(self.form).charts))


def read(query: QueryDict) -> SavedResult:
    """Return the calculation in a query. Its form may have errors.

    Raises:
        NotSaved: If there is none.
    """
    question = QUESTIONS.get(query.get("of", ""))
    if question is None:
        raise NotSaved("This link does not say which question it answers.")
    method = methods.find(query.get("method", ""))
    if method is None:
        raise NotSaved("This link uses a version of the method we do not have.")
    return SavedResult(question, question.form_class(query, method=method))


def read_address(address: str) -> SavedResult:
    """Return the calculation in a full address.

    Raises:
        NotSaved: If it is not one of our addresses.
    """
    try:
        parts = urlsplit(address.strip()[:LONGEST])
        held = parse_qsl(parts.query, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise NotSaved(_NO_ADDRESS) from error
    if parts.path != reverse("multiplier:result"):
        raise NotSaved(_NO_ADDRESS)
    query = QueryDict(mutable=True)
    query.update(dict(held))
    return read(query)


def _typed_in(form: AnyForm) -> Iterator[Typed]:
    for part, mark in zip(form.forms, ("", "A: ", "B: "), strict=False):
        unread = part.unread() if isinstance(part, CalculatorForm) else frozenset()
        for name, field in part.fields.items():
            value = part.cleaned_data.get(name)
            # Keep a typed zero, which equals False.
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
    text = str(value).strip()
    return text, str(dict(getattr(field, "choices", ())).get(text, text))
