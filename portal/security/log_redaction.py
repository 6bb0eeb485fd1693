"""Keeps what is private out of the logs (DESIGN section 5, point 13)."""

import logging
import re

_EMAILED = re.compile(r"(/(?:endorse|invited)/)/*[^\s?]+", re.IGNORECASE)
# A token by its shape (`portal.links`), for the texts of exceptions, which hold no path.
_TOKEN = re.compile(r"(?<![\w-])\d{1,17}-[\w-]{43}(?![\w-])", re.ASCII)
_FIGURES = re.compile(r"(/(?:multiplier|o?embed|search)(?:/[^\s?]*)?)\?\S*")
_plain = logging.Formatter()


def discreet(text: str) -> str:
    """`text` without emailed tokens and without what was typed into calculator or search.

    Rather too much goes than too little: all up to the next blank.
    """
    return _TOKEN.sub("...", _FIGURES.sub(r"\1?...", _EMAILED.sub(r"\1...", text)))


class DiscreetFilter(logging.Filter):
    """Rewrites each log record's message and traceback before any handler sees them."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (clean := discreet(message)) != message:
            record.msg, record.args = clean, None
        if record.exc_info:
            # A formatter prints `exc_text` instead of the exception where it is set.
            text = record.exc_text or _plain.formatException(record.exc_info)
            record.exc_text = discreet(text)
        return True
