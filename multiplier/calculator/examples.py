"""Example numbers: published ones with a source, and invented ones marked as such.

Editors are offered only examples with a source.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """Values that one button fills in, with their source."""

    button: str
    about: str
    typed: dict[str, str]
    is_sourced: bool = True


def _line(kind: str, *parts: str) -> dict[str, str]:
    """Return form values for one line of the table: amount, local and again."""
    names = (f"{kind}_{part}" for part in ("amount", "local", "again"))
    return dict(zip(names, parts, strict=False))


# Form values of case A of the tests, with one share left blank.
_A = {
    "income": "500,000",
    **_line("staff", "300,000", "80", "35"),
    **_line("supplier", "120,000", "50", ""),
    **_line("premises", "40,000", "100", "30"),
    **_line("tax", "20,000", "0"),
    **_line("surplus", "20,000"),
}
_PLACE = {"view": "provider", "area": "Exampleton"}
EXAMPLE = {**_PLACE, "how": "guided", **_A}
_TAX = {"tax_local": "0", "tax_away": "0"}  # where the lines start: taxes leave the area
# Initial values of the calculator, and the lines its three numbers come from.
START = {**_PLACE, "how": "quick", "r1": "500,000", "r2": "340,000", "r3": "126,000", **_TAX}
START_LINES = {**EXAMPLE, **_TAX, "supplier_again": "50"}
# The local share stays unknown, because outsourcers employ local people too (lm3.md 5.7).
_B = {
    "income": "500,000",
    **_line("staff", "250,000", "", "35"),
    **_line("supplier", "150,000", "10", "40"),
    **_line("other", "60,000", "0"),
    **_line("surplus", "40,000"),
}
_TWO = {"a": {"name": "Community organisation (invented)", **_A, "supplier_again": "50"}}
_TWO["b"] = {"name": "National company (invented)", **_B}

EXAMPLES = {
    "calculator": (
        Example(
            "See the answer for an invented provider",
            "Line by line, with one share left blank. The figures are invented.",
            EXAMPLE,
            is_sourced=False,
        ),
        Example(
            "Work through NEF’s teaching sheet",
            "£200,000 on 10 local staff who spend 40% of their pay locally, from the New Economics"
            " Foundation’s averaging sheet for The Money Trail. We assume it is the whole"
            " income.",
            {"view": "provider", "area": "The local area of NEF’s sheet", "how": "guided"}
            | {"income": "200,000", **_line("staff", "200,000", "100", "40")},
        ),
    ),
    "compare": (
        Example(
            "Fill in 2 invented organisations",
            "Invented figures, because no outsourcer has published its own. How much of B’s pay"
            " stays local is left blank.",
            _PLACE | {f"{side}-{name}": text for side in _TWO for name, text in _TWO[side].items()},
            is_sourced=False,
        ),
    ),
    "shift": (
        Example(
            "Try Northumberland’s rates of 2005 on £1m",
            "Local suppliers spent 76% locally again, suppliers elsewhere 36% in the county:"
            " Northumberland County Council, in The Guardian, 30 March 2005.",
            {"area": "Northumberland", "how": "pounds", "amount": "1,000,000"}
            | {"respend": "76", "nonlocal_respend": "36"},
        ),
    ),
    "check": (
        Example(
            "Check Bradford Trident’s £2.52",
            "Tony Armstrong, Locality’s chief executive at the time, in LocalGov, 5 July 2019.",
            {"claimed": "2.52"},
        ),
        Example(
            "Check it with the 35% that Kirklees’ survey found",
            "Kirklees Council’s staff survey of 2018, of take-home pay.",
            {"claimed": "2.52", "respend": "35"},
        ),
    ),
}
