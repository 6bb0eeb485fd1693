"""From survey replies to a share: its mean, its interval, and its worst case."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from multiplier.figures import Number, Spread, half_up
from multiplier.lines import SMALL_SURVEY
from multiplier.readers import Reader
from multiplier.student import t_quantile

# The interval's ends are given to six places: they come from a square root and a quantile.
PLACES = 6


@dataclass(frozen=True)
class Survey:
    """What people or suppliers answered: the share that each spends locally.

    shares       0 to 1, one for each reply
    population   how many could have replied, those who did included; none: not known
    weights      pay or turnover, one for each reply, where the weighted mean is wanted
    confidence   of the interval
    """

    shares: tuple[Number, ...]
    population: Number = None
    weights: tuple[Number, ...] = ()
    confidence: Number = "0.95"


@dataclass(frozen=True)
class SurveyResult:
    """What a survey says of all who could have replied.

    mean            the plain mean, exact: what NEF's template takes
    weighted        sum of weight x share over sum of weights; none without weights
    low, high       mean -/+ t(n - 1) s / sqrt(n) x sqrt((N - n) / (N - 1)), within 0 to 1;
                    6 places. One reply of more says nothing of the spread: 0 and 1
    worst, best     exact bounds if those who did not reply spend nothing, or all, locally:
                    m n / N and m n / N + (N - n) / N; 0 and 1 where N is not known
    warnings        W_SMALL_SURVEY with fewer than five replies
    """

    replies: int
    mean: Fraction
    weighted: Fraction | None
    low: Fraction
    high: Fraction
    worst: Fraction
    best: Fraction
    warnings: tuple[str, ...]

    @property
    def spread(self) -> Spread:
        """The interval, as a share that a Line takes."""
        return Spread(self.low, self.mean, self.high)


def survey(answers: Survey) -> SurveyResult:
    """The share that a survey finds; raise InputErrors with everything that is wrong.

    Source: lm3.md 5.5. The interval assumes that who replied is a matter of chance; worst and
    best assume nothing.
    """
    reader = Reader()
    shares = [
        reader.share("" if share is None else share, f"shares[{index}]", "E_RATE").low
        for index, share in enumerate(answers.shares)
    ]
    if not shares:
        reader.refuse("E_SURVEY", "shares", "Give the answer of at least one.")
    population = _population(answers, reader)
    weights = _weights(answers, reader)
    confidence = reader.number(answers.confidence, "confidence")
    if confidence is not None and not 0 < confidence < 1:
        reader.refuse("E_SURVEY", "confidence", "Confidence lies between 0 and 1.")
    reader.finish()
    assert confidence is not None  # else finish() has raised
    n, mean = len(shares), sum(shares, Fraction(0)) / len(shares)
    low, high = _interval(shares, mean, population, float(confidence))
    answered = Fraction(n, population) if population else Fraction(0)
    return SurveyResult(
        replies=n,
        mean=mean,
        weighted=_weighted(shares, weights),
        low=low,
        high=high,
        worst=mean * answered,
        best=mean * answered + (1 - answered),
        warnings=("W_SMALL_SURVEY",) if n < SMALL_SURVEY else (),
    )


def _population(answers: Survey, reader: Reader) -> int | None:
    if answers.population is None:
        return None
    population = reader.count(answers.population, "population", "people asked")
    if population is not None and 0 < population < len(answers.shares):
        message = "Fewer could have replied than did."
        reader.refuse("E_SURVEY", "population", message)
    return population


def _weights(answers: Survey, reader: Reader) -> list[Fraction]:
    found = []
    for index, weight in enumerate(answers.weights):
        number = reader.number(weight, f"weights[{index}]") or Fraction(0)
        if number < 0:
            reader.refuse("E_AMOUNT", f"weights[{index}]", "A weight cannot be less than 0.")
        found.append(number)
    if found and len(found) != len(answers.shares):
        reader.refuse("E_SURVEY", "weights", "Give one weight for each reply.")
    elif found and not any(found):
        reader.refuse("E_SURVEY", "weights", "At least one weight must be more than 0.")
    return found


def _weighted(shares: list[Fraction], weights: list[Fraction]) -> Fraction | None:
    if not weights:
        return None
    pairs = zip(shares, weights, strict=True)
    return sum((share * weight for share, weight in pairs), Fraction(0)) / sum(weights)


def _interval(
    shares: list[Fraction], mean: Fraction, population: int | None, confidence: float
) -> tuple[Fraction, Fraction]:
    n = len(shares)
    if population == n:
        return mean, mean
    if n == 1:
        return Fraction(0), Fraction(1)
    variance = sum(((share - mean) ** 2 for share in shares), Fraction(0)) / (n - 1) / n
    if population:
        variance *= Fraction(population - n, population - 1)
    reach = t_quantile(confidence, n - 1) * math.sqrt(variance)
    away = Fraction(Decimal(repr(reach)))
    return _clip(mean - away), _clip(mean + away)


def _clip(end: Fraction) -> Fraction:
    return min(Fraction(1), max(Fraction(0), Fraction(half_up(end, PLACES))))
