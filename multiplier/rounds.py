"""Three rounds given as three numbers; those that are blank are bounded by the others."""

from __future__ import annotations

from fractions import Fraction

from multiplier.contract import Request, Result
from multiplier.figures import NOTHING, ONE, Estimate, Number
from multiplier.grading import graded
from multiplier.line_reader import read_source
from multiplier.lines import HIGH_LOCAL, HIGH_RESPEND
from multiplier.readers import Reader


def from_rounds(request: Request, reader: Reader, prefix: str) -> Result:
    """Work out a request of three rounds; faults are noted with the reader.

    A blank round 2 runs from round 3 to round 1, a blank round 3 from nothing to round 2.
    """
    faults_before = len(reader.errors)
    r1 = reader.income(request.r1, f"{prefix}r1")
    extended = request.mode == "extended"
    r2_given = _read_round(request.r2, reader, f"{prefix}r2")
    can_be_held_against = len(reader.errors) == faults_before
    r3_given = _read_round(request.r3, reader, f"{prefix}r3")
    if r3_given is not None and can_be_held_against:
        # A round 2 that is unknown is at most round 1.
        most = r1 if extended or r2_given is None else r2_given
        if r3_given > most:
            reader.refuse("E_R3_GT_R2", f"{prefix}r3", _r3_message(extended))
            r3_given = most
    r2, r3 = _bounds_of_rounds(r1, r2_given, r3_given, extended)
    leak3 = _leak_of_rounds(r1, r2, r3, extended)
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
        leak3=leak3,
        returned=_returned_of_rounds(r1, r2, r3) if extended else NOTHING,
        held=0,
        surplus=0,
        lines=(),
        warnings=_round_warnings(r1, r2, r3),
        grade=graded(_sources(request, reader, prefix, r2, r3)),
    )


def _sources(
    request: Request, reader: Reader, prefix: str, r2: Estimate, r3: Estimate
) -> list[tuple[str, Fraction]]:
    """What each round rests on, and what is surely claimed for it."""
    return [
        (read_source(request.r2_source, reader, f"{prefix}r2_source"), r2.claim),
        (read_source(request.r3_source, reader, f"{prefix}r3_source"), r3.claim),
    ]


def _r3_message(extended: bool) -> str:
    if extended:
        return "Round 3 cannot be more than round 1."
    return "Round 3 cannot be more than round 2: it is what is spent again out of round 2."


def _read_round(value: Number, reader: Reader, field: str) -> int | None:
    return None if value is None else reader.amount(value, field)


def _bounds_of_rounds(
    r1: int, r2: int | None, r3: int | None, extended: bool
) -> tuple[Estimate, Estimate]:
    """Rounds 2 and 3, with what is known of the one bounding the other.

    Their low ends can hold together and so can their high ends, so they may be added.
    """
    least_r2 = 0 if extended or r3 is None else r3
    second = _known_or_between(r2, least_r2, r1)
    most_r3 = r1 if extended else second.high
    return second, _known_or_between(r3, 0, most_r3)


def _known_or_between(known: int | None, low: Fraction | int, high: Fraction | int) -> Estimate:
    if known is not None:
        return Estimate.of(known)
    return Estimate.of(low) if low == high else Estimate(None, Fraction(low), Fraction(high))


def _leak_of_rounds(r1: int, r2: Estimate, r3: Estimate, extended: bool) -> Estimate:
    """What round 2's recipients did not spend locally.

    In extended mode part of round 3 may come from outside: even known rounds leave a range.
    """
    low = max(Fraction(0), r2.low - r3.high)
    high = r2.high - r3.low
    if extended:
        high = min(r2.high, max(Fraction(r1), r2.high) - r3.low)
    return Estimate(low if low == high else None, low, high)


def _returned_of_rounds(r1: int, r2: Estimate, r3: Estimate) -> Estimate:
    low = max(Fraction(0), r3.low - r2.high)
    high = min(r3.high, max(Fraction(r1), r2.high) - r2.low)
    return Estimate(low if low == high else None, low, high)


def _round_warnings(r1: int, r2: Estimate, r3: Estimate) -> tuple[str, ...]:
    high_rate = r2.low > 0 and r3.low > HIGH_RESPEND * r2.high
    found = {
        "W_SPEND_EXCEEDS_INCOME": r2.low > r1,
        "W_UNUSUALLY_HIGH": r2.low > HIGH_LOCAL * r1 or high_rate,
    }
    return tuple(code for code, holds in found.items() if holds)
