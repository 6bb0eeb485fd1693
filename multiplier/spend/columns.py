"""Detection of the header row and of the supplier, amount and place columns.

A column's name proposes it, and its values may rule it out. assets/spend/columns.js does the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from multiplier.spend.cells import pence_of, place_of, tidy

WORDS = json.loads((Path(__file__).parent / "words.json").read_text())
KINDS = ("supplier", "amount", "place")
HEADER_WITHIN = 40
JUDGED_ROWS = 200
_NO_LETTER_OR_DIGIT = re.compile(r"[^a-z0-9]+")
_WORDS_RUN_TOGETHER = (re.compile("([a-z])([A-Z])"), re.compile("([A-Z])([A-Z][a-z])"))
_SHAPES = {
    name: re.compile(shape, re.ASCII | re.IGNORECASE) for name, shape in WORDS["shapes"].items()
}
_CODES = set(WORDS["codes"])
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Columns:
    """Header row and column indexes, from 0; -1 if there is none."""

    header: int
    supplier: int
    amount: int
    place: int


def plain(header: str) -> str:
    """Return a column's name in lower case words: SupplierName is two.

    "excl. VAT" and its like become "net"; "Supplier ID(T)", the text of a code, "supplier".
    """
    if "£" in header and not _NO_LETTER_OR_DIGIT.sub("", header.lower()):
        return "gbp"
    name, text_of_code = _SHAPES["text_of_code"].subn("", header)
    for join in _WORDS_RUN_TOGETHER:
        name = join.sub(r"\1 \2", name)
    name = _NO_LETTER_OR_DIGIT.sub(" ", name.lower()).strip()
    name = _SHAPES["gross"].sub("gross", _SHAPES["net"].sub("net", name))
    if text_of_code:
        name = " ".join(word for word in name.split(" ") if word not in _CODES)
    return name


def guess(rows: Rows, header: int | None = None) -> Columns:
    """Guess the header, unless it is given, and the columns."""
    if header is None:
        header = _header(rows)
    names = [plain(cell) for cell in rows[header]] if 0 <= header < len(rows) else []
    below = [row for row in rows[header + 1 : JUDGED_ROWS] if any(map(tidy, row))]
    width = max([len(names), *map(len, below)])
    values = [
        [text for row in below if index < len(row) and (text := tidy(row[index]))]
        for index in range(width)
    ]
    names += [""] * (width - len(names))
    taken: list[int] = []
    for kind in KINDS:
        taken.append(_column(kind, names, values, taken))
    return Columns(header, *taken)


def _header(rows: Rows) -> int:
    """Return the header's row, which has no number or date; -1 if there is none.

    The first that names both a supplier and an amount; else the one that names most of the
    three; else the first of the widest above the first row of figures.
    """
    best, most, figures_seen = -1, (False, 0, 0), False
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        filled = sum(bool(tidy(cell)) for cell in row)
        if any(map(_is_figure, row)):
            figures_seen = figures_seen or filled > 1
            continue
        names = [plain(cell) for cell in row]
        taken: list[int] = []
        for kind in KINDS:
            taken.append(next(iter(_proposed(kind, names, taken)), -1))
        if taken[0] >= 0 and taken[1] >= 0:
            return index
        named = sum(column >= 0 for column in taken)
        merit = (True, named, filled)
        if filled and (named or not figures_seen) and merit > most:
            best, most = index, merit
    return best


def _is_figure(cell: str) -> bool:
    """Whether a cell is a number or a date, and so not a column's name."""
    text = tidy(cell)
    if not any("0" <= letter <= "9" for letter in text):
        return False
    return pence_of(text) is not None or _is("whole", text) or _is("date", text)


def _is(shape: str, text: str) -> bool:
    return _SHAPES[shape].fullmatch(text) is not None


def _proposed(kind: str, names: list[str], taken: list[int], *, codes: bool = False) -> list[int]:
    """Return the columns that a name proposes: exact matches first, then partial ones.

    Names of code columns propose a supplier only with `codes`.
    """
    strange = set(WORDS["not_in"][kind])
    if kind == "supplier" and not codes:
        strange |= _CODES
    free = [index for index in range(len(names)) if index not in taken]
    fitting = [index for index in free if strange.isdisjoint(names[index].split(" "))]
    words = WORDS["columns"][kind]
    found = [index for word in words for index in free if names[index] == word]
    found += [index for word in words for index in fitting if f" {word} " in f" {names[index]} "]
    return list(dict.fromkeys(found))


def _column(kind: str, names: list[str], values: list[list[str]], taken: list[int]) -> int:
    """Return the column that a name proposes and its values allow; -1 if none."""
    fits = [_fits(kind, cells) for cells in values]
    named = _proposed(kind, names, taken)
    good = [index for index in named if fits[index] and values[index]]
    if kind == "place":
        postcodes = _by_values(kind, names, values, taken)
        return next(iter([*good, *postcodes, *(i for i in named if not values[i])]), -1)
    most = max((len(values[index]) for index in good), default=0)
    good = [index for index in good if len(values[index]) * 2 > most]
    # Of two columns with one name, prefer the fuller.
    twins = [index for index in good if names[index] == names[good[0]]]
    good = sorted(twins, key=lambda index: -len(values[index]))
    if not good and kind == "supplier":
        coded = _proposed(kind, names, taken, codes=True)
        good = [index for index in coded if fits[index] and values[index]]
    if kind == "amount":
        sure = set(WORDS["sure_amounts"])
        named = [i for i in named if not _codes(values[i]) or sure & set(names[i].split(" "))]
    return next(iter([*good, *_by_values(kind, names, values, taken), *named]), -1)


def _fits(kind: str, cells: list[str]) -> bool:
    """Whether the values fit the column: money, names or places."""
    half = len(cells) / 2
    if kind == "amount":
        # Ten whole numbers without pence are doubtful, so try other columns first.
        doubtful = len(cells) >= 10 and all(_is("whole", cell) for cell in cells)
        readable = sum(pence_of(cell) is not None for cell in cells) >= half
        return readable and not doubtful and not _codes(cells)
    if kind == "supplier":
        return sum(not _is("code", cell) and not _is_figure(cell) for cell in cells) >= half
    if sum(bool(_SHAPES["no_place"].search(cell)) for cell in cells) * 5 >= max(1, len(cells)):
        return False
    return sum(not _is_figure(cell) for cell in cells) >= half


def _codes(cells: list[str]) -> bool:
    """Whether whole numbers are codes: equally long with five digits or more, or zero-padded."""
    if len(cells) < 2 or not all(_is("whole", cell) for cell in cells):
        return False
    one_length = len({len(cell) for cell in cells}) == 1 and len(cells[0]) >= 5
    in_front = any(cell.startswith("0") and len(cell) > 1 for cell in cells)
    return one_length or in_front


def _by_values(kind: str, names: list[str], values: list[list[str]], taken: list[int]) -> list[int]:
    """Return the only column whose values fit, whatever its name; -1 if not exactly one."""
    strange = set(WORDS["not_in"][kind])
    shares = {}
    for index, cells in enumerate(values):
        if index in taken or not cells or not strange.isdisjoint(names[index].split(" ")):
            continue
        if kind == "place":
            alike = sum(place_of(cell) != cell.upper() for cell in cells)
            least = 2
        else:
            shape = _SHAPES["money" if kind == "amount" else "company"]
            alike = sum(bool(shape.search(cell)) for cell in cells)
            least = 2 if kind == "amount" else 5
        if alike * least >= len(cells) and _fits(kind, cells):
            shares[index] = alike
    # Several money columns are net, VAT and gross. Only a person can tell which is which.
    if kind == "amount" and len(shares) > 1:
        return []
    return sorted(shares, key=lambda index: -shares[index])[:1]
