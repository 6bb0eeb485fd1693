"""Words of what people type, safe for every engine. Nothing here raises."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 250  # characters: longer than any question, shorter than an attack
MOST_TERMS = 12
SHORTEST_PREFIX = 2

# Words that a question is made of, not what it is about. Dropped while others remain.
_SMALL = """
a about after again all also although am an and another any anybody anyone anything are as asked
asks at be because become becomes been before being best better between both but by came can cannot
could did do does doing done during each either else elsewhere even ever every everybody everyone
everything find for from gave get gets getting give given gives giving go goes going got had
happen happened happens has have having he her here his how i if in into is it its just kind kinds
know let like look looking made make makes making many may me might more most much must my need
needed needs never no nobody none not nothing now of on only or other others our out over own
please same see seen shall she should show shows so some somebody someone something such take taken
takes tell than that the their them then there these they thing things this those through to too
try trying us use used using very want wanted wants was way ways we were what when where whether
which while who whose why will with within without would yet you your
"""
STOPWORDS = frozenset(_SMALL.split())

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_QUOTED = re.compile(r'"([^"]*)"?')
_QUOTES = str.maketrans("“”„‟«»", '""""""')
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Terms:
    """A parsed question: words, quoted phrases, and the word still being typed.

    `loose`: all words outside quotation marks, in order. `words`: those without small words.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    prefix: str = ""
    loose: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)


def clean(text: str) -> str:
    """Return the text, capped, without control characters and lone surrogates."""
    text = text[:LONGEST]
    if text.isascii() and text.isprintable():  # nearly always, and much quicker
        return " ".join(text.split())
    text = _SURROGATES.sub(" ", text)
    text = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
    return " ".join(text.split())


def parse(text: str) -> Terms:
    """Parse a question. Operators of query languages are ordinary words here.

    The last word may be unfinished, so it is a prefix too.
    """
    text = clean(text).translate(_QUOTES)
    phrases = [" ".join(_WORD.findall(found)) for found in _QUOTED.findall(text)]
    loose = _QUOTED.sub(" ", text)
    words = _WORD.findall(loose)
    kept = telling(words)[:MOST_TERMS]
    last = words[-1] if words and text.endswith(words[-1]) else ""
    return Terms(
        words=tuple(dict.fromkeys(kept)),
        phrases=tuple(phrase for phrase in phrases if phrase)[:MOST_TERMS],
        prefix=last if last in kept and len(last) >= SHORTEST_PREFIX else "",
        loose=tuple(words),
    )


def telling(words: Sequence[str], *, others: bool = False) -> list[str]:
    """Return the words without small ones; all of them if there are no `others`."""
    kept = [word for word in words if not _is_small(word)]
    return kept if kept or others else list(words)


def _is_small(word: str) -> bool:
    """Whether a word is small, also with what is drawn together with it: "what's", "don't"."""
    start, apostrophe, end = word.casefold().replace("’", "'").partition("'")
    return start in STOPWORDS or bool(apostrophe and end == "t" and start.endswith("n"))


def normalise(question: str) -> str:
    """Return a question without case, accents, signs and small words, for comparing.

    "What is an LM3?" becomes "lm3".
    """
    return " ".join(telling(fold(question).split()))


def spans(words: Sequence[str]) -> tuple[str, ...]:
    """Return every run of neighbouring words, the longest first, each once."""
    runs = (
        " ".join(words[start : start + length])
        for length in range(len(words), 0, -1)
        for start in range(len(words) - length + 1)
    )
    return tuple(dict.fromkeys(runs))


def fold(text: str) -> str:
    """Return a name for comparing: no case, accents, punctuation or double blanks."""
    plain = clean(text).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_WORD.findall(plain))
