"""The number in a claimed figure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudies.figures import amount


@pytest.mark.parametrize(
    ("figure", "value", "unit"),
    [
        ("£2.52", "2.52", "GBP"),
        ("About £474 million", "474000000", "GBP"),
        ("£1.2m", "1200000", "GBP"),
        ("85p", "0.85", "GBP"),
        ("41%", "41", "%"),
        ("over 1,000", "1000", ""),
        ("150+", "150", ""),
        ("25 years", "25", "years"),
        ("13 thousand", "13000", ""),
        ("-3%", "-3", "%"),
        ("£44.1bn", "44100000000", "GBP"),
    ],
)
def test_figure_is_read_with_its_unit(figure, value, unit):
    found = amount(figure)

    assert found is not None
    assert (found.value, found.unit) == (Decimal(value), unit)


@pytest.mark.parametrize("figure", ["47% to 60%", "one in five", "", "2 of 3", "16 to 12"])
def test_figure_of_no_or_several_numbers_has_no_value(figure):
    assert amount(figure) is None


@given(st.integers(0, 10**12), st.sampled_from(["", "over ", "about ", "nearly "]))
def test_any_whole_number_is_read_back(number, before):
    assert amount(f"{before}£{number:,}").value == number
    assert amount(f"{before}{number}%").value == number


@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    found = amount(text)

    assert found is None or found.value.is_finite()
