"""Published multipliers that we have seen in a source.

Sponsors publish good figures, so these are not typical. Never compare figures of different views.
Northumberland's council figures fit none of our scales: they count only rounds 2 and 3 of a pound
spent with local suppliers or with others.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Published:
    """A figure with its publisher, place and date. `when` is as exact as the source."""

    who: str
    figure: Fraction
    view: str
    given_by: str
    where: str
    when: str
    includes_first_pound: bool = True


_ARMSTRONG = "Tony Armstrong, Locality’s chief executive at the time"
BRADFORD_TRIDENT = Published(
    "Bradford Trident", Fraction("2.52"), "provider", _ARMSTRONG, "LocalGov", "5 July 2019"
)
_TRUST = "Halifax Opportunities Trust (Jubilee Children’s Centre)"
_TRUST_BY = ("the trust, with NEF’s support", "as quoted by Solihull Sustain")
_BARCELONA = ("household", "the researchers", "ESCI-UPF News", "19 June 2023")
_ESH_BY = "the company, worked out with Durham Business School"
_COUNCIL = ("council", "the council", "The Guardian", "30 March 2005", False)
_FIRMS_BY = "the Federation of Small Businesses and CLES"
_FIRMS = ("council", _FIRMS_BY, "their report on local procurement", "2013", False)

# On the scale of LM3: (R1 + R2 + R3) / R1.
PUBLISHED = (
    BRADFORD_TRIDENT,
    Published(_TRUST, Fraction("2.43"), "provider", *_TRUST_BY, "December 2017"),
    Published("Esh Group", Fraction("2.38"), "provider", _ESH_BY, "The Northern Echo", "2007"),
    Published(
        "Barcelona’s citizen income, paid in the local currency REC", Fraction("2.09"), *_BARCELONA
    ),
    Published("Barcelona’s citizen income, paid in euros", Fraction("1.94"), *_BARCELONA),
)

# What each pound adds beyond itself. Never compare with an LM3.
BEYOND_THE_POUND = (
    Published(
        "Northumberland County Council, suppliers in the county", Fraction("0.76"), *_COUNCIL
    ),
    Published("Northumberland County Council, suppliers elsewhere", Fraction("0.36"), *_COUNCIL),
    Published("Councils’ spend with small local firms", Fraction("0.63"), *_FIRMS),
    Published("Councils’ spend with large local firms", Fraction("0.40"), *_FIRMS),
)
