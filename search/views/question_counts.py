"""Counts of what is searched for, without watching who searches.

A request writes nothing: it adds to a number in this process's memory. Once a minute a
thread of the process writes the sums into the database and starts again. A crash loses a
minute of counts. See docs/decisions/0008-counting-questions.md.
"""

import atexit
import logging
import re
import threading
from collections import Counter

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpRequest
from django.utils import timezone

from search.engines.words import normalise
from search.models import QuestionCount

logger = logging.getLogger("search")

EVERY = 60  # seconds
MOST = 1_000  # different questions a process holds: more is an attack
MOST_WORDS = 6
LONGEST = 60
# Five digits in a row are a telephone number, a date of birth or a case, not a topic.
LONG_NUMBER = re.compile(r"\d(?:[\s./-]?\d){4}")

_lock = threading.Lock()
_asked: Counter[str] = Counter()
_empty: Counter[str] = Counter()
_writer: threading.Timer | None = None


def may_be_counted(text: str) -> bool:
    """Whether a question is surely about a topic and not about a person.

    Addresses, long numbers and whole sentences may be personal. They are never written
    down, not even as a count.
    """
    question = normalise(text)
    return (
        bool(question)
        and "@" not in text
        and "://" not in text
        and not LONG_NUMBER.search(text)
        and len(question) <= LONGEST
        and len(question.split()) <= MOST_WORDS
    )


def count(request: HttpRequest, text: str, *, found: bool) -> None:
    """Add one to a question's count, unless it may be private.

    Not counted: anything while COUNT_QUESTIONS is off, questions of signed-in users and of
    people who ask not to be tracked (Sec-GPC, DNT), prefetched pages, and questions that
    fail `may_be_counted`.
    """
    headers = request.headers
    if (
        not settings.COUNT_QUESTIONS
        or request.method != "GET"
        or headers.get("Sec-GPC") == "1"
        or headers.get("DNT") == "1"
        or "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", ""))
        or request.user.is_authenticated
        or not may_be_counted(text)
    ):
        return
    question = normalise(text)
    with _lock:
        if question not in _asked and len(_asked) >= MOST:
            return
        _asked[question] += 1
        _empty[question] += not found
        _start_writer()


def flush() -> int:
    """Write the sums into the database and return how many questions there were.

    Raises:
        DatabaseError: The database cannot take them. They are lost.
    """
    global _writer
    with _lock:
        _writer = None
        counts = {question: (times, _empty[question]) for question, times in _asked.items()}
        _asked.clear()
        _empty.clear()
    if counts:
        QuestionCount.objects.add(timezone.localdate(), counts)
    return len(counts)


def _start_writer() -> None:
    """Start the thread that writes in a minute, unless it runs. Call with the lock held."""
    global _writer
    if _writer is None:
        _writer = threading.Timer(EVERY, _write)
        _writer.daemon = True
        _writer.start()


def _write() -> None:
    """Write, and never raise: counts are not worth a failure."""
    close_old_connections()
    try:
        flush()
    except DatabaseError:
        logger.exception("Counts of questions are lost")
    finally:
        connection.close()


atexit.register(_write)
