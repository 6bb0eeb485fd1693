"""Spend files as councils publish them, in small, and what is to be read from each.

Both readers, Python's and the browser's, must pass. All suppliers are invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """A file and what is in it; groups are (supplier, place, pence, lines)."""

    name: str
    data: bytes
    groups: list[tuple[str, str, int, int]]
    columns: tuple[int, int, int, int] = (0, 0, 1, 2)  # header, supplier, amount, place
    encoding: str = "utf-8"
    separator: str = ","
    skipped: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """A file that is not read, and which of words.json's refusals says why."""

    name: str
    data: bytes
    reason: str


@dataclass(frozen=True)
class Marking:
    """Places ticked in MARKED and what other places are said to be, and what comes of it.

    `why` is which of words.json's words on the range.
    """

    places: tuple[str, ...]
    others: str
    shares: tuple[str, str, str]  # local, elsewhere, unknown
    sentence: str
    why: str


PLAIN = "Supplier,Amount,Postcode\nInvented Skips Ltd,500.00,BD1 1AA\nMock Books,1250.5,LS2 9ZZ\n"
PLAIN_GROUPS = [("Mock Books", "LS2", 125050, 1), ("Invented Skips Ltd", "BD1", 50000, 1)]
POUNDS = "Supplier;Amount (£);Town\r\nCafé Inventé;£1.234;Hull\r\nCafé Inventé;£1,234.50;HULL\r\n"

CASES = [
    Case("plain", PLAIN.encode(), PLAIN_GROUPS),
    Case("utf-8 with a mark", b"\xef\xbb\xbf" + PLAIN.encode(), PLAIN_GROUPS),
    Case(
        "utf-16 with a mark",
        b"\xff\xfe" + PLAIN.encode("utf-16-le"),
        PLAIN_GROUPS,
        encoding="utf-16-le",
    ),
    Case(
        "utf-16 the other way round",
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        PLAIN_GROUPS,
        encoding="utf-16-be",
    ),
    Case("utf-16 without a mark", PLAIN.encode("utf-16-le"), PLAIN_GROUPS, encoding="utf-16-le"),
    Case(
        "windows-1252, semicolons, a pound sign, thousands",
        POUNDS.encode("cp1252"),
        [("Café Inventé", "HULL", 123573, 2)],
        encoding="windows-1252",
        separator=";",
    ),
    Case(
        "bytes that windows-1252 leaves undefined",
        b"Supplier\tAmount\nMock \x93Quoted\x94\x81 Co\t7\n",
        [("Mock “Quoted”\x81 Co", "", 700, 1)],
        columns=(0, 0, 1, -1),
        encoding="windows-1252",
        separator="\t",
    ),
    Case(
        "rows before the header, a row of totals, blank rows",
        b'Exampleton Borough Council,,,\n"Payments over \xc2\xa3500, April 2026",,,\n,,,\n'
        b"Date,Supplier Name,Net Amount,VAT\n01/04/2026,Mock Books,600,120\n\n"
        b"02/04/2026,Fict Roofing,700,140\n,,1300,260\nTotal,,1300,260\n,Grand Total,1300,\n",
        [("Fict Roofing", "", 70000, 1), ("Mock Books", "", 60000, 1)],
        columns=(3, 1, 2, -1),
        skipped={"total": 3},
    ),
    Case(
        "totals in other words, beside a supplier of that name",
        b"Supplier,Amount\nTotal Mock Gas Ltd,500\nFict Roofing,600\nTotal for April,1100\n"
        b"Report total:,1100\nTotal Mock Gas Ltd,7\n",
        [("Fict Roofing", "", 60000, 1), ("Total Mock Gas Ltd", "", 50700, 2)],
        columns=(0, 0, 1, -1),
        skipped={"total": 2},
    ),
    Case(
        "names of columns run together",
        b"BodyName,VATAmount,SupplierID,SupplierName,NetAmount,SupplierPostCode\n"
        b"Exampleton,1,7,Mock Books,5,ZX1 1AA\n",
        [("Mock Books", "ZX1", 500, 1)],
        columns=(0, 3, 4, 5),
    ),
    Case(
        "refunds in all their spellings",
        b"Vendor,Value\nMock Books,(100.00)\nMock Books,-50\nMock Books,25-\nMock Books,10 CR\n"
        b"Mock Books,\xe2\x88\x92\xc2\xa35.00\nMock Books,-\xc2\xa31\nMock Books,\xc2\xa3-2\n"
        b"Mock Books,GBP 500 DR\nMock Books,\xc2\xa3(7.00)\n",
        [("Mock Books", "", 30000, 9)],
        columns=(0, 0, 1, -1),
    ),
    Case(
        "more is given back than paid",
        b"Vendor,Value\nMock Books,-100\nFict Roofing,5\n",
        [("Fict Roofing", "", 500, 1), ("Mock Books", "", -10000, 1)],
        columns=(0, 0, 1, -1),
    ),
    Case(
        "amounts that are none",
        b'Payee,Amount Paid,Town\nA Mock,,Hull\nB Mock,n/a,Hull\nC Mock,"1.234,50",Hull\n'
        b"D Mock,1.5E+05,Hull\nE Mock,\xd9\xa3\xd9\xa3,Hull\nF Mock,999999999999,Hull\n"
        b"G Mock,1,Hull\n",
        [("G Mock", "HULL", 100, 1)],
        skipped={"no_amount": 1, "unreadable": 5},
    ),
    Case(
        "one supplier in several spellings and two places",
        b'Supplier,Amount,Postcode\nMock & Sons Limited,1,BD1 1AA\n"MOCK AND SONS, LTD.",2,bd11ab\n'
        b"Mock  and\tSons (Ltd),4,LS1 4AA\nMock and Sons Ltd,8,\n",
        [
            ("Mock and Sons Ltd", "", 800, 1),
            ("Mock and Sons (Ltd)", "LS1", 400, 1),
            ("Mock & Sons Limited", "BD1", 300, 2),
        ],
    ),
    Case(
        "quotes within quotes, and a line break within a cell",
        b'Supplier,Amount,Supplier Address\n"Mock ""Best"" Books",'
        b'"1,000.00","1 High Street\nHull\nHU1 2AB"\n',
        [('Mock "Best" Books', "HU1", 100000, 1)],
    ),
    Case(
        "a quote that is never closed",
        b'Supplier,Amount,Town\n"Mock Books,500,Hull\n' + b"Fict Roofing,1,Hull\n" * 30,
        [("Mock Books", "HULL", 50000, 1), ("Fict Roofing", "HULL", 3000, 30)],
    ),
    Case(
        "old Macintosh line ends, half pennies",
        b"Supplier|Amount|Town\rMock Books|1.005|Hull\rMock Books|2.675|Hull\rMock Books|.5|Hull\r",
        [("Mock Books", "HULL", 419, 3)],
        separator="|",
    ),
    Case(
        "columns whose names mislead",
        b"Supplier ID,VAT Amount,Amount inc VAT,Supplier,Amount ex VAT\n7,20,120,Mock Books,100\n",
        [("Mock Books", "", 10000, 1)],
        columns=(0, 3, 4, -1),
    ),
    Case(
        "no name, and short rows",
        b"Supplier,Amount,Town\n,5,Hull\nMock Books\nMock Books,7\n",
        [("Mock Books", "", 700, 1), ("", "HULL", 500, 1)],
        skipped={"no_amount": 1},
    ),
    Case(
        "names in no known words: nothing is guessed",
        b"Wer,Wieviel\nMock Books,5\n",
        [],
        columns=(0, -1, -1, -1),
    ),
]

REFUSALS = [
    Refusal("nothing", b"", "empty"),
    Refusal("blanks", b" \r\n\t ", "empty"),
    Refusal("a workbook", b"PK\x03\x04rest", "workbook"),
    Refusal("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1", "workbook"),
    Refusal("a PDF", b"%PDF-1.7\n", "pdf"),
    Refusal("a web page", b"\n<!DOCTYPE html><html>", "page"),
    Refusal("random bytes", random.Random(7).randbytes(3_000), "no_text"),
    Refusal("half NULs", b"MZ,\x00\x00\x00\x00;Supplier\x00\x00\n\x00", "no_text"),
    Refusal("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01,\n\0,\0", "no_text"),
    Refusal("UTF-16 of controls", b"\xff\xfe" + "\x01,\x02\n\x03".encode("utf-16-le"), "no_text"),
    Refusal("prose", b"Dear council\nhow do you do\n", "no_table"),
]

MARKED = b"Supplier,Amount,Postcode\nMock Books,700,ZX1 1AA\nFict Roofing,300,QZ2 2BB\n"
MARKINGS = [
    Marking((), "elsewhere", ("0%", "0%", "100%"), "between £0 and £1,000 was", "nothing_ticked"),
    Marking((), "unknown", ("0%", "0%", "100%"), "between £0 and £1,000 was", "nothing_ticked"),
    Marking(("ZX",), "elsewhere", ("70%", "30%", "0%"), "£700 was spent", "none"),
    Marking(("ZX1",), "unknown", ("70%", "0%", "30%"), "between £700 and £1,000", "some_unknown"),
    Marking(("ZX", "QZ"), "unknown", ("100%", "0%", "0%"), "£1,000 was spent", "none"),
]
