"""Shift, check and compare: the other calculations of the specification."""

from decimal import Decimal
from fractions import Fraction as F

import pytest

from multiplier.engine import (
    Check,
    Line,
    Request,
    Shift,
    Spread,
    Tenth,
    calculate,
    check,
    compare,
    shift,
)
from multiplier.tests.builders import A, B, codes, provider


def test_s1_ten_per_cent_of_forty_billion():
    result = shift(Shift(4_000_000_000, ".76", ".36"))

    assert result.extra.exact == 5_600_000_000 * 100


def test_s2_a_million_net_of_and_ignoring_what_others_spend_here():
    result = shift(Shift(1_000_000, ".76", ".36"))

    assert result.extra.exact == 1_400_000 * 100
    assert result.ignoring_nonlocal.exact == 1_760_000 * 100
    assert result.net.exact == result.extra.exact


def test_northumberland_2005_comes_out_at_34_million():
    implied = F(34_000_000, 140) * 1000  # £242.9m of spend, of which a tenth moves
    moved = Shift(str(round(float(implied) / 10, 2)), ".76", ".36")

    assert abs(shift(moved).extra.exact - 34_000_000 * 100) < 100


def test_n1_what_would_have_happened_anyway_comes_off():
    result = shift(Shift(30_000, ".5", deadweight=".2", displacement=".25"))

    assert result.extra.exact == 45_000 * 100
    assert result.net.exact == 27_000 * 100


def test_a_shift_with_an_unknown_rate_gives_a_range():
    result = shift(Shift(100, None, Spread(0, ".1", ".4"), substitution=".5"))

    assert result.extra.exact is None
    assert (result.extra.low, result.extra.high) == (60 * 100, 200 * 100)
    assert (result.net.low, result.net.high) == (30 * 100, 100 * 100)
    assert (result.ignoring_nonlocal.low, result.ignoring_nonlocal.high) == (
        10_000,
        20_000,
    )


def test_a_shift_tells_all_its_faults_at_once():
    found = codes(lambda: shift(Shift(-1, "2", "x", deadweight="1.5")))

    assert found == {
        "amount": "E_AMOUNT",
        "respend": "E_RATE",
        "nonlocal_respend": "E_NOT_A_NUMBER",
        "deadweight": "E_RATE",
    }


def test_x1_what_252_needs():
    result = check(Check("2.52", ".35"))

    assert result.respend_min == F(52, 100)
    assert result.local_share_min == F(76, 100)
    assert result.equal_rate == Decimal("0.8304")
    assert result.local_share_needed == F(152, 135)
    assert not result.possible


def test_a_claim_without_a_rate_is_possible_up_to_three():
    assert check(Check(3)).possible
    assert check(Check(3)).local_share_needed is None
    assert not check(Check("3.01")).possible
    assert check(Check(1)).respend_min == 0


@pytest.mark.parametrize(
    ("claimed", "rate"),
    [
        (1, "0.0000"),
        (3, "1.0000"),
        ("1.75", "0.5000"),
        ("2.44", "0.8000"),
        (2, "0.6180"),
    ],
)
def test_the_equal_rate_is_the_root_to_four_places(claimed, rate):
    assert str(check(Check(claimed)).equal_rate) == rate


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (Check("0.99"), {"claimed": "E_CLAIMED"}),
        (Check(1001), {"claimed": "E_CLAIMED"}),
        (Check("x", "y"), {"claimed": "E_NOT_A_NUMBER", "respend": "E_NOT_A_NUMBER"}),
        (Check(2, 2), {"respend": "E_RATE"}),
    ],
)
def test_a_claim_that_cannot_be_one_is_refused(claim, expected):
    assert codes(lambda: check(claim)) == expected


def test_a_beside_b_differs_by_242_500_pounds():
    result = compare(A, B, price_a=510_000, price_b=500_000)

    assert result.difference.exact == 242_500 * 100
    assert result.cost_per_extra_local_pound == F(10_000, 242_500)
    assert not result.overlap


def test_without_prices_or_a_known_gain_there_is_no_cost_of_a_local_pound():
    unknown = provider([Line("staff", 500_000, None, None)])

    assert compare(A, B).cost_per_extra_local_pound is None
    assert compare(B, A, price_a=2, price_b=1).cost_per_extra_local_pound is None
    beside = compare(unknown, B, price_a=2, price_b=1)
    assert beside.cost_per_extra_local_pound is None
    assert beside.overlap
    gains = calculate(unknown).gain, calculate(B).gain
    assert beside.difference.low == gains[0].low - gains[1].high


def test_unlike_things_are_not_compared():
    other = Request("council", "Leeds", mode="extended", r1=1, r2=1, r3=1)

    found = codes(lambda: compare(A, other))

    assert found == {"b.view": "E_VIEW", "b.area": "E_AREA", "b.mode": "E_MODE"}


def test_the_same_area_may_be_typed_in_another_way():
    again = provider(list(B.lines))
    spelt = Request("provider", " bradford  District", income=500_000, lines=again.lines)

    assert compare(A, spelt).difference.exact == 242_500 * 100


def test_faults_of_both_sides_are_told_at_once_with_their_side():
    a = Request("provider", "Leeds", income=0)
    b = Request("provider", "Leeds", r1=1, r2=1, r3=2)

    found = codes(lambda: compare(a, b, price_a="x", price_b=None))

    assert found == {
        "a.income": "E_INCOME_ZERO",
        "b.r3": "E_R3_GT_R2",
        "price_a": "E_NOT_A_NUMBER",
        "price_b": "E_NOT_A_NUMBER",
    }


# ---- Shift: a tenth of what? ------------------------------------------------


def test_a_tenth_of_the_whole_is_far_from_a_tenth_more_than_now():
    """S = £100m, p = 30%, 76p and 36p: £14.0m against £4.2m."""
    whole = shift(Shift(Tenth(".1", "total", 100_000_000, ".3"), ".76", ".36"))
    more = shift(Shift(Tenth(".1", "local", 100_000_000, ".3"), ".76", ".36"))

    assert whole.extra.exact == 14_000_000 * 100
    assert more.extra.exact == 4_200_000 * 100
    assert more.amount == 3_000_000 * 100


def test_what_moves_cannot_be_more_than_what_is_spent_elsewhere():
    at_most = Shift(Tenth(".7", "total", 100, ".3"), 0)
    too_much = Shift(Tenth(".71", "total", 100, ".3"), 0)

    assert shift(at_most).amount == 70 * 100
    assert codes(lambda: shift(too_much)) == {"amount.part": "E_SHIFT_GT_NONLOCAL"}
    assert shift(Shift(Tenth(1, "total", 100), 0)).amount == 100 * 100


def test_a_tenth_of_nothing_known_is_refused():
    assert codes(lambda: shift(Shift(Tenth(None, "local", "x"), ".5"))) == {
        "amount.part": "E_NOT_A_NUMBER",
        "amount.spend": "E_NOT_A_NUMBER",
        "amount.local_share": "E_NOT_A_NUMBER",
    }
    assert codes(lambda: shift(Shift(Tenth(".1", "", 1), ".5")))["amount.of"] == "E_OF"


def test_two_sums_overlap_where_neither_is_known_to_be_more():
    """With incomes that differ it is the pounds that count, as they do in the difference."""
    small = provider([Line("staff", 100, Spread("0.1", "0.2", "0.3"), 0)], 100)
    large = provider([Line("staff", 1000, Spread("0.1", "0.2", "0.3"), 0)], 1000)

    beside = compare(large, small)

    assert not beside.overlap
    assert beside.difference.low == (100 - 30) * 100
    assert compare(small, small).overlap


def test_northumberland_2013_reads_ten_per_cent_as_of_what_is_local():
    moved = shift(Shift(Tenth(".1", "local", 400_000_000, ".3375"), 0))

    assert moved.amount == 13_500_000 * 100
