"""What if: money moved from suppliers elsewhere to suppliers here."""

from __future__ import annotations

from dataclasses import dataclass

from multiplier.figures import NOTHING, Estimate, Number, Share
from multiplier.lines import part
from multiplier.readers import Reader


@dataclass(frozen=True)
class Shift:
    """Money moved from suppliers elsewhere to suppliers here.

    amount is pounds. The last three are the user's own: left out, nothing is taken off.
    """

    amount: Number
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
    net                extra, less what would have happened anyway
    """

    extra: Estimate
    ignoring_nonlocal: Estimate
    net: Estimate


def shift(request: Shift) -> ShiftResult:
    """What moving an amount would bring; raise InputErrors with all that is wrong."""
    reader = Reader()
    amount = reader.amount(request.amount, "amount")
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
    )


def _share_or_none(value: Share, field: str, reader: Reader) -> Estimate:
    """A share which, left out, is taken to be nothing."""
    return NOTHING if value is None else reader.share(value, field, "E_RATE")
