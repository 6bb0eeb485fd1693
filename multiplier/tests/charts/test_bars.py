"""The pictures beside the money flow: to scale, labelled, each with a table that says the same."""

import re
from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multiplier.calculator.answers import pictures, rests_on
from multiplier.calculator.forms import CalculatorForm
from multiplier.charts import bars
from multiplier.charts.bars import Group, Table
from multiplier.charts.published import PUBLISHED
from multiplier.engine import Line, Request, Shift, Spread, calculate, shift
from multiplier.tests.builders import A, B, community_lines, provider, rounds
from multiplier.tests.engine.test_laws import line


def drawn(chart: bars.Chart) -> list[tuple[str, float, float]]:
    """Each bar: its tone, where it starts and how long it is, in hundredths."""
    found = re.findall(r'bars__bar--(\w+)" x="([\d.]+)%" y="\d+" width="([\d.]+)%"', chart.picture)
    return [(tone, float(x), float(width)) for tone, x, width in found]


def words(chart: bars.Chart) -> str:
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", chart.picture))


def cells(chart: bars.Chart) -> list[tuple[str, ...]]:
    return [row for group in chart.table.groups for row in group.rows]


def uncertain():
    lines = community_lines()
    lines[0] = Line("staff", 300_000, None, "0.35")
    return calculate(provider(lines))


def test_the_rounds_are_drawn_to_one_scale():
    chart = bars.rounds(calculate(A))

    assert drawn(chart) == [
        ("first", 0, 100),
        ("local", 0, 68),
        ("left", 68, 28),
        ("held", 96, 4),
        ("again", 0, pytest.approx(25.2)),
        ("left", pytest.approx(25.2), pytest.approx(42.8)),
    ]


def test_every_round_is_named_at_its_bar_and_in_the_table():
    chart = bars.rounds(calculate(A))

    for said in (
        "Round 1: £500,000",
        "Round 2: £340,000 spent here",
        "Round 3: £126,000 spent again here",
    ):
        assert said in words(chart)
    assert "£140,000 left the area, £20,000 held" in words(chart)
    assert cells(chart)[1:] == [
        ("Round 2", "£340,000", "68p"),
        ("Round 3", "£126,000", "25p"),
        ("All three, of each £1", "", "£1.93"),
    ]


def test_what_is_not_known_is_a_striped_part_of_its_own():
    chart = bars.rounds(uncertain())

    assert [tone for tone, _, _ in drawn(chart)].count("unknown") == 2
    assert 'fill="url(#rounds_unknown)"' in chart.picture and 'id="rounds_unknown"' in chart.picture
    assert "not known" in words(chart)


@given(st.lists(line, max_size=4), st.integers(1, 10**12))
@settings(max_examples=15)
def test_no_bar_is_longer_than_its_room(lines, income):
    result = calculate(provider(lines, F(income, 100)))

    for chart in (bars.rounds(result), bars.range_(result), bars.pair([("A", result)] * 2)):
        for _, start, width in drawn(chart):
            assert start >= 0 and start + width <= 101  # a point is drawn as wide as a hair


def test_the_range_stands_among_published_figures_of_its_own_view_only():
    chart = bars.range_(calculate(A))

    own = [each for each in PUBLISHED if each.view == "provider"]
    assert [row[0] for row in cells(chart)] == ["This answer", *(each.who for each in own)]
    assert all(each.when in chart.picture for each in own)
    assert chart.picture.count("bars__dot--published") == len(own)
    assert "published by its sponsor" in chart.note
    council = bars.range_(calculate(Request("council", "Leeds", r1=4, r2=2, r3=1)))
    assert [row[0] for row in cells(council)] == ["This answer"]
    assert "not found a published figure" in council.note


def test_a_scale_grows_where_more_was_spent_than_came_in():
    chart = bars.range_(calculate(provider([Line("staff", 110, 1, 1)], 100)))

    assert "£4" in words(chart)
    assert "A scale from £1 to £4 for" in chart.picture


def test_a_scale_of_billions_has_two_marks():
    """A penny came in and £100bn were spent: a slip, and no reason to draw for ever."""
    chart = bars.range_(calculate(provider([Line("staff", 10**11, 1, 1)], "0.01")))

    assert "£20,000,000,000,002" in words(chart)
    assert chart.picture.count("bars__rule--axis") < 10


def test_what_makes_the_range_is_named_the_widest_first():
    typed = {"view": "provider", "area": "Ely", "how": "guided", "income": "100"}
    typed |= {"staff_amount": "60", "staff_local": "50", "staff_again": ""}
    typed |= {"other_amount": "40", "other_local": "80 (50 to 100)", "other_again": "10"}
    form = CalculatorForm(typed)
    assert form.is_valid()

    chart = pictures(form).charts[-1]

    assert chart.title == "What makes the range"
    assert [row[0] for row in cells(chart)] == [
        "Staff, per cent of the local part spent locally again",
        "Other spending, per cent spent locally",
    ]
    assert cells(chart)[0][1:] == ("£1.65", "£1.95", "30p")
    assert "hold what is unknown at half" in chart.note


def test_a_sure_answer_has_no_picture_of_its_range():
    form = CalculatorForm(
        {"view": "council", "area": "x", "how": "quick", "r1": "4", "r2": "2", "r3": "1"}
    )
    assert form.is_valid()

    assert len(pictures(form).charts) == 2


@pytest.mark.parametrize(
    ("bases", "said"),
    [
        ({}, "did not say what the figures are based on"),
        ({"local_basis": "accounts"}, "73% on records and 27% on estimates"),
        (
            {"local_basis": "accounts", "again_basis": "survey"},
            "73% on records and 27% on a survey",
        ),
        ({"again_basis": "assumption"}, "100% on estimates"),
    ],
)
def test_what_it_rests_on_is_said_in_per_cent(bases, said):
    """lm3.md 5.4: T06 with round 2 from accounts, 340/466."""
    typed = {"view": "provider", "area": "Ely", "how": "quick"}
    form = CalculatorForm({**typed, "r1": "500000", "r2": "340000", "r3": "126000", **bases})
    assert form.is_valid()

    assert said in pictures(form).rests_on


def test_what_is_assumed_counts_as_assumption_whatever_else_is_said():
    typed = {"view": "provider", "area": "Ely", "how": "guided", "income": "100"}
    typed |= {"staff_amount": "100", "staff_local": "100", "staff_again": "35 (25 to 50)"}
    form = CalculatorForm({**typed, "local_basis": "accounts", "again_basis": "survey"})
    assert form.is_valid()

    assert "74% on records and 26% on estimates" in pictures(form).rests_on
    assert rests_on(None, True).startswith("We do not know of anything")


def test_a_and_b_are_drawn_to_one_scale():
    chart = bars.pair([("Ours", calculate(A)), ("Theirs", calculate(B))])

    assert drawn(chart)[0] == ("local", 0, pytest.approx(72.96))
    assert sum(width for _, _, width in drawn(chart)[:2]) == pytest.approx(100, abs=0.02)
    assert sum(width for _, _, width in drawn(chart)[2:]) == pytest.approx(223.5 / 4.66, abs=0.02)
    assert chart.table.is_wide and cells(chart)[1][0] == "Theirs"


def test_a_shift_is_drawn_with_each_way_of_counting():
    asked = Shift(1_000_000, "0.76", Spread("0.3", "0.36", "0.5"), deadweight="0.5")
    chart = bars.shift(shift(asked), True)

    assert [row[1] for row in cells(chart)] == [
        "£1,000,000",
        "£1,760,000",
        "£1,260,000 to £1,460,000",
        "£630,000 to £730,000",
    ]
    assert len(cells(bars.shift(shift(asked), False))) == 3


def test_a_claim_is_drawn_at_several_rates():
    chart = bars.claim(F("2.52"))

    assert ("75p", "87p") in cells(chart)
    assert ("35p", "£1.13: not possible") in cells(chart)
    assert max(width for _, _, width in drawn(chart)) == 100


def test_pictures_and_tables_escape_what_was_typed():
    nasty = '<script>"&'
    chart = bars.pair([(nasty, calculate(A)), ("B", calculate(rounds(9, 0, 0)))])
    table = Table(nasty, (nasty, nasty), (Group(nasty, ((nasty, nasty),)), Group("", ())))

    assert "<script" not in chart.picture + chart.table.html + table.html
    assert table.html.count("&lt;script&gt;&quot;&amp;") == 6
    assert "Nothing" in table.html


def test_a_picture_has_a_name_and_a_description_of_its_own():
    made = bars.Bars("one").picture("A name", "What it shows")

    assert 'role="img" aria-labelledby="one_title one_desc"' in made
    assert '<title id="one_title">A name</title><desc id="one_desc">What it shows</desc>' in made
