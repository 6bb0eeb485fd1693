"""A seeded simulation, for those who want percentiles. The bounds need none: see lines.py.

Its draws are floats, as random numbers are: they decide nothing but the percentiles, given to
four places. The headline stays the central case, never a simulation's mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from multiplier.contract import Request
from multiplier.figures import Estimate, half_up
from multiplier.line_reader import ReadLine, read_lines
from multiplier.readers import Reader
from multiplier.tornado import SHARES

# Draws from one distribution, given where numbers between 0 and 1 come from.
Draw = Callable[[Callable[[], float]], float]
DRAWS = 10_000
PLACES = 4
_32_BITS = 0xFFFFFFFF


@dataclass(frozen=True)
class Simulation:
    """Percentiles of LM3, each share triangular between its ends, independent of the others.

    p5, p50, p95     the smallest draw with at least so many per cent of all at or below it
    drawn_mean, drawn_variance   of the draws
    mean, variance   what they should be, exactly, by the analytic check
    """

    p5: Decimal
    p50: Decimal
    p95: Decimal
    drawn_mean: float
    drawn_variance: float
    mean: Fraction
    variance: Fraction
    draws: int
    seed: int


def mulberry32(seed: int) -> Iterator[float]:
    """Tommy Ettinger's small generator: the same numbers, 0 to 1, as in any JavaScript."""
    state = seed & _32_BITS
    while True:
        state = (state + 0x6D2B79F5) & _32_BITS
        t = ((state ^ (state >> 15)) * (state | 1)) & _32_BITS
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & _32_BITS)) & _32_BITS
        yield (t ^ (t >> 14)) / 4294967296


def simulate(request: Request, *, seed: int = 1, draws: int = DRAWS) -> Simulation:
    """Draw LM3 many times; raise InputErrors with everything that is wrong.

    Every share that is not certain needs a central value, for its triangle to have a top:
    E_CENTRAL where it has none, since an unknown is not a guess.
    """
    reader = Reader()
    if any(value is not None for value in (request.r1, request.r2, request.r3)):
        reader.refuse("E_ROUNDS", "r1", "A simulation needs lines, with a spread for each share.")
    income = reader.income(request.income, "income")
    lines = [line.what_matters for line in read_lines(request, reader) if line.amount]
    _refuse_without_centre(lines, reader)
    reader.finish()
    drawn = sorted(_draw(lines, income, seed, draws))
    middle = math.fsum(drawn) / draws
    return Simulation(
        p5=_percentile(drawn, 5),
        p50=_percentile(drawn, 50),
        p95=_percentile(drawn, 95),
        drawn_mean=middle,
        drawn_variance=math.fsum((each - middle) ** 2 for each in drawn) / draws,
        mean=1 + sum((line.amount * _mean(line) for line in lines), Fraction(0)) / income,
        variance=sum((line.amount**2 * _variance(line) for line in lines), Fraction(0)) / income**2,
        draws=draws,
        seed=seed,
    )


def _refuse_without_centre(lines: list[ReadLine], reader: Reader) -> None:
    for line in lines:
        for name, field in SHARES.items():
            share = getattr(line, name)
            if share.exact is None:
                message = "A simulation needs a central value here, not only two ends."
                reader.refuse("E_CENTRAL", f"{line.field}.{field}", message)


def _draw(lines: list[ReadLine], income: int, seed: int, draws: int) -> Iterator[float]:
    numbers = mulberry32(seed)
    pick = numbers.__next__
    parts = [
        (line.amount / income, [_triangle(getattr(line, name)) for name in SHARES])
        for line in lines
    ]
    for _ in range(draws):
        total = 1.0
        for share, triangles in parts:
            local, respend, returned = (draw(pick) for draw in triangles)
            total += share * (local + local * respend + (1 - local) * returned)
        yield total


def _triangle(share: Estimate) -> Draw:
    """A draw from a triangle by the inverse of its distribution; a certain share uses none."""
    assert share.exact is not None  # _refuse_without_centre has seen to it
    low, centre, high = float(share.low), float(share.exact), float(share.high)
    width = high - low
    if share.is_certain:
        return lambda pick: low
    turn = (centre - low) / width

    def draw(pick: Callable[[], float]) -> float:
        at = pick()
        if at < turn:
            return low + math.sqrt(at * width * (centre - low))
        return high - math.sqrt((1 - at) * width * (high - centre))

    return draw


def _percentile(drawn: list[float], per_cent: int) -> Decimal:
    at = -(-len(drawn) * per_cent // 100) - 1
    return half_up(Fraction(drawn[at]), PLACES)


# The analytic check: f = l (1 + r) + (1 - l) q, with l, r, q independent.


def _moments(share: Estimate) -> tuple[Fraction, Fraction]:
    """E[x] and E[x^2] of a triangle: mean (a+b+c)/3, variance (a²+b²+c²-ab-ac-bc)/18."""
    assert share.exact is not None
    a, b, c = share.low, share.exact, share.high
    mean = (a + b + c) / 3
    return mean, mean**2 + (a * a + b * b + c * c - a * b - a * c - b * c) / 18


def _mean(line: ReadLine) -> Fraction:
    local, respend, returned = (_moments(getattr(line, name))[0] for name in SHARES)
    return local * (1 + respend) + (1 - local) * returned


def _variance(line: ReadLine) -> Fraction:
    """E[f²] - E[f]². Without q: E[l²] E[(1 + r)²] - (E[l] E[1 + r])²."""
    (l1, l2), (r1, r2), (q1, q2) = (_moments(getattr(line, name)) for name in SHARES)
    square = l2 * (1 + 2 * r1 + r2) + 2 * (l1 - l2) * (1 + r1) * q1 + (1 - 2 * l1 + l2) * q2
    return square - _mean(line) ** 2
