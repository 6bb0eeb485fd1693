"""The spend page where no scripts run: read in memory, marked, handed over; nothing kept."""

import logging
import re
from fractions import Fraction
from html import unescape

import pytest
from django.conf import settings
from django.core.files import uploadedfile
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from multiplier.calculator.fields import read_share
from multiplier.calculator.forms import CalculatorForm
from multiplier.spend import forms
from multiplier.spend.grouping import Group
from multiplier.spend.proposal import MARKS, Marks, Proposal, propose
from multiplier.tests.spend.cases import MARKED, MARKINGS, REFUSALS

PAGE = "/multiplier/spend/"
SAMPLE = settings.BASE_DIR / "multiplier" / "static" / "multiplier" / "exampleton-spend.csv"
SAID = {"view": "council", "area": "Exampleton", "others": "elsewhere"}
GROUPS = [
    Group("Mock Books", "ZX1", 60_000, 2),
    Group("Fict Roofing", "QZ2", 30_000, 1),
    Group("No Place Ltd", "", 10_000, 1),
    Group("Back Again Ltd", "ZX1", -5_000, 1),
]
pytestmark = pytest.mark.django_db
SUMS = st.integers(0, 10**13)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def sent(client, data: bytes, **more):
    return client.post(PAGE, {"file": SimpleUploadedFile("spend.csv", data), **more})


def carried_by(response) -> str:
    return unescape(re.search(r'name="groups" value="([^"]*)"', response.content.decode())[1])


def handed_over(response) -> dict[str, str]:
    form = re.search(r"data-hand-over>(.*?)</form>", response.content.decode(), re.DOTALL)[1]
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def test_columns_chosen_for_one_file_are_not_taken_for_those_of_the_next(client):
    first = sent(client, b"Amount,Supplier\n5,Mock Books\n6,Fict Roofing\n").content.decode()
    columns = dict(re.findall(r'type="hidden" name="(chosen_for|header)" value="([^"]*)"', first))
    columns |= {"supplier": "1", "amount": "0", "place": "-1"}

    other = sent(client, b"A title\n\nSupplier,Amount\nMock Books,7\n", **columns)
    same = sent(client, b"Amount,Supplier\n8,Mock Books\n", **{**columns, "supplier": "-1"})

    assert "1 line, £7.00 in total after refunds" in text(other)
    assert "1 line, £8.00 in total after refunds" in text(same) and "No name given" in text(same)


def test_from_a_file_to_the_calculator(client):
    read = sent(client, SAMPLE.read_bytes())
    page = text(read)
    assert "140 lines, £1,607,282.50 in total after refunds" in page
    for left_out in (
        "1 row: no amount (",
        "1 row: a total (",
        "2 rows: above the column names (1, 2)",
    ):
        assert left_out in page
    assert "Read as windows-1252. The column names are in row 4." in page
    assert "ZX (all of it)" in page

    marked = client.post(PAGE, {**SAID, "groups": carried_by(read), "places": ["ZX"]})
    assert "Of £1,607,283, between £834,354 and £913,038 was spent locally." in text(marked)
    assert "<title>Result: " in text(marked)
    assert (
        "19 suppliers (one in 2 places counts twice), £1,607,282.50 in total after refunds"
        in text(marked)
    )

    fields = handed_over(marked)
    assert fields == {
        "view": "council",
        "area": "Exampleton",
        "how": "guided",
        "income": "1607282.5",
        "supplier_amount": "1607282.5",
        "supplier_local": "51.910848 to 56.806346%",
        "local_basis": "accounts",
    }
    answered = text(client.post("/multiplier/", fields))
    assert "For every £1 the council spent" in answered
    assert "There is a problem" not in answered


def test_header_row_is_chosen_without_scripts(client):
    data = b"Supplier,Amount\nSupplier,Town,Net amount\nMock Books,Hull,5\n"
    first = sent(client, data).content.decode()
    names = dict(re.findall(r'type="hidden" name="(chosen_for|shown)" value="([^"]*)"', first))
    assert '<option value="2">Row 2: Supplier | Town | Net amount</option>' in first
    assert '<option value="0">None: the columns have no names</option>' in first
    names |= {"supplier": "0", "amount": "1", "place": "-1"}

    second = text(sent(client, data, **names, header="2"))
    assert (
        "1 line, £5.00 in total after refunds" in second
        and "The column names are in row 2" in second
    )
    assert "1 row: above the column names (1)" in second
    none = text(sent(client, b"Mock Books,5\n", header="0", supplier="0", amount="1", place="-1"))
    assert "1 line, £5.00 in total after refunds" in none and "No row has the column names" in none


def test_form_in_chunks_is_told_why(client):
    response = client.post(PAGE, {"file": SimpleUploadedFile("a.csv", MARKED)}, CONTENT_LENGTH="")

    assert response.status_code == 411
    assert forms.WORDS["refusals"]["in_chunks"] in text(response)
    assert "Select a file" not in text(response)


def test_what_is_handed_over_are_fields_of_the_calculator():
    fields = Proposal(local=1, unknown=1).handed_over("council", "Ely")
    assert set(fields) <= set(CalculatorForm().fields)
    assert CalculatorForm(fields).is_valid()


def test_a_single_suppliers_mark_goes_before_its_place(client):
    sending = {**SAID, "groups": forms.written(tuple(GROUPS)), "places": ["ZX1"]}

    assert "Of £1,000, between £600 and £700" in text(client.post(PAGE, sending))
    sending |= {"supplier_1": "local", "supplier_2": "elsewhere"}
    page = text(client.post(PAGE, sending))
    assert "Of £1,000, £900 was spent locally." in page
    assert re.search(r'name="supplier_1".*?<option value="local" selected', page)
    assert "We left out 1 supplier" in page


@pytest.mark.parametrize("marking", MARKINGS, ids=str)
def test_words_choice_and_numbers_agree_in_each_state(client, marking):
    groups = carried_by(sent(client, MARKED))
    said = {**SAID, "groups": groups, "places": marking.places, "others": marking.others}
    page = text(client.post(PAGE, said)).partition("<template")[0]

    assert f"Of £1,000, {marking.sentence}" in page
    rows = re.findall(r"<tr data-row=.*?<td>([^<]*)</td></tr>", page)
    assert tuple(rows) == marking.shares
    assert f"<p data-why-range>{forms.WORDS['range'][marking.why]}</p>" in page
    assert "Once you have selected a place, suppliers in other places are" in page


def test_other_places_may_be_unknown():
    marks = Marks(frozenset({"ZX1"}), "unknown")
    assert propose(GROUPS, marks) == Proposal(60_000, 0, 40_000, -5_000, 1)
    assert propose(GROUPS, Marks()) == Proposal(0, 0, 100_000, -5_000, 1)


def test_the_columns_may_be_chosen_with_the_file(client):
    data = b"Wer,Wieviel\nMock Books,5\n"
    first = text(sent(client, data))
    assert "We could not read any amount in that column" in first
    assert '<option value="1">Wieviel</option>' in first

    wrong = text(sent(client, data, header="1", supplier="1", amount="0", place="-1"))
    assert "1 row: the amount is not a number (2)" in wrong

    again = sent(client, data, header="1", supplier="0", amount="1", place="-1")
    assert "1 line, £5.00 in total after refunds" in text(again)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_what_is_no_table_is_refused_in_words_at_the_field(client, case):
    page = text(sent(client, case.data))

    words = forms.WORDS["refusals"][case.reason]
    assert page.count(words) >= 2, "at the field and in the summary"
    assert '<a href="#id_file">' in page
    assert page.count('id="read"') == 2, "the form leads to the error; and the script's template"


def test_no_file_and_no_area_are_told(client):
    assert "Select a file" in text(client.post(PAGE, {}))
    page = text(client.post(PAGE, {"groups": forms.written(tuple(GROUPS)), "view": "council"}))
    assert '<a href="#id_area">Enter the area that counts as local</a>' in page
    assert "Mock Books" in page


def test_a_large_file_never_touches_the_disk(client, monkeypatch, settings):
    def on_disk(*args, **kwargs):
        raise AssertionError("a temporary file")

    monkeypatch.setattr(uploadedfile, "TemporaryUploadedFile", on_disk)
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", on_disk)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100_000  # what Django would write to the disk
    large = b"Supplier,Amount\n" + b"Mock Books,5\n" * 10_000
    assert "10,000 lines" in text(sent(client, large))

    monkeypatch.setattr(forms, "LARGEST", 100_000)
    assert "The file is too large" in text(sent(client, large))


def test_nothing_is_stored_logged_or_cached(client, caplog, django_assert_max_num_queries):
    with caplog.at_level(logging.DEBUG), django_assert_max_num_queries(12):
        response = sent(client, b"Supplier,Amount\nSecret Supplier,123456\n")

    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert "Secret Supplier" not in caplog.text
    assert "123456" not in caplog.text


def test_another_sites_page_may_not_send(client):
    assert client.post(PAGE, {}, HTTP_ORIGIN="https://evil.example").status_code == 403


def test_too_many_files_an_hour_are_told_so(client, monkeypatch):
    monkeypatch.setattr("multiplier.spend.views.FILES_AN_HOUR", 1)
    sent(client, b"Supplier,Amount\nMock,5\n")
    assert "Too many files came" in text(sent(client, b"Supplier,Amount\nMock,5\n"))


def test_many_groups_are_carried_with_the_smallest_as_one_of_which_nothing_is_known(monkeypatch):
    monkeypatch.setattr(forms, "MOST_GROUPS", 2)
    kept = forms.carried(tuple(GROUPS))

    assert kept[0] == GROUPS[0]
    assert kept[1] == Group("All smaller suppliers together", "", 40_000, 2)
    assert propose(kept, Marks()).total == propose(GROUPS, Marks()).total


def test_code_in_a_name_stays_text(client):
    read = sent(client, b'Supplier,Amount\n"<script>alert(1)</script>",5\n')
    assert b"<script>alert" not in read.content


@pytest.mark.parametrize(
    "groups",
    [
        "",
        "{",
        "[]",
        "[1]",
        '[["a","b",1.5,1]]',
        '[["a","b",true,1]]',
        "[" * 5000,
        '[["a","b",1e400,1]]',
    ],
)
def test_a_field_that_was_tampered_with_is_refused(client, groups):
    page = text(client.post(PAGE, {**SAID, "groups": groups}))
    assert "Select the file again" in page


@given(
    st.dictionaries(
        st.sampled_from(["view", "area", "others", "places", "supplier_0", "x"]), st.text()
    )
)
@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_marks_break_the_page(client, said):
    response = client.post(PAGE, {**said, "groups": forms.written(tuple(GROUPS))})
    assert response.status_code == 200


@given(SUMS, SUMS, SUMS)
@examples(max_examples=2_000)
def test_the_range_holds_the_truth_and_is_what_the_calculator_reads(local, elsewhere, unknown):
    found = Proposal(local, elsewhere, unknown)
    share = read_share(found.share) if found.total else None

    assert (share is None) == (found.total == 0)
    if share is None:
        return
    if unknown:
        low, high = Fraction(found.low, found.total), Fraction(found.high, found.total)
        assert 0 <= share.low <= low <= high <= share.high <= 1
        assert share.high - share.low <= high - low + Fraction(2, 10**8)
    else:
        assert abs(share - Fraction(local, found.total)) <= Fraction(1, 10**8)
    assert sum(piece["width"] for piece in found.pieces) == 1000


@given(st.lists(st.tuples(st.sampled_from(["A", "B"]), st.sampled_from(["ZX1", ""]), SUMS)))
@examples(max_examples=300)
def test_money_is_conserved_whatever_the_marks(rows):
    groups = [Group(name, place, pence - 10**12, 1) for name, place, pence in rows]
    for mark in MARKS:
        found = propose(groups, Marks(frozenset({"ZX"}), mark, {("a", "ZX1"): mark}))
        assert found.total + found.refunds == sum(group.pence for group in groups)
