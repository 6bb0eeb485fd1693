"""Assumed figures for shares that nobody has measured. Never filled in unasked.

From lm3.md 5.3, each with its low, central and high value and what it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier.calculator.fields import typed_share
from multiplier.engine import Spread


@dataclass(frozen=True)
class Assumption:
    """An assumed share and its reason.

    `per_cent` is the central value on its button; `text` is the value the button fills in.
    """

    share: Spread
    why: str
    per_cent: str
    text: str


def _of(low: int, central: int, high: int, why: str) -> Assumption:
    share = Spread(*(Fraction(n, 100) for n in (low, central, high)))
    return Assumption(share, why, f"{central}%", typed_share(share))


_SUPPLIERS = _of(
    30,
    50,
    75,
    "Our midpoint: 31% to 44% follows from a report by CLES for the Federation of Small Businesses"
    " (2013), 76% was published by Northumberland County Council (2005).",
)

# Share that local recipients spend locally again, by kind of line.
AGAIN = {
    "staff": _of(
        25,
        35,
        50,
        "Kirklees Council’s staff survey (2018) found 35p of each £1 of take-home pay, about 28p"
        " of pay before tax. The people in NEF’s teaching sheet spend 34% to 63%.",
    ),
    "supplier": _SUPPLIERS,
    "subcontractor": _SUPPLIERS,
    "premises": _of(
        0, 30, 50, "Our own judgement of what a local landlord spends. We have no source."
    ),
}
