"""Reading of a whole file, summed by supplier and place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice

from multiplier.spend.cells import pence_of, place_of, supplier_key, tidy
from multiplier.spend.columns import HEADER_WITHIN, JUDGED_ROWS, WORDS, Columns, guess
from multiplier.spend.decoding import WORKBOOKS, Refused, decode, rows_of, separator_of
from multiplier.spend.workbooks import rows_of_workbook

SHOWN_SKIPPED = 5
_TOTALS = set(WORDS["total_rows"])


@dataclass(frozen=True)
class Group:
    """A supplier in a place: its total in pence, and its number of lines."""

    supplier: str
    place: str
    pence: int
    lines: int


@dataclass(frozen=True)
class Reading:
    """What was read from a file.

    skipped     how many rows were left out, by reason; `examples` names the first of each
    rounded     how many amounts were written like 1.2E+06
    first_rows  what the first rows say, for whoever chooses the header among them
    sheet       which of a workbook's `sheets` was read
    """

    encoding: str
    separator: str
    columns: Columns
    headers: tuple[str, ...]
    groups: tuple[Group, ...]
    lines: int
    pence: int
    skipped: dict[str, int]
    examples: tuple[tuple[int, str], ...]
    rounded: int
    first_rows: tuple[str, ...]
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def read(
    data: bytes, chosen: Columns | None = None, *, header: int | None = None, sheet: str = ""
) -> Reading:
    """Read a file by the `chosen` columns, or guess them (below `header`, if given).

    Raises:
        Refused: If there is no table.
    """
    sheets: tuple[str, ...] = ()
    if data.startswith(WORKBOOKS):
        encoding = separator = "workbook"
        sheet, sheets, rows = rows_of_workbook(data, sheet)
    else:
        text, encoding = decode(data)
        sheet, separator = "", separator_of(text)
        rows = rows_of(text, separator)
    first = list(islice(rows, JUDGED_ROWS))
    if not any(len(row) > 1 for row in first):
        raise Refused("no_table")
    columns = chosen or guess(first, header)
    names = first[columns.header] if 0 <= columns.header < len(first) else []
    unnamed = [""] * (max(map(len, first)) - len(names))
    sums = _Sums(columns)
    for index, row in enumerate(chain(first, rows)):
        sums.add(index, row)
    return Reading(
        encoding,
        separator,
        columns,
        tuple(map(tidy, [*names, *unnamed])),
        sums.groups(),
        sums.lines,
        sums.pence,
        dict(sums.skipped),
        tuple(sums.examples),
        sums.rounded,
        tuple(" | ".join(filter(None, map(tidy, row))) for row in _filled(first[:HEADER_WITHIN])),
        sheet,
        sheets,
    )


def _filled(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows without trailing blank ones."""
    while rows and not any(map(tidy, rows[-1])):
        rows = rows[:-1]
    return rows


class _Sums:
    """Running totals of rows. Row numbers shown to people start at 1."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.lines = self.pence = self.rounded = 0
        self.skipped: Counter[str] = Counter()
        self.examples: list[tuple[int, str]] = []
        self._found: dict[tuple[str, str], list] = {}
        self._spelled: dict[tuple[str, str], tuple[str, str, str, str]] = {}

    def add(self, index: int, row: list[str]) -> None:
        """Count a row, unless it is the header or skipped."""
        columns = self.columns
        if index == columns.header or columns.amount < 0:
            return
        if not any(map(tidy, row)):
            if len(row) > 1:  # a line without a separator is no row
                self._skip(index, "blank")
            return
        if index < columns.header:
            self._skip(index, "before")
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
        self.rounded += "E" in amount or "e" in amount
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
        """Return why a row is skipped; "" if it counts."""
        named_total = key in _TOTALS or (
            not key and any(supplier_key(cell) in _TOTALS for cell in row)
        )
        is_sum = self.lines > 1 and pence == self.pence
        if named_total or (is_sum and (not key or not _TOTALS.isdisjoint(key.split(" ")))):
            return "total"
        if pence is None:
            return "unreadable" if tidy(amount) else "no_amount"
        return ""

    def _skip(self, index: int, reason: str) -> None:
        self.skipped[reason] += 1
        if self.skipped[reason] <= SHOWN_SKIPPED:
            self.examples.append((index + 1, reason))

    def groups(self) -> tuple[Group, ...]:
        """Return the groups, largest sums first."""
        found: Iterable = sorted(
            self._found.items(), key=lambda item: (-item[1][2], item[0][0], item[0][1])
        )
        return tuple(Group(*group) for _, group in found)


def _cell(row: list[str], index: int) -> str:
    return row[index] if 0 <= index < len(row) else ""
