"""Keeping a calculation: an address that holds all of it, so that nothing is stored here.

The address holds the question, the version of the method, and what was typed, in plain
numbers. Opened again it is worked out again, by the same version of the method.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from multiplier import methods, questions
from multiplier.questions import QUESTIONS, AnyForm, Question

# Browsers and mail programs take longer ones; ours have at most this with every field full.
LONGEST = 8_000
MOST_FIELDS = 200
_NO_ADDRESS = "This is no address of a kept result: such a one has /multiplier/result/ in it."


class NotKept(ValueError):
    """The address holds no calculation that can be worked out; the text says why."""


@dataclass(frozen=True)
class Kept:
    """A kept calculation, worked out again."""

    question: Question
    form: AnyForm

    @property
    def method(self) -> methods.MethodVersion:
        """The version that it is kept with."""
        return self.form.method

    @property
    def newer(self) -> methods.MethodVersion | None:
        """The present version of the method, if that is another one."""
        return methods.newer_than(self.method.number)

    @property
    def query(self) -> str:
        """The question, the method and what was typed, as an address holds them."""
        return query_of(self.question, self.form)

    @property
    def address(self) -> str:
        """The permanent address, whole."""
        return f"{settings.SITE_URL}{path_of(self.question, self.form)}"


def query_of(question: Question, form: AnyForm) -> str:
    """What an address needs to hold for a valid form."""
    held = [("of", question.name), ("method", form.method.number)]
    held += [(each.name, each.text) for each in questions.typed_in(form)]
    return urlencode(held)


def path_of(question: Question, form: AnyForm) -> str:
    """The permanent address of a valid form, from the root of the site."""
    return f"{reverse('multiplier:result')}?{query_of(question, form)}"


def read(query: QueryDict) -> Kept:
    """The calculation that a query holds; its form may have faults. Raises NotKept."""
    question = QUESTIONS.get(query.get("of", ""))
    if question is None:
        raise NotKept("This address holds no calculation: it does not say which question.")
    method = methods.find(query.get("method", ""))
    if method is None:
        raise NotKept("This address names a version of the method that this site does not have.")
    return Kept(question, questions.make(question, query, method=method))


def read_address(address: str) -> Kept:
    """The calculation that a whole address holds, if it is one of ours. Raises NotKept."""
    try:
        parts = urlsplit(address.strip()[:LONGEST])
        held = parse_qsl(parts.query, max_num_fields=MOST_FIELDS)
    except ValueError as fault:
        raise NotKept(_NO_ADDRESS) from fault
    if parts.path != reverse("multiplier:result"):
        raise NotKept(_NO_ADDRESS)
    query = QueryDict(mutable=True)
    query.update(dict(held))
    return read(query)
