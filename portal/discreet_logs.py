"""Keeps what is private out of the logs (DESIGN section 5, point 13)."""

import logging
import re

_ENDORSE = re.compile(r"(/endorse/)[^\s?\"'/]+")
_FIGURES = re.compile(r"(/(?:multiplier|embed|search)/[^\s?\"']*)\?[^\s\"']*")


def discreet(text: str) -> str:
    """`text` without emailed tokens and without what was typed into calculator or search."""
    return _FIGURES.sub(r"\1?...", _ENDORSE.sub(r"\1...", text))


class DiscreetFilter(logging.Filter):
    """Rewrites each log record's message before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (clean := discreet(message)) != message:
            record.msg, record.args = clean, None
        return True
