"""An income and what it was spent on: rounds 2 and 3 from a table of lines.

Every line adds A (l + l r + (1 - l) q) to the money spent locally: A its amount, l its
local share, r what local recipients spend locally again, q (extended mode) what others do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from operator import add

from multiplier.contract import KINDS, Line, LineResult, Request, Result
from multiplier.figures import NOTHING, Estimate, plus, times
from multiplier.readers import Reader

UNALLOCATED_BELOW = Fraction(95, 100)
HIGH_LOCAL = Fraction(95, 100)
HIGH_RESPEND = Fraction(80, 100)
SMALL_SURVEY = 5


@dataclass(frozen=True)
class _Line:
    """A line as read: pence, and shares with their bounds."""

    kind: str
    amount: int
    local: Estimate
    respend: Estimate
    nonlocal_respend: Estimate
    survey_size: int | None
    ignored_shares: bool = False


def from_lines(request: Request, reader: Reader, prefix: str) -> Result:
    """Work out a request with an income; faults are noted with the reader.

    `prefix` stands before every field's name, for a request that is part of another.
    """
    income = reader.income(request.income, f"{prefix}income")
    extended = request.mode == "extended"
    lines = [
        _read_line(line, reader, f"{prefix}lines[{index}]", extended)
        for index, line in enumerate(request.lines)
    ]
    results = tuple(_line_result(line) for line in lines)
    r2 = _total(result.local for result in results)
    remainder = max(0, income - sum(line.amount for line in lines))
    surplus = sum(line.amount for line in lines if line.kind == "surplus")
    return Result(
        view=request.view,
        area=str(request.area).strip(),
        mode=request.mode,
        lm3=Estimate.of(1) + _total(_both_rounds(line) for line in lines) / income,
        lm2=Estimate.of(1) + r2 / income,
        r1=income,
        r2=r2,
        r3=_total(_round_3(line) for line in lines),
        leak2=income - r2,
        leak3=_total(result.lost for result in results),
        returned=_total(result.returned for result in results),
        held=surplus + remainder,
        surplus=surplus,
        lines=results,
        warnings=_line_warnings(income, lines, r2, extended),
    )


def _total(parts: Iterable[Estimate]) -> Estimate:
    return reduce(add, parts, NOTHING)


def _read_line(line: Line, reader: Reader, field: str, extended: bool) -> _Line:
    reader.choice(line.kind, KINDS, "E_KIND", f"{field}.kind")
    amount = 0 if line.amount is None else reader.amount(line.amount, f"{field}.amount")
    respend = reader.share(line.respend, f"{field}.respend", "E_RATE")
    returned = NOTHING
    if line.nonlocal_respend is not None:
        returned = reader.share(line.nonlocal_respend, f"{field}.nonlocal_respend", "E_RATE")
    read = _Line(
        kind=line.kind,
        amount=amount,
        local=_read_local(line, amount, reader, field),
        respend=_on_gross_pay(line, respend, reader, field),
        nonlocal_respend=returned if extended else NOTHING,
        survey_size=_read_survey_size(line, reader, field),
    )
    return _keep_surplus(read, line) if line.kind == "surplus" else read


def _keep_surplus(read: _Line, line: Line) -> _Line:
    """A surplus is not spent, so nothing of it reaches round 2, whatever its shares say."""
    given = line.local_share is not None or line.local_amount is not None
    ignored = (given and read.local.high > 0) or read.nonlocal_respend.high > 0
    return replace(read, local=NOTHING, nonlocal_respend=NOTHING, ignored_shares=ignored)


def _read_local(line: Line, amount: int, reader: Reader, field: str) -> Estimate:
    """The local share, given as a share or as pounds."""
    if line.local_amount is None:
        return reader.share(line.local_share, f"{field}.local_share", "E_SHARE")
    if line.local_share is not None:
        reader.refuse(
            "E_SHARE",
            f"{field}.local_share",
            "Give the local share or the local amount, not both.",
        )
    local = reader.amount(line.local_amount, f"{field}.local_amount")
    if local > amount:
        reader.refuse(
            "E_LOCAL_GT_AMOUNT",
            f"{field}.local_amount",
            "The local part cannot be more than the whole amount.",
        )
    return Estimate.of(Fraction(min(local, amount), amount)) if amount else NOTHING


def _on_gross_pay(line: Line, respend: Estimate, reader: Reader, field: str) -> Estimate:
    """A share of take-home pay, turned into a share of the pay that the line holds."""
    if line.pay_basis == "gross":
        return respend
    if line.pay_basis != "net" or line.kind != "staff":
        message = "The pay basis is gross or net, and net is for staff only."
        reader.refuse("E_BASIS", f"{field}.pay_basis", message)
        return respend
    if line.net_to_gross is None:
        message = "A share of take-home pay needs take-home pay as a share of gross pay."
        reader.refuse("E_BASIS", f"{field}.net_to_gross", message)
        return respend
    ratio = reader.number(line.net_to_gross, f"{field}.net_to_gross")
    if ratio is None:
        return respend
    if not 0 < ratio <= 1:
        message = "Take-home pay is more than 0% and at most 100% of gross pay."
        reader.refuse("E_BASIS", f"{field}.net_to_gross", message)
        return respend
    return Estimate(times(respend.exact, ratio), respend.low * ratio, respend.high * ratio)


def _read_survey_size(line: Line, reader: Reader, field: str) -> int | None:
    if line.survey_size is None:
        return None
    size = reader.number(line.survey_size, f"{field}.survey_size")
    if size is None:
        return None
    if size.denominator != 1 or size < 1:
        message = "The number of replies is a whole number, 1 or more."
        reader.refuse("E_NOT_A_NUMBER", f"{field}.survey_size", message)
    return int(size)


def _line_result(line: _Line) -> LineResult:
    away = 1 - line.local
    return LineResult(
        kind=line.kind,
        amount=line.amount,
        local=part(line.amount, line.local),
        again=part(line.amount, line.local, line.respend),
        lost=part(line.amount, line.local, 1 - line.respend),
        returned=part(line.amount, away, line.nonlocal_respend),
    )


def part(amount: int, *shares: Estimate) -> Estimate:
    """An amount times shares independent of each other: the ends go with the ends."""
    low, high = Fraction(amount), Fraction(amount)
    for share in shares:
        low, high = low * share.low, high * share.high
    exact = times(amount, *(share.exact for share in shares))
    return Estimate(low if low == high else exact, low, high)


def _at_corners(line: _Line, low: Fraction, exact: Fraction | None, high: Fraction) -> Estimate:
    """An estimate from its bounds; certain where both are one, whatever is unknown."""
    low, high = line.amount * low, line.amount * high
    return Estimate(low if low == high else times(line.amount, exact), low, high)


def _again(line: _Line) -> Fraction | None:
    """The share of a line that round 3 counts, at its exact values."""
    local = line.local.exact
    away = None if local is None else 1 - local
    return plus(times(local, line.respend.exact), times(away, line.nonlocal_respend.exact))


def _both_rounds(line: _Line) -> Estimate:
    """Rounds 2 and 3 together: l + l r + (1 - l) q, which rises with l, r and q alike."""

    def at(local: Fraction, respend: Fraction, returned: Fraction) -> Fraction:
        return local + local * respend + (1 - local) * returned

    low = at(line.local.low, line.respend.low, line.nonlocal_respend.low)
    high = at(line.local.high, line.respend.high, line.nonlocal_respend.high)
    return _at_corners(line, low, plus(line.local.exact, _again(line)), high)


def _round_3(line: _Line) -> Estimate:
    """Round 3 alone: l r + (1 - l) q, which falls with l where q is more than r."""

    def at(local: Fraction, respend: Fraction, returned: Fraction) -> Fraction:
        return local * respend + (1 - local) * returned

    ends = (line.local.low, line.local.high)
    low = min(at(end, line.respend.low, line.nonlocal_respend.low) for end in ends)
    high = max(at(end, line.respend.high, line.nonlocal_respend.high) for end in ends)
    return _at_corners(line, low, _again(line), high)


def _line_warnings(
    income: int, lines: list[_Line], r2: Estimate, extended: bool
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


def _outsiders_spend_more(line: _Line) -> bool:
    """Whether q is more than r: rare, and usually a slip."""
    respend = line.respend.high if line.respend.exact is None else line.respend.exact
    return line.nonlocal_respend.claim > respend
