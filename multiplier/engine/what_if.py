"""The other three calls: comparison, shift to local suppliers, and check of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from multiplier.engine.contract import (
    NOTHING,
    ONE,
    Estimate,
    Number,
    Request,
    Share,
    half_up,
)
from multiplier.engine.lm3 import part, read_and_calculate
from multiplier.engine.reading import Reader

# ---- A beside B ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Comparison of what A and B each add locally beyond round 1.

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
    """Compare A and B.

        difference = (R2 + R3) of A - (R2 + R3) of B
        cost of an extra local pound = (price of A - price of B) / difference

    Source: lm3.md 5.5. Rejects different views, areas or modes, because such multipliers have
    no common scale.

    Raises:
        InputErrors: With every error in either.
    """
    reader = Reader()
    first = read_and_calculate(a, reader, "a.")
    second = read_and_calculate(b, reader, "b.")
    for name, code in (("view", "E_VIEW"), ("area", "E_AREA"), ("mode", "E_MODE")):
        # Ignore case and spaces in the area's name.
        plain = {" ".join(str(getattr(side, name)).casefold().split()) for side in (a, b)}
        if len(plain) > 1 and not (reader.refused(f"a.{name}") or reader.refused(f"b.{name}")):
            message = f"You can only compare calculations with the same {name}."
            reader.refuse(code, f"b.{name}", message)
    dearer = None
    if price_a is not None or price_b is not None:
        # Add an error for a missing price if the other is given.
        dearer = reader.amount(price_a, "price_a") - reader.amount(price_b, "price_b")
    reader.finish()
    difference = first.gain + (0 - second.gain)
    exact = difference.exact
    return Comparison(
        difference=difference,
        cost_per_extra_local_pound=None
        if dearer is None or exact is None or exact <= 0
        else Fraction(dearer) / exact,
        overlap=difference.low <= 0 <= difference.high,
    )


# ---- Money moved from suppliers elsewhere to suppliers here ----------------------------------


@dataclass(frozen=True)
class Tenth:
    """A part of a spend to move, given as a share instead of in pounds.

    part          0 to 1
    of            "total": points of the whole spend, x = part S
                  "local": more than is local now, x = part p S
    spend         S, pounds
    local_share   p, the part of S that is local now; none: unknown, for "total" alone

    The two readings are far apart: at S = £100m, p = 30%, a tenth is £10m or £3m. What moves
    cannot be more than what is not local now, (1 - p) S. Source: lm3.md section 3.
    """

    part: Number
    of: str
    spend: Number
    local_share: Number = None


@dataclass(frozen=True)
class Shift:
    """Money moved from suppliers elsewhere to suppliers here.

    amount is pounds, or a Tenth. The last three are the user's own: left out, nothing is
    taken off.
    """

    amount: Number | Tenth
    respend: Share = None
    nonlocal_respend: Share = None
    deadweight: Share = None
    displacement: Share = None
    substitution: Share = None


@dataclass(frozen=True)
class ShiftResult:
    """The area's gain, in pence.

    extra              net of what the suppliers elsewhere already spent here: x (1 + r - q)
    ignoring_nonlocal  as if they had spent nothing here: x (1 + r)
    net                extra, less what would have happened anyway:
                       extra (1 - deadweight) (1 - displacement) (1 - substitution)
    amount             what moves, x
    """

    extra: Estimate
    ignoring_nonlocal: Estimate
    net: Estimate
    amount: Fraction


def shift(request: Shift) -> ShiftResult:
    """Calculate the gain from moving an amount x.

        extra = x (1 + r - q)

    r is what local suppliers spend in the area again, q what those elsewhere spend in it; what
    is not known of r runs from 0 to 1. Source: lm3.md section 3, where Northumberland's 76p
    and 36p give 1.40 for each pound that moves.

    Raises:
        InputErrors: With everything that is wrong.
    """

    def share_or_nothing(name: str) -> Estimate:
        value = getattr(request, name)
        return NOTHING if value is None else reader.share(value, name, "E_RATE")

    reader = Reader()
    amount = _read_amount(request.amount, reader)
    respend = reader.share(request.respend, "respend", "E_RATE")
    away = share_or_nothing("nonlocal_respend")
    kept = [1 - share_or_nothing(name) for name in ("deadweight", "displacement", "substitution")]
    reader.finish()
    gross = ONE + respend
    per_pound = gross + (0 - away)
    return ShiftResult(
        extra=part(amount, per_pound),
        ignoring_nonlocal=part(amount, gross),
        net=part(amount, per_pound, *kept),
        amount=amount,
    )


def _read_amount(value: Number | Tenth, reader: Reader) -> Fraction:
    """Parse the amount that moves, in pence; fractional for a part of a spend."""

    def share(value: Number, field: str) -> Fraction:
        # Reject None, which is not an unknown share here.
        return reader.share("" if value is None else value, field, "E_SHARE").low

    if not isinstance(value, Tenth):
        return Fraction(reader.amount(value, "amount"))
    reader.choice(value.of, ("total", "local"), "E_OF", "amount.of")
    spend = reader.amount(value.spend, "amount.spend")
    moved = share(value.part, "amount.part")
    if value.local_share is None and value.of == "total":
        return moved * spend
    local = share(value.local_share, "amount.local_share")
    amount = moved * spend * (local if value.of == "local" else 1)
    if amount > (1 - local) * spend:
        message = "You cannot move more than is spent elsewhere now."
        reader.refuse("E_SHIFT_GT_NONLOCAL", "amount.part", message)
    return amount


# ---- Can a claimed multiplier be true? -------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """A claimed multiplier, with an optional respend rate."""

    claimed: Number
    respend: Share = None


@dataclass(frozen=True)
class CheckResult:
    """Conditions for the claim to hold.

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
    """Calculate the rates that a claimed multiplier L needs.

        respend_min = L - 2                     local_share_min = (L - 1) / 2
        equal_rate = (sqrt(4 L - 3) - 1) / 2    local_share_needed = (L - 1) / (1 + r)

    From L = 1 + a + a b, with a and b the rates of rounds 2 and 3. Source: lm3.md 5.5.

    Raises:
        InputErrors: With everything that is wrong.
    """
    reader = Reader()
    claimed = reader.number(request.claimed, "claimed")
    if claimed is not None and claimed < 1:
        message = "A multiplier must be 1 or more, because it counts the first £1."
        reader.refuse("E_CLAIMED", "claimed", message)
    elif claimed is not None and claimed > 1000:
        message = "A multiplier must be 1,000 or less. Over three rounds it cannot be more than 3."
        reader.refuse("E_CLAIMED", "claimed", message)
    rate = None if request.respend is None else reader.share(request.respend, "respend", "E_RATE")
    reader.finish()
    assert claimed is not None  # else finish() has raised
    extra = claimed - 1
    needed = None if rate is None else extra / (1 + rate.high)
    respend_min = max(Fraction(0), claimed - 2)
    # The c with c + c² = extra is (sqrt(1 + 4e) - 1) / 2. Half up to four places by whole-number
    # roots only: the largest n with (n - 1/2) / 10^4 <= c, that is
    # (2n - 1 + 10^4)^2 <= 10^8 (1 + 4e), and the right side may lose its fraction.
    root = isqrt(int(10**8 * (1 + 4 * extra)))
    return CheckResult(
        respend_min=respend_min,
        local_share_min=extra / 2,
        equal_rate=half_up(Fraction((root + 1 - 10**4) // 2, 10**4), 4),
        local_share_needed=needed,
        possible=(respend_min if needed is None else needed) <= 1,
    )
