"""The Keynesian series beside three rounds. Theory, not LM3: always to be marked so."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier.contract import Result
from multiplier.figures import Number
from multiplier.readers import Reader


@dataclass(frozen=True)
class Theory:
    """What rounds without end would come to, if each after the third were like the third.

    lm3        1 + a + a b
    total      1 + a + a b / (1 - b); none where nothing ever leaks (b = 1): it has no end
    captured   lm3 / total: how much of the series three rounds are
    is_theory  always true: no one has counted the rounds after the third
    """

    lm3: Fraction
    total: Fraction | None
    captured: Fraction | None
    is_theory: bool = True


def keynes(a: Number, b: Number) -> Theory:
    """The series of a first rate a = R2 / R1 and, ever after, a rate b = R3 / R2.

    With a = b = c the total is 1 / (1 - c), and three rounds are 1 - c^3 of it. Source: lm3.md
    1.6 and 5.5. Raises InputErrors with everything that is wrong.
    """
    reader = Reader()
    first = reader.share("" if a is None else a, "a", "E_RATE").low
    later = reader.share("" if b is None else b, "b", "E_RATE").low
    reader.finish()
    return _series(first, later)


def theory_of(result: Result) -> Theory | None:
    """The series of a result in standard mode; none where its rounds are not known."""
    r2, r3 = result.r2.exact, result.r3.exact
    if result.mode != "standard" or r2 is None or r3 is None or r2 > result.r1:
        return None
    return _series(r2 / result.r1, r3 / r2 if r2 else Fraction(0))


def _series(a: Fraction, b: Fraction) -> Theory:
    lm3 = 1 + a + a * b
    if b == 1 and a:
        return Theory(lm3, None, None)
    total = 1 + a + (a * b / (1 - b) if a else 0)
    return Theory(lm3, total, lm3 / total)
