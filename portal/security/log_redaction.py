"""Log redaction: no tokens and no typed input in any log (DESIGN section 5, point 13)."""

import logging
import re

_EMAILED = re.compile(
    r"(/(?:endorse|invited|claim|emails/stop|question|still-true|supporters/link)/)/*[^\s?]+",
    re.IGNORECASE,
)
# Tokens by their shape (`portal.links`), for exception messages, which have no path.
_TOKEN = re.compile(r"(?<![\w-])\d{1,17}-[\w-]{43}(?![\w-])", re.ASCII)
_FIGURES = re.compile(r"(/(?:multiplier|o?embed|search)(?:/[^\s?]*)?)\?\S*")
_plain = logging.Formatter()


def redact(text: str) -> str:
    """Replace emailed tokens, and query strings of the calculator and search, by "...".

    Removes everything up to the next space: rather too much than too little.
    """
    return _TOKEN.sub("...", _FIGURES.sub(r"\1?...", _EMAILED.sub(r"\1...", text)))


class RedactionFilter(logging.Filter):
    """Redacts the message and the traceback of each log record; keeps the message on one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the record in place; never drop it."""
        message = record.getMessage()
        # One record is one line, whatever someone put into an address.
        clean = redact(message).replace("\r", "\\r").replace("\n", "\\n")
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info:
            # If `exc_text` is set, a formatter prints it instead of the exception.
            text = record.exc_text or _plain.formatException(record.exc_info)
            record.exc_text = redact(text)
        return True
