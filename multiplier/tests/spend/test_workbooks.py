"""Workbooks: read as CSV is, and within a fixed memory whatever is in them."""

import csv
import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from multiplier.spend import workbooks
from multiplier.spend.columns import WORDS, Columns
from multiplier.spend.decoding import Refused
from multiplier.spend.grouping import read
from multiplier.tests.spend.test_views import PAGE, text
from portal import limited_process

ROWS = [
    ["Payments over £500", None, None],
    [],
    ["Date", "Supplier name", "Amount (excl. VAT)", "Postcode"],
    [date(2026, 4, 1), "Mock Books", 0.1 + 0.2, "ZX1 1AA"],
    [date(2026, 4, 2), "Café Inventé", 1200, "QZ2 2BB"],
    [date(2026, 4, 3), "Fict Roofing", "£7.50", None],
]
LARGE = WORDS["refusals"]["workbook_large"]


def workbook(**sheets: list[list]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, name: str, change) -> bytes:
    """The workbook with one of its files changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            with new.open(entry, "w") as file:
                for part in change(old.read(entry)) if entry == name else [old.read(entry)]:
                    file.write(part)
    return out.getvalue()


def test_workbook_is_read_as_its_csv():
    found = read(workbook(April=ROWS))
    out = io.StringIO()
    csv.writer(out).writerows(ROWS)
    same = read(out.getvalue().encode())

    assert found.columns == same.columns == Columns(2, 1, 2, 3)
    assert found.groups == same.groups
    assert found.pence == 120_780
    assert (found.sheet, found.sheets) == ("April", ("April",))


def test_sheet_with_payments_is_read_and_another_may_be_chosen():
    data = workbook(Notes=[["About this file"]] * 9, April=ROWS, May=[*ROWS[2:4]])

    assert (read(data).sheet, read(data).pence) == ("April", 120_780)
    assert (read(data, sheet="May").sheet, read(data, sheet="May").pence) == ("May", 30)
    assert read(data, sheet="No such sheet").sheet == "April"
    named = workbook(**{"April": ROWS, "Mai £ – été": ROWS[2:4]})
    assert read(named, sheet="Mai £ – été").pence == 30


def test_process_that_opens_a_workbook_gets_no_secrets(monkeypatch):
    run = limited_process.subprocess.run
    given = []
    monkeypatch.setattr(
        limited_process.subprocess,
        "run",
        lambda *args, **more: given.append(more) or run(*args, **more),
    )

    assert read(workbook(April=ROWS)).pence == 120_780
    assert [more["env"] for more in given] == [{}]


@pytest.mark.django_db
def test_page_names_sheets_that_were_not_read(client):
    data = workbook(Notes=[["About"]], April=ROWS, May=ROWS[2:4])
    first = client.post(PAGE, {"file": SimpleUploadedFile("spend.xlsx", data)})
    assert "Read from the sheet “April”" in text(first)
    assert "Sheets not read: Notes, May." in text(first)
    hidden = dict(
        re.findall(
            r'type="hidden" name="(chosen_for|shown)" value="([^"]*)"', first.content.decode()
        )
    )

    columns = {"header": "3", "supplier": "1", "amount": "2", "place": "3", "sheet": "May"}
    other = client.post(PAGE, {"file": SimpleUploadedFile("spend.xlsx", data), **hidden, **columns})
    assert "1 line, £0.30 in total after refunds" in text(other)


@pytest.mark.django_db
def test_bomb_is_refused_in_a_sentence(client):
    zeros = repacked(
        workbook(April=ROWS), "xl/worksheets/sheet1.xml", lambda _: [b" " * 2**24] * 40
    )
    assert len(zeros) < 1_000_000

    assert LARGE in text(client.post(PAGE, {"file": SimpleUploadedFile("spend.xlsx", zeros)}))


def test_bomb_that_lies_about_its_size_is_refused():
    name = "xl/worksheets/sheet1.xml"
    row = b'<row><c t="inlineStr"><is><t>' + b"mock " * 2**18 + b"</t></is></c></row>"
    huge = repacked(
        workbook(April=ROWS),
        name,
        lambda old: [old.replace(b"</sheetData>", row), *[row] * 300, b"</sheetData></worksheet>"],
    )
    with zipfile.ZipFile(io.BytesIO(huge)) as archive:
        size = archive.getinfo(name).file_size
    assert size > workbooks.MOST_UNPACKED
    lying = huge.replace(size.to_bytes(4, "little"), (99).to_bytes(4, "little"))

    with pytest.raises(Refused, match="workbook_"):
        read(lying)


def test_two_cells_far_apart_are_refused():
    far = repacked(
        workbook(April=ROWS),
        "xl/worksheets/sheet1.xml",
        lambda old: [
            old.replace(b'<row r="6"', b'<row r="1048576"').replace(b'r="C6"', b'r="XFD1048576"'),
        ],
    )

    with pytest.raises(Refused, match="workbook_large"):
        read(far)


def test_workbook_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "PATIENCE", 0.001)

    with pytest.raises(Refused, match="workbook_large"):
        read(workbook(April=ROWS))


@pytest.mark.parametrize("name", ["word/document.xml", "spend.csv"])
def test_archive_that_is_no_workbook_is_refused(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "Supplier,Amount\nMock,5\n")

    with pytest.raises(Refused, match="workbook_broken"):
        read(out.getvalue())


def test_opendocument_workbook_is_read():
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in (["Supplier", "Amount"], ["Mock Books", "£5.50"])
    )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        '<table:table table:name="April">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)

    assert read(out.getvalue()).pence == 550
