"""Marks in texts, as engines make them, and the parts that templates show."""

import re

from search.engines import Part, Parts

OPEN, CLOSE = "\x02", "\x03"  # around a marked word; no stored text holds controls

_BETWEEN = re.compile(f"{CLOSE}( +){OPEN}")
_ENDED = re.compile(f"([.!?:;…]{CLOSE}?)\\s*\\n\\s*")
_CUT = re.compile(r"\s*\n\s*")


def storable(text: str) -> str:
    """Text without controls, which would forge marks, or lone surrogates (no UTF-8)."""
    text = "".join(c if c >= " " or c == "\n" else " " for c in text)
    return text.encode("utf-8", "ignore").decode()


def parts(text: str) -> Parts:
    """`one \\x02two\\x03` as parts of text, marked or not; neighbours are one mark."""
    found = []
    for piece in _BETWEEN.sub(r"\1", text).split(OPEN):
        marked, ends, rest = piece.partition(CLOSE)
        if ends:
            found.append(Part(marked, marked=True))
        if text_after := (rest if ends else marked):
            found.append(Part(text_after))
    return tuple(found)


def shown(summary: str, body: str) -> str:
    """The summary; the piece of the body where only that shows why it was found."""
    if summary and (OPEN in summary or OPEN not in body):
        return summary
    # A text's pieces stand on lines of their own: beside each other they need a mark between.
    return _CUT.sub(" … ", _ENDED.sub(r"\1 ", body.strip()))


def best_name(names: str) -> str:
    """The one of these lines with the most marks; "" where none has any."""
    best = max(names.split("\n"), key=lambda name: name.count(OPEN))
    return best if OPEN in best else ""
