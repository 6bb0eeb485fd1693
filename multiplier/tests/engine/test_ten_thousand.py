"""The laws of the specification's last line, over ten thousand random requests.

hypothesis looks for odd cases in test_engine_laws.py; here it is the number that counts. The
oracle is another way to the same figures: whole numbers, every corner tried.
"""

from dataclasses import replace
from fractions import Fraction as F
from itertools import product
from random import Random

import pytest

from multiplier.engine import KINDS, Line, Request, Result, Spread, calculate

REQUESTS = 10_000
SPENT = [kind for kind in KINDS if kind != "surplus"]
SHARES = ("local_share", "respend", "nonlocal_respend")


def share_of(random: Random) -> object:
    """Known, a spread with or without its centre, or unknown: in twentieths."""
    kind = random.random()
    if kind < 0.6:
        return F(random.randint(0, 20), 20)
    if kind < 0.8:
        return None
    low, centre, high = sorted(random.randint(0, 20) for _ in range(3))
    return Spread(F(low, 20), F(centre, 20) if kind < 0.9 else None, F(high, 20))


def request_of(random: Random) -> Request:
    lines = tuple(
        Line(
            random.choice(SPENT),
            F(random.randint(0, 10**6), 100),
            share_of(random),
            share_of(random),
            share_of(random) if random.random() < 0.5 else None,
        )
        for _ in range(random.randint(0, 3))
    )
    spend = sum((line.amount for line in lines), F(0))
    income = spend + F(random.randint(0 if spend else 1, 10**5), 100)
    mode = random.choice(["standard", "extended"])
    return Request("provider", "Leeds", mode=mode, income=income, lines=lines)


def ends(value: object, blank: tuple[int, int]) -> tuple[int, int]:
    """Both ends of a share, in twentieths."""
    if value is None:
        return blank
    low, high = (value.low, value.high) if isinstance(value, Spread) else (value, value)
    return int(low * 20), int(high * 20)


def bounds_by_corners(request: Request) -> tuple[F, F]:
    """LM3's bounds, each line at all eight of its corners."""
    extended = request.mode == "extended"
    low = high = 0
    for line in request.lines:
        pence = int(line.amount * 100)
        away = ends(line.nonlocal_respend, (0, 0)) if extended else (0, 0)
        corners = product(ends(line.local_share, (0, 20)), ends(line.respend, (0, 20)), away)
        gains = [pence * (20 * at + at * again + (20 - at) * back) for at, again, back in corners]
        low, high = low + min(gains), high + max(gains)
    whole = 400 * int(request.income * 100)
    return 1 + F(low, whole), 1 + F(high, whole)


def test_ten_thousand_random_requests_keep_every_law():
    random = Random(2002)
    for _ in range(REQUESTS):
        request = request_of(random)
        result = calculate(request)

        check_itself(request, result)
        check_changes(random, request, result)


def check_itself(request: Request, result: Result) -> None:
    """Exact bounds, 1 <= LM2 <= LM3 <= 3, and no penny lost."""
    assert (result.lm3.low, result.lm3.high) == bounds_by_corners(request)
    assert 1 <= result.lm3.low <= result.lm3.high <= 3
    assert 1 <= result.lm2.low <= result.lm3.low
    assert result.lm2.high <= result.lm3.high
    parts = (result.leak2.exact, result.leak3.exact, result.r3.exact, result.returned.exact)
    if None not in parts:
        leak2, leak3, r3, returned = parts
        assert leak2 + leak3 + r3 == result.r1 + returned
        assert result.lm3.exact == 1 + (result.r2.exact + r3) / result.r1
    for line in result.lines:
        if line.again.exact is not None and line.lost.exact is not None:
            assert line.again.exact + line.lost.exact == line.local.exact


def check_changes(random: Random, request: Request, result: Result) -> None:
    """Scale, splitting and order change nothing; extended is no less; each share lifts it."""
    lines = request.lines
    thousand = tuple(replace(line, amount=line.amount * 1000) for line in lines)
    scaled = calculate(replace(request, income=request.income * 1000, lines=thousand))
    assert (scaled.lm3, scaled.lm2) == (result.lm3, result.lm2)
    if request.mode == "standard":
        extended = calculate(replace(request, mode="extended"))
        assert extended.lm3.low >= result.lm3.low
        assert extended.lm3.high >= result.lm3.high
    if not lines:
        return
    first, *rest = lines
    part = F(random.randint(0, int(first.amount * 100)), 100)
    halves = (replace(first, amount=part), replace(first, amount=first.amount - part))
    split = calculate(replace(request, lines=(*rest, *halves)))  # and in another order
    assert (split.lm3, split.r2, split.r3) == (result.lm3, result.r2, result.r3)
    name = random.choice(SHARES)
    given = getattr(first, name)
    if isinstance(given, F):
        lifted = F(random.randint(int(given * 20), 20), 20)
        more = calculate(replace(request, lines=(replace(first, **{name: lifted}), *rest)))
        assert more.lm3.low >= result.lm3.low
        assert more.lm3.high >= result.lm3.high


@pytest.mark.parametrize("wrong", ["low", "high"])
def test_the_oracle_can_disagree(wrong):
    request = request_of(Random(7))
    low, high = bounds_by_corners(request)
    result = calculate(request)
    lm3 = replace(result.lm3, **{wrong: {"low": low, "high": high}[wrong] + F(1, 10**9)})

    with pytest.raises(AssertionError):
        check_itself(request, replace(result, lm3=lm3))
