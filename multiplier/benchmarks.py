"""Multipliers that others published, each with its date: for its own view and no other.

Sponsors publish good scores, so these stand high. Areas, years and surveys differ: they are
shown beside a result as what they are, never as a norm (lm3.md 1.10 and section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Benchmark:
    """One published multiplier."""

    name: str
    lm3: Fraction
    when: str
    source: str


BY_VIEW = {
    "provider": (
        Benchmark(
            "Bradford Trident",
            Fraction("2.52"),
            "2019",
            "Tony Armstrong, Locality’s chief executive at the time, in LocalGov, 5 July 2019",
        ),
        Benchmark(
            "Jubilee Children’s Centre, Halifax",
            Fraction("2.43"),
            "2017",
            "Halifax Opportunities Trust, with support from NEF, as reported by Solihull"
            " Sustain, December 2017",
        ),
        Benchmark(
            "Esh Group",
            Fraction("2.38"),
            "2007",
            "Durham Business School for Esh Group, as reported by the Northern Echo",
        ),
    ),
    "household": (
        Benchmark(
            "Income support in Barcelona’s local currency",
            Fraction("2.09"),
            "2023",
            "ESCI-UPF News, 19 June 2023, on the REC local currency",
        ),
        Benchmark(
            "Income support in euros, Barcelona",
            Fraction("1.94"),
            "2023",
            "ESCI-UPF News, 19 June 2023, on the REC local currency",
        ),
    ),
    "council": (),
}
