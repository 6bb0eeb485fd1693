"""Turns a result into what the page says and shows: words, figures, picture, table."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier import drawing, flows, words
from multiplier.contract import Result
from multiplier.figures import Estimate

# Below this income the table shows pence.
SMALL = 1_000 * 100


@dataclass(frozen=True)
class Row:
    """One row of the table: what, how much, and how much of each £1."""

    name: str
    amount: str
    per_pound: str


@dataclass(frozen=True)
class Group:
    """One round in the table."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Answer:
    """All that a page says about one result."""

    sentence: str
    figure: str
    range: str
    is_range: bool
    extra: str
    lm2: str
    lm3_exact: str
    basis: tuple[str, ...]
    blanks: tuple[str, ...]
    warnings: tuple[str, ...]
    groups: tuple[Group, ...]
    wide: drawing.Drawing
    narrow: drawing.Drawing


def answer(result: Result, blanks: tuple[str, ...] = ()) -> Answer:
    """What to say about a result; `blanks` are the names of what was left unknown."""
    whole = result.r1 >= SMALL
    flow = flows.flow_of(result)
    lm3 = result.lm3
    extra = lm3 + Estimate.of(-1)
    is_range = words.per_pound(lm3.low) != words.per_pound(lm3.high)
    return Answer(
        sentence=_sentence(result, extra, is_range),
        figure=_figure(lm3),
        range=words.per_pound_range(lm3),
        is_range=is_range,
        extra=words.per_pound_range(extra),
        lm2=words.per_pound_range(result.lm2),
        lm3_exact=str(lm3.exact) if lm3.exact is not None else f"{lm3.low} to {lm3.high}",
        basis=(words.WHOSE[result.view], result.area, "Three rounds (LM3), standard"),
        blanks=blanks if is_range else (),
        warnings=tuple(words.WARNINGS[code] for code in result.warnings),
        groups=_groups(result, whole),
        wide=drawing.wide(flow, whole=whole),
        narrow=drawing.narrow(flow, whole=whole),
    )


def _figure(lm3: Estimate) -> str:
    """The central figure where there is one, else the range: never its middle."""
    return words.per_pound_range(lm3) if lm3.exact is None else words.per_pound(lm3.exact)


def _sentence(result: Result, extra: Estimate, is_range: bool) -> str:
    start = words.EVERY_POUND[result.view]
    end = f"more was spent again in {result.area} over the next two rounds."
    if extra.high == 0:
        return f"{start}, nothing {end}"
    if extra.exact is not None or not is_range:
        return f"{start}, about {words.per_pound(extra.claim)} {end}"
    low, high = words.per_pound(extra.low), words.per_pound(extra.high)
    return f"{start}, between {low} and {high} {end}"


def _groups(result: Result, whole: bool) -> tuple[Group, ...]:
    """The table: the three rounds, what was spent here in each and what was not."""
    first = [(words.RECEIVED[result.view], Estimate.of(result.r1))]
    beyond = max(Fraction(result.spend), result.r2.low) - result.r1
    if beyond > 0:
        first.append(("From reserves or loans", Estimate.of(beyond)))
    kept = [
        ("Left the area", _left_in_round_2(result)),
        ("Held as surplus", Estimate.of(result.surplus)),
        ("Not accounted for", Estimate.of(result.held - result.surplus)),
    ]
    second = _lines(result, "local", "{} here") or [("Spent here", result.r2)]
    third = _lines(result, "again", "{}: spent again here") or [("Spent again here", result.r3)]
    titles = ("Round 1", "Round 2", "Round 3")
    parts = (first, [*second, *kept], [*third, ("Left the area", result.leak3)])
    return tuple(
        Group(
            title,
            tuple(_row(name, money, result.r1, whole) for name, money in rows if money.high),
        )
        for title, rows in zip(titles, parts, strict=True)
    )


def _left_in_round_2(result: Result) -> Estimate:
    """What was paid to people and firms elsewhere: not what was kept."""
    spend = (
        result.spend - result.surplus if result.lines else max(Fraction(result.r1), result.r2.low)
    )
    return spend - result.r2


def _lines(result: Result, part: str, name: str) -> list[tuple[str, Estimate]]:
    return [
        (name.format(words.KIND_NAMES[line.kind]), getattr(line, part))
        for line in result.lines
        if line.kind != "surplus"
    ]


def _row(name: str, money: Estimate, r1: int, whole: bool) -> Row:
    share = money / Fraction(r1)
    return Row(name, words.money_range(money, whole=whole), words.per_pound_range(share))
