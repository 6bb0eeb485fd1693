"""What the engine offers beyond the four calls of the API: each against a number by hand."""

import math
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction as F

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from multiplier.engine import (
    Line,
    Mix,
    Request,
    Shift,
    Spread,
    Survey,
    Tenth,
    calculate,
    compare,
    council_view,
    keynes,
    means,
    mix_change,
    shift,
    simulate,
    survey,
    theory_of,
    tornado,
)
from multiplier.simulation import mulberry32
from multiplier.student import t_quantile
from multiplier.tests.builders import A, B, codes, community_lines, provider, rounds


def test_the_engine_needs_no_package_at_all():
    """-S: no site-packages, so that only Python's own library can be imported."""
    alone = [sys.executable, "-S", "-c", "import multiplier.engine, multiplier.wire"]

    subprocess.run(alone, cwd=settings.BASE_DIR, check=True, timeout=60)


# ---- Tornado -----------------------------------------------------------------------------

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


# ---- Surveys -----------------------------------------------------------------------------

NEF = ("0.421", "0.505", "0.631", "0.378", "0.336")


def test_nefs_averaging_sheet_comes_out():
    result = survey(Survey(NEF))

    assert result.mean == F("0.4542")
    assert result.replies == 5
    assert result.warnings == ()
    assert result.weighted is None


def test_the_interval_is_students_with_the_finite_population():
    """s² of the five is 0.0134427; t(4) = 2.7764; (10 - 5)/(10 - 1) of the variance."""
    values = [float(share) for share in NEF]
    mean = sum(values) / 5
    s = math.sqrt(sum((value - mean) ** 2 for value in values) / 4)

    whole, part = survey(Survey(NEF)), survey(Survey(NEF, population=10))

    reach = 2.776445105 * s / math.sqrt(5)
    assert float(whole.high - whole.mean) == pytest.approx(reach, abs=1e-6)
    assert float(part.mean - part.low) == pytest.approx(reach * math.sqrt(5 / 9), abs=1e-6)
    assert part.spread == Spread(part.low, part.mean, part.high)


def test_those_who_did_not_reply_make_the_worst_and_the_best_case():
    """M1: 5 of 10 replied with 45.42%: 22.71% if the others spend nothing here, 72.71% if all."""
    result = survey(Survey(NEF, population=10))

    assert (result.worst, result.best) == (F("0.2271"), F("0.7271"))


def test_pay_may_weigh_the_replies():
    """W1: £10,000 at 50% and £30,000 at 30% is 35%, where the plain mean is 40%."""
    result = survey(Survey(("0.5", "0.3"), weights=(10_000, 30_000)))

    assert (result.mean, result.weighted) == (F(2, 5), F(7, 20))


def test_all_replied_leaves_nothing_open_and_one_reply_nearly_all():
    assert survey(Survey(("0.2", "0.4"), population=2)).low == F(3, 10)
    one = survey(Survey(("0.4",)))
    assert (one.low, one.high, one.worst, one.best) == (0, 1, 0, 1)
    assert one.warnings == ("W_SMALL_SURVEY",)


def test_the_interval_stays_within_nothing_and_all():
    wild = survey(Survey(("0", "1")))

    assert (wild.low, wild.high) == (0, 1)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (Survey(()), {"shares": "E_SURVEY"}),
        (Survey((None, "1.5")), {"shares[0]": "E_NOT_A_NUMBER", "shares[1]": "E_RATE"}),
        (Survey((".5", ".5"), population=1), {"population": "E_SURVEY"}),
        (Survey((".5",), population="1.5"), {"population": "E_NOT_A_NUMBER"}),
        (Survey((".5",), population="x"), {"population": "E_NOT_A_NUMBER"}),
        (Survey((".5",), weights=(1, 2)), {"weights": "E_SURVEY"}),
        (Survey((".5",), weights=(0,)), {"weights": "E_SURVEY"}),
        (Survey((".5",), weights=(-1,)), {"weights[0]": "E_AMOUNT"}),
        (Survey((".5",), confidence=1), {"confidence": "E_SURVEY"}),
        (Survey((".5",), confidence="x"), {"confidence": "E_NOT_A_NUMBER"}),
    ],
)
def test_a_survey_that_cannot_be_is_refused(answers, expected):
    found = codes(lambda: survey(answers))

    assert {field: found[field] for field in expected} == expected


@pytest.mark.parametrize(
    ("confidence", "degrees", "t"),
    [
        (0.95, 1, 12.7062),
        (0.95, 2, 4.3027),
        (0.95, 4, 2.7764),
        (0.95, 30, 2.0423),
        (0.90, 10, 1.8125),
        (0.99, 3, 5.8409),
        (0.95, 200, 1.9719),
        (0.95, 1000, 1.9623),
    ],
)
def test_students_t_is_that_of_the_tables(confidence, degrees, t):
    assert round(t_quantile(confidence, degrees), 4) == t


def test_the_two_ways_to_students_t_meet():
    assert t_quantile(0.95, 200) > t_quantile(0.95, 201) > t_quantile(0.95, 202)
    assert t_quantile(0.95, 200) - t_quantile(0.95, 201) < 1e-4


# ---- Several providers, and the council's view ---------------------------------------------


def test_the_plain_mean_counts_providers_and_the_weighted_mean_pounds():
    small = replace(B, income=500_000)
    large = provider([Line("staff", 1_500_000, "0.5", "0.4")], 1_500_000)

    found = means([A, small, large])

    assert found.plain.exact == (F(483, 250) + F(1447, 1000) + F(17, 10)) / 3
    assert found.weighted.exact == 1 + F(466_000 + 223_500 + 1_050_000, 2_500_000)
    assert len(found.results) == 3


def test_a_mean_has_the_range_of_what_it_is_made_of():
    unknown = provider([Line("staff", 500_000, None, 0)])

    found = means([A, unknown])

    assert found.plain.exact is None
    assert found.plain.low == (F(483, 250) + 1) / 2
    assert found.weighted.high == (F(483, 250) + 2) / 2


def test_there_is_no_mean_of_unlike_things_or_of_nothing():
    other = Request("council", "Leeds", mode="extended", r1=1, r2=1, r3=0)

    assert codes(lambda: means([A, other])) == {
        "requests[1].view": "E_VIEW",
        "requests[1].area": "E_AREA",
        "requests[1].mode": "E_MODE",
    }
    assert codes(lambda: means([])) == {"requests": "E_NONE"}


def test_the_same_facts_seen_from_the_council():
    """The method's example: A is 2.68 for a council that pays it, B 1.33."""
    assert council_view(A, local_share=1).exact == F("2.68")
    assert council_view(B, local_share=0, nonlocal_respend="0.33").exact == F("1.33")
    half = council_view(A, local_share="0.5", nonlocal_respend="0.36")
    assert half.exact == 1 + F("0.5") + F("0.5") * F("0.68") + F("0.5") * F("0.36")


def test_the_councils_view_of_an_unknown_is_a_range():
    found = council_view(A, local_share=None)

    assert (found.exact, found.low, found.high) == (None, 1, F("2.68"))
    assert council_view(A, local_share=Spread("0", None, "0")).exact == 1


def test_only_a_provider_can_be_seen_from_a_council():
    other = Request("household", "Leeds", r1=1, r2=1, r3=1)

    assert codes(lambda: council_view(other, local_share=2)) == {
        "view": "E_VIEW",
        "local_share": "E_SHARE",
    }


# ---- Data grade ----------------------------------------------------------------------------


def test_t06_with_round_2_measured_rests_on_accounts_for_73_per_cent():
    lines = [replace(line, local_source="accounts") for line in community_lines()]

    grade = calculate(provider(lines)).grade

    assert (grade.accounts, grade.survey, grade.assumption) == (F(340, 466), 0, F(126, 466))


def test_a_survey_counts_as_one_and_silence_as_an_assumption():
    lines = [
        Line("staff", 100, "0.5", "0.2", survey_size=9),
        Line("other", 100, ".5", ".2", ".1", nonlocal_respend_source="survey"),
    ]

    grade = calculate(provider(lines, 200, mode="extended")).grade

    assert (grade.accounts, grade.survey, grade.assumption) == (0, F(15, 125), F(110, 125))
    assert calculate(A).grade.assumption == 1


def test_rounds_have_sources_too_and_nothing_has_no_grade():
    told = rounds(100, 60, 40, r2_source="accounts", r3_source="survey")

    assert calculate(told).grade.accounts == F(3, 5)
    assert calculate(rounds(100, 0, 0)).grade is None
    assert codes(lambda: calculate(replace(told, r2_source="hearsay"))) == {"r2_source": "E_SOURCE"}


def test_the_area_is_a_name_of_printable_letters():
    for area in ("a\0b", "a\nb", "\ud800"):
        assert codes(lambda area=area: calculate(replace(A, area=area))) == {"area": "E_AREA"}
    assert calculate(replace(A, area=" Ynys Môn\u00a0 ")).area == "Ynys Môn"


# ---- Shift: a tenth of what? And a change of mix ------------------------------------------------


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


def test_the_change_of_mix_of_fsb_and_cles_comes_within_what_they_published():
    """Published: £788m. With unrounded rates £789.9m, with 63p and 40p £784.0m."""
    before = Mix(8_700_000_000, F(41, 87))
    after = Mix(10_105_000_000, F(41, 87) + F(3, 100))

    fine = mix_change(before, after, small=F(260, 410), large=F(186, 460))
    coarse = mix_change(before, after, small="0.63", large="0.40")

    assert round(fine / 100 / 10**5) == 7899
    assert round(coarse / 100 / 10**5) == 7840


def test_a_mix_of_nonsense_is_refused():
    assert codes(lambda: mix_change(Mix(-1, None), Mix(1, 2), small=None, large=2)) == {
        "small": "E_NOT_A_NUMBER",
        "large": "E_RATE",
        "before.local": "E_AMOUNT",
        "before.small_share": "E_NOT_A_NUMBER",
        "after.small_share": "E_SHARE",
    }


def test_two_sums_overlap_where_neither_is_known_to_be_more():
    """With incomes that differ it is the pounds that count, as they do in the difference."""
    small = provider([Line("staff", 100, Spread("0.1", "0.2", "0.3"), 0)], 100)
    large = provider([Line("staff", 1000, Spread("0.1", "0.2", "0.3"), 0)], 1000)

    beside = compare(large, small)

    assert not beside.overlap
    assert beside.difference.low == (100 - 30) * 100
    assert compare(small, small).overlap


# ---- What others published comes out of their own numbers --------------------------------------


def test_esh_group_is_238_since_its_357_million_contain_the_income():
    assert calculate(rounds("150000000", "150000000", "57000000")).lm3.exact == F(357, 150)


@pytest.mark.parametrize(
    ("first", "second", "published"), [(".895", ".2179", "2.09"), (".885", ".0621", "1.94")]
)
def test_barcelonas_incomes_in_rec_and_in_euros(first, second, published):
    line = Line("other", 1000, first, second)
    paid = Request("household", "Barcelona", income=1000, lines=(line,))

    assert calculate(paid).lm3.rounded == Decimal(published)


def test_kirklees_staff_spend_35p_of_each_pound_of_take_home_pay():
    """224 people with £22,018 each; £1,726,208 of it spent in the area."""
    pay = 224 * 22_018

    found = calculate(provider([Line("staff", pay, 1, F(1_726_208, pay))], pay))

    assert round(float(found.lm3.exact - 2), 2) == 0.35


def test_fsb_and_cles_count_51p_on_each_pound_that_is_local_already():
    large_and_small = Request("council", "England", r1="8.7", r2="4.46", r3=0)

    assert round(float(calculate(large_and_small).lm2.exact - 1), 2) == 0.51


def test_northumberland_2013_reads_ten_per_cent_as_of_what_is_local():
    moved = shift(Shift(Tenth(".1", "local", 400_000_000, ".3375"), 0))

    assert moved.amount == 13_500_000 * 100


# ---- Theory ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("c", "lm3", "total", "captured"),
    [
        ("0.2", "1.24", "1.25", "99.2"),
        ("0.3", "1.39", "1.43", "97.3"),
        ("0.5", "1.75", "2.00", "87.5"),
        ("0.7", "2.19", "3.33", "65.7"),
        ("0.8", "2.44", "5.00", "48.8"),
        ("0.9", "2.71", "10.00", "27.1"),
    ],
)
def test_the_series_beside_three_rounds(c, lm3, total, captured):
    found = keynes(c, c)

    assert found.lm3 == F(lm3)
    assert found.total == 1 / (1 - F(c))
    assert round(float(found.total), 2) == float(total)
    assert found.captured == 1 - F(c) ** 3 == F(captured) / 100
    assert found.is_theory


def test_the_magic_tenner_is_the_series_and_not_three_rounds():
    assert keynes("0.8", "0.8").total * 10 == 50
    assert keynes("0.8", "0.8").lm3 * 10 == F("24.4")


def test_unequal_rounds_have_their_own_tail():
    found = theory_of(calculate(A))

    a, b = F(340, 500), F(126, 340)
    assert (found.lm3, found.total) == (F(483, 250), 1 + a + a * b / (1 - b))


def test_where_nothing_leaks_the_series_has_no_end():
    assert keynes(1, 1).total is keynes(1, 1).captured is None
    assert keynes(0, 1).total == 1


def test_there_is_no_series_of_what_is_unknown_or_extended():
    assert theory_of(calculate(rounds(100, None, 0))) is None
    assert theory_of(calculate(rounds(100, 50, 60, mode="extended"))) is None
    assert theory_of(calculate(rounds(100, 101, 60))) is None
    assert theory_of(calculate(rounds(100, 0, 0))).total == 1
    assert codes(lambda: keynes(2, None)) == {"a": "E_RATE", "b": "E_NOT_A_NUMBER"}


# ---- Simulation ------------------------------------------------------------------------------


def test_the_generator_is_the_one_that_javascript_has():
    numbers = mulberry32(1)

    assert [next(numbers) for _ in range(3)] == [
        0.6270739405881613,
        0.002735721180215478,
        0.5274470399599522,
    ]


def test_the_draws_agree_with_what_they_should_be():
    extended = provider(
        [
            Line("staff", 300, Spread(".6", ".8", ".9"), Spread(".25", ".35", ".5")),
            Line("supplier", 150, Spread(".2", ".5", ".6"), ".5", Spread(0, 0, ".36")),
            Line("other", 0, None),
        ],
        500,
        mode="extended",
    )

    made = simulate(extended)

    assert (made.draws, made.seed) == (10_000, 1)
    error = math.sqrt(float(made.variance) / made.draws)
    assert abs(made.drawn_mean - float(made.mean)) < 4 * error
    assert made.drawn_variance == pytest.approx(float(made.variance), rel=0.06)
    bounds = calculate(extended).lm3
    assert bounds.low < made.p5 < made.p50 < made.p95 < bounds.high
    assert simulate(extended) == made
    assert simulate(extended, seed=2) != made


def test_the_analytic_check_is_that_of_the_formulae():
    """One triangle: mean (a+b+c)/3, variance (a²+b²+c²-ab-ac-bc)/18."""
    made = simulate(provider([Line("staff", 1, Spread(0, ".5", 1), 0)], 1), draws=100)

    assert (made.mean, made.variance) == (F(3, 2), F(1, 24))


def test_what_is_certain_is_simulated_as_itself():
    made = simulate(A, draws=50)

    assert made.p5 == made.p50 == made.p95 == Decimal("1.9320")
    assert (made.mean, made.variance) == (F(483, 250), 0)


def test_nothing_is_simulated_without_a_centre():
    assert codes(lambda: simulate(provider([Line("staff", 1, None, 0)]))) == {
        "lines[0].local_share": "E_CENTRAL"
    }
    assert codes(lambda: simulate(rounds(1, 1, 1)))["r1"] == "E_ROUNDS"
