"""Which unknown matters most: each in turn from its low to its high end, others held."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier.engine.contract import NOTHING, Estimate, Request
from multiplier.engine.lm3 import both_rounds_at, from_rounds
from multiplier.engine.reading import Reader, read_lines


@dataclass(frozen=True)
class Swing:
    """One uncertain input: LM3 with it at its low end, and at its high end."""

    field: str
    low: Fraction
    high: Fraction

    @property
    def swing(self) -> Fraction:
        """How far LM3 moves."""
        return self.high - self.low


@dataclass(frozen=True)
class Tornado:
    """The uncertain inputs, the widest swing first.

    central    LM3 with every input held where it is held here
    halfway    the fields with no central value, which were held half way between their ends
               while others swung. That is for this picture alone: it is claimed nowhere
    """

    central: Fraction
    swings: tuple[Swing, ...]
    halfway: tuple[str, ...]


def tornado(request: Request) -> Tornado:
    """Work out the swings of one request, the widest first; what moves nothing is left out.

    An input with no central value is held half way, where its neighbour's swing is the mean
    of the swings it can have: LM3 is linear in each input taken alone. Source: lm3.md 5.5.

    Raises:
        InputErrors: With everything that is wrong.
    """
    reader = Reader()
    by_rounds = any(value is not None for value in (request.r1, request.r2, request.r3))
    made = _of_rounds(request, reader) if by_rounds else _of_lines(request, reader)
    reader.finish()
    widest_first = sorted(filter(lambda each: each.swing, made.swings), key=lambda s: -s.swing)
    return Tornado(made.central, tuple(widest_first), made.halfway)


def _of_lines(request: Request, reader: Reader) -> Tornado:
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


def _of_rounds(request: Request, reader: Reader) -> Tornado:
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
