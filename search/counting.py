"""Counting what is asked, without watching who asks.

A request changes nothing: it adds to a number in this process's memory. Once a minute a
thread of the process writes the sums into the database, and the numbers start again.
What a crash loses is a minute of counts. See docs/decisions/0008-counting-questions.md.
"""

import atexit
import logging
import threading
from collections import Counter

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpRequest
from django.utils import timezone

from search.models import QuestionCount
from search.questions import may_be_counted, normal

logger = logging.getLogger("search")

EVERY = 60  # seconds
MOST = 1_000  # different questions that a process holds: more is an attack, not interest

_lock = threading.Lock()
_asked: Counter[str] = Counter()
_empty: Counter[str] = Counter()
_writer: threading.Timer | None = None


def count(request: HttpRequest, text: str, *, found: bool) -> None:
    """Add one to the question's number, unless it may be anybody's own affair.

    Not counted: where the setting says so, who is signed in, who asks not to be tracked
    (Sec-GPC, DNT), what a browser fetches ahead, and what `may_be_counted` does not
    take for a topic.
    """
    if _wants_no_counting(request) or not may_be_counted(text):
        return
    question = normal(text)
    with _lock:
        if question not in _asked and len(_asked) >= MOST:
            return
        _asked[question] += 1
        _empty[question] += not found
        _start_writer()


def flush() -> int:
    """Write the sums so far into the database. Returns how many questions.

    A database that cannot take them costs the counts, not the site.
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


def _wants_no_counting(request: HttpRequest) -> bool:
    headers = request.headers
    return (
        not settings.COUNT_QUESTIONS
        or request.method != "GET"
        or headers.get("Sec-GPC") == "1"
        or headers.get("DNT") == "1"
        or "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", ""))
        or request.user.is_authenticated
    )


def _start_writer() -> None:
    """Have the sums written in a minute, by one thread. Called with the lock held."""
    global _writer
    if _writer is None:
        _writer = threading.Timer(EVERY, _write)
        _writer.daemon = True
        _writer.start()


def _write() -> None:
    close_old_connections()
    try:
        flush()
    except DatabaseError:
        logger.exception("Counts of questions are lost")
    finally:
        connection.close()


atexit.register(_write)
