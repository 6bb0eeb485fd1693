"""Content of the other three questions' answers: sentence, figures, charts and tables."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier.calculator.fields import plain_money
from multiplier.calculator.forms import Origin
from multiplier.calculator.what_if_forms import LOCAL, POUNDS, CheckForm, CompareForm, ShiftForm
from multiplier.charts import bars
from multiplier.charts.bars import Chart
from multiplier.engine import Estimate
from multiplier.words import (
    MODES,
    WARNINGS,
    WHOSE,
    money_range,
    more_than_all,
    per_pound,
    per_pound_range,
    pounds,
)


@dataclass(frozen=True)
class Figure:
    """A figure with its label and a note."""

    label: str
    number: str
    note: str

    @property
    def is_range(self) -> bool:
        """Whether it is two numbers, which need more room."""
        return " to " in self.number


@dataclass(frozen=True)
class Finding:
    """Content of one answer. The first figure is the main one."""

    sentence: str
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    basis: tuple[str, ...]
    notes: tuple[str, ...]
    origins: tuple[Origin, ...]
    method_version: str

    @property
    def cautions(self) -> tuple[str, ...]:
        """Notes to read before quoting it."""
        return self.notes

    @property
    def cited(self) -> str:
        """Its basis, as one line to quote."""
        return "; ".join(self.basis)


def _spread_words(money: Estimate, whole: bool) -> str:
    """Return an approximate amount in words, with its range if there is one."""
    if money.is_certain:
        return f"about {pounds(money.low, whole=whole)}"
    ends = f"{pounds(money.low, whole=whole)} to {pounds(money.high, whole=whole)}"
    if money.exact is None:
        return f"between {ends.replace(' to ', ' and ')}"
    return f"about {pounds(money.exact, whole=whole)} (range {ends})"


# ---- What if we moved spending? ------------------------------------------------------


def shift_finding(form: ShiftForm) -> Finding:
    """Return the finding for moving an amount of spending."""
    result, area = form.result, form.cleaned_data["area"].strip()
    whole = result.amount >= 100_000
    moved = pounds(result.amount, whole=whole)
    main = result.net if form.takes_off else result.extra
    after = "what suppliers elsewhere already spent there"
    if form.takes_off:
        after += " and what would have happened anyway"
    return Finding(
        sentence=(
            f"Moving {moved} to suppliers in {area} would bring it {_spread_words(main, whole)}"
            f" more over two rounds, after taking off {after}."
        ),
        figures=_shift_figures(form, main, whole),
        charts=(bars.shift(form.result, form.takes_off),),
        basis=("A council’s spending", area, MODES["standard"]),
        notes=_shift_notes(form),
        origins=() if main.is_certain else form.origins,
        method_version=form.method.number,
    )


def _shift_figures(form: ShiftForm, main: Estimate, whole: bool) -> tuple[Figure, ...]:
    result = form.result
    off = "nothing taken off: see below"
    if form.takes_off:
        off = f"before anything is taken off: {money_range(result.extra, whole=whole)}"
    ends = "from the low to the high end of each share"
    if main.exact is None:
        figures = [Figure("More in the area", money_range(main, whole=whole), f"{ends}; {off}")]
    else:
        figures = [
            Figure("More in the area", pounds(main.exact, whole=whole), off),
            Figure("Range", "none" if main.is_certain else money_range(main, whole=whole), ends),
        ]
    return (
        *figures,
        Figure(
            "If suppliers elsewhere spent nothing here",
            money_range(result.ignoring_nonlocal, whole=whole),
            "the larger figure people often publish",
        ),
    )


def _shift_notes(form: ShiftForm) -> tuple[str, ...]:
    data, notes = form.cleaned_data, []
    if data["how"] != POUNDS and data["local_share"] is not None:
        total = data["part"] * data["spend"] * 100
        more = total * data["local_share"]
        here = "the second" if data["how"] == LOCAL else "the first"
        notes.append(
            f"{data['part'] * 100}% of all your spending is {pounds(total)}."
            f" {data['part'] * 100}% more than is local now is {pounds(more)}."
            f" This answer is about {here}."
        )
    if not form.takes_off:
        notes.append(
            "This is a gross figure. Nothing is taken off for what would have happened anyway,"
            " what others in the area lose, or what it replaces."
        )
    notes.append("The places the money leaves lose what this one gains.")
    return tuple(notes)


# ---- Is that figure possible? --------------------------------------------------------


def check_finding(form: CheckForm) -> Finding:
    """Return the finding for a claimed multiplier."""
    claimed = Fraction(form.cleaned_data["claimed"])
    # Keep every decimal place, so that an impossible claim is not rounded to a possible one.
    typed = per_pound(claimed) if claimed * 100 % 1 == 0 else f"£{plain_money(claimed)}"
    return Finding(
        sentence=_check_sentence(form, typed),
        figures=_check_figures(form),
        charts=(bars.claim(claimed),),
        basis=("Three rounds (LM3), standard",),
        notes=(
            "A figure that is possible is not always true. Ask for its area, its year, its"
            " survey and whose money it traces.",
            "Some figures leave out the first £1. If this one does, add 1 and try again.",
        ),
        origins=(),
        method_version=form.method.number,
    )


def _check_sentence(form: CheckForm, claimed: str) -> str:
    result = form.result
    if result.respend_min > 1:
        return (
            f"{claimed} is not possible in 3 rounds: £1 makes at most £3, including the £1 itself."
        )
    needed = result.local_share_needed
    if needed is None:
        return (
            f"For {claimed} to be true, at least {per_pound(result.local_share_min)} of each £1"
            f" must be spent locally, and at least {per_pound(result.respend_min)} of each of"
            " those pounds spent locally again."
        )
    # The engine uses the most favourable end of a range.
    rate = form.cleaned_data["respend"]
    again = per_pound(Fraction(getattr(rate, "high", rate)))
    start = f"If {again} of each local pound is spent locally again"
    if not result.possible:
        return (
            f"{start}, {claimed} is not possible: {more_than_all(needed)} of each £1 would have to"
            " be spent locally, which is more than the whole of it."
        )
    return f"{start}, {claimed} needs {per_pound(needed)} of each £1 to be spent locally."


def _check_figures(form: CheckForm) -> tuple[Figure, ...]:
    result = form.result
    verdict = "possible" if result.possible else "not possible"
    return (
        Figure("This figure is", verdict, "in 3 rounds, standard mode"),
        Figure(
            "Spent locally, at least",
            per_pound(result.local_share_min),
            "of each £1, even if every local recipient spends all of it locally",
        ),
        Figure(
            "Spent locally again, at least",
            per_pound(result.respend_min),
            "of each local pound, even if all of round 1 is spent locally",
        ),
        Figure(
            "If both are the same",
            per_pound(Fraction(result.equal_rate)),
            "of each pound, in round 2 and in round 3",
        ),
    )


# ---- A beside B ----------------------------------------------------------------------


def compare_finding(form: CompareForm) -> Finding:
    """Return the finding for A and B: what each adds beyond round 1, without a verdict."""
    (a, b), results = form.names, (form.a_result, form.b_result)
    area = results[0].area
    whole = max(result.r1 for result in results) >= 100_000
    return Finding(
        sentence=_compare_sentence(form, a, b, area, whole),
        figures=_compare_figures(form, a, b, whole),
        charts=(bars.pair(tuple(zip((a, b), results, strict=True))),),
        basis=(WHOSE[results[0].view], area, MODES["standard"]),
        notes=_compare_notes(form),
        origins=() if form.result.difference.is_certain else form.origins,
        method_version=form.method.number,
    )


def _compare_sentence(form: CompareForm, a: str, b: str, area: str, whole: bool) -> str:
    gap = form.result.difference
    end = f"in {area} over the next two rounds"
    if gap.low < 0 < gap.high:
        less, more = pounds(-gap.low, whole=whole), pounds(gap.high, whole=whole)
        return (
            f"These figures do not show which adds more {end}. {a} could add up to {more} more"
            f" than {b}, or up to {less} less."
        )
    if gap.high <= 0 and gap.low < 0:
        a, b, gap = b, a, 0 - gap
    if gap.is_certain and gap.low == 0:
        return f"{a} and {b} add the same {end}."
    return f"{a} adds {_spread_words(gap, whole)} more than {b} {end}."


def _compare_figures(form: CompareForm, a: str, b: str, whole: bool) -> tuple[Figure, ...]:
    cost = form.result.cost_per_extra_local_pound
    figures = [
        Figure(
            f"{a} compared with {b}",
            _signed(form.result.difference, whole),
            "what A adds in rounds 2 and 3, minus what B adds",
        ),
        Figure(f"LM3 of {a}", per_pound_range(form.a_result.lm3), "for each £1 of its round 1"),
        Figure(f"LM3 of {b}", per_pound_range(form.b_result.lm3), "for each £1 of its round 1"),
    ]
    if cost is not None:
        note = "how much more A costs, for each extra pound spent here"
        if cost < 0:
            note = "A costs less, so each extra pound spent here saves this much"
        figures.append(Figure("Price of each extra local pound", per_pound(abs(cost)), note))
    return tuple(figures)


def _signed(money: Estimate, whole: bool) -> str:
    if money.exact is None:
        return money_range(money, whole=whole)
    return f"{'+' if money.exact > 0 else ''}{pounds(money.exact, whole=whole)}"


def _compare_notes(form: CompareForm) -> tuple[str, ...]:
    sides = zip(form.names, (form.a_result, form.b_result), strict=True)
    notes = [f"{name}: {WARNINGS[code]}" for name, side in sides for code in side.warnings]
    if form.result.overlap and not form.result.difference.is_certain:
        notes.append("The ranges of the two multipliers overlap.")
    if form.a_result.r1 != form.b_result.r1:
        notes.append(
            "The two have different amounts in round 1, so their pounds and their multipliers may"
            " point in different directions."
        )
    if form.result.cost_per_extra_local_pound is not None:
        notes.append(
            "A multiplier cannot say whether a price is worth it: it does not count the"
            " services the difference would have paid for."
        )
    notes.append("A higher figure does not mean better value. We do not say which is better.")
    return tuple(notes)
