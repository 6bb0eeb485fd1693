"""Parsing of cells: amounts as pence, suppliers as keys, places as districts."""

from __future__ import annotations

import re

LONGEST_NAME = 120
MOST_DIGITS = 11  # £99,999,999,999.99; the browser counts exactly far beyond that
# Spelled out, because Python and JavaScript differ on \\s.
_BLANKS = re.compile("[\t\n\v\f\r \u00a0\u2000-\u200a\u202f\u3000]+")
_AMOUNT = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]*))?", re.ASCII)
_POWER = re.compile(r"([0-9])(?:\.([0-9]{0,17}))?E([+-]?[0-9]{1,2})", re.ASCII)
# Pound signs decoded with the wrong encoding.
_DAMAGED_POUND = re.compile("(?:Ã‚Â£|Â£|ï¿½|\ufffd|┬ú|œ|\x9c|\\?)+")
_SIGNS = re.compile("[.,'’‘\"()\\[\\]/\\\\*:;#_–-]+")
_POSTCODE = re.compile(
    r"(?:^|[^A-Z0-9])([A-Z]{1,2}[0-9][0-9A-Z]?) ?[0-9][A-Z]{2}(?![A-Z0-9])", re.ASCII
)
_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?", re.ASCII)


def pence_of(text: str) -> int | None:
    """Parse an amount as pence, rounded half up; None if it is not a number.

    Reads £1,234.50, (1,234.50), £(1,234.50), 1,234.50-, 1,234.50 CR, GBP, 1.2E+06, a dash for
    nothing and damaged pound signs; not 1.234,50.
    """
    left = _BLANKS.sub("", text)
    if "?" in left or not left.isascii():
        left = _DAMAGED_POUND.sub("£", left).replace("Â", "")
    left = left.upper().replace("−", "-").replace("–", "-")
    negative = False
    if left.startswith("£("):
        left = left[1:]
    if left.startswith("(") and left.endswith(")"):
        negative, left = True, left[1:-1]
    if left.endswith("CR"):
        negative, left = True, left[:-2]
    elif left.endswith("DR"):
        left = left[:-2]
    for mark in ("£", "GBP", "-", "+", "£", "GBP"):
        if left.startswith(mark):
            negative, left = negative or mark == "-", left[len(mark) :]
    if left.endswith("-"):
        negative, left = True, left[:-1]
    if not left and "-" in text.replace("−", "-").replace("–", "-"):
        return 0
    if power := _POWER.fullmatch(left):
        left = _written_out(power[1], power[2] or "", int(power[3]))
    found = _AMOUNT.fullmatch(left)
    if not found or not (found[1] or found[2]):
        return None
    whole = found[1].replace(",", "")
    if len(whole) > MOST_DIGITS:
        return None
    part = ((found[2] or "") + "000")[:3]
    pence = int(whole or 0) * 100 + int(part[:2]) + (part[2] >= "5")
    return -pence if negative else pence


def _written_out(first: str, rest: str, power: int) -> str:
    """Write 1.2E+06 as 1200000."""
    digits = first + rest
    if power < 0:
        return f"0.{'0' * (-power - 1)}{digits}"
    digits = digits.ljust(power + 1, "0")
    return f"{digits[: power + 1]}.{digits[power + 1 :]}"


def tidy(text: str) -> str:
    """Return text with single spaces, cut to the length of a name."""
    return _BLANKS.sub(" ", text).strip()[:LONGEST_NAME]


def supplier_key(name: str) -> str:
    """Return a supplier's key, the same for all its spellings (case, signs, Limited and Ltd)."""
    words = _BLANKS.sub(" ", _SIGNS.sub(" ", name.lower().replace("&", " and "))).strip().split(" ")
    return " ".join("ltd" if word == "limited" else word for word in words)


def place_of(text: str) -> str:
    """Return a postcode's district, such as BD1, or the place in capitals; "" if blank."""
    place = tidy(text).upper()
    found = _POSTCODE.search(place)
    return found[1] if found else place


def area_of(place: str) -> str:
    """Return the postcode area of a district, BD for BD1; "" for other places."""
    return re.split("[0-9]", place)[0] if _OUTWARD.fullmatch(place) else ""
