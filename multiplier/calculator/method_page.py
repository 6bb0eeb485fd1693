"""The method page: formula, conventions, limits and history.

The engine calculates every derived figure, so that the page matches the method.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from multiplier import engine
from multiplier.charts import published
from multiplier.engine import Line, Request, Shift, Tenth, half_up
from multiplier.engine.methods import VERSIONS
from multiplier.words import pounds
from portal.page_cache import kept

# Cases A and B of the tests: two invented organisations with the same income.
_COMMUNITY = (
    Line("staff", 300_000, "0.8", "0.35"),
    Line("supplier", 120_000, "0.5", "0.5"),
    Line("premises", 40_000, 1, "0.3"),
    Line("tax", 20_000, 0),
    Line("surplus", 20_000),
)
_NATIONAL = (
    Line("staff", 250_000, "0.6", "0.35"),
    Line("supplier", 150_000, "0.1", "0.4"),
    Line("other", 60_000, 0),
    Line("surplus", 40_000),
)
COMMUNITY, NATIONAL = (
    Request("provider", "Exampleton", income=500_000, lines=lines)
    for lines in (_COMMUNITY, _NATIONAL)
)
# Respend of take-home pay that Kirklees measured among its staff in 2018.
KIRKLEES = "0.35"
SECTIONS = (
    ("formula", "The formula"),
    ("view", "Whose money are you tracing?"),
    ("conventions", "What counts, and where"),
    ("unknown", "Unknown figures"),
    ("trident", "Bradford Trident’s £2.52"),
    ("published", "Published figures"),
    ("shift", "Moving money, and comparing"),
    ("series", "Three rounds, or endless rounds"),
    ("limits", "Limits"),
    ("misuse", "Common mistakes"),
    ("criticism", "What critics say"),
    ("versions", "Versions of the method"),
    ("literature", "Literature"),
    ("reuse", "Use it elsewhere"),
)


@kept()
@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Show the method page."""
    return render(request, "multiplier/method.html", {**_facts(), "section": "multiplier"})


@cache
def _facts() -> dict[str, object]:
    return {
        "contents": [{"url": f"#{anchor}", "text": text} for anchor, text in SECTIONS],
        **_example(),
        **_claim(),
        **_shifts(),
        "series": [_series(Fraction(tenths, 10)) for tenths in (2, 3, 5, 7, 8, 9)],
        # £10 at 80% a step: the series without end, and three rounds.
        "tenner": pounds(1000 / (1 - Fraction("0.8"))),
        "tenner_lm3": pounds(1000 * _three_rounds(Fraction("0.8")), whole=False),
        "published": [_said(each) for each in published.PUBLISHED],
        "beyond": [_said(each) for each in published.BEYOND_THE_POUND],
        "times_more": _percent(Fraction(76 + 100 - 36, 36)),
        "versions": VERSIONS[::-1],
    }


def _percent(share: Fraction | Decimal | None, places: int = 0) -> str:
    assert share is not None  # every example is known in full
    return f"{half_up(Fraction(share) * 100, places)}%"


def _example() -> dict[str, object]:
    a, b = engine.calculate(COMMUNITY), engine.calculate(NATIONAL)
    # A council's LM3 is 1 + p + p a + (1 - p) q (lm3.md 1.2): p the part of its spend that goes to
    # local providers, a what these spend locally, q what those elsewhere do. A: p is 1; B: p is 0.
    a_council, b_council = 2 + a.r2.low / a.r1, 1 + b.r2.low / b.r1
    rounds = [pounds(each) for each in (a.r1, a.r2.low, a.r3.low)]
    late = Request("provider", "Exampleton", r1=100_000, r2=50_000, r3=50_000)
    return {
        "bars": _bars(a),
        "example_sum": f"({' + '.join(rounds)}) ÷ {pounds(a.r1)}",
        "example_exact": a.lm3.exact,
        "example_lm3": a.lm3.rounded,
        "example_lm2": a.lm2.rounded,
        "example_leaks": [pounds(each) for each in (a.leak2.low, a.leak3.low, a.r3.low, a.r1)],
        "example_held": pounds(a.held),
        "other_lm3": b.lm3.rounded,
        "council_lm3": half_up(a_council),
        "council_other_lm3": half_up(b_council),
        "difference": half_up(a.lm3.low - b.lm3.low, 3),
        "council_difference": half_up(a_council - b_council),
        "late_lm3": engine.calculate(late).lm3.rounded,
    }


def _bars(result: engine.Result, width: int = 600) -> list[dict[str, object]]:
    """Return each round to scale, with what was not spent locally."""
    rounds = (
        ("Round 1: income", Fraction(result.r1), Fraction(0)),
        ("Round 2: spent locally", result.r2.low, result.leak2.low),
        ("Round 3: spent locally again", result.r3.low, result.leak3.low),
    )
    return [
        {
            "name": name,
            "amount": pounds(money),
            "width": half_up(money * width / result.r1, 1),
            "left": half_up(left * width / result.r1, 1),
            "left_amount": pounds(left),
        }
        for name, money, left in rounds
    ]


def _claim() -> dict[str, object]:
    """Return the rates that a claim of £2.52 needs."""
    figure = published.BRADFORD_TRIDENT.figure
    needs = engine.check(engine.Check(figure, KIRKLEES))
    return {
        "claim": half_up(figure),
        "claim_extra": half_up(figure - 1),
        "claim_respend_min": _percent(needs.respend_min),
        "claim_local_min": _percent(needs.local_share_min),
        "claim_equal_rate": _percent(needs.equal_rate),
        "claim_needed": _percent(needs.local_share_needed),
        "claim_is_possible": needs.possible,
        "kirklees": _percent(Fraction(KIRKLEES)),
        "kirklees_top": half_up(2 + Fraction(KIRKLEES)),
    }


def _shifts() -> dict[str, object]:
    million, whole, more = (
        engine.shift(Shift(amount, respend="0.76", nonlocal_respend="0.36"))
        for amount in (
            1_000_000,
            Tenth("0.1", "total", 100_000_000, "0.3"),
            Tenth("0.1", "local", 100_000_000, "0.3"),
        )
    )
    return {
        "shift_net": pounds(million.extra.low),
        "shift_ignoring": pounds(million.ignoring_nonlocal.low),
        "tenth_of_all": f"£{half_up(whole.extra.low / 10**8, 1)}m",
        "tenth_of_local": f"£{half_up(more.extra.low / 10**8, 1)}m",
    }


def _three_rounds(rate: Fraction) -> Fraction:
    """Return LM3 for one rate c in rounds 2 and 3: 1 + c + c²."""
    return 1 + rate + rate**2


def _series(rate: Fraction) -> dict[str, object]:
    """Return three rounds and the Keynesian series 1 / (1 - c), of which they are 1 - c³."""
    return {
        "rate": _percent(rate),
        "lm3": half_up(_three_rounds(rate)),
        "total": half_up(1 / (1 - rate)),
        "captured": _percent(1 - rate**3, 1),
    }


def _said(each: published.Published) -> dict[str, object]:
    pence = f"{half_up(each.figure * 100, 0)}p"
    return {**vars(each), "figure": half_up(each.figure) if each.includes_first_pound else pence}
