"""Student's t: the one place of the survey interval that needs floats.

No fraction is exact here: quantiles are irrational. Accurate to 8 digits or better, in
whole-number degrees of freedom (Abramowitz and Stegun, "Handbook of Mathematical Functions",
26.7.3, 26.7.4 for the distribution, 26.7.5 for its expansion where there are many).
"""

from __future__ import annotations

import math
from statistics import NormalDist

_MANY = 200


def t_quantile(confidence: float, degrees: int) -> float:
    """The t that a t-distributed value stays within, both ways, with this confidence.

    `confidence` is between 0 and 1, `degrees` 1 or more. t_quantile(0.95, 4) is 2.776...
    """
    if degrees > _MANY:
        return _expanded(NormalDist().inv_cdf((1 + confidence) / 2), degrees)
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if _within(middle, degrees) < confidence:
            low = middle
        else:
            high = middle
    return math.tan((low + high) / 2) * math.sqrt(degrees)


def _within(angle: float, degrees: int) -> float:
    """P(|T| < t) where tan(angle) = t / sqrt(degrees): a finite sum of cosines."""
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = degrees % 2
    term = cosine if odd else 1.0
    total = 0.0 if degrees == 1 else term
    for k in range(2 + odd, degrees - 1, 2):
        term *= (k - 1) / k * cosine * cosine
        total += term
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


def _expanded(z: float, degrees: int) -> float:
    """Cornish and Fisher's expansion of t about the normal quantile z."""
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3
