"""Which row is the header, and which of its columns say who, how much and where."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WORDS = json.loads((Path(__file__).parent / "words.json").read_text())
KINDS = ("supplier", "amount", "place")
HEADER_WITHIN = 40
_NO_LETTER_OR_DIGIT = re.compile(r"[^a-z0-9]+")
_WORDS_RUN_TOGETHER = (re.compile("([a-z])([A-Z])"), re.compile("([A-Z])([A-Z][a-z])"))


@dataclass(frozen=True)
class Columns:
    """The header's row and the columns' places in it, all counted from 0; -1 is none."""

    header: int
    supplier: int
    amount: int
    place: int


def plain(header: str) -> str:
    """Return a column's name in small letters, its signs as blanks; SupplierName is two words."""
    for join in _WORDS_RUN_TOGETHER:
        header = join.sub(r"\1 \2", header)
    return _NO_LETTER_OR_DIGIT.sub(" ", header.lower()).strip()


def guess(rows: Sequence[Sequence[str]]) -> Columns:
    """Guess the header among the first rows, and its columns.

    The first row that names both a supplier and an amount; else the row that names most;
    else the first of the widest rows.
    """
    found = [_named(row, index) for index, row in enumerate(rows[:HEADER_WITHIN])]

    def merit(columns: Columns) -> tuple[bool, int, int]:
        both = columns.supplier >= 0 and columns.amount >= 0
        named = sum(getattr(columns, kind) >= 0 for kind in KINDS)
        filled = sum(bool(cell.strip()) for cell in rows[columns.header])
        return both, named if not both else 0, 0 if both else filled

    return max(found, key=merit, default=Columns(0, -1, -1, -1))


def _named(row: Sequence[str], index: int) -> Columns:
    names = [plain(cell) for cell in row]
    taken: list[int] = []
    for kind in KINDS:
        taken.append(_column(names, kind, taken))
    return Columns(index, *taken)


def _column(names: list[str], kind: str, taken: list[int]) -> int:
    """Return the column whose name is one of the words, else the first that contains one."""
    words, strange = WORDS["columns"][kind], set(WORDS["not_in"][kind])
    free = [index for index in range(len(names)) if index not in taken]
    for word in words:
        for index in free:
            if names[index] == word:
                return index
    for word in words:
        for index in free:
            if f" {word} " in f" {names[index]} " and not strange & set(names[index].split()):
                return index
    return -1
