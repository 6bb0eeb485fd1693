"""The swings of what is uncertain, each against a number by hand."""

from dataclasses import replace
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multiplier.engine import Line, Spread, calculate, tornado
from multiplier.tests.builders import A, codes, provider, rounds

UNSURE = provider(
    [
        Line("staff", 300_000, "0.8", Spread("0.25", "0.35", "0.50")),
        Line("supplier", 120_000, Spread("0.2", "0.5", "0.6"), "0.5"),
        Line("premises", 40_000, 1, "0.3"),
        Line("tax", 20_000, 0),
        Line("surplus", 20_000),
    ]
)


def test_a_tornado_swings_one_input_at_a_time_about_the_central_case():
    made = tornado(UNSURE)

    assert made.central == calculate(UNSURE).lm3.exact == F(483, 250)
    assert [swing.field for swing in made.swings] == ["lines[1].local_share", "lines[0].respend"]
    supplier, staff = made.swings
    # 120/500 x (0.2 - 0.5) x 1.5 below, 120/500 x 0.1 x 1.5 above.
    assert (supplier.low, supplier.high) == (F("1.824"), F("1.968"))
    # 300/500 x 0.8 x 0.10 below, x 0.15 above.
    assert (staff.low, staff.high) == (F("1.884"), F("2.004"))
    assert made.halfway == ()


def test_a_swing_ends_where_a_calculation_with_that_end_does():
    for end, name in (("0.25", "low"), ("0.50", "high")):
        staff = replace(UNSURE.lines[0], respend=end)
        again = calculate(replace(UNSURE, lines=(staff, *UNSURE.lines[1:])))
        assert getattr(tornado(UNSURE).swings[1], name) == again.lm3.exact


def test_an_input_without_a_centre_is_held_half_way_and_is_named():
    made = tornado(provider([Line("staff", 100, None, None)], 100))

    assert made.central == F(7, 4)
    assert [(swing.field, swing.low, swing.high) for swing in made.swings] == [
        ("lines[0].local_share", 1, F(5, 2)),
        ("lines[0].respend", F(3, 2), 2),
    ]
    assert made.halfway == ("lines[0].local_share", "lines[0].respend")


def test_what_is_certain_or_cannot_matter_is_no_bar():
    assert tornado(A).swings == ()
    assert tornado(provider([Line("staff", 0), Line("tax", 5, 0)])).swings == ()


@pytest.mark.parametrize(
    ("request_", "central", "swings"),
    [
        (rounds(100, 50, None), F(7, 4), [("r3", F(3, 2), F(2))]),
        (rounds(100, None, 20), F(9, 5), [("r2", F(7, 5), F(11, 5))]),
        (rounds(100, None, None), F(7, 4), [("r2", F(1), F(5, 2)), ("r3", F(3, 2), F(2))]),
        (
            rounds(100, None, None, mode="extended"),
            F(2),
            [("r2", F(3, 2), F(5, 2)), ("r3", F(3, 2), F(5, 2))],
        ),
        (rounds(100, 50, 20), F(17, 10), []),
    ],
)
def test_blank_rounds_have_bars_too(request_, central, swings):
    made = tornado(request_)

    assert made.central == central
    assert [(swing.field, swing.low, swing.high) for swing in made.swings] == swings


@given(
    st.lists(
        st.builds(
            Line,
            st.sampled_from(["staff", "supplier"]),
            st.integers(0, 1000),
            st.none() | st.fractions(0, 1, max_denominator=20),
            st.none() | st.fractions(0, 1, max_denominator=20),
            st.none() | st.fractions(0, 1, max_denominator=20),
        ),
        max_size=4,
    )
)
def test_every_bar_lies_within_the_bounds_and_the_widest_is_first(lines):
    request = provider(lines, 5000, mode="extended")
    lm3, made = calculate(request).lm3, tornado(request)

    assert lm3.low <= made.central <= lm3.high
    for swing in made.swings:
        assert lm3.low <= swing.low < swing.high <= lm3.high
    widths = [swing.swing for swing in made.swings]
    assert widths == sorted(widths, reverse=True)


def test_a_tornado_of_nonsense_tells_its_faults():
    assert codes(lambda: tornado(provider([Line("gift", -1)], 0))) == {
        "income": "E_INCOME_ZERO",
        "lines[0].kind": "E_KIND",
        "lines[0].amount": "E_AMOUNT",
    }
