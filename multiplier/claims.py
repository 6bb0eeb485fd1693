"""Is a claimed multiplier possible, and what would have to be true?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from multiplier.figures import Estimate, Number, half_up
from multiplier.readers import Reader


@dataclass(frozen=True)
class Check:
    """A multiplier somebody claims, and optionally the respend rate one believes."""

    claimed: Number
    respend: Number = None


@dataclass(frozen=True)
class CheckResult:
    """What must be true for the claim to hold.

    respend_min         the least respend rate, were all of round 1 spent locally
    local_share_min     the least local share, were all of round 2 spent locally again
    equal_rate          the one rate for both rounds, to four places (no fraction is exact)
    local_share_needed  the local share at the given respend rate; none without a rate
    possible            whether that share (or that least rate) is no more than 1
    """

    respend_min: Fraction
    local_share_min: Fraction
    equal_rate: Decimal
    local_share_needed: Fraction | None
    possible: bool


def check(request: Check) -> CheckResult:
    """What a claimed multiplier L needs; raise InputErrors with everything that is wrong.

        respend_min = L - 2                     local_share_min = (L - 1) / 2
        equal_rate = (sqrt(4 L - 3) - 1) / 2    local_share_needed = (L - 1) / (1 + r)

    From L = 1 + a + a b, with a and b the rates of rounds 2 and 3. Source: lm3.md 5.5.
    """
    reader = Reader()
    claimed = reader.number(request.claimed, "claimed")
    if claimed is not None and not 1 <= claimed <= 1000:
        message = "A multiplier is at least 1, since it counts the first £1 itself."
        if claimed > 1:
            message = "A multiplier of three rounds is at most 3: one above 1,000 is a slip."
        reader.refuse("E_CLAIMED", "claimed", message)
    rate = Estimate.of(0)
    if request.respend is not None:
        rate = reader.share(request.respend, "respend", "E_RATE")
    reader.finish()
    assert claimed is not None  # else finish() has raised
    extra = claimed - 1
    needed = None if request.respend is None else extra / (1 + rate.high)
    respend_min = max(Fraction(0), Fraction(claimed - 2))
    return CheckResult(
        respend_min=respend_min,
        local_share_min=extra / 2,
        equal_rate=_equal_rate(extra),
        local_share_needed=needed,
        possible=(respend_min if needed is None else needed) <= 1,
    )


def _equal_rate(extra: Fraction) -> Decimal:
    """The c with c + c^2 = extra, half up to four places, by whole-number roots only."""
    # c = (sqrt(1 + 4e) - 1) / 2. Half up: the largest n with (n - 1/2) / 10^4 <= c,
    # that is (2n - 1 + 10^4)^2 <= 10^8 (1 + 4e), and the right side may lose its fraction.
    bound = 10**8 * (1 + 4 * extra)
    root = isqrt(bound.numerator // bound.denominator)
    return half_up(Fraction((root + 1 - 10**4) // 2, 10**4), 4)
