"""The number in a claimed figure: "over £1.2 million" is 1,200,000 pounds.

Editors write a figure once, as readers will see it. What data files need is read from that.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

SCALES = {
    "thousand": 1_000,
    "k": 1_000,
    "million": 1_000_000,
    "m": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
}
NUMBER = re.compile(
    r"(?P<minus>[-−])?(?P<pounds>£)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<pence>p\b)?(?P<percent>\s?%)?(?:\s?(?P<scale>thousand|million|billion|bn|m|k)\b)?",
    re.IGNORECASE,
)
POUNDS, PERCENT = "GBP", "%"


@dataclass(frozen=True)
class Amount:
    """A number, and its unit if the figure itself says it: "GBP", "%", "years", or else ""."""

    value: Decimal
    unit: str = ""


def amount(figure: str) -> Amount | None:
    """Read the number of a figure.

    Args:
        figure: As readers see it: "£474 million", "over 1,000", "41%", "85p".

    Returns:
        The number, in pounds for money; None if there is no number, or more than one, as in
        "47% to 60%".
    """
    found = list(NUMBER.finditer(figure))
    if len(found) != 1:
        return None
    (number,) = found
    value = Decimal(number["number"].replace(",", ""))
    if number["scale"]:
        value *= SCALES[number["scale"].lower()]
    if number["pence"]:
        value /= 100
    if number["minus"]:
        value = -value
    if number["pounds"] or number["pence"]:
        return Amount(value, POUNDS)
    return Amount(value, PERCENT if number["percent"] else figure[number.end() :].strip(" +.,"))
