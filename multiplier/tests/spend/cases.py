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
        skipped={"before": 2, "blank": 1, "total": 3},
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
        b"D Mock,1.5E+0x,Hull\nE Mock,\xd9\xa3\xd9\xa3,Hull\nF Mock,999999999999,Hull\n"
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
        'a payment does not pass for the header where the amount is "excludes VAT"',
        b"Directorate,Service Area,Paid Date,Supplier Name,Ref,Cost Centre Name,"
        b"Total (excludes VAT)\n"
        b"ASC,Adult Care,2021-12-16,Mock Villas,8480106,Shared Lives,2040.04\n"
        b"City,Policy,2021-12-17,Example Alarm Company Ltd,8480107,Digital,2940\n",
        [("Example Alarm Company Ltd", "", 294000, 1), ("Mock Villas", "", 204004, 1)],
        columns=(0, 3, 6, -1),
    ),
    Case(
        "no header at all: told by the values",
        b"01/04/2026,Mock Care Ltd,8480106,1200.50,ZX1 1AA\n"
        b"02/04/2026,Fict Roofing Limited,8480107,"
        b"300.00,QZ2 2BB\n",
        [("Mock Care Ltd", "ZX1", 120050, 1), ("Fict Roofing Limited", "QZ2", 30000, 1)],
        columns=(-1, 1, 3, 4),
    ),
    Case(
        "Oracle: cost codes in a column called Spend, twice, and VAT",
        "Name of Organisation,Service Area,Spend Description,Date,Amount (Net of VAT),"
        "Unrecoverable VAT,Supplier Name,Spend,Spend\n"
        "Exampleton Council,Housing,Fee,03-Jan-23,2577.37,£0.00,Mock Homes,709090,Revenue\n"
        "Exampleton Council,Housing,Repairs,03-Jan-23,900.00,£0.00,Fict Roofing,405010,"
        "Revenue\n".encode(),
        [("Mock Homes", "", 257737, 1), ("Fict Roofing", "", 90000, 1)],
        columns=(0, 6, 4, -1),
    ),
    Case(
        "cost codes and nothing else that could be pounds: nobody guesses",
        b"Supplier,Spend\nMock Homes,709090\nFict Roofing,405010\n",
        [],
        columns=(0, 0, -1, -1),
    ),
    Case(
        "cost codes of several lengths beside an amount in no known words",
        b"Supplier,Spend,Betrag\nMock Homes,070909,577.37\nFict Roofing,405,9.00\n",
        [("Mock Homes", "", 57737, 1), ("Fict Roofing", "", 900, 1)],
        columns=(0, 0, 2, -1),
    ),
    Case(
        "whole pounds of one length are pounds where the name says amount",
        b"Supplier,Amount\nMock Homes,70909\nFict Roofing,40501\n",
        [("Mock Homes", "", 7090900, 1), ("Fict Roofing", "", 4050100, 1)],
        columns=(0, 0, 1, -1),
    ),
    Case(
        "SAP: vendor numbers, document numbers called Payment",
        b"CoCode;Payment;Vendor;Vendor Name;Pstng Date;Amount in local currency;Business Area\n"
        b"1000;5100012345;0000100023;Mock Care;20260401;600,000.00-;Adult Services\n"
        b"1000;5100012346;0000100024;Fict Roofing;20260402;700.00;Public Health\n",
        [("Fict Roofing", "", 70000, 1), ("Mock Care", "", -60000000, 1)],
        columns=(0, 3, 5, -1),
        separator=";",
    ),
    Case(
        "SAP: the vendor's number alone is called Vendor",
        b"Vendor,Name 1,Value\n100023,Mock Care,600\n100024,Fict Roofing,700\n",
        [("Fict Roofing", "", 70000, 1), ("Mock Care", "", 60000, 1)],
        columns=(0, 1, 2, -1),
    ),
    Case(
        "Agresso: the text of a code",
        b"Client,Ap/Ar ID,Ap/Ar ID(T),Account(T),TransNo,Amount\nEX,10,Mock Care,Agency,1,600\n"
        b"EX,11,Fict Roofing,Repairs,2,700\n",
        [("Fict Roofing", "", 70000, 1), ("Mock Care", "", 60000, 1)],
        columns=(0, 2, 5, -1),
    ),
    Case(
        "Unit4: Supplier ID(T), with its code beside it",
        b"Supplier ID,Supplier ID(T),TransNo,Amount\n7,Mock Care,1,600\n8,Fict Roofing,2,700\n",
        [("Fict Roofing", "", 70000, 1), ("Mock Care", "", 60000, 1)],
        columns=(0, 1, 3, -1),
    ),
    Case(
        "a number of the supplier that holds its name",
        b"Supplier No,Trans,Amount\nMock Care,1,600\nFict Roofing,2,700\n",
        [("Fict Roofing", "", 70000, 1), ("Mock Care", "", 60000, 1)],
        columns=(0, 0, 2, -1),
    ),
    Case(
        "of twins the fuller, of names the filled",
        b"Supplier,Supplier,Net Amount,Amount,Amount\n,Mock Care,,,600\nFict,Fict Roofing,,9,700\n"
        b",Mock Books,,,5\n",
        [("Fict Roofing", "", 70000, 1), ("Mock Care", "", 60000, 1), ("Mock Books", "", 500, 1)],
        columns=(0, 1, 4, -1),
    ),
    Case(
        "an expense area, a business area and an address book are no places",
        b"Body Name,Amount,Supplier Name,Expense Area,Business Area,Address Book No.\n"
        b"Exampleton,600,Mock Care,Adult Services,North,112233\n"
        b"Exampleton,700,Mock Care,Public Health,South,112234\n",
        [("Mock Care", "", 130000, 2)],
        columns=(0, 2, 1, -1),
    ),
    Case(
        "an area of services is no place, a postcode is one under any name",
        b"Area,Supplier,Amount,PC\nChildren's Services,Mock Care,600,ZX1 1AA\n"
        b"Highways,Fict Roofing,700,QZ2 2BB\n",
        [("Fict Roofing", "QZ2", 70000, 1), ("Mock Care", "ZX1", 60000, 1)],
        columns=(0, 1, 2, 3),
    ),
    Case(
        "damaged pound signs",
        "Supplier,Amount\nMock Care,\ufffd1234.50\nFict Roofing,Â£500.00\nMock Books,-\ufffd3\n"
        "Mock Tea,?7.00\nMock Tea,(Â£2.00)\n".encode(),
        [
            ("Mock Care", "", 123450, 1),
            ("Fict Roofing", "", 50000, 1),
            ("Mock Tea", "", 500, 2),
            ("Mock Books", "", -300, 1),
        ],
        columns=(0, 0, 1, -1),
    ),
    Case(
        "pound signs of DOS",
        b"Supplier,Amount\nMock Care,\x9c1234.50\n",
        [("Mock Care", "", 123450, 1)],
        columns=(0, 0, 1, -1),
        encoding="windows-1252",
    ),
    Case(
        "formats of accounts: dashes for nothing, blanks around, powers of ten",
        'Supplier,Amount\nMock Care,"1,200.00 "\nFict Roofing, £ 300.00 \n'
        "Nil Ltd, £ -   \nNil Ltd,-\n"
        'Back Ltd,"(£45.00)"\nBack Ltd,"-£1,000.00"\nSci Ltd,1.2E+06\nSci Ltd,5e-01\n'.encode(),
        [
            ("Sci Ltd", "", 120000050, 2),
            ("Mock Care", "", 120000, 1),
            ("Fict Roofing", "", 30000, 1),
            ("Nil Ltd", "", 0, 2),
            ("Back Ltd", "", -104500, 2),
        ],
        columns=(0, 0, 1, -1),
    ),
    Case(
        "a title with a date and a figure is no header",
        b"Report,01/04/2026,500\nSupplier,Paid to date,Amount\nMock Care,01/04/2026,600\n,,\n",
        [("Mock Care", "", 60000, 1)],
        columns=(1, 0, 2, -1),
        skipped={"before": 1, "blank": 1},
    ),
    Case(
        "names in no known words: nothing is guessed",
        b"Wer,Wieviel\nMock Books,5\n",
        [],
        columns=(0, -1, -1, -1),
    ),
]

# How publishers say that VAT is not in an amount; and how they say that it is.
WITHOUT_VAT = [
    "net of VAT",
    "excl. VAT",
    "excluding VAT",
    "excludes VAT",
    "without VAT",
    "ex VAT",
    "exc. VAT",
    "exclusive of VAT",
    "VAT excluded",
    "w/o VAT",
    "net of tax",
    "not including V.A.T.",
    "less recoverable VAT",
    "before VAT",
]
WITH_VAT = ["incl. VAT", "including VAT", "inc VAT", "gross of VAT", "VAT inclusive"]
CASES += [
    Case(
        f"the amount is {without}",
        f"Supplier,VAT,Amount {with_},Amount ({without})\nMock Books,2,12,10\n".encode(),
        [("Mock Books", "", 1000, 1)],
        columns=(0, 0, 3, -1),
    )
    for without, with_ in zip(WITHOUT_VAT, WITH_VAT * 3, strict=False)
]

REFUSALS = [
    Refusal("nothing", b"", "empty"),
    Refusal("blanks", b" \r\n\t ", "empty"),
    Refusal("a workbook that is none", b"PK\x03\x04rest", "workbook_broken"),
    Refusal("an old workbook that is none", b"\xd0\xcf\x11\xe0\xa1\xb1", "workbook_broken"),
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
