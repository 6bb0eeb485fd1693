"""The method's page: formula, conventions, limits and history. Every figure on it that follows
from others is worked out by the engine, once, so that page and method cannot part."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from multiplier import engine, published
from multiplier.engine import Line, Request, Shift, Tenth, half_up
from multiplier.methods import VERSIONS
from multiplier.words import pounds

# Two invented organisations with the same income: the cases A and B of the tests.
COMMUNITY = Request(
    "provider",
    "Exampleton",
    income=500_000,
    lines=(
        Line("staff", 300_000, "0.8", "0.35"),
        Line("supplier", 120_000, "0.5", "0.5"),
        Line("premises", 40_000, 1, "0.3"),
        Line("tax", 20_000, 0),
        Line("surplus", 20_000),
    ),
)
NATIONAL = Request(
    "provider",
    "Exampleton",
    income=500_000,
    lines=(
        Line("staff", 250_000, "0.6", "0.35"),
        Line("supplier", 150_000, "0.1", "0.4"),
        Line("other", 60_000, 0),
        Line("surplus", 40_000),
    ),
)
# The re-spend that Kirklees measured among its own staff in 2018, of take-home pay.
KIRKLEES = "0.35"
SECTIONS = (
    ("formula", "The formula"),
    ("view", "Whose money is round 1?"),
    ("conventions", "What counts, and where"),
    ("unknown", "What is not known"),
    ("trident", "Bradford Trident’s £2.52"),
    ("published", "Published figures"),
    ("shift", "Moving money, and comparing"),
    ("series", "Three rounds, or rounds without end"),
    ("limits", "Limits"),
    ("misuse", "How it is misread"),
    ("criticism", "What critics say"),
    ("versions", "Versions of the method"),
    ("literature", "Literature"),
    ("reuse", "Work it out elsewhere"),
)


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "multiplier/method.html", {**_facts(), "section": "multiplier"})


def _percent(share: Fraction | Decimal, places: int = 0) -> str:
    return f"{half_up(Fraction(share) * 100, places)}%"


@dataclass(frozen=True)
class Bar:
    """One round in the picture, as parts of the picture's width."""

    name: str
    amount: str
    width: Decimal
    left: Decimal
    left_amount: str


def _bars(result: engine.Result, width: int = 600) -> tuple[Bar, ...]:
    """Each round to scale, and beside it what did not go on."""
    rounds = (
        ("Round 1: income", Fraction(result.r1), Fraction(0)),
        ("Round 2: spent locally", result.r2.low, result.leak2.low),
        ("Round 3: spent locally again", result.r3.low, result.leak3.low),
    )
    return tuple(
        Bar(
            name,
            pounds(money),
            half_up(money * width / result.r1, 1),
            half_up(left * width / result.r1, 1),
            pounds(left),
        )
        for name, money, left in rounds
    )


@cache
def _facts() -> dict[str, object]:
    return {
        "contents": [{"url": f"#{anchor}", "text": text} for anchor, text in SECTIONS],
        **_example(),
        **_claim(),
        **_shifts(),
        "series": [_series(rate) for rate in ("0.2", "0.3", "0.5", "0.7", "0.8", "0.9")],
        "tenner": pounds(_known(engine.keynes("0.8", "0.8").total) * 1000),
        "tenner_lm3": pounds(engine.keynes("0.8", "0.8").lm3 * 1000, whole=False),
        "published": [_said(each) for each in published.PUBLISHED],
        "beyond": [_said(each) for each in published.BEYOND_THE_POUND],
        "times_more": _percent(Fraction(76 + 100 - 36, 36), 0),
        "versions": VERSIONS[::-1],
    }


def _known(value: Fraction | None) -> Fraction:
    assert value is not None  # every example is known in full
    return value


def _example() -> dict[str, object]:
    a, b = engine.calculate(COMMUNITY), engine.calculate(NATIONAL)
    a_council = engine.council_view(COMMUNITY, local_share=1)
    # All of it goes elsewhere, and what such a provider spends locally is q.
    b_council = engine.council_view(
        NATIONAL, local_share=0, nonlocal_respend=b.r2.low / Fraction(b.r1)
    )
    rounds = [pounds(each) for each in (a.r1, a.r2.low, a.r3.low)]
    late = Request("provider", "Exampleton", r1=100_000, r2=50_000, r3=50_000)
    return {
        "example": a,
        "bars": _bars(a),
        "example_sum": f"({' + '.join(rounds)}) ÷ {pounds(a.r1)}",
        "example_exact": a.lm3.exact,
        "example_lm3": a.lm3.rounded,
        "example_lm2": a.lm2.rounded,
        "example_leaks": [pounds(each) for each in (a.leak2.low, a.leak3.low, a.r3.low, a.r1)],
        "example_held": pounds(a.held),
        "other_lm3": b.lm3.rounded,
        "council_lm3": a_council.rounded,
        "council_other_lm3": b_council.rounded,
        "difference": half_up(_known(a.lm3.exact) - _known(b.lm3.exact), 3),
        "council_difference": half_up(_known(a_council.exact) - _known(b_council.exact)),
        "late_lm3": engine.calculate(late).lm3.rounded,
    }


def _claim() -> dict[str, object]:
    """What a claim of £2.52 needs."""
    figure = published.BRADFORD_TRIDENT.figure
    needs = engine.check(engine.Check(figure, KIRKLEES))
    return {
        "claim": half_up(figure),
        "claim_extra": half_up(figure - 1),
        "claim_respend_min": _percent(needs.respend_min),
        "claim_local_min": _percent(needs.local_share_min),
        "claim_equal_rate": _percent(needs.equal_rate),
        "claim_needed": _percent(_known(needs.local_share_needed)),
        "claim_is_possible": needs.possible,
        "kirklees": _percent(Fraction(KIRKLEES)),
        "kirklees_top": half_up(2 + Fraction(KIRKLEES)),
    }


def _shifts() -> dict[str, object]:
    rates = {"respend": "0.76", "nonlocal_respend": "0.36"}
    million = engine.shift(Shift(1_000_000, **rates))
    whole, more = (
        engine.shift(Shift(Tenth("0.1", of, 100_000_000, "0.3"), **rates)).extra.low
        for of in ("total", "local")
    )
    return {
        "shift_net": pounds(million.extra.low),
        "shift_ignoring": pounds(million.ignoring_nonlocal.low),
        "tenth_of_all": f"£{half_up(whole / 10**8, 1)}m",
        "tenth_of_local": f"£{half_up(more / 10**8, 1)}m",
    }


def _series(rate: str) -> dict[str, object]:
    theory = engine.keynes(rate, rate)
    return {
        "rate": _percent(Fraction(rate)),
        "lm3": half_up(theory.lm3),
        "total": half_up(_known(theory.total)),
        "captured": _percent(_known(theory.captured), 1),
    }


def _said(each: published.Published) -> dict[str, object]:
    pence = f"{half_up(each.figure * 100, 0)}p"
    return {
        "who": each.who,
        "figure": half_up(each.figure) if each.includes_first_pound else pence,
        "view": each.view,
        "given_by": each.given_by,
        "where": each.where,
        "when": each.when,
    }
