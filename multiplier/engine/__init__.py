"""The local multiplier, LM3: three rounds of one income, counted exactly.

    R1 = the income (or spend) that is traced
    R2 = what its recipient spends with people and businesses in the area
    R3 = what those spend in the area in their turn
    LM3 = (R1 + R2 + R3) / R1          LM2 = (R1 + R2) / R1

The method is Local Multiplier 3 (New Economics Foundation, J. Sacks, "The Money Trail",
2002); the rules beyond it (what is refused, what is warned of, what blank means) are in
docs/decisions/0003-exact-arithmetic.md. No endorsement by its authors is implied.

Plain dataclasses in, plain dataclasses out. What goes in is pounds, as people and programs
write them; what comes out is pence, as exact fractions. Nothing is rounded here and nothing
is guessed: a share that is not known runs from 0 to 1, and the bounds are exact because LM3
rises with every share (so both ends of its range lie at corners; no simulation is needed).
"""

from multiplier.engine.contract import (
    AREA_LENGTH,
    KINDS,
    METHOD_VERSION,
    MODES,
    SOURCES,
    VIEWS,
    Estimate,
    Grade,
    InputError,
    InputErrors,
    Line,
    LineResult,
    Number,
    Request,
    Result,
    Share,
    Spread,
    half_up,
    half_up_units,
)
from multiplier.engine.lm3 import Swing, Tornado, calculate, tornado
from multiplier.engine.what_if import (
    Check,
    CheckResult,
    Comparison,
    Shift,
    ShiftResult,
    Tenth,
    check,
    compare,
    shift,
)

__all__ = [
    "AREA_LENGTH",
    "KINDS",
    "METHOD_VERSION",
    "MODES",
    "SOURCES",
    "VIEWS",
    "Check",
    "CheckResult",
    "Comparison",
    "Estimate",
    "Grade",
    "InputError",
    "InputErrors",
    "Line",
    "LineResult",
    "Number",
    "Request",
    "Result",
    "Share",
    "Shift",
    "ShiftResult",
    "Spread",
    "Swing",
    "Tenth",
    "Tornado",
    "calculate",
    "check",
    "compare",
    "half_up",
    "half_up_units",
    "shift",
    "tornado",
]
