from decimal import Decimal
from fractions import Fraction as F

import pytest

from multiplier.engine.contract import Estimate, half_up, times


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (F("2.675"), "2.68"),
        (F("1.005"), "1.01"),
        (F("1.004999"), "1.00"),
        (F(-1, 200), "-0.01"),
        (F(-1, 1000), "0.00"),
        (F(2, 3), "0.67"),
        (10**40, f"1{'0' * 40}.00"),
    ],
)
def test_rounding_is_half_up_on_the_exact_value(value, shown):
    assert str(half_up(value)) == shown


def test_rounding_to_whole_numbers_shows_no_point():
    assert str(half_up(F(5, 2), 0)) == "3"


def test_nothing_of_an_unknown_is_nothing_and_any_other_part_is_unknown():
    assert times(None, 0, None) == 0
    assert times(None, 1) is None
    assert times(F(1, 2), 4) == 2


def test_what_a_whole_leaves_turns_the_bounds_round():
    left = 10 - Estimate(F(3), F(2), F(5))

    assert left == Estimate(F(7), F(5), F(8))


def test_an_unknown_claims_its_low_bound_and_shows_no_rounded_value():
    unknown = Estimate(None, F(1), F(2))

    assert unknown.claim == 1
    assert unknown.rounded is None
    assert not unknown.is_certain
    assert (unknown / 2).exact is None
    assert Estimate.of(F(1, 3)).rounded == Decimal("0.33")
