"""Numbers to try: published ones with their source, and invented ones that say so.

An invented example shows what an answer looks like; editors are offered only sourced ones.
"""

from __future__ import annotations

from dataclasses import dataclass

# The form's fields as they would be typed: case A of the tests, with one share left blank.
EXAMPLE = {
    "view": "provider",
    "area": "Exampleton",
    "how": "guided",
    "income": "500,000",
    "staff_amount": "300,000",
    "staff_local": "80",
    "staff_again": "35",
    "supplier_amount": "120,000",
    "supplier_local": "50",
    "supplier_again": "",
    "premises_amount": "40,000",
    "premises_local": "100",
    "premises_again": "30",
    "tax_amount": "20,000",
    "tax_local": "0",
    "surplus_amount": "20,000",
}


@dataclass(frozen=True)
class Example:
    """Numbers to try with one button, and where they come from."""

    button: str
    about: str
    typed: dict[str, str]
    is_sourced: bool = True


_A = {"a-name": "Community organisation (invented)", "a-income": "500,000"}
_A |= {f"a-{name}": text for name, text in EXAMPLE.items() if "_" in name}
_A["a-supplier_again"] = "50"
# What it spends locally is left unknown: outsourcers employ local people too (lm3.md 5.7).
_B = {
    "b-name": "National company (invented)",
    "b-income": "500,000",
    "b-staff_amount": "250,000",
    "b-staff_local": "",
    "b-staff_again": "35",
    "b-supplier_amount": "150,000",
    "b-supplier_local": "10",
    "b-supplier_again": "40",
    "b-other_amount": "60,000",
    "b-other_local": "0",
    "b-surplus_amount": "40,000",
}

EXAMPLES = {
    "calculator": (
        Example(
            "See the answer for an invented provider",
            "Invented figures, with one share left blank.",
            EXAMPLE,
            is_sourced=False,
        ),
        Example(
            "Work through NEF’s teaching sheet",
            "£200,000 on ten local staff who spend 40% of their pay locally: the New Economics"
            " Foundation’s averaging sheet, to go with The Money Trail. That it is the whole"
            " income is our reading.",
            {
                "view": "provider",
                "area": "The local area of NEF’s sheet",
                "how": "guided",
                "income": "200,000",
                "staff_amount": "200,000",
                "staff_local": "100",
                "staff_again": "40",
            },
        ),
    ),
    "compare": (
        Example(
            "Fill in two invented organisations",
            "Invented figures: no outsourcer has published its own. How much of B’s pay stays"
            " local is left blank.",
            {"view": "provider", "area": "Exampleton", **_A, **_B},
            is_sourced=False,
        ),
    ),
    "shift": (
        Example(
            "Try Northumberland’s rates of 2005 on £1m",
            "Local suppliers spent 76% locally again, suppliers elsewhere 36% in the county:"
            " Northumberland County Council, in The Guardian, 30 March 2005.",
            {
                "area": "Northumberland",
                "how": "pounds",
                "amount": "1,000,000",
                "respend": "76",
                "nonlocal_respend": "36",
            },
        ),
    ),
    "check": (
        Example(
            "Check Bradford Trident’s £2.52",
            "Tony Armstrong, Locality’s chief executive at the time, in LocalGov, 5 July 2019.",
            {"claimed": "2.52"},
        ),
        Example(
            "The same with the 35% that Kirklees’ survey found",
            "Kirklees Council’s staff survey of 2018, of take-home pay.",
            {"claimed": "2.52", "respend": "35"},
        ),
    ),
}
