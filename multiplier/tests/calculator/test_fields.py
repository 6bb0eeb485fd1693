import re
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multiplier.calculator.fields import (
    Unreadable,
    plain_money,
    read_money,
    read_multiple,
    read_share,
    typed_share,
)
from multiplier.engine import Spread


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("1234.50", F("1234.5")),
        ("£1,234.50", F("1234.5")),
        (" £ 1,234 ", 1234),
        ("1 234 567", 1_234_567),
        ("1\u00a0234", 1234),
        ("1\u202f234.5", F("1234.5")),
        (".5", F(1, 2)),
        ("5.", 5),
        ("0.10", F(1, 10)),
        ("500k", 500_000),
        ("£1.2m", 1_200_000),
        ("1.2 million", 1_200_000),
        ("2bn", 2_000_000_000),
        ("-5", -5),
        ("-£5", -5),
        ("£-5", -5),
        ("\u22125", -5),
        ("+5", 5),
        ("-0", 0),
        ("007", 7),
    ],
)
def test_money_is_read_as_people_write_it(text, pounds):
    assert read_money(text) == pounds


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u00a0"])
def test_blank_is_unknown_and_not_zero(text):
    assert read_money(text) is None
    assert read_share(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1.234,5", "commas only between thousands"),
        ("1.234.567", "commas only between thousands"),
        ("1,5", "commas only between thousands"),
        ("12,34", "commas only between thousands"),
        ("1234,567", "commas only between thousands"),
        ("1,,234", "commas only between thousands"),
        ("1 2 3", "commas only between thousands"),
        ("1e308", "in full"),
        ("1E5", "in full"),
        ("٣٤", "digits 0 to 9"),
        ("１２３", "digits 0 to 9"),
        ("€5", "pounds"),
        ("5 USD", "pounds"),
        ("$5", "pounds"),
        ("abc", "amount in pounds"),
        ("£", "amount in pounds"),
        (".", "amount in pounds"),
        ("--5", "amount in pounds"),
        ("(500)", "amount in pounds"),
        ("12%", "amount in pounds"),
        ("5\x00", "amount in pounds"),
        ("NaN", "amount in pounds"),
        ("inf", "amount in pounds"),
        ("1_000", "amount in pounds"),
        ("1" * 41, "shorter"),
    ],
)
def test_what_could_be_misread_is_refused_and_says_how_to_write_it(text, says):
    with pytest.raises(Unreadable, match=says):
        read_money(text)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("35", F(35, 100)),
        ("35%", F(35, 100)),
        (" 35 % ", F(35, 100)),
        ("75 per cent", F(3, 4)),
        ("75 percent", F(3, 4)),
        ("75 Pc", F(3, 4)),
        ("75pc", F(3, 4)),
        ("33.3percent", F(333, 1000)),
        ("33.3", F(333, 1000)),
        ("0", 0),
        ("-0%", 0),
        ("100", 1),
        ("-1", F(-1, 100)),
        ("120", F(12, 10)),
    ],
)
def test_a_percentage_becomes_a_share(text, share):
    assert read_share(text) == share


@pytest.mark.parametrize("text", ["0.8", ".8", "0.2 to 0.8", "35 (.5 to 50)", "00.01", "-0.8"])
def test_a_bare_number_below_one_may_mean_eighty_per_cent_and_is_not_guessed(text):
    with pytest.raises(Unreadable, match=r"like 0\.5%, or enter 80 for 80%"):
        read_share(text)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("0.8%", F(8, 1000)),
        (".8 per cent", F(8, 1000)),
        ("0.0", 0),
        ("10.8", F(108, 1000)),
        ("0.5 to 2%", Spread(F(5, 1000), None, F(2, 100))),
    ],
)
def test_with_its_sign_a_number_below_one_is_what_it_says(text, share):
    assert read_share(text) == share


@pytest.mark.parametrize(
    "text",
    ["a third", "%", "per cent", "75 pcs", "75 per cent per cent", "76p", "35%%", "£35", "1/3"],
)
def test_what_is_no_percentage_says_how_to_write_one(text):
    with pytest.raises(Unreadable, match="percentage"):
        read_share(text)


@given(st.integers(0, 10**13), st.booleans(), st.booleans())
def test_what_we_print_we_also_read(pence, pound_sign, commas):
    whole, part = divmod(pence, 100)
    shown = f"{'£' * pound_sign}{whole:{',' * commas}}.{part:02}"

    assert read_money(shown) * 100 == pence


@given(st.text(max_size=60))
def test_no_text_brings_anything_but_a_number_none_or_advice(text):
    for read in (read_money, read_share):
        try:
            number = read(text)
        except Unreadable as advice:
            assert str(advice)
        else:
            assert number is None or isinstance(number, F)


@pytest.mark.parametrize(
    ("text", "low", "central", "high"),
    [
        ("25 to 50", ".25", None, ".5"),
        ("25% to 50%", ".25", None, ".5"),
        ("25-50", ".25", None, ".5"),
        ("25 – 50 %", ".25", None, ".5"),
        ("35 (25 to 50)", ".35", ".25", ".5"),
        ("35% (25%–50%)", ".35", ".25", ".5"),
        ("0 to 100", "0", None, "1"),
        ("25 to 50 per cent", ".25", None, ".5"),
        ("35 per cent (25 pc - 50 percent)", ".35", ".25", ".5"),
    ],
)
def test_a_share_may_be_a_range(text, low, central, high):
    if central is not None:
        low, central = central, low
    assert read_share(text) == Spread(F(low), central and F(central), F(high))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("50-30", "Enter the smaller number first: 30 to 50"),
        ("0.5% to 0", "Enter the smaller number first: 0 to 0.5"),
        ("20 (25 to 50)", "Enter a number from 25 to 50 before the brackets, or the range alone"),
        ("51 (25 to 50)", "Enter a number from 25 to 50 before the brackets, or the range alone"),
    ],
)
def test_a_range_out_of_order_says_how_to_type_it(text, says):
    with pytest.raises(Unreadable, match=f"^{re.escape(says)}$"):
        read_share(text)


@pytest.mark.parametrize(
    "text", ["35 ()", "35 (25)", "to 50", "25 to", "25 to 50 to 60", "(1 to 2)"]
)
def test_half_a_range_is_refused_with_advice(text):
    with pytest.raises(Unreadable, match="like"):
        read_share(text)


def test_a_multiplier_is_read_as_people_quote_it():
    assert read_multiple("£2.52") == read_multiple("x 2.52") == F("2.52")
    with pytest.raises(Unreadable, match=r"like 2\.52"):
        read_multiple("lots")


@given(st.decimals(-(10**9), 10**9, places=4))
def test_what_is_written_plainly_is_read_back_as_the_same(number):
    exact = F(number)

    assert read_money(plain_money(exact)) == exact
    assert read_share(typed_share(exact)) == exact


@given(st.lists(st.decimals(0, 1, places=4), min_size=3, max_size=3), st.booleans())
def test_ranges_written_plainly_are_read_back_as_the_same(numbers, claimed):
    low, central, high = sorted(map(F, numbers))
    spread = Spread(low, central if claimed else None, high)

    assert read_share(typed_share(spread)) == spread
