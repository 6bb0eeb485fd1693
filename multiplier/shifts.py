"""What if: money moved from suppliers elsewhere to suppliers here."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier.figures import NOTHING, Estimate, Number, Share
from multiplier.lines import part
from multiplier.readers import Reader

TENTHS = ("total", "local")


@dataclass(frozen=True)
class Tenth:
    """A part of a spend that is to move, when it is not given in pounds: "10% of what?"

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
    """What the area gains, in pence.

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
    """What moving an amount x would bring; raise InputErrors with all that is wrong.

        extra = x (1 + r - q)

    r is what local suppliers spend in the area again, q what those elsewhere spend in it; what
    is not known of r runs from 0 to 1. Source: lm3.md section 3, where Northumberland's 76p
    and 36p give 1.40 for each pound that moves.
    """
    reader = Reader()
    amount = _read_amount(request.amount, reader)
    respend = reader.share(request.respend, "respend", "E_RATE")
    away = _share_or_none(request.nonlocal_respend, "nonlocal_respend", reader)
    kept = [
        1 - _share_or_none(getattr(request, name), name, reader)
        for name in ("deadweight", "displacement", "substitution")
    ]
    reader.finish()
    gross = Estimate.of(1) + respend
    per_pound = gross + (0 - away)
    return ShiftResult(
        extra=part(amount, per_pound),
        ignoring_nonlocal=part(amount, gross),
        net=part(amount, per_pound, *kept),
        amount=amount,
    )


def _read_amount(value: Number | Tenth, reader: Reader) -> Fraction:
    """What moves, in pence: part of a penny where it is a part of a spend."""
    if not isinstance(value, Tenth):
        return Fraction(reader.amount(value, "amount"))
    reader.choice(value.of, TENTHS, "E_OF", "amount.of")
    spend = reader.amount(value.spend, "amount.spend")
    moved = reader.share(_or_nothing(value.part), "amount.part", "E_SHARE").low
    if value.local_share is None and value.of == "total":
        return moved * spend
    local = reader.share(_or_nothing(value.local_share), "amount.local_share", "E_SHARE").low
    amount = moved * spend * (local if value.of == "local" else 1)
    if amount > (1 - local) * spend:
        message = "More would move than is spent elsewhere now."
        reader.refuse("E_SHIFT_GT_NONLOCAL", "amount.part", message)
    return amount


def _or_nothing(value: Number) -> Number:
    """None is no share here, so that it is refused as no number."""
    return "" if value is None else value


def _share_or_none(value: Share, field: str, reader: Reader) -> Estimate:
    """A share which, left out, is taken to be nothing."""
    return NOTHING if value is None else reader.share(value, field, "E_RATE")


@dataclass(frozen=True)
class Mix:
    """Local spend in pounds, and which part of it small suppliers have."""

    local: Number
    small_share: Number


def mix_change(before: Mix, after: Mix, *, small: Number, large: Number) -> Fraction:
    """What a change of local spend and of its mix brings beyond the spend itself, in pence.

        L' (m' p_s + (1 - m') p_l) - L (m p_s + (1 - m) p_l)

    L is local spend, m the share of small suppliers in it, p_s and p_l what each local pound
    spent with small and with large suppliers adds. Source: FSB and CLES 2013 (lm3.md 3).
    Raises InputErrors with all that is wrong.
    """
    reader = Reader()
    rates = [reader.share(_or_nothing(small), "small", "E_RATE").low]
    rates.append(reader.share(_or_nothing(large), "large", "E_RATE").low)
    worth = []
    for name, mix in (("before", before), ("after", after)):
        local = reader.amount(mix.local, f"{name}.local")
        share = reader.share(_or_nothing(mix.small_share), f"{name}.small_share", "E_SHARE").low
        worth.append(local * (share * rates[0] + (1 - share) * rates[1]))
    reader.finish()
    return worth[1] - worth[0]
