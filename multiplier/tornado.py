"""Which unknown matters most? One at a time from its low to its high end, others held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from multiplier.contract import Request
from multiplier.figures import Estimate
from multiplier.line_reader import ReadLine, read_lines
from multiplier.lines import both_rounds_at
from multiplier.readers import Reader
from multiplier.rounds import from_rounds

_HALF = Fraction(1, 2)
# A share of a line as the engine reads it, and as the request names it; as both_rounds_at
# takes them.
SHARES = {"local": "local_share", "respend": "respend", "nonlocal_respend": "nonlocal_respend"}


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
    """The swings of one request; raise InputErrors with everything that is wrong.

    An input with no central value is held half way, where its neighbour's swing is the mean
    of the swings it can have: LM3 is linear in each input taken alone. Source: lm3.md 5.5.
    """
    reader = Reader()
    by_rounds = any(value is not None for value in (request.r1, request.r2, request.r3))
    made = _of_rounds(request, reader) if by_rounds else _of_lines(request, reader)
    reader.finish()
    return made


def _of_lines(request: Request, reader: Reader) -> Tornado:
    income = reader.income(request.income, "income")
    lines = [line.what_matters for line in read_lines(request, reader)]
    at_rest = [{name: _held(getattr(line, name)) for name in SHARES} for line in lines]
    gains = [_gain(line, shares) for line, shares in zip(lines, at_rest, strict=True)]
    central = 1 + sum(gains, Fraction(0)) / income
    swings, halfway = [], []
    for line, shares, gain in zip(lines, at_rest, gains, strict=True):
        for name, share in _uncertain(line):
            ends = (
                central + (_gain(line, {**shares, name: end}) - gain) / income
                for end in (share.low, share.high)
            )
            field = f"{line.field}.{SHARES[name]}"
            swings.append(Swing(field, *ends))
            if share.exact is None:
                halfway.append(field)
    return Tornado(central, _widest_first(swings), tuple(halfway))


def _uncertain(line: ReadLine) -> Iterator[tuple[str, Estimate]]:
    if line.amount:
        for name in SHARES:
            share = getattr(line, name)
            if not share.is_certain:
                yield name, share


def _held(value: Estimate) -> Fraction:
    return (value.low + value.high) * _HALF if value.exact is None else value.exact


def _gain(line: ReadLine, shares: Mapping[str, Fraction]) -> Fraction:
    return line.amount * both_rounds_at(*(shares[name] for name in SHARES))


def _widest_first(swings: list[Swing]) -> tuple[Swing, ...]:
    """Sorted; equal ones, and those that move nothing, as the request has them."""
    moving = [swing for swing in swings if swing.swing]
    return tuple(sorted(moving, key=lambda swing: -swing.swing))


def _of_rounds(request: Request, reader: Reader) -> Tornado:
    whole = from_rounds(request, reader, "")
    rounds = {"r2": whole.r2, "r3": whole.r3}
    blank = tuple(name for name, value in rounds.items() if not value.is_certain)
    if len(blank) == len(rounds) and request.mode != "extended":
        return _NOTHING_KNOWN
    held = {name: _held(value) for name, value in rounds.items()}
    central = 1 + sum(held.values(), Fraction(0)) / whole.r1
    swings = [
        Swing(
            name,
            central + (rounds[name].low - held[name]) / whole.r1,
            central + (rounds[name].high - held[name]) / whole.r1,
        )
        for name in blank
    ]
    return Tornado(central, _widest_first(swings), blank)


# Round 3 is a share of round 2 where both are blank, and that share is what swings: one of
# the two rounds held half way would contradict the other's end.
_NOTHING_KNOWN = Tornado(
    central=Fraction(7, 4),
    swings=(Swing("r2", Fraction(1), Fraction(5, 2)), Swing("r3", Fraction(3, 2), Fraction(2))),
    halfway=("r2", "r3"),
)
