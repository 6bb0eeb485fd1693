"""Versions of the method, oldest first. A saved result names its version.

Add a version only if the same input would give another answer. Keep the old version with its
functions, so that old addresses keep their answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from multiplier import engine
from multiplier.engine import METHOD_VERSION


@dataclass(frozen=True)
class MethodVersion:
    """A version: its number, first day, change and functions."""

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
    """Return the version with a number, or None."""
    return next((version for version in VERSIONS if version.number == number), None)


def newer_than(number: str) -> MethodVersion | None:
    """Return the current version if it is newer than the given one; else None."""
    return None if number == VERSIONS[-1].number else VERSIONS[-1]
