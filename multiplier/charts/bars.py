"""Bar charts with tables: rounds, range, causes of the range, comparison, shift and claim.

Bars are to scale and labelled, never told apart by colour alone. Python writes the SVG, because a
chart has a hundred parts and a template would be slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from textwrap import wrap

from django.utils.safestring import SafeString

from multiplier.charts.flow import STRIPED, picture
from multiplier.charts.published import PUBLISHED
from multiplier.engine import Estimate, Result, ShiftResult, half_up
from multiplier.words import (
    RECEIVED,
    money_range,
    more_than_all,
    per_pound,
    per_pound_range,
    pounds,
    short_pounds,
)

Cells = tuple[str, ...]
# Name, tone and amount of one part of a bar.
Segment = tuple[str, str, Fraction]
# Characters that fit beside each other at 320 pixels.
_LINE_LENGTH = 38
_STRIPED = "Striped: it could be this much, but not all the figures are known."
# Marks that fit on a scale.
_MOST_MARKS = 6
# Tables show whole pounds from this round 1 on: £1,000 in pence.
_WHOLE_FROM = 100_000


@dataclass(frozen=True)
class Group:
    """Rows with an optional heading."""

    title: str
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class Table:
    """A caption, column headings and grouped rows. A row's first cell is its heading.

    `ends_in_words`: the last column holds text instead of figures.
    """

    caption: str
    heads: Cells
    groups: tuple[Group, ...]
    ends_in_words: bool = False

    @classmethod
    def of(
        cls, caption: str, heads: Cells, rows: Sequence[Cells], *, ends_in_words: bool = False
    ) -> Table:
        """Make a table without groups."""
        return cls(caption, heads, (Group("", tuple(rows)),), ends_in_words)

    @property
    def is_wide(self) -> bool:
        """Whether it has too many columns to fit beside a chart."""
        return len(self.heads) > 4

    @property
    def html(self) -> SafeString:
        """The table as HTML, with all text escaped."""
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        bodies = ""
        for group in self.groups:
            rows = ""
            if group.title:
                rows = (
                    f'<tr><th class="answer__round" scope="rowgroup" colspan="{len(self.heads)}">'
                    f"{escape(group.title)}</th></tr>"
                )
            for head, *rest in group.rows:
                cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
                rows += f'<tr><th scope="row">{escape(head)}</th>{cells}</tr>'
            if not group.rows:
                rows += f'<tr><td colspan="{len(self.heads)}">Nothing</td></tr>'
            bodies += f"<tbody>{rows}</tbody>"
        words = " answer__table--words" if self.ends_in_words else ""
        return SafeString(
            f'<table class="answer__table{words}"><caption>{escape(self.caption)}</caption>'
            f"<thead><tr>{heads}</tr></thead>{bodies}</table>"
        )


@dataclass(frozen=True)
class Chart:
    """A chart with its name and table."""

    title: str
    picture: SafeString
    table: Table
    note: str = ""


class Bars:
    """A drawing of bars and text; x runs from 0 to 100 across its width.

    Text keeps its size while bars stretch, so that one drawing fits a phone and a report.
    """

    LINE = 23
    BAR = 34

    def __init__(self, name: str) -> None:
        self.name = name
        self.y = 0
        self._shapes: list[str] = []
        self._stripes = False

    def say(self, text: str, tone: str = "") -> None:
        """Write text, wrapped into lines."""
        for line in wrap(text, _LINE_LENGTH) if len(text) > _LINE_LENGTH else [text]:
            self.words(line, tone=tone)

    def words(self, text: str, at: float = 0, tone: str = "") -> None:
        """Write a line of text that starts at `at`, or ends there if it would not fit."""
        self.y += self.LINE
        self.beside(text, at, self.y - 6, tone)

    def beside(self, text: str, at: float, y: float, tone: str = "") -> None:
        """Write text at a given height."""
        anchor = "end" if at > 55 else "start"
        shade = f" bars__text--{tone}" if tone else ""
        self._shapes.append(
            f'<text class="bars__text{shade}" x="{at:.2f}%" y="{y:.0f}" text-anchor="{anchor}">'
            f"{escape(text)}</text>"
        )

    def segments(self, whole: Fraction, segments: Sequence[Segment]) -> None:
        """Draw a bar of several parts and move below it."""
        start = 0.0
        for _, tone, amount in segments:
            end = start + float(amount / whole) * 100
            self.bar(start, end, tone)
            start = end
        self.y += self.BAR

    def bar(self, start: float, end: float, tone: str, *, height: int = BAR) -> None:
        """Draw a bar at the current height; nothing for a length of 0."""
        if end - start < 0.05:
            return
        unknown = tone == "unknown"
        self._stripes |= unknown
        fill = f' fill="url(#{self.name}_unknown)"' if unknown else ""
        self._shapes.append(
            f'<rect class="bars__bar bars__bar--{tone}" x="{start:.2f}%" y="{self.y:.0f}"'
            f' width="{end - start:.2f}%" height="{height}"{fill}/>'
        )

    def rule(self, at: float, top: float, bottom: float, tone: str = "") -> None:
        """Draw a thin vertical line."""
        shade = f" bars__rule--{tone}" if tone else ""
        self._shapes.append(
            f'<line class="bars__rule{shade}" x1="{at:.2f}%" x2="{at:.2f}%"'
            f' y1="{top:.0f}" y2="{bottom:.0f}"/>'
        )

    def point(self, at: float, tone: str) -> None:
        """Draw a thin horizontal line at the current height, with a mark on it."""
        y = f"{self.y:.0f}"
        self._shapes += [
            f'<line class="bars__rule bars__rule--axis" x1="0" x2="100%" y1="{y}" y2="{y}"/>',
            f'<circle class="bars__dot bars__dot--{tone}" cx="{at:.2f}%" cy="{y}" r="7"/>',
        ]

    def picture(self, title: str, desc: str) -> SafeString:
        """Return the drawing as a titled SVG."""
        attributes = f'class="bars" width="100%" height="{self.y}"'
        defs = STRIPED.format(self.name) if self._stripes else ""
        return picture(attributes, self.name, title, desc, defs, self._shapes)


# ---- The pictures --------------------------------------------------------------------------


def _short_range(money: Estimate) -> str:
    if money.is_certain:
        return short_pounds(money.low)
    return f"{short_pounds(money.low)} to {short_pounds(money.high)}"


def rounds(result: Result) -> Chart:
    """Draw the three rounds below each other, each with the money not spent locally."""
    whole = max(Fraction(result.r1), Fraction(result.spend), result.r2.high, result.r3.high)
    title = "The three rounds"
    bars = Bars("rounds")
    rows = []
    for number, (money, segments) in enumerate(_three(result), 1):
        bars.y += 12 if number > 1 else 0
        bars.say(f"Round {number}: {_short_range(money)} {segments[0][0]}", "strong")
        bars.y += 6
        bars.segments(whole, segments)
        rest = [f"{short_pounds(amount)} {name}" for name, _, amount in segments[1:] if amount]
        if rest:
            bars.y += 2
            bars.say(", ".join(rest), "quiet")
        share = per_pound_range(money / Fraction(result.r1))
        rows.append((f"Round {number}", money_range(money, whole=result.r1 >= _WHOLE_FROM), share))
    bars.y += 6
    rows.append(("All three, of each £1", "", per_pound_range(result.lm3)))
    desc = (
        f"Three bars to one scale: {RECEIVED[result.view].lower()}, spent locally, spent"
        " locally again. The table after this picture gives every sum."
    )
    table = Table.of(title, ("Round", "Pounds", "Of each £1"), rows)
    return Chart(title, bars.picture(title, desc), table)


def _three(result: Result) -> list[tuple[Estimate, list[Segment]]]:
    """Return each round's money and its parts: certain, unknown and not local."""
    nothing, first, held = Fraction(0), Fraction(result.r1), Fraction(result.held)
    r2, r3 = result.r2, result.r3
    second = [
        ("spent here", "local", r2.low),
        ("not known", "unknown", r2.high - r2.low),
        ("left the area", "left", max(nothing, first - r2.high - held)),
        ("held or not in any line", "held", min(held, max(nothing, first - r2.high))),
    ]
    third = [
        ("spent again here", "again", r3.low),
        ("not known", "unknown", r3.high - r3.low),
        ("left the area", "left", max(nothing, r2.low - r3.high)),
    ]
    return [(Estimate.of(first), [("came in", "first", first)]), (r2, second), (r3, third)]


def range_(result: Result) -> Chart:
    """Draw the answer on a scale, with published figures of the same view."""
    lm3 = result.lm3
    most = max(3, int(lm3.high) + 1) if lm3.high > 3 else 3
    # Show only figures of the same view, because views cannot be compared.
    published = [each for each in PUBLISHED if each.view == result.view]

    def at(value: Fraction) -> float:
        return float((value - 1) / Fraction(most - 1)) * 100

    bars = Bars("range")
    bars.say(f"This answer: {per_pound_range(lm3)}", "strong")
    bars.y += 6
    top = bars.y
    bars.bar(0, 100, "ground")
    # Draw a certain answer, which is a point, as a hairline.
    bars.bar(at(lm3.low), max(at(lm3.high), at(lm3.low) + 0.6), "range")
    if lm3.exact is not None:
        bars.rule(at(lm3.exact), top - 5, top + Bars.BAR + 5, "central")
    bars.y += Bars.BAR + 8
    for each in published:
        bars.y += 6
        bars.say(f"{each.who}, {each.when}: £{half_up(each.figure)}", "quiet")
        bars.y += 12
        bars.point(at(each.figure), "published")
        bars.y += 12
    bars.y += 6
    # Limit the marks, because far more may be spent than came in.
    for value in range(1, most + 1) if most <= _MOST_MARKS else (1, most):
        bars.rule(at(Fraction(value)), top, bars.y, "axis")
        bars.beside(f"£{value:,}", at(Fraction(value)), bars.y + 20)
    bars.y += 26
    rows = [("This answer", per_pound_range(lm3), "the figures entered here")]
    rows += [
        (each.who, f"£{half_up(each.figure)}", f"{each.given_by}; {each.where}, {each.when}")
        for each in published
    ]
    note = (
        "Each was published by its sponsor or the sponsor’s researchers, and sponsors publish good"
        " scores. Areas, years and surveys differ, so none is the norm."
        if published
        else "We have not found a published figure for this view to compare with yours."
    )
    desc = (
        f"A scale from £1 to £{most:,} for each £1 of round 1. The table after this"
        " picture gives every figure."
    )
    caption = "For each £1 of round 1, including the £1 itself"
    table = Table.of(caption, ("Whose", "In all", "From"), rows, ends_in_words=True)
    picture = bars.picture("The answer on its scale", desc)
    return Chart("The answer and what others published", picture, table, note)


def tornado(
    swings: Sequence[tuple[str, Fraction, Fraction]], central: Fraction, halfway: bool
) -> Chart:
    """Draw the causes of the range, widest first, from low to high end.

    Args:
        halfway: Whether inputs without a central value were held half way.
    """
    title = "What makes the range"
    low = min(swing[1] for swing in swings)
    span = max(swing[2] for swing in swings) - low

    def at(value: Fraction) -> float:
        return float((value - low) / span) * 100

    bars = Bars("tornado")
    for name, start, end in swings:
        bars.say(name)
        bars.y += 6
        bars.bar(at(start), at(end), "range", height=22)
        bars.rule(at(central), bars.y - 4, bars.y + 26, "central")
        bars.y += 24
        bars.words(f"{per_pound(start)} to {per_pound(end)}", 100 if at(start) > 55 else at(start))
        bars.y += 8
    desc = (
        "A bar for each uncertain number, from the answer at its low end to the answer at"
        " its high end, the widest first. The table after this picture gives every figure."
    )
    table = Table.of(
        "The answer with one number at its ends and the others held",
        ("Uncertain number", "At its low end", "At its high end", "Difference"),
        [(name, per_pound(a), per_pound(b), per_pound(b - a)) for name, a, b in swings],
    )
    note = "To narrow the range most, measure the first of these."
    if halfway:
        note += " To draw this, we hold what is unknown at half while others change."
    return Chart(title, bars.picture(title, desc), table, note)


def pair(sides: Sequence[tuple[str, Result]]) -> Chart:
    """Draw what A and B each add beyond round 1, including the unknown part."""
    whole = max(max(result.gain.high for _, result in sides), Fraction(1))
    bars = Bars("pair")
    rows = []
    for number, (name, result) in enumerate(sides):
        gain = result.gain
        bars.y += 14 if number else 0
        bars.say(f"{name}: {_short_range(gain)}", "strong")
        bars.y += 6
        sure = min(result.r2.low, gain.low)
        parts = [("", "local", sure), ("", "again", gain.low - sure)]
        bars.segments(whole, [*parts, ("", "unknown", gain.high - gain.low)])
        bars.y += 2
        bars.say(f"Round 2: {_short_range(result.r2)}", "quiet")
        bars.say(f"Round 3: {_short_range(result.r3)}", "quiet")
        big = result.r1 >= _WHOLE_FROM
        sums = [money_range(money, whole=big) for money in (result.r2, result.r3, gain)]
        rows.append((name, pounds(result.r1, whole=big), *sums, per_pound_range(result.lm3)))
    bars.y += 8
    desc = (
        "Two bars to one scale, round 2 and round 3 of each. The table after this picture"
        " gives every sum."
    )
    heads = ("Whose", "Round 1", "Round 2", "Round 3", "Rounds 2 and 3", "LM3")
    table = Table.of("Rounds 2 and 3 of each", heads, rows)
    return Chart("Side by side", bars.picture("What each adds beyond round 1", desc), table)


def shift(result: ShiftResult, takes_off: bool) -> Chart:
    """Draw the amount moved and its effect by each way of counting."""
    title = "What it brings, by each way of counting"
    counted = [
        ("Moved", Estimate.of(result.amount), "first"),
        ("More here, if suppliers elsewhere spent nothing here", result.ignoring_nonlocal, "local"),
        ("More here, after taking off what they spent here", result.extra, "local"),
    ]
    if takes_off:
        net = "More here, after taking off what would have happened anyway too"
        counted.append((net, result.net, "local"))
    whole = max([money.high for _, money, _ in counted] + [Fraction(1)])
    bars = Bars("shift")
    for number, (name, money, tone) in enumerate(counted):
        bars.y += 14 if number else 0
        bars.say(name)
        bars.words(_short_range(money), tone="strong")
        bars.y += 4
        bars.segments(whole, [("", tone, money.low), ("", "unknown", money.high - money.low)])
    bars.y += 6
    big = result.amount >= _WHOLE_FROM
    rows = [(name, money_range(money, whole=big)) for name, money, _ in counted]
    desc = "Bars to one scale. The table after this picture gives every sum."
    table = Table.of("Two rounds of what is moved", ("What is counted", "Pounds"), rows)
    striped = not all(money.is_certain for _, money, _ in counted)
    return Chart(title, bars.picture(title, desc), table, _STRIPED if striped else "")


def claim(claimed: Fraction) -> Chart:
    """Draw the local share a claim needs at each respend rate."""
    title = f"What {per_pound(claimed)} needs"
    bars = Bars("claim")
    rows = []
    for rate in (Fraction(per_cent, 100) for per_cent in (0, 25, 35, 50, 75, 100)):
        needed = (claimed - 1) / (1 + rate)
        possible = needed <= 1
        said = per_pound(needed) if possible else f"{more_than_all(needed)}: not possible"
        bars.say(f"{per_pound(rate)} spent again: {said}")
        bars.y += 4
        bars.bar(0, 100, "ground", height=22)
        bars.bar(0, min(100.0, float(needed) * 100), "local" if possible else "left", height=22)
        bars.rule(100, bars.y - 3, bars.y + 25, "central")
        bars.y += 32
        rows.append((per_pound(rate), said))
    desc = (
        "For each rate of spending again, how much of each £1 must be spent locally; a full"
        " bar is all of it. The table after this picture gives every figure."
    )
    heads = ("Spent locally again, of each local £1", "Spent locally, of each £1")
    table = Table.of("For the claim to be true", heads, rows)
    note = "A full bar is the whole £1. Anything that needs more is not possible."
    return Chart(title, bars.picture(title, desc), table, note)
