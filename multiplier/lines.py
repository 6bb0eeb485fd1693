"""An income and what it was spent on: rounds 2 and 3 from a table of lines.

Every line adds A (l + l r + (1 - l) q) to the money spent locally: A its amount, l its
local share, r what local recipients spend locally again, q (extended mode) what others do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add

from multiplier.contract import Grade, LineResult, Request, Result
from multiplier.figures import NOTHING, ONE, Estimate, plus, times
from multiplier.grading import graded
from multiplier.line_reader import ReadLine, read_lines, read_source
from multiplier.readers import Reader

UNALLOCATED_BELOW = Fraction(95, 100)
HIGH_LOCAL = Fraction(95, 100)
HIGH_RESPEND = Fraction(80, 100)
SMALL_SURVEY = 5


@dataclass(frozen=True)
class _Spent:
    """What one line comes to: where its money went, and what it adds to the rounds.

    Rounds are not sums of `result`'s parts where those have ends that cannot hold together.
    """

    result: LineResult
    round_3: Estimate
    both_rounds: Estimate


def from_lines(request: Request, reader: Reader, prefix: str) -> Result:
    """Work out a request with an income; faults are noted with the reader.

    `prefix` stands before every field's name, for a request that is part of another.
    """
    income = reader.income(request.income, f"{prefix}income")
    lines = read_lines(request, reader, prefix)
    for name in ("r2_source", "r3_source"):  # for three rounds; nonsense is told all the same
        read_source(getattr(request, name), reader, f"{prefix}{name}")
    spent = [_spent(line) for line in lines]
    results = tuple(each.result for each in spent)
    r2 = _total(result.local for result in results)
    remainder = max(0, income - sum(line.amount for line in lines))
    surplus = sum(line.amount for line in lines if line.kind == "surplus")
    return Result(
        view=request.view,
        area=str(request.area).strip(),
        mode=request.mode,
        lm3=ONE + _total(each.both_rounds for each in spent) / income,
        lm2=ONE + r2 / income,
        r1=income,
        r2=r2,
        r3=_total(each.round_3 for each in spent),
        leak2=income - r2,
        leak3=_total(result.lost for result in results),
        returned=_total(result.returned for result in results),
        held=surplus + remainder,
        surplus=surplus,
        lines=results,
        warnings=_line_warnings(income, lines, r2, request.mode == "extended"),
        grade=_grade(lines, results),
    )


def _total(parts: Iterable[Estimate]) -> Estimate:
    return reduce(add, parts, NOTHING)


def _spent(line: ReadLine) -> _Spent:
    local, respend, away_respend = line.local, line.respend, line.nonlocal_respend
    # What nothing local spends again may well be unknown: it does not matter.
    known = respend.is_certain or not local.high
    if known and local.is_certain and away_respend.is_certain:
        return _spent_for_certain(line, local.low, respend.low, away_respend.low)
    none_away = not away_respend.high
    result = LineResult(
        kind=line.kind,
        amount=line.amount,
        local=part(line.amount, local),
        again=part(line.amount, local, respend),
        lost=part(line.amount, local, 1 - respend),
        returned=NOTHING if none_away else part(line.amount, 1 - local, away_respend),
    )
    if none_away:
        return _Spent(result, result.again, result.local + result.again)
    return _Spent(result, _round_3(line), _both_rounds(line))


def _spent_for_certain(line: ReadLine, l: Fraction, r: Fraction, q: Fraction) -> _Spent:  # noqa: E741
    """The same for known shares, where every end is one number: most lines are so."""
    local = line.amount * l
    again = local * r
    returned = (line.amount - local) * q if q else Fraction(0)
    result = LineResult(
        kind=line.kind,
        amount=line.amount,
        local=Estimate.of(local),
        again=Estimate.of(again),
        lost=Estimate.of(local - again),
        returned=Estimate.of(returned) if q else NOTHING,
    )
    round_3 = Estimate.of(again + returned) if q else result.again
    return _Spent(result, round_3, result.local + round_3)


def part(amount: Fraction | int, *shares: Estimate) -> Estimate:
    """An amount times shares independent of each other: the ends go with the ends."""
    low, high = Fraction(amount), Fraction(amount)
    for share in shares:
        low, high = low * share.low, high * share.high
    exact = times(amount, *(share.exact for share in shares))
    return Estimate(low if low == high else exact, low, high)


def _at_corners(line: ReadLine, low: Fraction, exact: Fraction | None, high: Fraction) -> Estimate:
    """An estimate from its bounds; certain where both are one, whatever is unknown."""
    low, high = line.amount * low, line.amount * high
    return Estimate(low if low == high else times(line.amount, exact), low, high)


def _again(line: ReadLine) -> Fraction | None:
    """The share of a line that round 3 counts, at its exact values."""
    local = line.local.exact
    away = None if local is None else 1 - local
    return plus(times(local, line.respend.exact), times(away, line.nonlocal_respend.exact))


def _both_rounds(line: ReadLine) -> Estimate:
    """Rounds 2 and 3 together: l + l r + (1 - l) q, which rises with l, r and q alike."""
    low = both_rounds_at(line.local.low, line.respend.low, line.nonlocal_respend.low)
    high = both_rounds_at(line.local.high, line.respend.high, line.nonlocal_respend.high)
    return _at_corners(line, low, plus(line.local.exact, _again(line)), high)


def both_rounds_at(local: Fraction, respend: Fraction, returned: Fraction) -> Fraction:
    """What rounds 2 and 3 count of each pound of a line: l + l r + (1 - l) q."""
    return local + local * respend + (1 - local) * returned


def _round_3(line: ReadLine) -> Estimate:
    """Round 3 alone: l r + (1 - l) q, which falls with l where q is more than r."""

    def at(local: Fraction, respend: Fraction, returned: Fraction) -> Fraction:
        return local * respend + (1 - local) * returned

    ends = (line.local.low, line.local.high)
    low = min(at(end, line.respend.low, line.nonlocal_respend.low) for end in ends)
    high = max(at(end, line.respend.high, line.nonlocal_respend.high) for end in ends)
    return _at_corners(line, low, _again(line), high)


def _grade(lines: list[ReadLine], results: tuple[LineResult, ...]) -> Grade | None:
    parts = []
    for line, result in zip(lines, results, strict=True):
        parts += [
            (line.local_source, result.local.claim),
            (line.respend_source, result.again.claim),
            (line.nonlocal_source, result.returned.claim),
        ]
    return graded(parts)


def _line_warnings(
    income: int, lines: list[ReadLine], r2: Estimate, extended: bool
) -> tuple[str, ...]:
    spend = sum(line.amount for line in lines)
    high_rate = any(
        line.amount and line.local.high and line.respend.claim > HIGH_RESPEND for line in lines
    )
    found = {
        "W_SPEND_EXCEEDS_INCOME": spend > income,
        "W_UNALLOCATED": spend < UNALLOCATED_BELOW * income,
        "W_UNUSUALLY_HIGH": r2.claim > HIGH_LOCAL * income or high_rate,
        "W_Q_GT_R": extended and any(map(_outsiders_spend_more, lines)),
        "W_SMALL_SURVEY": any(
            line.survey_size is not None and line.survey_size < SMALL_SURVEY for line in lines
        ),
        "W_SURPLUS_NOT_SPENT": any(line.ignored_shares for line in lines),
    }
    return tuple(code for code, holds in found.items() if holds)


def _outsiders_spend_more(line: ReadLine) -> bool:
    """Whether q is more than r: rare, and usually a slip."""
    respend = line.respend.high if line.respend.exact is None else line.respend.exact
    return line.nonlocal_respend.claim > respend
