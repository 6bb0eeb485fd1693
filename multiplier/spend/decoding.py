"""Decoding of CSV files: encoding, separator and rows."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator

SEPARATORS = (",", ";", "\t", "|")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAMPLE = 4096
_SNIFFED_LINES = 30
# A cell this long, or with so many lines, has a quote that was never closed.
_LONG_CELL, _MANY_LINES, _WORTH_A_LOOK = 5_000, 20, 200
_SIGNATURES = (
    *((signature, "workbook") for signature in WORKBOOKS),
    (b"%PDF", "pdf"),
)
# Control characters that text does not have (it has tabs, line ends and DOS's end-of-file mark).
_CONTROLS = re.compile("[\0-\x08\x0e-\x19\x1b-\x1f\x7f]")
_QUOTED = re.compile(r'"[^"]*(?:"|$)')


class Refused(ValueError):
    """Raised for a file that is not a table. The text is a key of words.json's refusals."""


def _as_browsers_do(error: UnicodeError) -> tuple[str, int]:
    """Decode the five bytes undefined in Windows-1252 as the web does: unchanged."""
    assert isinstance(error, UnicodeDecodeError)
    return "".join(map(chr, error.object[error.start : error.end])), error.end


codecs.register_error("as_browsers_do", _as_browsers_do)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding.

    Raises:
        Refused: If it is not text.
    """
    if not data.strip():
        raise Refused("empty")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise Refused(kind)
    name, body = _encoding(data)
    if name == "windows-1252":
        text = body.decode("cp1252", "as_browsers_do")
    else:
        text = body.decode(name, "replace")
    # Accept a stray one. In random bytes every ninth byte is one.
    if len(_CONTROLS.findall(text)) * 50 > len(data):
        raise Refused("no_text")
    text = text.removeprefix("\ufeff").replace("\0", "")
    if text.lstrip()[:15].lower().startswith(("<!doctype html", "<html")):
        raise Refused("page")
    return text.replace("\r\n", "\n").replace("\r", "\n"), name


def _encoding(data: bytes) -> tuple[str, bytes]:
    if data.startswith(b"\xff\xfe"):
        return "utf-16-le", data[2:]
    if data.startswith(b"\xfe\xff"):
        return "utf-16-be", data[2:]
    sample = data[:_SAMPLE]
    for name, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        letters = sample[start::2]
        if letters.count(0) * 10 > len(letters) * 3:
            return name, data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252", data.removeprefix(b"\xef\xbb\xbf")
    return "utf-8", data


def separator_of(text: str) -> str:
    """Return the separator that is most regular in the first lines, or a comma."""
    lines = [line for line in text[:200_000].split("\n") if line.strip()][:_SNIFFED_LINES]
    bare = [_QUOTED.sub("", line) for line in lines]

    def evenness(separator: str) -> tuple[int, int]:
        counts = Counter(found for line in bare if (found := line.count(separator)))
        return max(((often, found) for found, often in counts.items()), default=(0, 0))

    return max(SEPARATORS, key=evenness)


def rows_of(text: str, separator: str) -> Iterator[list[str]]:
    """Yield the rows, with blank ones. If a quote is never closed, quotes are plain characters.

    Parses the text twice, because the first pass checks the quotes.
    """
    try:
        if _quotes_hold(text, separator):
            yield from _rows(text, separator, csv.QUOTE_MINIMAL)
        else:
            for row in _rows(text, separator, csv.QUOTE_NONE):
                yield [cell.strip(' "') for cell in row]
    except csv.Error:  # a line longer than any table's
        raise Refused("no_table") from None


def _quotes_hold(text: str, separator: str) -> bool:
    if '"' not in text:
        return True
    try:
        rows = _rows(text, separator, csv.QUOTE_MINIMAL)
        return not any(map(_runs_away, rows))
    except csv.Error:
        return False


def _rows(text: str, separator: str, quoting: int) -> Iterator[list[str]]:
    return csv.reader(
        (f"{line}\n" for line in text.split("\n")),
        delimiter=separator,
        quoting=quoting,  # type: ignore[arg-type]
    )


def _runs_away(row: list[str]) -> bool:
    if not row or len(max(row, key=len)) <= _WORTH_A_LOOK:
        return False
    return any(len(cell) > _LONG_CELL or cell.count("\n") > _MANY_LINES for cell in row)
