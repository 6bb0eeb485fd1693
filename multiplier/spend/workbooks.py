"""Reading of Excel and OpenDocument workbooks, in a separate process.

A small workbook can unpack to any size: its archive may lie about that, and two distant cells
make a table of billions. So the process has limited memory and time. `python -m
multiplier.spend.workbooks SHEET` reads a workbook from its input and writes CSV.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from multiplier.spend.columns import JUDGED_ROWS, guess
from multiplier.spend.decoding import Refused
from portal import limited_process

MEMORY = 768 * 1024 * 1024
SECONDS, PATIENCE = 20, 60  # of the processor; of the clock
MOST_UNPACKED = 200 * 1024 * 1024
MOST_WRITTEN = 80 * 1024 * 1024


def rows_of_workbook(data: bytes, sheet: str) -> tuple[str, tuple[str, ...], Iterator[list[str]]]:
    """Return the sheet's name, all sheets' names, and the sheet's rows.

    Reads `sheet` if it exists, else the first that names both a supplier and an amount, else
    the one with most rows.

    Raises:
        Refused: If it cannot be opened within the limits of memory and time.
    """
    try:
        code, written = limited_process.run(
            __name__, sheet.replace("\0", ""), content=data, patience=PATIENCE
        )
    except limited_process.TookTooLong:
        raise Refused("workbook_large") from None
    if code == 0:
        told, _, text = written.decode().partition("\n")
        found = json.loads(told)
        if "refused" in found:
            raise Refused(found["refused"])
        return found["sheet"], tuple(found["sheets"]), csv.reader(io.StringIO(text, newline=""))
    raise Refused("workbook_large")


def _write(data: bytes, wanted: str) -> None:
    """Write the sheet's name and all names as JSON, then its rows as CSV."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise Refused("workbook_large")
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = [each.name for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    best, rows = "", []
    for name in [wanted] if wanted in names else names:
        found = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        columns = guess([[_text(cell) for cell in row] for row in found[:JUDGED_ROWS]])
        if columns.supplier >= 0 and columns.amount >= 0 and columns.header >= 0:
            best, rows = name, found
            break
        if not best or len(found) > len(rows):
            best, rows = name, found
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
        if out.tell() > MOST_WRITTEN:
            raise Refused("workbook_large")
    sys.stdout.write(json.dumps({"sheet": best, "sheets": names}) + "\n" + out.getvalue())


def _text(cell: object) -> str:
    """Return a cell as CSV text, with 0.1 + 0.2 as 0.3."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(round(cell, 6))
    return str(cell)


def main() -> None:
    """Read a workbook from standard input with limited memory."""
    limited_process.limit(MEMORY, SECONDS)
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="")  # type: ignore[union-attr]
    try:
        _write(sys.stdin.buffer.read(), sys.argv[1])
    except Refused as refusal:
        print(json.dumps({"refused": str(refusal)}))
    except MemoryError:
        print(json.dumps({"refused": "workbook_large"}))
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError):
        print(json.dumps({"refused": "workbook_broken"}))


if __name__ == "__main__":
    main()
