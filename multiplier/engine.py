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

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from unicodedata import category

from multiplier.claims import Check, CheckResult, check
from multiplier.contract import (
    AREA_LENGTH,
    KINDS,
    METHOD_VERSION,
    MODES,
    SOURCES,
    VIEWS,
    Grade,
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
    Share,
    Spread,
    half_up,
)
from multiplier.lines import from_lines
from multiplier.readers import Reader
from multiplier.rounds import from_rounds
from multiplier.several import Means, mean_of, seen_from_council
from multiplier.shifts import Mix, Shift, ShiftResult, Tenth, mix_change, shift
from multiplier.simulation import Simulation, simulate
from multiplier.surveys import Survey, SurveyResult, survey
from multiplier.theory import Theory, keynes, theory_of
from multiplier.tornado import Swing, Tornado, tornado

__all__ = [
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
    "Means",
    "Mix",
    "Request",
    "Result",
    "Shift",
    "ShiftResult",
    "Simulation",
    "Spread",
    "Survey",
    "SurveyResult",
    "Swing",
    "Tenth",
    "Theory",
    "Tornado",
    "calculate",
    "check",
    "compare",
    "council_view",
    "half_up",
    "keynes",
    "means",
    "mix_change",
    "shift",
    "simulate",
    "survey",
    "theory_of",
    "tornado",
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
    # Control characters and half a surrogate pair are no part of a name, and break files.
    odd = any(category(letter) in ("Cc", "Cs") for letter in area)
    if odd or not 1 <= len(area) <= AREA_LENGTH:
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
    overlap                       whether the two ranges of r2 + r3 overlap: then neither is
                                  known to add more
    """

    difference: Estimate
    cost_per_extra_local_pound: Fraction | None
    overlap: bool


def compare(
    a: Request, b: Request, *, price_a: Number = None, price_b: Number = None
) -> Comparison:
    """Set A beside B; raise InputErrors with all that is wrong with either.

        difference = (R2 + R3) of A - (R2 + R3) of B
        cost of an extra local pound = (price of A - price of B) / difference

    Source: lm3.md 5.5. Refuses two views, areas or modes: such multipliers are not on one
    scale.
    """
    reader = Reader()
    first = _read_and_calculate(a, reader, "a.")
    second = _read_and_calculate(b, reader, "b.")
    _refuse_unlike((a, "a."), (b, "b."), reader)
    prices = _read_prices(price_a, price_b, reader)
    reader.finish()
    difference = first.gain + (0 - second.gain)
    return Comparison(
        difference=difference,
        cost_per_extra_local_pound=_premium(prices, difference),
        overlap=difference.low <= 0 <= difference.high,
    )


def _refuse_unlike(a: tuple[Request, str], b: tuple[Request, str], reader: Reader) -> None:
    """Note what differs between two requests, each with what stands before its fields' names;
    what is faulty by itself is noted already."""
    likeness = (("view", "E_VIEW"), ("area", "E_AREA"), ("mode", "E_MODE"))
    for name, code in likeness:
        fields = [f"{prefix}{name}" for _, prefix in (a, b)]
        differ = len({_plain(getattr(request, name)) for request, _ in (a, b)}) > 1
        if differ and not any(map(reader.refused, fields)):
            message = f"Only calculations of the same {name} can be set side by side."
            reader.refuse(code, fields[1], message)


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


def means(requests: Sequence[Request]) -> Means:
    """The plain and the weighted mean of several; raise InputErrors with all that is wrong.

    plain = sum of LM3 / n; weighted = (sum of R1 + R2 + R3) / (sum of R1). Refuses what cannot
    be compared: two views, areas or modes.
    """
    reader = Reader()
    if not requests:
        reader.refuse("E_NONE", "requests", "Give at least one calculation.")
    results = []
    for index, request in enumerate(requests):
        prefix = f"requests[{index}]."
        results.append(_read_and_calculate(request, reader, prefix))
        _refuse_unlike((requests[0], "requests[0]."), (request, prefix), reader)
    reader.finish()
    return mean_of(results)


def council_view(
    request: Request, *, local_share: Share, nonlocal_respend: Share = None
) -> Estimate:
    """The LM3 of a council that pays providers like this one, from the provider's own.

        LM3 = 1 + p + p a + (1 - p) q

    p is the share of the council's spend that goes to local providers, a = R2 / R1 what such
    a provider spends locally, q (left out: nothing) what providers elsewhere spend here. It
    rises with all three, so its bounds lie at the corners. Source: lm3.md 1.2. Raises
    InputErrors with all that is wrong; E_VIEW where the request is not a provider's.
    """
    reader = Reader()
    if request.view != "provider":
        reader.refuse("E_VIEW", "view", "Only a provider's figures can be seen from a council.")
    result = _read_and_calculate(request, reader)
    estimate = seen_from_council(result, reader, local_share, nonlocal_respend)
    reader.finish()
    return estimate
