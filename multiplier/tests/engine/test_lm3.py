"""The cases of the method's specification, each worked by hand, and what is refused."""

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction as F

import pytest
from django.conf import settings

from multiplier.engine import (
    METHOD_VERSION,
    InputErrors,
    Line,
    Request,
    Spread,
    calculate,
)
from multiplier.tests.builders import A, B, community_lines, provider, rounds


def pounds(amount) -> F:
    return F(str(amount)) * 100


def codes(request: Request) -> dict[str, str]:
    """Which fault is found at which field."""
    with pytest.raises(InputErrors) as caught:
        calculate(request)
    assert all(error.message for error in caught.value.errors)
    return {error.field: error.code for error in caught.value.errors}


CASES = {
    "T01": (
        provider([Line("staff", 60_000, 0), Line("supplier", 40_000, 0)], 100_000),
        (0, 0, F(1), "1.00"),
    ),
    "T02": (
        provider([Line("staff", 60_000, 1, 1), Line("supplier", 40_000, 1, 1)], 100_000),
        (100_000, 100_000, F(3), "3.00"),
    ),
    "T03": (
        provider([Line("other", 10, "0.8", "0.8")], 10),
        (8, "6.40", F(61, 25), "2.44"),
    ),
    "T04": (
        provider([Line("other", 10, ".2", ".2")], 10),
        (2, ".4", F(31, 25), "1.24"),
    ),
    "T05": (
        provider([Line("staff", 200_000, 1, "0.4")], 200_000),
        (200_000, 80_000, F(12, 5), "2.40"),
    ),
    "T06": (A, (340_000, 126_000, F(483, 250), "1.93")),
    "T07": (B, (165_000, 58_500, F(1447, 1000), "1.45")),
    "T08": (
        provider(community_lines(), mode="extended"),
        (340_000, 135_000, F(39, 20), "1.95"),
    ),
    "T11": (
        provider([Line("other", 110_000, 1, 1)], 100_000),
        (110_000, 110_000, F(16, 5), "3.20"),
    ),
    "T13": (provider([], 1), (0, 0, F(1), "1.00")),
    "T14": (
        provider(community_lines(supplier_share="0.75")),
        (370_000, 141_000, F(1011, 500), "2.02"),
    ),
    "D01": (rounds(500_000, 260_000, 95_000), (260_000, 95_000, F(171, 100), "1.71")),
    "D02": (rounds(500_000, 350_000, 260_000), (350_000, 260_000, F(111, 50), "2.22")),
    "ledger": (rounds(100_000, 50_000, 25_000), (50_000, 25_000, F(7, 4), "1.75")),
}


@pytest.mark.parametrize(("request_", "expected"), CASES.values(), ids=CASES)
def test_the_specified_case_comes_out_exactly(request_, expected):
    r2, r3, lm3, shown = expected

    result = calculate(request_)

    assert result.r2.exact == pounds(r2)
    assert result.r3.exact == pounds(r3)
    assert result.lm3.exact == result.lm3.low == result.lm3.high == lm3
    assert result.lm3.rounded == Decimal(shown)
    assert result.lm2.exact == 1 + F(result.r2.exact, result.r1)
    assert result.method_version == METHOD_VERSION == "1"


def test_standard_mode_ignores_what_non_local_recipients_spend_here():
    standard, extended = (
        calculate(A),
        calculate(provider(community_lines(), mode="extended")),
    )

    assert standard.returned.exact == 0
    assert extended.returned.exact == pounds(9_000)
    assert extended.r3.exact - standard.r3.exact == extended.returned.exact


def test_the_difference_of_a_and_b_is_printed_from_exact_values():
    a, b = calculate(A), calculate(B)

    assert a.lm3.exact - b.lm3.exact == F(97, 200)
    assert a.gain.exact - b.gain.exact == pounds(242_500)


def test_moving_suppliers_gains_what_the_lines_say():
    moved = calculate(provider(community_lines(supplier_share="0.75")))

    assert moved.gain.exact - calculate(A).gain.exact == pounds(45_000)


def test_money_is_conserved_and_held_is_part_of_what_was_not_spent_in_round_2():
    result = calculate(A)

    assert result.leak2.exact == pounds(160_000)
    assert result.leak3.exact == pounds(214_000)
    assert result.leak2.exact + result.leak3.exact + result.r3.exact == result.r1
    assert result.held == result.surplus == pounds(20_000)


def test_published_pence_per_pound_come_out():
    """Northumberland 2005: 76p of each pound to local suppliers, 36p of each elsewhere."""
    local = Request("council", "Northumberland", r1=1, r2=1, r3="0.76")
    away = Request(
        "council",
        "Northumberland",
        mode="extended",
        income=1,
        lines=(Line("supplier", 1, 0, None, "0.36"),),
    )

    assert calculate(local).lm3.exact == F(276, 100)
    assert calculate(away).lm3.exact == F(136, 100)


# What is not known


def test_a_blank_share_is_unknown_and_never_zero():
    lines = community_lines()
    lines[1] = Line("supplier", 120_000, "0.5")

    result = calculate(provider(lines))

    assert result.lm3.exact is None and result.lm3.rounded is None
    assert (result.lm3.low, result.lm3.high) == (F(468, 250), F(498, 250))
    assert result.lm2.exact == F(84, 50)
    assert (result.r3.low, result.r3.high) == (pounds(96_000), pounds(156_000))
    assert (result.leak3.low, result.leak3.high) == (pounds(184_000), pounds(244_000))


def test_a_blank_local_share_leaves_both_rounds_unknown():
    result = calculate(provider([Line("staff", 100, None, "0.4")], 100))

    assert result.r2.exact is result.r3.exact is result.leak2.exact is None
    assert (result.lm3.low, result.lm3.high) == (1, F(240, 100))
    assert (result.leak2.low, result.leak2.high) == (0, pounds(100))
    assert (result.leak3.low, result.leak3.high) == (0, pounds(60))


def test_what_is_unknown_of_nothing_is_nothing():
    lines = [Line("staff", 100, 1, "0.5"), Line("tax", 50, 0), Line("supplier", 0)]

    assert calculate(provider(lines, 150)).lm3.exact == F(2)


def test_a_spread_gives_a_central_value_and_its_range():
    line = Line("staff", 100, Spread("0.6", "0.7", "0.9"), Spread("0.2", "0.3", "0.5"))

    lm3 = calculate(provider([line], 100)).lm3

    assert lm3.exact == 1 + F(7, 10) * F(13, 10)
    assert (lm3.low, lm3.high) == (1 + F(6, 10) * F(12, 10), 1 + F(9, 10) * F(15, 10))


def test_a_spread_without_a_centre_claims_only_its_range():
    lm3 = calculate(provider([Line("staff", 1, 1, Spread("0.2", None, "0.5"))], 1)).lm3

    assert (lm3.exact, lm3.low, lm3.high) == (None, F(22, 10), F(25, 10))


def test_round_3_has_true_bounds_where_outsiders_spend_more_than_locals():
    """R3 then falls as the local share rises, so its ends lie at the other corners."""
    line = Line("supplier", 100, Spread("0.2", "0.5", "0.8"), "0.1", "0.9")

    result = calculate(provider([line], 100, mode="extended"))

    assert (result.r3.low, result.r3.high) == (pounds("26"), pounds("74"))
    assert result.r3.exact == pounds(50)
    assert (result.lm3.low, result.lm3.high) == (F(194, 100), F(206, 100))
    assert "W_Q_GT_R" in result.warnings


@pytest.mark.parametrize(
    ("r2", "r3", "low", "high"),
    [
        (None, None, F(1), F(3)),
        (50, None, F(3, 2), F(2)),
        (None, 20, F(14, 10), F(22, 10)),
        (50, 0, F(3, 2), F(3, 2)),
        (0, None, F(1), F(1)),
    ],
)
def test_blank_rounds_are_bounded_by_the_others(r2, r3, low, high):
    result = calculate(rounds(100, r2, r3))

    assert (result.lm3.low, result.lm3.high) == (low, high)
    assert result.lm3.exact == (low if low == high else None)


def test_a_blank_round_3_leaves_its_leak_unknown():
    result = calculate(rounds(100, 50, None))

    assert result.leak2.exact == pounds(50)
    assert (result.leak3.exact, result.leak3.low, result.leak3.high) == (
        None,
        0,
        pounds(50),
    )


def test_a_known_round_3_bounds_the_leak_when_round_2_is_blank():
    leak3 = calculate(rounds(100, None, 20)).leak3

    assert (leak3.low, leak3.high) == (0, pounds(80))


def test_extended_rounds_leave_open_how_much_of_round_3_came_from_outside():
    result = calculate(rounds(100, 60, 70, mode="extended"))

    assert result.lm3.exact == F(23, 10)
    assert (result.leak3.low, result.leak3.high) == (0, pounds(30))
    assert (result.returned.low, result.returned.high) == (pounds(10), pounds(40))


def test_extended_rounds_without_round_2_take_it_as_anything_up_to_round_1():
    lm3 = calculate(rounds(100, None, 20, mode="extended")).lm3

    assert (lm3.low, lm3.high) == (F(12, 10), F(22, 10))


# Other ways to give a number


@pytest.mark.parametrize("given", ["1234.50", 1234.5, Decimal("1234.50"), F(2469, 2), "+1234.5"])
def test_numbers_come_in_any_plain_form(given):
    assert calculate(rounds(given, 0, 0)).r1 == 123_450


def test_a_float_counts_as_the_decimal_that_is_printed():
    line = Line("staff", 1, 0.1, 0.7)

    assert calculate(provider([line], 1)).lm3.exact == 1 + F(1, 10) * F(17, 10)


def test_pounds_may_stand_instead_of_a_share():
    given = Line("staff", 300_000, local_amount=240_000, respend="0.35")

    assert calculate(provider([given])).r2.exact == pounds(240_000)


def test_no_pounds_of_no_amount_is_no_share():
    assert calculate(provider([Line("staff", 0, local_amount=0)])).lm3.exact == 1


def test_a_share_of_take_home_pay_is_turned_into_one_of_gross_pay():
    line = Line("staff", 100, 1, "0.35", pay_basis="net", net_to_gross="0.8")

    assert calculate(provider([line], 100)).r3.exact == pounds(28)


def test_an_unknown_share_of_take_home_pay_is_at_most_all_of_it():
    line = Line("staff", 100, 1, None, pay_basis="net", net_to_gross="0.8")

    r3 = calculate(provider([line], 100)).r3

    assert (r3.exact, r3.low, r3.high) == (None, 0, pounds(80))


def test_a_blank_amount_is_nothing():
    assert calculate(provider([Line("staff", None, 1, 1)])).r2.exact == 0


def test_negative_zero_is_zero():
    assert calculate(rounds(1, "-0", -0.0)).lm3.exact == 1


# What is warned of


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (A, ()),
        (CASES["T11"][0], ("W_SPEND_EXCEEDS_INCOME", "W_UNUSUALLY_HIGH")),
        (CASES["T13"][0], ("W_UNALLOCATED",)),
        (provider([Line("staff", 95, "0.5", "0.2")], 100), ()),
        (provider([Line("staff", "94.99", "0.5", "0.2")], 100), ("W_UNALLOCATED",)),
        (provider([Line("staff", 100, "0.95", "0.8")], 100), ()),
        (provider([Line("staff", 100, "0.951", "0.8")], 100), ("W_UNUSUALLY_HIGH",)),
        (provider([Line("staff", 100, "0.5", "0.81")], 100), ("W_UNUSUALLY_HIGH",)),
        (provider([Line("staff", 100, None, None)], 100), ()),
        (provider([Line("tax", 100, 0, 1)], 100), ()),
        (
            provider([Line("staff", 100, "0.5", "0.2", survey_size=4)], 100),
            ("W_SMALL_SURVEY",),
        ),
        (provider([Line("staff", 100, "0.5", "0.2", survey_size=5)], 100), ()),
        (provider([Line("staff", 100, ".5", ".2", ".3")], 100), ()),
        (
            provider([Line("staff", 100, ".5", ".2", ".3")], 100, mode="extended"),
            ("W_Q_GT_R",),
        ),
        (provider([Line("staff", 100, ".5", None, ".3")], 100, mode="extended"), ()),
        (rounds(100, 101, 0), ("W_SPEND_EXCEEDS_INCOME", "W_UNUSUALLY_HIGH")),
        (rounds(100, 50, 41), ("W_UNUSUALLY_HIGH",)),
        (rounds(100, 50, 40), ()),
        (rounds(100, None, None), ()),
    ],
)
def test_the_warnings_are_these_and_no_others(request_, expected):
    assert calculate(request_).warnings == expected


@pytest.mark.parametrize(
    "line",
    [
        Line("surplus", 100, 1, 1),
        Line("surplus", 100, local_amount=100),
        Line("surplus", 100, nonlocal_respend="0.5"),
    ],
)
def test_a_surplus_is_never_counted_as_spent(line):
    result = calculate(provider([line], 100, mode="extended"))

    assert result.lm3.exact == 1
    assert result.held == pounds(100)
    assert result.warnings == ("W_SURPLUS_NOT_SPENT",)


@pytest.mark.parametrize("share", [None, 0])
def test_a_surplus_needs_no_share_and_is_then_not_warned_of(share):
    assert calculate(provider([Line("surplus", 100, share)], 100)).warnings == ()


def test_more_than_three_is_never_shown_without_its_warning():
    result = calculate(CASES["T11"][0])

    assert result.lm3.exact > 3
    assert "W_SPEND_EXCEEDS_INCOME" in result.warnings
    assert result.leak2.exact == pounds(-10_000)
    assert result.spend == pounds(110_000)


# What is refused

REFUSED = {
    "E01": (rounds(0, 0, 0), {"r1": "E_INCOME_ZERO"}),
    "E01 lines": (provider([], 0), {"income": "E_INCOME_ZERO"}),
    "E02": (provider([], -5), {"income": "E_INCOME_NEGATIVE"}),
    "E03": (provider([], "abc"), {"income": "E_NOT_A_NUMBER"}),
    "E04": (provider([Line("staff", 1, "1.2")]), {"lines[0].local_share": "E_SHARE"}),
    "E05": (provider([Line("staff", 1, 1, "-.1")]), {"lines[0].respend": "E_RATE"}),
    "E06": (
        provider([Line("staff", 1, local_amount=2)]),
        {"lines[0].local_amount": "E_LOCAL_GT_AMOUNT"},
    ),
    "E07": (
        provider([Line("staff", 1, 1, ".3", pay_basis="net")]),
        {"lines[0].net_to_gross": "E_BASIS"},
    ),
    "no income": (Request("provider", "Leeds"), {"income": "E_NOT_A_NUMBER"}),
    "view": (Request("mine", "Leeds", income=1), {"view": "E_VIEW"}),
    "no view": (Request("", "Leeds", income=1), {"view": "E_VIEW"}),
    "no area": (Request("council", "  ", income=1), {"area": "E_AREA"}),
    "area is no text": (Request("council", None, income=1), {"area": "E_AREA"}),
    "long area": (Request("council", "x" * 81, income=1), {"area": "E_AREA"}),
    "mode": (Request("council", "Leeds", mode="x", income=1), {"mode": "E_MODE"}),
    "kind": (provider([Line("gift", 1, 1, 1)]), {"lines[0].kind": "E_KIND"}),
    "amount": (provider([Line("staff", -1)]), {"lines[0].amount": "E_AMOUNT"}),
    "rich": (provider([], "100000000000.01"), {"income": "E_AMOUNT"}),
    "half pence": (provider([], "0.005"), {"income": "E_AMOUNT"}),
    "1e308": (provider([Line("staff", 1e308)]), {"lines[0].amount": "E_AMOUNT"}),
    "amount text": (
        provider([Line("staff", "x")]),
        {"lines[0].amount": "E_NOT_A_NUMBER"},
    ),
    "q": (
        provider([Line("staff", 1, 1, 1, 2)]),
        {"lines[0].nonlocal_respend": "E_RATE"},
    ),
    "share twice": (
        provider([Line("staff", 2, 1, 1, local_amount=1)]),
        {"lines[0].local_share": "E_SHARE"},
    ),
    "spread order": (
        provider([Line("staff", 1, Spread(".5", ".4", ".6"))]),
        {"lines[0].local_share": "E_SHARE"},
    ),
    "spread end": (
        provider([Line("staff", 1, Spread(0, 0, 2))]),
        {"lines[0].local_share.high": "E_SHARE"},
    ),
    "spread without an end": (
        provider([Line("staff", 1, 1, Spread(None, ".4", ".6"))]),
        {"lines[0].respend.low": "E_NOT_A_NUMBER"},
    ),
    "net, not staff": (
        provider([Line("supplier", 1, 1, 1, pay_basis="net", net_to_gross=1)]),
        {"lines[0].pay_basis": "E_BASIS"},
    ),
    "basis": (
        provider([Line("staff", 1, 1, 1, pay_basis="x")]),
        {"lines[0].pay_basis": "E_BASIS"},
    ),
    "ratio": (
        provider([Line("staff", 1, 1, 1, pay_basis="net", net_to_gross="1.1")]),
        {"lines[0].net_to_gross": "E_BASIS"},
    ),
    "ratio text": (
        provider([Line("staff", 1, 1, 1, pay_basis="net", net_to_gross="x")]),
        {"lines[0].net_to_gross": "E_NOT_A_NUMBER"},
    ),
    "survey": (
        provider([Line("staff", 1, 1, 1, survey_size=0)]),
        {"lines[0].survey_size": "E_NOT_A_NUMBER"},
    ),
    "survey text": (
        provider([Line("staff", 1, 1, 1, survey_size="x")]),
        {"lines[0].survey_size": "E_NOT_A_NUMBER"},
    ),
    "r3 > r2": (rounds(3, 1, 2), {"r3": "E_R3_GT_R2"}),
    "r3 > r1": (rounds(3, None, 4), {"r3": "E_R3_GT_R2"}),
    "r3 > r1, extended": (rounds(3, 1, 4, mode="extended"), {"r3": "E_R3_GT_R2"}),
    # What is not known cannot be less than something else.
    "r3 of a faulty r2": (rounds(3, "x", 2), {"r2": "E_NOT_A_NUMBER"}),
    "r3 of a faulty r1": (rounds(0, None, 2), {"r1": "E_INCOME_ZERO"}),
    "r3 of a faulty r1, extended": (rounds(-1, 0, 2, mode="extended"), {"r1": "E_INCOME_NEGATIVE"}),
    "part of a faulty amount": (
        provider([Line("staff", "x", local_amount=2)]),
        {"lines[0].amount": "E_NOT_A_NUMBER"},
    ),
    "both ways": (
        Request("council", "Leeds", income=1, r1=1, r2=1, r3=1),
        {"r1": "E_ROUNDS"},
    ),
}


@pytest.mark.parametrize(("request_", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_refused_by_its_code_at_its_field(request_, expected):
    assert codes(request_) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "abc",
        "1,000",
        "£5",
        "1e5",
        "1e999999999",
        "NaN",
        "inf",
        "٣٤",
        "１２",
        "1_0",
        "1" * 31,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("1e999999"),
        True,
        [],
        {},
    ],
)
def test_what_is_not_a_plain_decimal_number_is_refused(value):
    assert codes(rounds(value, 0, 0)) == {"r1": "E_NOT_A_NUMBER"}


def test_all_that_is_wrong_is_told_at_once():
    request = Request(
        "",
        "",
        income="x",
        lines=(Line("staff", "y", "1.2", "-1"), Line("supplier", 1, 1, 7)),
    )

    found = codes(request)

    assert found == {
        "view": "E_VIEW",
        "area": "E_AREA",
        "income": "E_NOT_A_NUMBER",
        "lines[0].amount": "E_NOT_A_NUMBER",
        "lines[0].local_share": "E_SHARE",
        "lines[0].respend": "E_RATE",
        "lines[1].respend": "E_RATE",
    }


def test_the_errors_read_as_text_for_whoever_meets_them_in_a_log():
    with pytest.raises(InputErrors, match="income: E_INCOME_ZERO"):
        calculate(provider([], 0))


@pytest.mark.parametrize("surplus", [0, 30])
def test_spending_beyond_the_income_leaves_no_remainder(surplus):
    """More paid out than came in: nothing is left that no line accounts for, least of all less."""
    spent = [Line("supplier", 90, "0.5", 0), Line("staff", 40, 0), Line("surplus", surplus)]

    result = calculate(provider(spent, 100))

    assert result.held == result.surplus == surplus * 100
    assert result.spend == (130 + surplus) * 100 > result.r1
    assert result.leak2.exact == result.r1 - result.r2.exact == 55 * 100


def test_what_no_line_accounts_for_is_held_beside_the_surplus():
    result = calculate(provider([Line("staff", 60, 1, 0), Line("surplus", 10)], 100))

    assert (result.held, result.surplus) == (40 * 100, 10 * 100)


def test_the_engine_needs_no_package_at_all():
    """-S: no site-packages, so that only Python's own library can be imported."""
    alone = [sys.executable, "-S", "-c", "import multiplier.engine.json_format"]

    subprocess.run(alone, cwd=settings.BASE_DIR, check=True, timeout=60)


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
    assert codes(replace(told, r2_source="hearsay")) == {"r2_source": "E_SOURCE"}


def test_the_area_is_a_name_of_printable_letters():
    for area in ("a\0b", "a\nb", "\ud800"):
        assert codes(replace(A, area=area)) == {"area": "E_AREA"}
    assert calculate(replace(A, area=" Ynys Môn\u00a0 ")).area == "Ynys Môn"


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
