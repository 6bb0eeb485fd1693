"""The age at which most people can read a text, for editors. No gate: a page may be harder.

The automated readability index (Senter and Smith, 1967): 4.71 x letters a word + 0.5 x words a
sentence - 21.43 is a year of school in the United States, which begins at the age of 5.
"""

import re
from fractions import Fraction

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
SENTENCE = re.compile(r"[.!?:]+(?:\s|$)|\n")
FEWEST_WORDS = 100  # of fewer, it says little
BEGINS_AT = 5


def reading_age(text: str) -> int | None:
    """Return the reading age of a plain text in years, at least 5.

    Args:
        text: Sentences end with a full stop, question or exclamation mark, colon or new line.

    Returns:
        None for fewer than 100 words.
    """
    words = WORD.findall(text)
    if len(words) < FEWEST_WORDS:
        return None
    letters = sum(len(word) for word in words)
    sentences = sum(1 for piece in SENTENCE.split(text) if WORD.search(piece))
    grade = (
        Fraction("4.71") * Fraction(letters, len(words))
        + Fraction(len(words), 2 * sentences)
        - Fraction("21.43")
    )
    return BEGINS_AT + max(0, round(grade))
