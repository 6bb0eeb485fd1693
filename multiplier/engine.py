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

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier.claims import Check, CheckResult, check
from multiplier.contract import (
    AREA_LENGTH,
    KINDS,
    METHOD_VERSION,
    MODES,
    VIEWS,
    Line,
    LineResult,
    Request,
    Result,
)
from multiplier.figures import (
    Estimate,
    InputError,
    InputErrors,
    Number,
    Spread,
    half_up,
)
from multiplier.lines import from_lines
from multiplier.readers import Reader
from multiplier.rounds import from_rounds
from multiplier.shifts import Shift, ShiftResult, shift

__all__ = [
    "KINDS",
    "METHOD_VERSION",
    "MODES",
    "VIEWS",
    "Check",
    "CheckResult",
    "Comparison",
    "Estimate",
    "InputError",
    "InputErrors",
    "Line",
    "LineResult",
    "Request",
    "Result",
    "Shift",
    "ShiftResult",
    "Spread",
    "calculate",
    "check",
    "compare",
    "half_up",
    "shift",
]


def calculate(request: Request) -> Result:
    """Work out one multiplier; raise InputErrors with everything that is wrong."""
    reader = Reader()
    result = _read_and_calculate(request, reader)
    reader.finish()
    return result


def _read_and_calculate(request: Request, reader: Reader, prefix: str = "") -> Result:
    _read_frame(request, reader, prefix)
    rounds = (request.r1, request.r2, request.r3)
    if all(value is None for value in rounds):
        return from_lines(request, reader, prefix)
    if request.income is not None or request.lines:
        reader.refuse(
            "E_ROUNDS",
            f"{prefix}r1",
            "Give three rounds, or an income with lines, not both.",
        )
    return from_rounds(request, reader, prefix)


def _read_frame(request: Request, reader: Reader, prefix: str) -> None:
    """Whose money, where, and in which mode."""
    reader.choice(request.view, VIEWS, "E_VIEW", f"{prefix}view")
    reader.choice(request.mode, MODES, "E_MODE", f"{prefix}mode")
    area = request.area.strip() if isinstance(request.area, str) else ""
    if not 1 <= len(area) <= AREA_LENGTH:
        reader.refuse(
            "E_AREA",
            f"{prefix}area",
            f"Name the area, in at most {AREA_LENGTH} characters.",
        )


@dataclass(frozen=True)
class Comparison:
    """A beside B, on what each adds locally beyond round 1.

    difference                    (r2 + r3) of A less that of B, in pence
    cost_per_extra_local_pound    how much more A costs for each further local pound;
                                  none without prices, or where A is not known to add more
    overlap                       whether the two ranges of LM3 overlap
    """

    difference: Estimate
    cost_per_extra_local_pound: Fraction | None
    overlap: bool


def compare(
    a: Request, b: Request, *, price_a: Number = None, price_b: Number = None
) -> Comparison:
    """Set A beside B; raise InputErrors with all that is wrong with either.

    Refuses two views, two areas or two modes: such multipliers are not on one scale.
    """
    reader = Reader()
    _refuse_unlike(a, b, reader)
    first = _read_and_calculate(a, reader, "a.")
    second = _read_and_calculate(b, reader, "b.")
    prices = _read_prices(price_a, price_b, reader)
    reader.finish()
    difference = first.gain + (0 - second.gain)
    return Comparison(
        difference=difference,
        cost_per_extra_local_pound=_premium(prices, difference),
        overlap=first.lm3.low <= second.lm3.high and second.lm3.low <= first.lm3.high,
    )


def _refuse_unlike(a: Request, b: Request, reader: Reader) -> None:
    likeness = (("view", "E_VIEW"), ("area", "E_AREA"), ("mode", "E_MODE"))
    for name, code in likeness:
        if _plain(getattr(a, name)) != _plain(getattr(b, name)):
            message = f"Only calculations of the same {name} can be set side by side."
            reader.refuse(code, f"b.{name}", message)


def _plain(text: str) -> str:
    """Text as compared: case and blanks do not make another area."""
    return " ".join(str(text).casefold().split())


def _read_prices(price_a: Number, price_b: Number, reader: Reader) -> tuple[int, int] | None:
    given = {"price_a": price_a, "price_b": price_b}
    if all(price is None for price in given.values()):
        return None
    # One price without the other is noted: none is not a number.
    first, second = (reader.amount(price, name) for name, price in given.items())
    return first, second


def _premium(prices: tuple[int, int] | None, difference: Estimate) -> Fraction | None:
    if prices is None or difference.exact is None or difference.exact <= 0:
        return None
    return Fraction(prices[0] - prices[1]) / difference.exact
