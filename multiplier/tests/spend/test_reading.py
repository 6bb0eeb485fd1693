"""A spend file, read on the server. The browser's reader: test_spend_browser.py."""

import csv
import io
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multiplier.spend.cells import area_of, pence_of, place_of, supplier_key
from multiplier.spend.columns import WORDS, Columns
from multiplier.spend.decoding import Refused, decode, separator_of
from multiplier.spend.grouping import read
from multiplier.tests.spend.cases import CASES, PLAIN, REFUSALS

many = settings(max_examples=2_000)
NAME = st.text(
    st.characters(codec="cp1252", exclude_categories=["C", "Z"]), min_size=1, max_size=20
)
PENCE = st.integers(-(10**11), 10**11)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_read_as_it_was_meant(case):
    found = read(case.data)

    assert [astuple(group) for group in found.groups] == case.groups
    assert astuple(found.columns) == case.columns
    assert (found.encoding, found.separator) == (case.encoding, case.separator)
    assert found.skipped == case.skipped
    assert found.pence == sum(group[2] for group in case.groups)
    assert found.lines == sum(group[3] for group in case.groups)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_what_is_no_table_is_refused_with_a_reason(case):
    with pytest.raises(Refused) as refusal:
        read(case.data)

    assert str(refusal.value) == case.reason
    assert WORDS["refusals"][case.reason]


def test_other_columns_may_be_chosen():
    found = read(b"Wer,Wieviel\nMock Books,5\n", Columns(0, 0, 1, -1))
    assert [astuple(group) for group in found.groups] == [("Mock Books", "", 500, 1)]
    assert read(PLAIN.encode(), Columns(0, 9, 1, 9)).groups[0].supplier == ""


def test_rows_left_out_are_named_by_their_numbers():
    found = read(b"Supplier,Amount\nA Mock,x\nB Mock,1\nC Mock,\n")
    assert found.examples == ((2, "unreadable"), (4, "no_amount"))


def test_first_rows_of_each_reason_are_named():
    blank = b"Mock,\n" * 9
    found = read(b"A title\n\nSupplier,Amount\n" + blank + b",\nMock,x\nMock,1\n")

    assert found.skipped == {"before": 1, "no_amount": 9, "blank": 1, "unreadable": 1}
    no_amount = [row for row, reason in found.examples if reason == "no_amount"]
    assert no_amount == [4, 5, 6, 7, 8]
    assert (14, "unreadable") in found.examples


def test_amounts_a_spreadsheet_may_have_rounded_are_counted():
    assert read(b"Supplier,Amount\nMock,1.2E+06\nMock,1200000\n").rounded == 1


def test_header_given_guesses_its_columns():
    data = b"Supplier,Amount\nVendor,Town,Net amount\nMock,Hull,5\n"

    assert read(data).columns == Columns(0, 0, -1, -1) or read(data).columns.header == 0
    found = read(data, header=1)
    assert found.columns == Columns(1, 0, 2, 1)
    assert found.skipped == {"before": 1}


@given(st.data())
@settings(max_examples=300)
def test_columns_are_found_in_any_order_among_codes_dates_and_vat(data):
    row = st.tuples(
        st.sampled_from(["Mock Care", "Fict Roofing Ltd", "Invented Tea"]),
        st.integers(1, 10**7).map(lambda pence: f"{pence / 100:.2f}"),
        st.sampled_from(["BD1 1AA", "LS2 9ZZ"]),
    )
    rows = data.draw(st.lists(row, min_size=3, max_size=15))
    decoys = {
        "Supplier ID": lambda at: f"{100200 + at}",
        "Spend": lambda at: f"{709090 - at}",
        "Payment": lambda at: f"{5100000000 + at}",
        "Payment Date": lambda at: f"{at % 28 + 1:02}/04/2026",
        "Irrecoverable VAT": lambda at: f"{at}.00",
        "Expense Area": lambda at: "Adult Services",
        "Body Name": lambda at: "Exampleton Council",
        "Address Book No.": lambda at: f"{112233 + at}",
        "Cost Centre": lambda at: f"1MK{34 + at}",
    }
    meant = [
        data.draw(st.sampled_from(["Supplier Name", "Vendor name", "Beneficiary", "Ap/Ar ID(T)"])),
        data.draw(
            st.sampled_from(["Amount (Net of VAT)", "NetAmount", "Value excl. VAT", "Amount £"])
        ),
        data.draw(st.sampled_from(["Supplier Postcode", "PostCode", "Town"])),
    ]
    names = data.draw(st.permutations([*meant, *decoys]))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for at, cells in enumerate(rows):
        known = dict(zip(meant, cells, strict=True))
        writer.writerow([known.get(name) or decoys[name](at) for name in names])

    found = read(out.getvalue().encode()).columns
    assert found == Columns(0, *(names.index(name) for name in meant))


@given(PENCE)
@many
def test_an_amount_is_read_back_to_the_penny(pence):
    pounds = f"{abs(pence) // 100:,}.{abs(pence) % 100:02}"
    for written in (f"£{pounds}", pounds.replace(",", ""), f"  {pounds} "):
        signed = f"-{written.strip()}" if pence < 0 else written
        assert pence_of(signed) == pence
    assert pence_of(f"({pounds})") == -abs(pence)


@given(st.text(max_size=30))
@many
def test_no_text_breaks_a_cell(text):
    assert isinstance(pence_of(text), int | None)
    assert supplier_key(supplier_key(text)) == supplier_key(text)
    assert isinstance(area_of(place_of(text)), str)


@given(st.binary(max_size=400))
@many
def test_no_bytes_break_the_reader(data):
    try:
        found = read(data)
    except Refused as refusal:
        assert str(refusal) in WORDS["refusals"]
    else:
        assert found.pence == sum(group.pence for group in found.groups)


@given(
    st.lists(st.tuples(NAME, PENCE, NAME), min_size=1, max_size=20),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=300)
def test_what_a_csv_writer_wrote_is_summed_to_the_penny(rows, separator, encoding, line_end):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end)
    writer.writerow(["Supplier name", "Amount", "Town"])
    for name, pence, town in rows:
        writer.writerow([f"Mock {name}", f"{pence / 100:.2f}", town])
    found = read(out.getvalue().encode(encoding))

    assert found.lines + found.skipped.get("total", 0) == len(rows)
    assert found.pence == sum(group.pence for group in found.groups)
    if not found.skipped:
        assert found.pence == sum(pence for _, pence, _ in rows)


@pytest.mark.parametrize(
    ("text", "place", "area"),
    [
        ("BD1 1AA", "BD1", "BD"),
        ("ec1a1bb", "EC1A", "EC"),
        ("Unit 7, Hull, HU12 8AB, UK", "HU12", "HU"),
        ("M1", "M1", "M"),
        ("Hebden  Bridge", "HEBDEN BRIDGE", ""),
        ("", "", ""),
    ],
)
def test_a_place_is_a_postcodes_district_or_a_name(text, place, area):
    assert place_of(text) == place
    assert area_of(place) == area


def test_commas_in_amounts_do_not_pass_for_separators():
    text = "Supplier;Amount\n" + "Mock;1,234,567.00\n" * 5
    assert separator_of(text) == ";"
    assert decode(text.encode())[1] == "utf-8"
