"""A whole file: read, mapped, and summed by supplier and place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice

from multiplier.spend.cells import pence_of, place_of, supplier_key, tidy
from multiplier.spend.columns import HEADER_WITHIN, WORDS, Columns, guess
from multiplier.spend.decoding import Refused, decode, rows_of, separator_of

SHOWN_SKIPPED = 10
_TOTALS = set(WORDS["total_rows"])


@dataclass(frozen=True)
class Group:
    """One supplier in one place: what it was paid in all, in pence, in how many lines."""

    supplier: str
    place: str
    pence: int
    lines: int


@dataclass(frozen=True)
class Reading:
    """What was read. `skipped` counts rows left out by reason; `examples` names some."""

    encoding: str
    separator: str
    columns: Columns
    headers: tuple[str, ...]
    groups: tuple[Group, ...]
    lines: int
    pence: int
    skipped: dict[str, int]
    examples: tuple[tuple[int, str], ...]


def read(data: bytes, chosen: Columns | None = None) -> Reading:
    """Read a file; `chosen` says which columns, else they are guessed.

    Raises:
        Refused: If there is no table.
    """
    text, encoding = decode(data)
    separator = separator_of(text)
    rows = rows_of(text, separator)
    first = list(islice(rows, HEADER_WITHIN))
    if not any(len(row) > 1 for row in first):
        raise Refused("no_table")
    columns = chosen or guess(first)
    header = first[columns.header] if columns.header < len(first) else []
    sums = _Sums(columns)
    for index, row in enumerate(chain(first, rows)):
        sums.add(index, row)
    return Reading(
        encoding,
        separator,
        columns,
        tuple(map(tidy, header)),
        sums.groups(),
        sums.lines,
        sums.pence,
        dict(sums.skipped),
        tuple(sums.examples),
    )


class _Sums:
    """Adds rows up. Row numbers that people see count from 1."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.lines = self.pence = 0
        self.skipped: Counter[str] = Counter()
        self.examples: list[tuple[int, str]] = []
        self._found: dict[tuple[str, str], list] = {}
        self._spelled: dict[tuple[str, str], tuple[str, str, str, str]] = {}

    def add(self, index: int, row: list[str]) -> None:
        """Count one row, unless it stands before the table, is blank or is left out."""
        columns = self.columns
        if index <= columns.header or columns.amount < 0 or not any(map(str.strip, row)):
            return
        name, place, key, place_key = self._spelling(
            _cell(row, columns.supplier), _cell(row, columns.place)
        )
        amount = _cell(row, columns.amount)
        pence = pence_of(amount)
        if reason := self._reason(key, amount, pence, row):
            self._skip(index, reason)
            return
        assert pence is not None
        self.lines += 1
        self.pence += pence
        group = self._found.setdefault((key, place_key), [name, place, 0, 0])
        group[2] += pence
        group[3] += 1

    def _spelling(self, supplier: str, place: str) -> tuple[str, str, str, str]:
        known = self._spelled.get((supplier, place))
        if known is None:
            name, where = tidy(supplier), place_of(place)
            known = (name, where, supplier_key(name), where)
            self._spelled[supplier, place] = known
        return known

    def _reason(self, key: str, amount: str, pence: int | None, row: list[str]) -> str:
        """Return why a row is left out; "" if it counts."""
        named_total = key in _TOTALS or (
            not key and any(supplier_key(cell) in _TOTALS for cell in row)
        )
        if named_total or (self.lines > 1 and pence == self.pence and _may_be_total(key)):
            return "total"
        if pence is None:
            return "unreadable" if amount.strip() else "no_amount"
        return ""

    def _skip(self, index: int, reason: str) -> None:
        self.skipped[reason] += 1
        if len(self.examples) < SHOWN_SKIPPED:
            self.examples.append((index + 1, reason))

    def groups(self) -> tuple[Group, ...]:
        """Return the groups, the largest sums first."""
        found: Iterable = sorted(
            self._found.items(), key=lambda item: (-item[1][2], item[0][0], item[0][1])
        )
        return tuple(Group(*group) for _, group in found)


def _may_be_total(key: str) -> bool:
    """Whether a name that is none, or has "total" in it, may name the sum of what stands above."""
    return not key or not _TOTALS.isdisjoint(key.split(" "))


def _cell(row: list[str], index: int) -> str:
    return row[index] if 0 <= index < len(row) else ""
