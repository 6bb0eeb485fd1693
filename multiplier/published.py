"""Multipliers that others have published, as far as we have seen them in a source.

Sponsors publish good figures, so these are not typical. None may be set beside a figure of
another view, and the council figures of Northumberland are on no scale of ours: they count
rounds 2 and 3 alone, of a pound that is spent with local suppliers or with others.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Published:
    """One figure, who gave it, where and when. `when` is as exact as the source."""

    who: str
    figure: Fraction
    view: str
    given_by: str
    where: str
    when: str
    includes_first_pound: bool = True

    @property
    def short(self) -> str:
        """As a chart's label says it, with its date."""
        return f"{self.who}, {self.when}"


BRADFORD_TRIDENT = Published(
    "Bradford Trident",
    Fraction("2.52"),
    "provider",
    "Tony Armstrong, Locality’s chief executive at the time",
    "LocalGov",
    "5 July 2019",
)

# On the scale of LM3: (R1 + R2 + R3) / R1.
PUBLISHED = (
    BRADFORD_TRIDENT,
    Published(
        "Halifax Opportunities Trust (Jubilee Children’s Centre)",
        Fraction("2.43"),
        "provider",
        "the trust, with NEF’s support",
        "as quoted by Solihull Sustain",
        "December 2017",
    ),
    Published(
        "Esh Group",
        Fraction("2.38"),
        "provider",
        "the company, worked out with Durham Business School",
        "The Northern Echo",
        "2007",
    ),
    Published(
        "Barcelona’s citizen income, paid in the local currency REC",
        Fraction("2.09"),
        "household",
        "the researchers",
        "ESCI-UPF News",
        "19 June 2023",
    ),
    Published(
        "Barcelona’s citizen income, paid in euros",
        Fraction("1.94"),
        "household",
        "the researchers",
        "ESCI-UPF News",
        "19 June 2023",
    ),
)

# What each pound spent so adds beyond itself: never to be set beside an LM3.
BEYOND_THE_POUND = (
    Published(
        "Northumberland County Council, suppliers in the county",
        Fraction("0.76"),
        "council",
        "the council",
        "The Guardian",
        "30 March 2005",
        includes_first_pound=False,
    ),
    Published(
        "Northumberland County Council, suppliers elsewhere",
        Fraction("0.36"),
        "council",
        "the council",
        "The Guardian",
        "30 March 2005",
        includes_first_pound=False,
    ),
    Published(
        "Councils’ spend with small local firms",
        Fraction("0.63"),
        "council",
        "the Federation of Small Businesses and CLES",
        "their report on local procurement",
        "2013",
        includes_first_pound=False,
    ),
    Published(
        "Councils’ spend with large local firms",
        Fraction("0.40"),
        "council",
        "the Federation of Small Businesses and CLES",
        "their report on local procurement",
        "2013",
        includes_first_pound=False,
    ),
)


def of_view(view: str) -> tuple[Published, ...]:
    """Those on LM3's scale of one view: the only ones to show beside a result of that view."""
    return tuple(each for each in PUBLISHED if each.view == view)
