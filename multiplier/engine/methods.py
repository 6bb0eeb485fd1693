"""The versions of the method, the newest last. A saved result names the one it was made by.

A version changes when the same input would give another answer, never otherwise. A new one
stands here beside the old, each with the functions that compute it: an old address goes on
giving what its method gave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from multiplier import engine
from multiplier.engine import METHOD_VERSION


@dataclass(frozen=True)
class MethodVersion:
    """One version: its number, the day it came into use, what it changed, and its calls."""

    number: str
    since: date
    what: str
    calculate: Callable[..., engine.Result] = engine.calculate
    compare: Callable[..., engine.Comparison] = engine.compare
    shift: Callable[..., engine.ShiftResult] = engine.shift
    check: Callable[..., engine.CheckResult] = engine.check
    tornado: Callable[..., engine.Tornado] = engine.tornado


VERSIONS = [
    MethodVersion(
        METHOD_VERSION,
        date(2026, 11, 25),
        "The first. Standard and extended LM3 and LM2 from lines or from three rounds; what is "
        "unknown runs from 0 to 1; exact bounds at the corners.",
    ),
]


def find(number: str) -> MethodVersion | None:
    """Return the version of that number, or None."""
    return next((version for version in VERSIONS if version.number == number), None)


def newer_than(number: str) -> MethodVersion | None:
    """Return the present version if it is newer than a saved result's; else None."""
    return None if number == VERSIONS[-1].number else VERSIONS[-1]
