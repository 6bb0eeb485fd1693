"""Highlights: marks in texts, as engines make them, and the parts that templates show."""

import re
from dataclasses import replace

from search.engines.interface import Entry, Part, Parts

OPEN, CLOSE = "\x02", "\x03"  # around a marked word; no stored text holds controls

_BETWEEN = re.compile(f"{CLOSE}( +){OPEN}")
_ENDED = re.compile(f"([.!?:;…]{CLOSE}?)\\s*\\n\\s*")
_CUT = re.compile(r"\s*\n\s*")


def storable(text: str) -> str:
    """Return text without control characters, which would forge marks, or surrogates."""
    text = "".join(c if c >= " " or c == "\n" else " " for c in text)
    return text.encode("utf-8", "ignore").decode()


def stored(entry: Entry) -> Entry:
    """Return the entry as engines store it: storable texts, each name on one line."""
    title, *names = (storable(" ".join(name.split())) for name in (entry.title, *entry.names))
    return replace(
        entry,
        title=title,
        url=storable(entry.url),
        names=tuple(names),
        summary=storable(entry.summary),
        body=storable(entry.body),
        asked=storable(entry.asked),
        note=storable(entry.note),
    )


def parts(text: str) -> Parts:
    """Split `one \\x02two\\x03` into parts, marked or not. Neighbouring marks become one."""
    found = []
    for piece in _BETWEEN.sub(r"\1", text).split(OPEN):
        marked, ends, rest = piece.partition(CLOSE)
        if ends:
            found.append(Part(marked, marked=True))
        if text_after := (rest if ends else marked):
            found.append(Part(text_after))
    return tuple(found)


def shown(summary: str, body: str) -> str:
    """Return the summary, or the piece of the body if only that has a mark."""
    if summary and (OPEN in summary or OPEN not in body):
        return summary
    # Pieces of a text are on lines of their own. Side by side they need a mark between.
    return _CUT.sub(" … ", _ENDED.sub(r"\1 ", body.strip()))


def best_name(names: str) -> str:
    """Return the line with the most marks, or "" if none has any."""
    best = max(names.split("\n"), key=lambda name: name.count(OPEN))
    return best if OPEN in best else ""
