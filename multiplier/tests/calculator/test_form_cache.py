"""Filling a form's markup in gives what its template would have written."""

import re

import pytest
from django.template.loader import get_template
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from multiplier.calculator import form_cache
from multiplier.calculator.examples import EXAMPLE
from multiplier.calculator.forms import CalculatorForm

TEMPLATE = "multiplier/_form.html"
FRAME = {"view": "council", "area": "Leeds", "how": "quick", "r1": "5"}
texts = st.text(max_size=12).filter(lambda text: "\0" not in text)


def both_ways(form) -> tuple[str, str]:
    """The form filled in, and as its template writes it; attributes in one order."""
    context = {"form": form, "action": "/there/", "fuller": True}
    whole = get_template(TEMPLATE).render(context)
    return tuple(map(in_one_order, (form_cache.render(TEMPLATE, context, form), whole)))


def in_one_order(markup: str) -> list[str]:
    """Tags with sorted attributes: the order of those is no matter."""
    return [
        " ".join(sorted(re.findall(r'[\w-]+="[^"]*"|[\w-]+', piece))) if piece[:1] == "<" else piece
        for piece in re.split(r"(<[^>]*>)", markup)
    ]


def test_an_empty_form_is_filled_with_what_it_starts_with():
    quick, whole = both_ways(CalculatorForm())

    assert quick == whole
    assert any('value="guided"' in tag and "checked" in tag.split() for tag in quick)


@pytest.mark.parametrize(
    "typed",
    [
        EXAMPLE,
        {**FRAME, "net": "on", "extended": "on", "local_basis": "survey", "again_basis": ""},
        {**FRAME, "r2": '5"><script>', "how": "quick", "income": "<&'"},
    ],
)
def test_a_form_that_was_sent_is_filled_with_what_was_typed(typed):
    form = CalculatorForm({**typed, "r2": typed.get("r2", "")})
    form.is_valid()

    quick, whole = both_ways(form)

    assert quick == whole


@given(st.dictionaries(st.sampled_from(["income", "staff_local", "other_again"]), texts))
@settings(max_examples=50)
def test_whatever_was_typed_is_filled_in_escaped(typed):
    form = CalculatorForm({**FRAME, **typed})
    assert form.is_valid()  # what is not asked for may be anything

    quick, whole = both_ways(form)

    assert quick == whole


def test_a_form_with_faults_is_written_by_its_template():
    form = CalculatorForm({**FRAME, "r1": "x"})
    assert not form.is_valid()

    assert "govuk-error-message" in form_cache.render(TEMPLATE, {"form": form, "action": ""}, form)


def test_two_forms_are_not_mixed_up():
    def shown(action, auto_id):
        form = CalculatorForm(auto_id=auto_id)
        return form_cache.render(TEMPLATE, {"form": form, "action": action}, form)

    assert 'id="one_r1"' in shown("/a/", "one_%s") and 'action="/a/#' in shown("/a/", "one_%s")
    assert 'id="two_r1"' in shown("/b/", "two_%s") and 'action="/b/#' in shown("/b/", "two_%s")


@override_settings(DEBUG=True)
def test_while_developing_forms_are_filled_in_the_same_way_but_nothing_is_cached():
    form_cache._skeleton.cache_clear()
    form = CalculatorForm(FRAME)
    assert form.is_valid()

    quick, whole = both_ways(form)

    assert quick == whole
    assert form_cache._skeleton.cache_info().currsize == 0


def test_an_option_of_nothing_is_chosen_where_nothing_is():
    form = CalculatorForm({**FRAME, "local_basis": "", "again_basis": "survey"})
    assert form.is_valid()

    markup = form_cache.render(TEMPLATE, {"form": form, "action": "", "fuller": True}, form)

    assert markup.count('<option value="" selected>') == 1
    assert markup.count('<option value="survey" selected>') == 1
    assert not {"\ue000", "\ue001", "\ue002"} & set(markup)
