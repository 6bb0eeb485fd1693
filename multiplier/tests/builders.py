"""The two organisations that the examples of the method's specification are about."""

from collections.abc import Callable

import pytest

from multiplier.engine import InputErrors, Line, Request


def codes(act: Callable[[], object]) -> dict[str, str]:
    """Which fault is found at which field when this is done; each says something."""
    with pytest.raises(InputErrors) as caught:
        act()
    assert all(error.message for error in caught.value.errors)
    return {error.field: error.code for error in caught.value.errors}


def provider(lines: list[Line], income: object = 500_000, **more: object) -> Request:
    """A provider's income and what it was spent on."""
    return Request("provider", "Bradford district", income=income, lines=tuple(lines), **more)


def rounds(r1: object, r2: object, r3: object, **more: object) -> Request:
    """A provider's three rounds."""
    return Request("provider", "Bradford district", r1=r1, r2=r2, r3=r3, **more)


def community_lines(supplier_share: str = "0.5") -> list[Line]:
    """A: a community organisation, with its q for extended mode."""
    return [
        Line("staff", "300000", "0.8", "0.35", "0.05"),
        Line("supplier", "120000", supplier_share, "0.5", "0.10"),
        Line("premises", "40000", "1", "0.3"),
        Line("tax", "20000", "0"),
        Line("surplus", "20000", "0"),
    ]


def outsourcer_lines() -> list[Line]:
    """B: a national company with the same contract."""
    return [
        Line("staff", "250000", "0.6", "0.35"),
        Line("supplier", "150000", "0.1", "0.4"),
        Line("other", "60000", "0"),
        Line("surplus", "40000", "0"),
    ]


A = provider(community_lines())
B = provider(outsourcer_lines())
