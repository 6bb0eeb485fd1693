"""The pictures beside the money flow, each with its table: rounds, range, what matters, A and B.

To scale, every bar labelled with what it is, and never by colour alone (multiplier.svg).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import wrap

from django.utils.safestring import SafeString

from multiplier.contract import Result
from multiplier.engine import CheckResult, ShiftResult
from multiplier.figures import Estimate, half_up
from multiplier.published import of_view
from multiplier.svg import Bars
from multiplier.tables import Table
from multiplier.words import (
    RECEIVED,
    money_range,
    more_than_all,
    per_pound,
    per_pound_range,
    pounds,
    short_pounds,
)

# Characters that fit beside each other at 320 pixels.
_LINE = 38
_STRIPED = "Striped: it may be this much, but not all that decides it is known."
# Marks that fit on a scale.
_MOST_MARKS = 6


@dataclass(frozen=True)
class Chart:
    """A picture, its name and its table."""

    title: str
    picture: SafeString
    table: Table
    note: str = ""


Segment = tuple[str, str, Fraction]


def _say(bars: Bars, text: str, tone: str = "") -> None:
    for line in wrap(text, _LINE) if len(text) > _LINE else [text]:
        bars.words(line, tone=tone)


def _segments(bars: Bars, whole: Fraction, segments: Sequence[Segment]) -> None:
    """A bar of several parts, and below it what they are."""
    start = 0.0
    for _, tone, amount in segments:
        end = start + float(amount / whole) * 100
        bars.bar(start, end, tone)
        start = end
    bars.skip(Bars.BAR)


def rounds(result: Result) -> Chart:
    """The three rounds, one under the other, each with what did not go on."""
    whole = max(Fraction(result.r1), Fraction(result.spend), result.r2.high, result.r3.high)
    bars = Bars("rounds")
    rows = []
    for number, (money, segments) in enumerate(_three(result), 1):
        bars.skip(12 if number > 1 else 0)
        _say(bars, f"Round {number}: {_short_range(money)} {segments[0][0]}", "strong")
        bars.skip(6)
        _segments(bars, whole, segments)
        rest = [f"{short_pounds(amount)} {name}" for name, _, amount in segments[1:] if amount]
        if rest:
            bars.skip(2)
            _say(bars, ", ".join(rest), "quiet")
        rows.append(
            (
                f"Round {number}",
                money_range(money, whole=result.r1 >= 100_000),
                per_pound_range(money / Fraction(result.r1)),
            )
        )
    bars.skip(6)
    total = result.lm3
    rows.append(("All three, of each £1", "", per_pound_range(total)))
    desc = (
        f"Three bars to one scale: {RECEIVED[result.view].lower()}, spent locally, spent"
        " locally again. The table after this picture gives every sum."
    )
    return Chart(
        "The three rounds",
        bars.picture("The three rounds", desc),
        Table.of("The three rounds", ("Round", "Pounds", "Of each £1"), rows),
    )


def _three(result: Result) -> list[tuple[Estimate, list[Segment]]]:
    """Each round's money and its parts: what is sure, what is not known, what did not stay."""
    first = Fraction(result.r1)
    held = Fraction(result.held)
    left2 = max(Fraction(0), first - result.r2.high - held)
    left3 = max(Fraction(0), result.r2.low - result.r3.high)
    return [
        (Estimate.of(first), [("came in", "first", first)]),
        (
            result.r2,
            [
                ("spent here", "local", result.r2.low),
                ("not known", "unknown", result.r2.high - result.r2.low),
                ("left the area", "left", left2),
                ("held or in no line", "held", min(held, max(Fraction(0), first - result.r2.high))),
            ],
        ),
        (
            result.r3,
            [
                ("spent again here", "again", result.r3.low),
                ("not known", "unknown", result.r3.high - result.r3.low),
                ("left the area", "left", left3),
            ],
        ),
    ]


def _short_range(money: Estimate) -> str:
    if money.is_certain:
        return short_pounds(money.low)
    return f"{short_pounds(money.low)} to {short_pounds(money.high)}"


def range_(result: Result) -> Chart:
    """The answer on its scale, with what others published for the same view."""
    lm3 = result.lm3
    most = max(Fraction(3), Fraction(int(lm3.high) + 1 if lm3.high > 3 else 3))

    def at(value: Fraction) -> float:
        return float((value - 1) / (most - 1)) * 100

    bars = Bars("range")
    _say(bars, f"This answer: {per_pound_range(lm3)}", "strong")
    bars.skip(6)
    top = bars.y
    bars.bar(0, 100, "ground")
    # A certain answer is a point: a sliver as wide as a hair stands for it.
    bars.bar(at(lm3.low), max(at(lm3.high), at(lm3.low) + 0.6), "range")
    if lm3.exact is not None:
        bars.rule(at(lm3.exact), top - 5, top + Bars.BAR + 5, "central")
    bars.skip(Bars.BAR + 8)
    published = of_view(result.view)
    for each in published:
        bars.skip(6)
        _say(bars, f"{each.short}: £{half_up(each.figure)}", "quiet")
        bars.skip(12)
        bars.across(bars.y)
        bars.dot(at(each.figure), bars.y, "published")
        bars.skip(12)
    bars.skip(6)
    # Where far more was spent than came in, marks for each pound would never end.
    for value in range(1, int(most) + 1) if most <= _MOST_MARKS else (1, int(most)):
        bars.rule(at(Fraction(value)), top, bars.y, "axis")
        bars.beside(f"£{value:,}", at(Fraction(value)), bars.y + 20)
    bars.skip(26)
    rows = [("This answer", per_pound_range(lm3), "the numbers typed here")]
    rows += [
        (each.who, f"£{half_up(each.figure)}", f"{each.given_by}; {each.where}, {each.when}")
        for each in published
    ]
    note = (
        "Each published by its sponsor or the sponsor’s researchers; sponsors publish good"
        " scores. Areas, years and surveys differ: none is a norm."
        if published
        else "We have read no published figure for this view, so none stands beside yours."
    )
    return Chart(
        "The answer and what others published",
        bars.picture(
            "The answer on its scale",
            f"A scale from £1 to £{int(most):,} for each £1 of round 1. The table after this"
            " picture gives every figure.",
        ),
        Table.of(
            "For each £1 of round 1, the £1 itself included",
            ("Whose", "In all", "From"),
            rows,
            ends_in_words=True,
        ),
        note,
    )


def tornado(
    swings: Sequence[tuple[str, Fraction, Fraction]], central: Fraction, halfway: bool
) -> Chart:
    """What makes the range, the widest first: each from its low to its high end.

    `halfway`: some of the others have no central value and were held half way.
    """
    low = min(swing[1] for swing in swings)
    high = max(swing[2] for swing in swings)
    span = high - low

    def at(value: Fraction) -> float:
        return float((value - low) / span) * 100

    bars = Bars("tornado")
    for name, start, end in swings:
        _say(bars, name)
        bars.skip(6)
        bars.bar(at(start), at(end), "range", height=22)
        bars.rule(at(central), bars.y - 4, bars.y + 26, "central")
        bars.skip(24)
        bars.words(f"{per_pound(start)} to {per_pound(end)}", 100 if at(start) > 55 else at(start))
        bars.skip(8)
    rows = [
        (name, per_pound(start), per_pound(end), per_pound(end - start))
        for name, start, end in swings
    ]
    return Chart(
        "What makes the range",
        bars.picture(
            "What makes the range",
            "A bar for each uncertain number, from the answer at its low end to the answer at"
            " its high end, the widest first. The table after this picture gives every figure.",
        ),
        Table.of(
            "The answer with one number at its ends and the others held",
            ("Uncertain number", "At its low end", "At its high end", "Difference"),
            rows,
        ),
        "Measure the first of these and the range shrinks most."
        + (" To draw this, what is unknown is held at half while others move." if halfway else ""),
    )


def pair(sides: Sequence[tuple[str, Result]]) -> Chart:
    """A and B: what each adds beyond round 1, rounds 2 and 3, with what is not known."""
    whole = max(max(result.gain.high for _, result in sides), Fraction(1))
    bars = Bars("pair")
    rows = []
    for number, (name, result) in enumerate(sides):
        bars.skip(14 if number else 0)
        _say(bars, f"{name}: {_short_range(result.gain)}", "strong")
        bars.skip(6)
        sure2 = min(result.r2.low, result.gain.low)
        _segments(
            bars,
            whole,
            [
                ("", "local", sure2),
                ("", "again", result.gain.low - sure2),
                ("", "unknown", result.gain.high - result.gain.low),
            ],
        )
        bars.skip(2)
        _say(bars, f"Round 2: {_short_range(result.r2)}", "quiet")
        _say(bars, f"Round 3: {_short_range(result.r3)}", "quiet")
        big = result.r1 >= 100_000
        rows.append(
            (
                name,
                pounds(result.r1, whole=big),
                money_range(result.r2, whole=big),
                money_range(result.r3, whole=big),
                money_range(result.gain, whole=big),
                per_pound_range(result.lm3),
            )
        )
    bars.skip(8)
    return Chart(
        "Side by side",
        bars.picture(
            "What each adds beyond round 1",
            "Two bars to one scale, round 2 and round 3 of each. The table after this picture"
            " gives every sum.",
        ),
        Table.of(
            "Rounds 2 and 3 of each",
            ("Whose", "Round 1", "Round 2", "Round 3", "Rounds 2 and 3", "LM3"),
            rows,
        ),
    )


def shift(result: ShiftResult, takes_off: bool) -> Chart:
    """What moves, and what it brings by each way of counting."""
    counted = [
        ("Moved", Estimate.of(result.amount), "first"),
        ("More here, if suppliers elsewhere spent nothing here", result.ignoring_nonlocal, "local"),
        ("More here, with what they spent here taken off", result.extra, "local"),
    ]
    if takes_off:
        net = "More here, with what would have happened anyway taken off too"
        counted.append((net, result.net, "local"))
    whole = max([money.high for _, money, _ in counted] + [Fraction(1)])
    bars = Bars("shift")
    for number, (name, money, tone) in enumerate(counted):
        bars.skip(14 if number else 0)
        _say(bars, name)
        bars.words(_short_range(money), tone="strong")
        bars.skip(4)
        segments = [("", tone, money.low), ("", "unknown", money.high - money.low)]
        _segments(bars, whole, segments)
    bars.skip(6)
    big = result.amount >= 100_000
    rows = [(name, money_range(money, whole=big)) for name, money, _ in counted]
    return Chart(
        "What it brings, by each way of counting",
        bars.picture(
            "What it brings, by each way of counting",
            "Bars to one scale. The table after this picture gives every sum.",
        ),
        Table.of("Two rounds of what is moved", ("What is counted", "Pounds"), rows),
        "" if all(money.is_certain for _, money, _ in counted) else _STRIPED,
    )


def claim(claimed: Fraction, result: CheckResult) -> Chart:
    """What must be spent locally, at each rate of spending again, for a claim to hold."""
    rates = sorted({Fraction(n, 100) for n in (0, 25, 35, 50, 75, 100)})
    bars = Bars("claim")
    rows = []
    for rate in rates:
        needed = (claimed - 1) / (1 + rate)
        possible = needed <= 1
        words_ = per_pound(needed) if possible else f"{more_than_all(needed)}: impossible"
        _say(bars, f"{per_pound(rate)} spent again: {words_}")
        bars.skip(4)
        top = bars.y
        bars.bar(0, 100, "ground", height=22)
        bars.bar(0, min(100.0, float(needed) * 100), "local" if possible else "left", height=22)
        bars.rule(100, top - 3, top + 25, "central")
        bars.skip(32)
        rows.append((per_pound(rate), words_))
    return Chart(
        f"What {per_pound(claimed)} needs",
        bars.picture(
            f"What {per_pound(claimed)} needs",
            "For each rate of spending again, how much of each £1 must be spent locally; a full"
            " bar is all of it. The table after this picture gives every figure.",
        ),
        Table.of(
            "For the claim to be true",
            ("Spent locally again, of each local £1", "Spent locally, of each £1"),
            rows,
        ),
        "A full bar is the whole £1. What needs more is impossible.",
    )
