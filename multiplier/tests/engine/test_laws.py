"""What must hold of every multiplier, whatever is put in."""

from dataclasses import replace
from fractions import Fraction as F

from hypothesis import assume, given
from hypothesis import strategies as st

from multiplier.engine import KINDS, Line, Spread, calculate
from multiplier.tests.builders import provider, rounds

SPENT = [kind for kind in KINDS if kind != "surplus"]
share = st.fractions(0, 1, max_denominator=1000)
share_or_blank = st.none() | share
pence = st.integers(0, 10**9).map(lambda n: F(n, 100))
line = st.builds(
    Line,
    kind=st.sampled_from(SPENT),
    amount=pence,
    local_share=share_or_blank,
    respend=share_or_blank,
    nonlocal_respend=share_or_blank,
)
known_line = st.builds(Line, st.sampled_from(SPENT), pence, share, share, share)
modes = st.sampled_from(["standard", "extended"])


def within(lines: list[Line], spare: F = F(1)) -> F:
    """An income that covers the lines."""
    return sum((each.amount for each in lines), F(0)) + spare


@given(st.lists(line, max_size=6), modes, pence)
def test_between_one_and_three_whenever_no_more_is_spent_than_comes_in(lines, mode, spare):
    income = within(lines, spare)
    assume(income > 0)

    result = calculate(provider(lines, income, mode=mode))

    assert 1 <= result.lm3.low <= result.lm3.high <= 3
    assert 1 <= result.lm2.low <= result.lm2.high <= 2
    if result.lm3.exact is not None:
        assert result.lm3.low <= result.lm3.exact <= result.lm3.high


@given(st.lists(line, min_size=1, max_size=4), modes, share, st.sampled_from("lrq"), share)
def test_rises_with_every_share(lines, mode, first, which, second):
    name = {"l": "local_share", "r": "respend", "q": "nonlocal_respend"}[which]
    lower, higher = sorted((first, second))
    rest = lines[1:]

    low = calculate(provider([replace(lines[0], **{name: lower}), *rest], within(lines), mode=mode))
    high = calculate(
        provider([replace(lines[0], **{name: higher}), *rest], within(lines), mode=mode)
    )

    assert low.lm3.low <= high.lm3.low
    assert low.lm3.high <= high.lm3.high


@given(known_line, st.tuples(share, share, share), modes, share)
def test_no_choice_inside_the_ranges_lies_outside_the_bounds(base, widths, mode, at):
    """Corners are enough: anything between them stays between."""
    names = ("local_share", "respend", "nonlocal_respend")
    spreads, points = {}, {}
    for name, width in zip(names, widths, strict=True):
        low = min(getattr(base, name), width)
        high = max(getattr(base, name), width)
        spreads[name] = Spread(low, None, high)
        points[name] = low + at * (high - low)

    wide = calculate(provider([replace(base, **spreads)], within([base]), mode=mode))
    narrow = calculate(provider([replace(base, **points)], within([base]), mode=mode))

    for name in ("lm3", "lm2", "r2", "r3", "leak2", "leak3", "returned"):
        bounds, point = getattr(wide, name), getattr(narrow, name)
        assert bounds.low <= point.exact <= bounds.high, name


@given(st.lists(line, max_size=4), modes, st.integers(2, 1000))
def test_all_pounds_times_a_number_change_nothing(lines, mode, factor):
    income = within(lines)
    scaled = [replace(each, amount=each.amount * factor) for each in lines]

    one = calculate(provider(lines, income, mode=mode))
    many = calculate(provider(scaled, income * factor, mode=mode))

    assert (one.lm3, one.lm2, one.warnings) == (many.lm3, many.lm2, many.warnings)


@given(line, modes, st.integers(0, 10**9))
def test_splitting_a_line_in_two_changes_nothing(whole, mode, cut):
    part = min(F(cut, 100), whole.amount)
    halves = [replace(whole, amount=part), replace(whole, amount=whole.amount - part)]

    one = calculate(provider([whole], within([whole]), mode=mode))
    two = calculate(provider(halves, within([whole]), mode=mode))

    assert (one.lm3, one.r2, one.r3, one.leak2, one.leak3) == (
        two.lm3,
        two.r2,
        two.r3,
        two.leak2,
        two.leak3,
    )


@given(
    st.lists(line, max_size=5).flatmap(lambda x: st.tuples(st.just(x), st.permutations(x))),
    modes,
)
def test_the_order_of_the_lines_is_irrelevant(orders, mode):
    one, other = (calculate(provider(list(x), within(list(x)), mode=mode)) for x in orders)

    assert (one.lm3, one.lm2, one.held, one.warnings) == (
        other.lm3,
        other.lm2,
        other.held,
        other.warnings,
    )


@given(st.lists(line, max_size=5))
def test_extended_is_at_least_standard(lines):
    standard, extended = (
        calculate(provider(lines, within(lines), mode=mode)) for mode in ("standard", "extended")
    )

    assert standard.lm3.low <= extended.lm3.low
    assert standard.lm3.high <= extended.lm3.high


@given(st.lists(line, max_size=5), modes)
def test_two_rounds_are_at_most_three(lines, mode):
    result = calculate(provider(lines, within(lines), mode=mode))

    assert result.lm2.low <= result.lm3.low
    assert result.lm2.high <= result.lm3.high


@given(st.lists(known_line, max_size=5), modes)
def test_money_is_conserved(lines, mode):
    result = calculate(provider(lines, within(lines), mode=mode))

    back = result.r1 + result.returned.exact
    assert back == result.leak2.exact + result.leak3.exact + result.r3.exact
    assert result.leak3.exact >= 0
    assert 0 <= result.held <= result.leak2.exact


@given(st.tuples(*[st.integers(0, 10**13)] * 3).map(sorted), modes)
def test_three_rounds_agree_with_the_line_that_says_the_same(given_rounds, mode):
    r3, r2, r1 = given_rounds
    assume(r1 > 0 and r2 > 0)
    same = Line("other", F(r1, 100), F(r2, r1), F(r3, r2))

    quick = calculate(rounds(F(r1, 100), F(r2, 100), F(r3, 100), mode=mode))
    guided = calculate(provider([same], F(r1, 100)))

    assert quick.lm3 == guided.lm3
    assert quick.leak3.low <= guided.leak3.exact <= quick.leak3.high


@given(st.text(max_size=20), st.text(max_size=20), st.floats(), st.integers())
def test_no_input_brings_anything_but_an_answer_or_its_faults(area, text, number, whole):
    for odd in (area, text, number, whole):
        request = provider([Line(text, odd, number, whole, survey_size=odd)], odd, mode=text)
        try:
            assert calculate(replace(request, area=area)).lm3.low >= 1
        except ValueError as faults:
            assert faults.errors
