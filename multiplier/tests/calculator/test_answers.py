"""What the page says: the sentence, the ranges, the table."""

from fractions import Fraction as F

import pytest

from multiplier import words
from multiplier.calculator.answers import answer
from multiplier.calculator.forms import Origin
from multiplier.engine import Estimate, Line, Request, calculate
from multiplier.tests.builders import A, community_lines, provider, rounds

BLANK = Origin("Suppliers, again", "left blank")


def table(request) -> dict[str, dict[str, tuple[str, str]]]:
    return {
        group.title: {name: (amount, per_pound) for name, amount, per_pound in group.rows}
        for group in answer(calculate(request)).table.groups
    }


def test_a_known_result_is_said_in_one_plain_sentence():
    said = answer(calculate(A))

    assert said.sentence == (
        "For every £1 received, about 93p more was spent again in Bradford district"
        " over the next two rounds."
    )
    assert (said.figure, said.extra, said.lm2) == ("£1.93", "93p", "£1.68")
    assert not said.is_range
    assert said.lm3_exact == "483/250"


def test_an_unknown_share_is_said_as_a_range_and_named():
    lines = community_lines()
    lines[1] = Line("supplier", 120_000, "0.5")

    said = answer(calculate(provider(lines)), origins=(BLANK,))

    assert "between 87p and 99p more" in said.sentence
    assert said.figure == said.range == "£1.87 to £1.99"
    assert said.origins == (BLANK,)
    assert said.lm3_exact == "234/125 to 249/125"


def test_an_unknown_that_cannot_be_seen_claims_no_range():
    said = answer(calculate(rounds(10_000_000, 5_000_000, None)))
    tiny = answer(calculate(rounds(10_000_000, 1, None)), origins=(BLANK,))

    assert said.is_range
    assert not tiny.is_range
    assert tiny.origins == ()
    assert "about 0p more" in tiny.sentence


def test_nothing_spent_locally_is_said_so():
    assert "nothing more was spent again" in answer(calculate(rounds(5, 0, 0))).sentence


@pytest.mark.parametrize(
    ("view", "start"),
    [
        ("council", "For every £1 the council spent, about"),
        ("household", "For every £1 paid to households, about"),
    ],
)
def test_the_sentence_says_whose_money_it_is(view, start):
    said = answer(calculate(Request(view, "Leeds", r1=4, r2=2, r3=1)))

    assert said.sentence.startswith(start)
    assert said.basis[0] == words.WHOSE[view]


def test_the_table_says_what_the_picture_shows():
    assert table(A) == {
        "Round 1": {"Received": ("£500,000", "£1.00")},
        "Round 2": {
            "Staff here": ("£240,000", "48p"),
            "Suppliers here": ("£60,000", "12p"),
            "Premises here": ("£40,000", "8p"),
            "Left the area": ("£140,000", "28p"),
            "Held as surplus": ("£20,000", "4p"),
        },
        "Round 3": {
            "Staff: spent again here": ("£84,000", "17p"),
            "Suppliers: spent again here": ("£30,000", "6p"),
            "Premises: spent again here": ("£12,000", "2p"),
            "Left the area": ("£214,000", "43p"),
        },
    }


def test_small_sums_show_their_pence_and_reserves_their_row():
    found = table(provider([Line("other", "11", ".8", ".8")], 10))

    assert found["Round 1"]["From reserves or loans"] == ("£1.00", "10p")
    assert found["Round 2"]["Other spending here"] == ("£8.80", "88p")
    assert found["Round 2"]["Left the area"] == ("£2.20", "22p")


def test_three_numbers_have_one_row_for_each_thing():
    found = table(rounds(1000, 500, None))

    assert found["Round 2"] == {
        "Spent here": ("£500", "50p"),
        "Left the area": ("£500", "50p"),
    }
    assert found["Round 3"]["Spent again here"] == ("£0 to £500", "0p to 50p")


def test_every_warning_of_the_engine_has_words():
    def warned(*lines, **more):
        return set(calculate(provider(list(lines), 100, **more)).warnings)

    found = (
        warned(Line("staff", 200, 1, 1, survey_size=1))
        | warned(Line("staff", 1, ".5", ".2", ".9"), mode="extended")
        | warned(Line("surplus", 100, 1))
    )

    assert found == set(words.WARNINGS)
    said = answer(calculate(provider([], 100)))
    assert said.warnings == (words.WARNINGS["W_UNALLOCATED"],)


@pytest.mark.parametrize(
    ("pence", "long", "short"),
    [
        (100, "£1", "£1"),
        (-123_456_700, "−£1,234,567", "−£1,234,567"),
        (1_234_567_800, "£12,345,678", "£12.3m"),
        (10**13, "£100,000,000,000", "£100.0bn"),
        (123_456_789_000, "£1,234,567,890", "£1.2bn"),
    ],
)
def test_money_is_written_in_full_in_text_and_short_in_pictures(pence, long, short):
    assert words.pounds(pence) == long
    assert words.short_pounds(pence) == short


def test_parts_of_a_pound_are_rounded_half_up():
    assert words.per_pound(F("0.005")) == "1p"
    assert words.per_pound(F("0.995")) == "£1.00"
    assert words.per_pound_range(Estimate(None, F("0.501"), F("0.504"))) == "50p"
