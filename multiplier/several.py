"""Several providers together, and one provider's pound seen from the council."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from multiplier.contract import Result
from multiplier.figures import NOTHING, ONE, Estimate, Share
from multiplier.readers import Reader


@dataclass(frozen=True)
class Means:
    """The multipliers of several, as one.

    plain      each counts the same: sum of LM3 / how many
    weighted   each £1 counts the same: (sum of R1 + R2 + R3) / (sum of R1)
    """

    plain: Estimate
    weighted: Estimate
    results: tuple[Result, ...]


def mean_of(results: Sequence[Result]) -> Means:
    """Both means of results of one view, area and mode (see engine.means, which checks it)."""
    lm3 = sum((result.lm3 for result in results), NOTHING)
    gain = sum((result.gain for result in results), NOTHING)
    first = sum(result.r1 for result in results)
    return Means(lm3 / len(results), ONE + gain / first, tuple(results))


def seen_from_council(
    result: Result, reader: Reader, local_share: Share, nonlocal_respend: Share
) -> Estimate:
    """The council's LM3 if it pays providers like this one (see engine.council_view)."""
    local = reader.share(local_share, "local_share", "E_SHARE")
    away = NOTHING
    if nonlocal_respend is not None:
        away = reader.share(nonlocal_respend, "nonlocal_respend", "E_RATE")
    retained = result.r2 / result.r1
    low = _council(local.low, retained.low, away.low)
    high = _council(local.high, retained.high, away.high)
    centre = (local.exact, retained.exact, away.exact)
    known = [value for value in centre if value is not None]
    exact = _council(*known) if len(known) == len(centre) else None
    return Estimate(low if low == high else exact, low, high)


def _council(local: Fraction, retained: Fraction, away: Fraction) -> Fraction:
    """1 + p + p a + (1 - p) q."""
    return 1 + local + local * retained + (1 - local) * away
