"""The versions of the method, the newest last. A saved result names the one it was made by.

A version changes when the same input would give another answer, never otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from multiplier.contract import METHOD_VERSION


@dataclass(frozen=True)
class MethodVersion:
    """One version: its number, the day it came into use, and what it changed."""

    number: str
    since: date
    what: str


VERSIONS = (
    MethodVersion(
        "1",
        date(2026, 11, 25),
        "The first. Standard and extended LM3 and LM2 from lines or from three rounds; what is "
        "unknown runs from 0 to 1; exact bounds at the corners.",
    ),
)


def newer_than(number: str) -> MethodVersion | None:
    """The present version where it is newer than a saved result's; else none."""
    return None if number == METHOD_VERSION else VERSIONS[-1]
