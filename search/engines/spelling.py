"""Corrections: a word that nothing holds and English does not know, as entries spell it."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Protocol

from rapidfuzz.distance import OSA

from search.engines.plan import Plan
from search.engines.words import clean, fold

SHORTEST = 4  # letters: shorter words have too many neighbours
TWO_SLIPS = 7  # letters from which two slips are forgiven, not one
MOST_NEIGHBOURS = 5
SAMPLE = 20  # entries that show how a word is written
# Words of English, American and British, with a count each. Only the list is used.
WORD_LIST = "frequency_dictionary_en_82_765.txt"


class Spellings(Protocol):
    """The words of an index."""

    def known(self, words: Iterable[str]) -> set[str]:
        """Return those that stand, in some form, in an entry that may be shown."""

    def near(self, word: str, slips: int) -> Iterable[tuple[str, int]]:
        """Return words within about so many slips, with how many entries hold each.

        They may stand only in withdrawn entries: check them with `known`.
        """

    def texts(self, word: str) -> Iterable[str]:
        """Return the texts of some entries that hold exactly this word and may be shown."""


def correct(text: str, plan: Plan, spellings: Spellings) -> str:
    """Return the text with its unknown words as entries spell them, or "".

    An English word is what the reader means, even if nothing holds it: "food" is not "good".
    A word that stands only in withdrawn entries is never offered.
    """
    wants = [want for want in plan.wants if want.is_plain and not want.instead]
    words = [e.text for want in wants for e in want.typed if e.text.isalnum()]
    shown = spellings.known(words)
    corrected = clean(text)
    for word in words:
        if word in shown or is_english(fold(word)):
            continue
        if better := _nearest(fold(word), spellings):
            better = _as_written(better, spellings.texts(better))
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


def is_english(word: str) -> bool:
    """Whether the word list holds a folded word."""
    return f"\n{word}\n" in _english()


@cache
def _english() -> str:
    """Return the words, each between line ends: a tenth of what a set would take."""
    lines = (files("symspellpy") / WORD_LIST).read_text(encoding="utf-8-sig").splitlines()
    return "\n".join(["", *(line.partition(" ")[0] for line in lines), ""])


def _as_written(word: str, texts: Iterable[str]) -> str:
    """Return a word with its capitals: "Bradford", but "procurement", which also starts lines.

    Parts of web and email addresses do not count.
    """
    form = re.compile(rf"(?<![\w./@-]){re.escape(word)}(?![\w/@-]|\.\w)", re.IGNORECASE)
    forms = Counter(found for text in texts for found in form.findall(text))
    return word if word in forms or not forms else forms.most_common(1)[0][0]
