"""Turns a result into what the page says and shows: words, figures, picture, table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from django.utils.safestring import SafeString

from multiplier import drawing, flows, svg, words
from multiplier.contract import Result
from multiplier.figures import Estimate
from multiplier.forms import CalculatorForm, Origin
from multiplier.tables import Group, Table

# Below this income the table shows pence.
SMALL = 1_000 * 100


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
    origins: tuple[Origin, ...]
    warnings: tuple[str, ...]
    table: Table
    wide: SafeString
    narrow: SafeString
    method_version: str
    spend: str
    spends_more_than_came_in: bool

    @property
    def is_claimed(self) -> bool:
        """Whether a figure is claimed within a range: else the range is the figure."""
        return self.is_range and self.figure != self.range


def answer_to(form: CalculatorForm, mark: str = "flow") -> Answer:
    """What to say about what a valid form asks."""
    said = answer(form.result, form.origins, mark)
    return replace(said, basis=(*said.basis, *form.basis))


def answer(result: Result, origins: tuple[Origin, ...] = (), mark: str = "flow") -> Answer:
    """What to say about a result; `origins` name what makes it a range.

    `mark` keeps the pictures' ids apart from those of another answer on the page.
    """
    whole = result.r1 >= SMALL
    flow = flows.flow_of(result)
    lm3 = result.lm3
    extra = lm3 + Estimate.of(-1)
    is_range = words.per_pound(lm3.low) != words.per_pound(lm3.high)
    title = "Where the money went, in three rounds"
    return Answer(
        sentence=_sentence(result, extra, is_range),
        figure=_figure(lm3),
        range=words.per_pound_range(lm3),
        is_range=is_range,
        extra=_figure(extra),
        lm2=words.per_pound_range(result.lm2),
        lm3_exact=_exactly(lm3),
        basis=(words.WHOSE[result.view], result.area, words.MODES[result.mode]),
        origins=origins if is_range else (),
        warnings=tuple(words.WARNINGS[code] for code in result.warnings),
        table=_table(result, whole),
        wide=svg.flow(drawing.wide(flow, whole=whole), title, mark),
        narrow=svg.flow(drawing.narrow(flow, whole=whole), title, mark),
        method_version=result.method_version,
        spend=_spend(result, whole),
        spends_more_than_came_in="W_SPEND_EXCEEDS_INCOME" in result.warnings,
    )


def _spend(result: Result, whole: bool) -> str:
    """All that was spent, where it is more than came in and so might be round 1."""
    over = result.lines and "W_SPEND_EXCEEDS_INCOME" in result.warnings
    return words.pounds(result.spend, whole=whole) if over else ""


def _exactly(lm3: Estimate) -> str:
    ends = "" if lm3.is_certain else f"{lm3.low} to {lm3.high}"
    if lm3.exact is None:
        return ends
    return f"{lm3.exact}, between {ends.replace(' to ', ' and ')}" if ends else str(lm3.exact)


def _figure(lm3: Estimate) -> str:
    """The central figure where there is one, else the range: never its middle."""
    return words.per_pound_range(lm3) if lm3.exact is None else words.per_pound(lm3.exact)


def _sentence(result: Result, extra: Estimate, is_range: bool) -> str:
    start = words.EVERY_POUND[result.view]
    end = f"more was spent again in {result.area} over the next two rounds."
    if extra.high == 0:
        return f"{start}, nothing {end}"
    low, high = words.per_pound(extra.low), words.per_pound(extra.high)
    if extra.exact is not None or not is_range:
        said = f"{start}, about {words.per_pound(extra.claim)} {end}"
        return f"{said.removesuffix('.')} (range {low} to {high})." if is_range else said
    return f"{start}, between {low} and {high} {end}"


def _table(result: Result, whole: bool) -> Table:
    """The three rounds, what was spent here in each and what was not."""
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
    back = [("Spent here by those elsewhere", result.returned)]
    titles = ("Round 1", "Round 2", "Round 3")
    parts = (first, [*second, *kept], [*third, *back, ("Left the area", result.leak3)])
    groups = tuple(
        Group(
            title, tuple(_row(name, money, result.r1, whole) for name, money in rows if money.high)
        )
        for title, rows in zip(titles, parts, strict=True)
    )
    return Table("The same as a table", ("Where it went", "Pounds", "Of each £1"), groups)


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


def _row(name: str, money: Estimate, r1: int, whole: bool) -> tuple[str, str, str]:
    share = money / Fraction(r1)
    return name, words.money_range(money, whole=whole), words.per_pound_range(share)
