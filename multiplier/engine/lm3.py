"""LM3 from an income and its lines, or from three rounds, with exact bounds.

A line adds A (l + l r + (1 - l) q) to the money spent locally: A is its amount, l its local share,
r the local recipients' respend rate, q (extended mode) the others'.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add
from unicodedata import category

from multiplier.engine.contract import (
    AREA_LENGTH,
    MODES,
    NOTHING,
    ONE,
    SOURCES,
    VIEWS,
    Estimate,
    Grade,
    LineResult,
    Request,
    Result,
    plus,
    times,
)
from multiplier.engine.reading import Reader, ReadLine, read_lines

UNALLOCATED_BELOW = Fraction(95, 100)
HIGH_LOCAL = Fraction(95, 100)
HIGH_RESPEND = Fraction(80, 100)
SMALL_SURVEY = 5


def calculate(request: Request) -> Result:
    """Calculate a multiplier.

    Raises:
        InputErrors: With everything that is wrong.
    """
    reader = Reader()
    result = read_and_calculate(request, reader)
    reader.finish()
    return result


def read_and_calculate(request: Request, reader: Reader, prefix: str = "") -> Result:
    """Calculate a multiplier. The reader collects errors.

    Args:
        prefix: Prefix of the field names, for a request inside another.
    """
    reader.choice(request.view, VIEWS, "E_VIEW", f"{prefix}view")
    reader.choice(request.mode, MODES, "E_MODE", f"{prefix}mode")
    area = request.area.strip() if isinstance(request.area, str) else ""
    # Reject control characters and lone surrogates, because they break files.
    odd = any(category(letter) in ("Cc", "Cs") for letter in area)
    if odd or not 1 <= len(area) <= AREA_LENGTH:
        message = f"Enter the area, in {AREA_LENGTH} characters or fewer."
        reader.refuse("E_AREA", f"{prefix}area", message)
    if all(value is None for value in (request.r1, request.r2, request.r3)):
        return _from_lines(request, reader, prefix)
    if request.income is not None or request.lines:
        message = "Enter three rounds, or an income with lines, not both."
        reader.refuse("E_ROUNDS", f"{prefix}r1", message)
    return from_rounds(request, reader, prefix)


# ---- From lines ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Spent:
    """A line's effect: where its money went, and what it adds to the rounds.

    Rounds are not sums of `result`'s parts, because their ends may exclude each other.
    """

    result: LineResult
    round_3: Estimate
    both_rounds: Estimate


def _from_lines(request: Request, reader: Reader, prefix: str) -> Result:
    income = reader.income(request.income, f"{prefix}income")
    lines = read_lines(request, reader, prefix)
    for name in ("r2_source", "r3_source"):  # for three rounds; nonsense is told all the same
        reader.source(getattr(request, name), f"{prefix}{name}")
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
        grade=_grade(
            pair
            for line, result in zip(lines, results, strict=True)
            for pair in (
                (line.local_source, result.local),
                (line.respend_source, result.again),
                (line.nonlocal_source, result.returned),
            )
        ),
    )


def _total(parts: Iterable[Estimate]) -> Estimate:
    return reduce(add, parts, NOTHING)


def _spent(line: ReadLine) -> _Spent:
    local, respend, away = line.local, line.respend, line.nonlocal_respend
    # Ignore an unknown respend rate if there is nothing local.
    known = respend.is_certain or not local.high
    if known and local.is_certain and away.is_certain:
        return _spent_for_certain(line, local.low, respend.low, away.low)
    result = LineResult(
        kind=line.kind,
        amount=line.amount,
        local=part(line.amount, local),
        again=part(line.amount, local, respend),
        lost=part(line.amount, local, 1 - respend),
        returned=part(line.amount, 1 - local, away) if away.high else NOTHING,
    )
    if not away.high:
        return _Spent(result, result.again, result.local + result.again)
    # Rounds 2 and 3 together rise with l, r and q alike; round 3 alone, l r + (1 - l) q, falls
    # with l where q is more than r, so both ends of l are tried.
    lows = [_round_3_at(end, respend.low, away.low) for end in (local.low, local.high)]
    highs = [_round_3_at(end, respend.high, away.high) for end in (local.low, local.high)]
    elsewhere = None if local.exact is None else 1 - local.exact
    again = plus(times(local.exact, respend.exact), times(elsewhere, away.exact))
    both = plus(local.exact, again)
    return _Spent(
        result,
        _bounded(line.amount, again, min(lows), max(highs)),
        _bounded(line.amount, both, local.low + lows[0], local.high + highs[1]),
    )


def _spent_for_certain(line: ReadLine, l: Fraction, r: Fraction, q: Fraction) -> _Spent:  # noqa: E741
    """Do the same faster for known shares, which most lines have."""
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
    """Take independent shares of an amount. Their ends combine."""
    low, high = Fraction(amount), Fraction(amount)
    for share in shares:
        low, high = low * share.low, high * share.high
    exact = times(amount, *(share.exact for share in shares))
    return Estimate(low if low == high else exact, low, high)


def _bounded(amount: int, exact: Fraction | None, low: Fraction, high: Fraction) -> Estimate:
    """Take shares of an amount. The result is certain if its bounds are equal."""
    low, high = amount * low, amount * high
    return Estimate(low if low == high else times(amount, exact), low, high)


def _round_3_at(local: Fraction, respend: Fraction, returned: Fraction) -> Fraction:
    return local * respend + (1 - local) * returned


def both_rounds_at(local: Fraction, respend: Fraction, returned: Fraction) -> Fraction:
    """Return a pound's contribution to rounds 2 and 3: l + l r + (1 - l) q."""
    return local + _round_3_at(local, respend, returned)


def _line_warnings(
    income: int, lines: list[ReadLine], r2: Estimate, extended: bool
) -> tuple[str, ...]:
    def outsiders_spend_more(line: ReadLine) -> bool:
        respend = line.respend.high if line.respend.exact is None else line.respend.exact
        return line.nonlocal_respend.claim > respend

    spend = sum(line.amount for line in lines)
    high_rate = any(
        line.amount and line.local.high and line.respend.claim > HIGH_RESPEND for line in lines
    )
    sizes = [line.survey_size for line in lines if line.survey_size is not None]
    found = {
        "W_SPEND_EXCEEDS_INCOME": spend > income,
        "W_UNALLOCATED": spend < UNALLOCATED_BELOW * income,
        "W_UNUSUALLY_HIGH": r2.claim > HIGH_LOCAL * income or high_rate,
        "W_Q_GT_R": extended and any(map(outsiders_spend_more, lines)),
        "W_SMALL_SURVEY": any(size < SMALL_SURVEY for size in sizes),
        "W_SURPLUS_NOT_SPENT": any(line.ignored_shares for line in lines),
    }
    return tuple(code for code, holds in found.items() if holds)


def _grade(parts: Iterable[tuple[str, Estimate]]) -> Grade | None:
    """Grade sums of money by source; None if they total 0.

        share of a source = sum of what rests on it / (R2 + R3)

    Source: lm3.md 5.4; its example is T06 with round 2 measured: 340/466 from accounts.
    """
    known = [(source, money.claim) for source, money in parts if money.claim]
    if all(source == "assumption" for source, _ in known):
        return Grade(Fraction(0), Fraction(0), Fraction(1)) if known else None
    whole = sum(money for _, money in known)
    sums = (sum(money for source, money in known if source == name) for name in SOURCES)
    return Grade(*(Fraction(money) / whole for money in sums))


# ---- From three rounds ---------------------------------------------------------------------


def from_rounds(request: Request, reader: Reader, prefix: str = "") -> Result:
    """Calculate a request of three rounds. The reader collects errors.

    A blank round 2 runs from round 3 to round 1, a blank round 3 from nothing to round 2.
    """
    errors_before = len(reader.errors)
    r1 = reader.income(request.r1, f"{prefix}r1")
    extended = request.mode == "extended"
    r2_given = None if request.r2 is None else reader.amount(request.r2, f"{prefix}r2")
    bound_is_known = len(reader.errors) == errors_before
    r3_given = None if request.r3 is None else reader.amount(request.r3, f"{prefix}r3")
    # A round 2 that is unknown is at most round 1.
    most = r1 if extended or r2_given is None else r2_given
    if r3_given is not None and bound_is_known and r3_given > most:
        message = "Round 3 cannot be more than round 2, because it is part of round 2."
        if extended:
            message = "Round 3 cannot be more than round 1."
        reader.refuse("E_R3_GT_R2", f"{prefix}r3", message)
        r3_given = most
    # The low ends can hold together and so can the high ends, so rounds 2 and 3 may be added.
    r2 = _known_or_between(r2_given, 0 if extended or r3_given is None else r3_given, r1)
    r3 = _known_or_between(r3_given, 0, r1 if extended else r2.high)
    leak3_most, returned = r2.high - r3.low, NOTHING
    if extended:
        # Part of round 3 may come from outside, so even known rounds leave a range.
        beyond = max(Fraction(r1), r2.high)
        leak3_most = min(r2.high, beyond - r3.low)
        returned = _between(max(Fraction(0), r3.low - r2.high), min(r3.high, beyond - r2.low))
    high_rate = r2.low > 0 and r3.low > HIGH_RESPEND * r2.high
    warnings = {
        "W_SPEND_EXCEEDS_INCOME": r2.low > r1,
        "W_UNUSUALLY_HIGH": r2.low > HIGH_LOCAL * r1 or high_rate,
    }
    return Result(
        view=request.view,
        area=str(request.area).strip(),
        mode=request.mode,
        lm3=ONE + (r2 + r3) / r1,
        lm2=ONE + r2 / r1,
        r1=r1,
        r2=r2,
        r3=r3,
        leak2=r1 - r2,
        leak3=_between(max(Fraction(0), r2.low - r3.high), leak3_most),
        returned=returned,
        held=0,
        surplus=0,
        lines=(),
        warnings=tuple(code for code, holds in warnings.items() if holds),
        grade=_grade(
            (
                (reader.source(request.r2_source, f"{prefix}r2_source"), r2),
                (reader.source(request.r3_source, f"{prefix}r3_source"), r3),
            )
        ),
    )


def _known_or_between(known: int | None, low: Fraction | int, high: Fraction | int) -> Estimate:
    return _between(Fraction(low), Fraction(high)) if known is None else Estimate.of(known)


def _between(low: Fraction, high: Fraction) -> Estimate:
    return Estimate(low if low == high else None, low, high)


# ---- Which unknown matters most ------------------------------------------------------------


@dataclass(frozen=True)
class Swing:
    """An uncertain input, with LM3 at its low and high ends."""

    field: str
    low: Fraction
    high: Fraction

    @property
    def swing(self) -> Fraction:
        """Change of LM3."""
        return self.high - self.low


@dataclass(frozen=True)
class Tornado:
    """The uncertain inputs, widest swing first.

    central    LM3 with every input held where it is held here
    halfway    the fields with no central value, which were held half way between their ends
               while others swung. That is for this picture alone: it is claimed nowhere
    """

    central: Fraction
    swings: tuple[Swing, ...]
    halfway: tuple[str, ...]


def tornado(request: Request) -> Tornado:
    """Swing each unknown from its low to its high end, with the others held.

    Return the swings widest first, without those that change nothing.

    An input with no central value is held half way, where its neighbour's swing is the mean
    of the swings it can have: LM3 is linear in each input taken alone. Source: lm3.md 5.5.

    Raises:
        InputErrors: With everything that is wrong.
    """
    reader = Reader()
    by_rounds = any(value is not None for value in (request.r1, request.r2, request.r3))
    swings_of = _swings_of_rounds if by_rounds else _swings_of_lines
    made = swings_of(request, reader)
    reader.finish()
    widest_first = sorted(filter(lambda each: each.swing, made.swings), key=lambda s: -s.swing)
    return Tornado(made.central, tuple(widest_first), made.halfway)


def _swings_of_lines(request: Request, reader: Reader) -> Tornado:
    income = reader.income(request.income, "income")
    central, swings, halfway = Fraction(1), [], []
    for line in read_lines(request, reader):
        # With nothing in place of the shares that cannot change any result.
        respend = NOTHING if line.local.high == 0 else line.respend
        away = NOTHING if line.local.low == 1 else line.nonlocal_respend
        shares = {"local_share": line.local, "respend": respend, "nonlocal_respend": away}
        held = {name: _held(share) for name, share in shares.items()}
        gain = both_rounds_at(*held.values())
        central += line.amount * gain / income
        for name, share in shares.items():
            if line.amount and not share.is_certain:
                moves = (
                    line.amount * (both_rounds_at(*(held | {name: end}).values()) - gain) / income
                    for end in (share.low, share.high)
                )
                swings.append(Swing(f"{line.field}.{name}", *moves))
                if share.exact is None:
                    halfway.append(f"{line.field}.{name}")
    # The central value is known only now: until here, how far each end is from it.
    about = (Swing(each.field, central + each.low, central + each.high) for each in swings)
    return Tornado(central, tuple(about), tuple(halfway))


def _held(value: Estimate) -> Fraction:
    return (value.low + value.high) / 2 if value.exact is None else value.exact


def _swings_of_rounds(request: Request, reader: Reader) -> Tornado:
    whole = from_rounds(request, reader)
    rounds = {"r2": whole.r2, "r3": whole.r3}
    blank = tuple(name for name, value in rounds.items() if not value.is_certain)
    if len(blank) == len(rounds) and request.mode != "extended":
        # Round 3 is a share of round 2 where both are blank, and that share is what swings: one
        # of the two rounds held half way would contradict the other's end.
        half, one = Fraction(1, 2), Fraction(1)
        ends = (Swing("r2", one, 5 * half), Swing("r3", 3 * half, 2 * one))
        return Tornado(Fraction(7, 4), ends, blank)
    central = 1 + sum(map(_held, rounds.values()), Fraction(0)) / whole.r1
    swings = tuple(
        Swing(
            name,
            central + (rounds[name].low - _held(rounds[name])) / whole.r1,
            central + (rounds[name].high - _held(rounds[name])) / whole.r1,
        )
        for name in blank
    )
    return Tornado(central, swings, blank)
