"""The answer page's content for a result: words, figures, pictures and tables."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString

from multiplier import words
from multiplier.calculator.forms import CalculatorForm, Origin
from multiplier.charts import bars
from multiplier.charts.bars import Chart, Group, Table
from multiplier.charts.flow import flow_of, flow_picture, narrow, wide
from multiplier.engine import Estimate, Grade, Result, half_up

# Incomes below this show pence in the table.
SMALL = 1_000 * 100
_RESTS_ON = {"accounts": "on records", "survey": "on a survey", "assumption": "on estimates"}


@dataclass(frozen=True)
class Answer:
    """Content of the answer for one result."""

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
        """Whether a central figure is claimed within a range."""
        return self.is_range and self.figure != self.range

    @property
    def cautions(self) -> tuple[str, ...]:
        """Warnings to read before quoting it."""
        return self.warnings

    @property
    def cited(self) -> str:
        """The figure and its basis, as one line to quote."""
        figure = f"LM3 {self.figure}" + (f" (range {self.range})" if self.is_claimed else "")
        over = ["more was spent than came in"] if self.spends_more_than_came_in else []
        return "; ".join([figure, *over, *self.basis])


def answer_to(form: CalculatorForm, mark: str = "flow") -> Answer:
    """Return the answer for a valid form."""
    return answer(form.result, form.origins, mark, form.basis)


def answer(
    result: Result,
    origins: tuple[Origin, ...] = (),
    mark: str = "flow",
    basis: tuple[str, ...] = (),
) -> Answer:
    """Return the answer for a result.

    Args:
        result: The engine's result.
        origins: The reasons why it is a range.
        mark: Prefix of the pictures' ids, unique among the answers on a page.
        basis: Further conditions that comparable answers share.
    """
    whole = result.r1 >= SMALL
    flow = flow_of(result)
    lm3 = result.lm3
    extra = lm3 + Estimate.of(-1)
    is_range = words.per_pound(lm3.low) != words.per_pound(lm3.high)
    over = "W_SPEND_EXCEEDS_INCOME" in result.warnings
    return Answer(
        sentence=_sentence(result, extra, is_range),
        figure=_figure(lm3),
        range=words.per_pound_range(lm3),
        is_range=is_range,
        extra=_figure(extra),
        lm2=words.per_pound_range(result.lm2),
        lm3_exact=_exactly(lm3),
        basis=(words.WHOSE[result.view], result.area, words.MODES[result.mode], *basis),
        origins=origins if is_range else (),
        warnings=tuple(words.WARNINGS[code] for code in result.warnings),
        table=_table(result, whole),
        wide=flow_picture(wide(flow, whole=whole), mark),
        narrow=flow_picture(narrow(flow, whole=whole), mark),
        method_version=result.method_version,
        # The total spent, because the user may have meant it as round 1.
        spend=words.pounds(result.spend, whole=whole) if over and result.lines else "",
        spends_more_than_came_in=over,
    )


def _exactly(lm3: Estimate) -> str:
    if lm3.is_certain:
        return str(lm3.low)
    if lm3.exact is None:
        return f"{lm3.low} to {lm3.high}"
    return f"{lm3.exact}, between {lm3.low} and {lm3.high}"


def _figure(lm3: Estimate) -> str:
    """Return the central figure, or the range if there is none; never its midpoint."""
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
    """Return a table of the money spent locally, and not, in each round."""

    def lines(part: str, name: str) -> list[tuple[str, Estimate]]:
        return [
            (name.format(words.KIND_NAMES[line.kind]), getattr(line, part))
            for line in result.lines
            if line.kind != "surplus"
        ]

    first = [(words.RECEIVED[result.view], Estimate.of(result.r1))]
    beyond = max(Fraction(result.spend), result.r2.low) - result.r1
    if beyond > 0:
        first.append(("From reserves or loans", Estimate.of(beyond)))
    # Paid to people and firms anywhere; excludes money kept.
    paid = max(Fraction(result.r1), result.r2.low)
    if result.lines:
        paid = Fraction(result.spend - result.surplus)
    second = [
        *(lines("local", "{} here") or [("Spent here", result.r2)]),
        ("Left the area", paid - result.r2),
        ("Held as surplus", Estimate.of(result.surplus)),
        ("Not accounted for", Estimate.of(result.held - result.surplus)),
    ]
    third = [
        *(lines("again", "{}: spent again here") or [("Spent again here", result.r3)]),
        ("Spent here by those elsewhere", result.returned),
        ("Left the area", result.leak3),
    ]

    def row(name: str, money: Estimate) -> tuple[str, str, str]:
        share = words.per_pound_range(money / Fraction(result.r1))
        return name, words.money_range(money, whole=whole), share

    groups = tuple(
        Group(f"Round {number}", tuple(row(name, money) for name, money in rows if money.high))
        for number, rows in enumerate((first, second, third), 1)
    )
    return Table("The same as a table", ("Where it went", "Pounds", "Of each £1"), groups)


# ---- The pictures below it, and what it rests on ---------------------------------------------


@dataclass(frozen=True)
class Pictures:
    """The pictures below the money flow, and the evidence in words."""

    charts: tuple[Chart, ...]
    rests_on: str


def pictures(form: CalculatorForm) -> Pictures:
    """Draw the rounds, the range and its causes, if any."""
    result = form.result
    made = [bars.rounds(result), bars.range_(result)]
    if form.origins and not result.lm3.is_certain:
        found = form.method.tornado(form.request)
        swings = [(form.label_of(each.field), each.low, each.high) for each in found.swings]
        if swings:
            made.append(bars.tornado(swings, found.central, bool(found.halfway)))
    said = form.cleaned_data["local_basis"] or form.cleaned_data["again_basis"]
    return Pictures(tuple(made), rests_on(result.grade, bool(said)))


def rests_on(grade: Grade | None, said: bool) -> str:
    """Return a sentence about the evidence for rounds 2 and 3."""
    if grade is None:
        return "We do not know of anything spent locally, so there is nothing to base this on yet."
    if not said:
        return (
            "You did not say what the figures are based on, so we treat all of them as estimates."
        )
    parts = [
        f"{half_up(share * 100, 0)}% {_RESTS_ON[name]}"
        for name, share in vars(grade).items()
        if share
    ]
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    return f"What was spent here in rounds 2 and 3 is based {listed}, according to the user."
