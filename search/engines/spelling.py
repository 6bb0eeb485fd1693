"""Corrections: a word that nothing holds, as entries spell it."""

import re
from collections.abc import Iterable
from typing import Protocol

from rapidfuzz.distance import OSA

from search.engines.plan import Plan
from search.engines.words import clean, fold

SHORTEST = 4  # letters: shorter words have too many neighbours
TWO_SLIPS = 7  # letters from which two slips are forgiven, not one
MOST_NEIGHBOURS = 5


class Spellings(Protocol):
    """The words of an index."""

    def known(self, words: Iterable[str]) -> set[str]:
        """Return those that stand, in some form, in an entry that may be shown."""

    def near(self, word: str, slips: int) -> Iterable[tuple[str, int]]:
        """Return words within about so many slips, with how many entries hold each.

        They may stand only in withdrawn entries: check them with `known`.
        """


def correct(text: str, plan: Plan, spellings: Spellings) -> str:
    """Return the text with its unknown words as entries spell them, or "".

    A word that stands only in withdrawn entries is never offered.
    """
    wants = [want for want in plan.wants if want.is_plain and not want.instead]
    words = [e.text for want in wants for e in want.typed if e.text.isalnum()]
    shown = spellings.known(words)
    corrected = clean(text)
    for word in words:
        if word not in shown and (better := _nearest(fold(word), spellings)):
            corrected = re.sub(rf"\b{re.escape(word)}\b", better, corrected, flags=re.IGNORECASE)
    return "" if fold(corrected) == fold(text) else corrected


def _nearest(word: str, spellings: Spellings) -> str:
    """Return the nearest spelling that may be shown; of equally near ones the commonest."""
    if len(word) < SHORTEST:
        return ""
    slips = 2 if len(word) >= TWO_SLIPS else 1
    ranked = sorted(
        (distance, -count, other)
        for other, count in spellings.near(word, slips)
        if 0 < (distance := OSA.distance(word, other)) <= slips
        and not any(c.isdigit() for c in other)
    )
    others = [other for *_, other in ranked[:MOST_NEIGHBOURS]]
    shown = spellings.known(others)
    return next((other for other in others if other in shown), "")
