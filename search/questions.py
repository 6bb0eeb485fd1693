"""What was asked, as questions are compared: for promotions, and for counting."""

import re

from search.engines.words import STOPWORDS, fold

MOST_WORDS = 6
LONGEST = 60
# Five digits on end are a telephone number, a date of birth or a case, not a topic.
LONG_NUMBER = re.compile(r"\d(?:[\s./-]?\d){4}")


def normal(text: str) -> str:
    """The question without case, accents, signs and small words: "what is an LM3?" is "lm3"."""
    words = fold(text).split()
    return " ".join([word for word in words if word not in STOPWORDS] or words)


def may_be_counted(text: str) -> bool:
    """Whether a question is surely about a topic and not about somebody.

    What holds an address, a long number or a whole sentence may be personal: it is
    never written down, not even as a count.
    """
    asked = normal(text)
    return (
        bool(asked)
        and "@" not in text
        and "://" not in text
        and not LONG_NUMBER.search(text)
        and len(asked) <= LONGEST
        and len(asked.split()) <= MOST_WORDS
    )
