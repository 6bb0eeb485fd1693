"""What somebody may have meant: a word that nothing holds, as entries spell it."""

import re
from collections.abc import Callable, Iterable

from rapidfuzz.distance import OSA

from search.engines.plan import Plan
from search.engines.words import clean, fold

SHORTEST = 4  # letters: shorter words have too many neighbours
TWO_SLIPS = 7  # letters from which on two slips are forgiven, not one
MOST_NEIGHBOURS = 5

Known = Callable[[Iterable[str]], set[str]]  # which of these words may be shown
Near = Callable[[str], Iterable[tuple[str, int]]]  # spellings near a word, and how common


def slips(word: str) -> int:
    """How many slips of the finger in this word are forgiven."""
    if len(word) < SHORTEST:
        return 0
    return 2 if len(word) >= TWO_SLIPS else 1


def correct(text: str, plan: Plan, known: Known, near: Near) -> str:
    """The text with words that nothing holds as entries spell them; "" where none is near.

    `known` decides what may be shown: a word that stands only in what has been withdrawn
    must never be offered.
    """
    words = _loose(plan)
    shown = known(words)
    unknown = [word for word in words if word not in shown]
    if not unknown:
        return ""
    corrected = clean(text)
    for word in unknown:
        if better := _best(word, known, near):
            corrected = re.sub(rf"\b{re.escape(word)}\b", better, corrected, flags=re.IGNORECASE)
    return "" if fold(corrected) == fold(text) else corrected


def _loose(plan: Plan) -> list[str]:
    """The single words that were typed and that no rule knows."""
    wants = [want for want in plan.wants if want.is_plain and not want.instead]
    return [e.text for want in wants for e in want.typed if e.text.isalnum()]


def _best(word: str, known: Known, near: Near) -> str:
    """The nearest spelling that may be shown; of equally near ones the commonest."""
    folded = fold(word)
    allowed = slips(folded)
    ranked = sorted(
        (OSA.distance(folded, other), -count, other)
        for other, count in near(folded)
        if other != folded and not any(c.isdigit() for c in other)
    )
    others = [other for distance, _, other in ranked if distance <= allowed][:MOST_NEIGHBOURS]
    shown = known(others)
    return next((other for other in others if other in shown), "")
