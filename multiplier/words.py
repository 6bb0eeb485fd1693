"""Words of the multiplier: money, pence per pound, ranges and warnings."""

from __future__ import annotations

from fractions import Fraction

from multiplier.engine import Estimate, half_up, half_up_units

# Names of round 1 in each view.
RECEIVED = {
    "provider": "Received",
    "council": "Spent by the council",
    "household": "Paid to households",
}
EVERY_POUND = {
    "provider": "For every £1 received",
    "council": "For every £1 the council spent",
    "household": "For every £1 paid to households",
}
WHOSE = {
    "provider": "A provider’s income",
    "council": "A council’s spending",
    "household": "Money paid to households",
}
KIND_NAMES = {
    "staff": "Staff",
    "supplier": "Suppliers",
    "subcontractor": "Sub-contractors",
    "premises": "Premises",
    "tax": "Tax",
    "surplus": "Surplus",
    "other": "Other spending",
}
MODES = {
    "standard": "Three rounds (LM3), standard",
    "extended": "Three rounds (LM3), extended: includes what people and firms elsewhere spend here",
}
# Evidence for a figure, as shown to visitors.
BASES = {"accounts": "Our own records", "survey": "A survey", "assumption": "An estimate"}
WARNINGS = {
    "W_SPEND_EXCEEDS_INCOME": (
        "More was spent than came in, so part of it came from reserves or loans. "
        "To trace all the spending, make it round 1."
    ),
    "W_UNALLOCATED": (
        "Some of round 1 is not in any line. We treat it as not spent locally, "
        "so the true figure may be higher."
    ),
    "W_UNUSUALLY_HIGH": (
        "This is unusually high: over 95% spent locally, or over 80% spent again. "
        "Check that you have not counted anything that leaves the area."
    ),
    "W_Q_GT_R": (
        "By these figures, people and firms elsewhere spend more here than local ones do. "
        "Check that you have not swapped the two."
    ),
    "W_SMALL_SURVEY": "Fewer than 5 people replied, so one more reply could change this a lot.",
    "W_SURPLUS_NOT_SPENT": "A surplus is kept, not spent, so we did not count its percentage.",
}


# In pence. Labels of charts show millions and billions from here on.
_MILLIONS, _BILLIONS = 10 * 10**6 * 100, 10**9 * 100


def pounds(pence: Fraction | int, *, whole: bool = True) -> str:
    """Format money: £126,000, or £6.40 if `whole` is false."""
    sign = "−" if pence < 0 else ""
    amount = abs(half_up_units(pence, 1, 100 if whole else 1))
    said = f"£{amount:,}" if whole else f"£{amount // 100:,}.{amount % 100:02d}"
    return f"{sign}{said}" if amount else said


def short_pounds(pence: Fraction | int, *, whole: bool = True) -> str:
    """Format money for a chart's label, with millions and billions to about three figures."""
    if -_MILLIONS < pence < _MILLIONS:
        return pounds(pence, whole=whole)
    in_billions = not -_BILLIONS < pence < _BILLIONS
    size, letter = (_BILLIONS, "bn") if in_billions else (10**6 * 100, "m")
    scaled = half_up(Fraction(pence, size), 1)
    return f"{'−' if scaled < 0 else ''}£{abs(scaled):,}{letter}"


def per_pound(share: Fraction) -> str:
    """Format a part of each £1: 93p, £1.52."""
    pence = half_up_units(share, 100)
    return f"£{pence // 100}.{pence % 100:02d}" if pence >= 100 else f"{pence}p"


def more_than_all(share: Fraction) -> str:
    """Format a part of more than £1, so that it never rounds down to £1."""
    said = per_pound(share)
    return f"just over {said}" if said == "£1.00" else said


def money_range(money: Estimate, *, whole: bool = True) -> str:
    """Format an amount, or its two ends if it is unknown."""
    if money.is_certain:
        return pounds(money.low, whole=whole)
    return f"{pounds(money.low, whole=whole)} to {pounds(money.high, whole=whole)}"


def per_pound_range(share: Estimate) -> str:
    """Format a part of each £1, or its two ends if they look different."""
    low, high = per_pound(share.low), per_pound(share.high)
    return low if low == high else f"{low} to {high}"
