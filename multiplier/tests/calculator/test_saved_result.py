"""Keeping a result: only when asked, in an address that says it all, by the method of its day."""

import csv
import json
from dataclasses import replace
from datetime import date
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multiplier import engine
from multiplier.calculator import saved_result
from multiplier.calculator.examples import EXAMPLE, EXAMPLES
from multiplier.calculator.questions import QUESTIONS
from multiplier.calculator.saved_result import SavedResult
from multiplier.engine import methods
from portal.security.log_redaction import redact

pytestmark = pytest.mark.django_db
every = pytest.mark.parametrize(
    ("name", "typed"),
    [(name, EXAMPLES[name][0].typed) for name in QUESTIONS],
    ids=list(QUESTIONS),
)


def page_of(name) -> str:
    return "/multiplier/" if name == "calculator" else f"/multiplier/{name}/"


def keep(client, name, typed) -> str:
    response = client.post(page_of(name), {**typed, "do": "keep"})
    assert response.status_code == 303
    address, fragment = response["Location"].split("#")
    assert fragment == "kept", "it leads to the link, not to the top of the answer"
    return address


def sentence(response) -> str:
    context = response.context
    return context["answer"].sentence if context["answer"] else context["finding"].sentence


@every
def test_a_kept_address_gives_the_same_result(client, name, typed):
    shown = client.post(page_of(name), typed)
    address = keep(client, name, typed)

    again = client.get(address)

    assert again.status_code == 200
    assert sentence(again) == sentence(shown)
    page = again.content.decode()
    assert "This link contains your figures" in page
    assert (
        '<h2 class="keep__title" id="kept" tabindex="-1">We have made a link to your result' in page
    )
    assert f"of={name}&amp;method=1" in page
    # its own form sends the same numbers
    assert SavedResult(again.context["question"], again.context["form"]).path == address


@every
def test_nothing_is_kept_unasked(client, name, typed, django_assert_max_num_queries):
    response = client.post(page_of(name), typed)

    assert "Location" not in response
    assert "/multiplier/result/" not in response.content.decode()
    assert not response.cookies


def test_an_address_holds_what_was_read_and_nothing_else(client):
    address = keep(client, "calculator", {**EXAMPLE, "r1": "oops", "staff_away": "7", "net": ""})

    held = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert held["income"] == "500000" and held["staff_local"] == "80"
    assert not {"r1", "staff_away", "supplier_again", "net", "do"} & set(held)


def test_ranges_and_finer_points_are_kept(client):
    typed = {**EXAMPLE, "net": "on", "net_to_gross": "80", "extended": "on", "staff_away": "5"}
    typed |= {"supplier_again": "50% (30–75)", "local_basis": "accounts"}
    shown = client.post("/multiplier/", typed)

    again = client.get(keep(client, "calculator", typed))

    assert again.context["answer"] == shown.context["answer"]
    assert "on records" in again.context["pictures"].rests_on


@given(
    st.lists(st.decimals(0, 100, places=2), min_size=6, max_size=6),
    st.decimals("0.01", 10**9, places=2),
)
@settings(max_examples=40)
def test_numbers_come_back_from_an_address_as_they_went_in(shares, income):
    kinds = ("staff", "supplier", "other")
    typed = {"view": "household", "area": "Ely & Co + 1", "how": "guided", "income": f"{income:f}"}
    for kind, local, again in zip(kinds, shares[::2], shares[1::2], strict=True):
        typed |= {f"{kind}_amount": "7", f"{kind}_local": f"{local}%", f"{kind}_again": f"{again}%"}
    question = QUESTIONS["calculator"]
    form = question.form_class(typed)
    assert form.is_valid()

    again = saved_result.read_address(SavedResult(question, form).address)

    assert again.form.is_valid()
    assert again.form.result == form.result


# ---- An old method ------------------------------------------------------------------


@pytest.fixture
def newer_method(monkeypatch):
    """A second version, that counts round 1 alone."""

    def calculate(request):
        result = engine.calculate(request)
        return replace(result, lm3=engine.Estimate.of(1), method_version="2")

    second = replace(
        methods.VERSIONS[-1],
        number="2",
        since=date(2031, 4, 1),
        what="It counts round 1 alone.",
        calculate=calculate,
    )
    monkeypatch.setattr(methods, "VERSIONS", [*methods.VERSIONS, second])


def test_an_old_address_keeps_the_old_methods_result_and_says_so(client, newer_method):
    question = QUESTIONS["calculator"]
    old = SavedResult(question, _answered(question.form_class(EXAMPLE, method=_first())))

    response = client.get(old.path)

    page = " ".join(response.content.decode().split())
    assert "between 87p and 99p more" in response.context["answer"].sentence
    assert "saved with method 1" in page
    assert "Since 1 April 2031 there has been a newer one, method 2: It counts round 1" in page


def test_a_new_result_is_the_new_methods(client, newer_method):
    address = keep(client, "calculator", EXAMPLE)

    response = client.get(address)

    assert "method=2" in address
    assert "nothing more was spent again" in response.context["answer"].sentence
    assert "kept with method" not in response.content.decode()


def _first():
    return methods.find("1")


def _answered(form):
    assert form.is_valid()
    return form


# ---- What holds no result ------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "of=magic&method=1", "of=check&claimed=2", "of=check&method=99", "of=%00"]
)
@pytest.mark.parametrize("page", ["result/", "result.csv", "result.json", "report/"])
def test_an_address_that_holds_no_result_says_so(client, page, query):
    response = client.get(f"/multiplier/{page}?{query}")

    assert response.status_code == 404
    assert "This link does not contain a result" in response.content.decode()


def test_an_address_with_faults_shows_them_in_the_form(client):
    response = client.get("/multiplier/result/?of=check&method=1&claimed=lots")

    assert response.status_code == 400
    page = response.content.decode()
    assert "There is a problem" in page and 'value="lots"' in page
    taken = client.get("/multiplier/result.csv?of=check&method=1&claimed=lots")
    assert taken.status_code == 302 and taken["Location"].startswith("/multiplier/result/?of=check")


def test_a_kept_address_is_only_read(client):
    assert client.post("/multiplier/result/?of=check&method=1&claimed=2").status_code == 405


# ---- What is taken away --------------------------------------------------------------


@every
@pytest.mark.parametrize("kind", ["csv", "json", "report"])
def test_what_is_taken_is_the_same_by_button_and_by_address(client, name, typed, kind):
    by_button = client.post(page_of(name), {**typed, "do": kind})
    path = "report/" if kind == "report" else f"result.{kind}"
    query = urlsplit(keep(client, name, typed)).query

    by_address = client.get(f"/multiplier/{path}?{query}")

    assert by_button.content == by_address.content
    assert ("attachment" in by_address.get("Content-Disposition", "")) == (kind != "report")


def test_the_csv_says_what_was_typed_what_came_of_it_and_what_to_know(client):
    typed = {**EXAMPLE, "area": '=HYPERLINK("evil")'}

    rows = list(
        csv.reader(StringIO(client.post("/multiplier/", {**typed, "do": "csv"}).content.decode()))
    )

    assert rows[0][1].startswith("For every £1 received, between 87p and 99p")
    assert ["Staff, per cent spent locally", "80%"] in rows
    assert ["Which area counts as local?", '\'=HYPERLINK("evil")'] in rows
    assert ["Staff here", "£240,000", "48p"] in rows
    assert sum(row[:1] == ["Note"] for row in rows) == 4


def test_the_json_is_exact(client):
    typed = {**EXAMPLE, "supplier_again": "50"}

    said = json.loads(client.post("/multiplier/", {**typed, "do": "json"}).content)

    assert said["result"]["lm3"]["exact"] == "483/250"
    assert said["typed"]["staff_amount"] == "300000"
    assert said["method_version"] == "1"
    assert said["address"].endswith(keep(client, "calculator", typed))
    shift = json.loads(
        client.post("/multiplier/shift/", {**EXAMPLES["shift"][0].typed, "do": "json"}).content
    )
    assert shift["result"]["net"] == dict.fromkeys(("exact", "low", "high"), "1400000.00")
    compared = json.loads(
        client.post("/multiplier/compare/", {**EXAMPLES["compare"][0].typed, "do": "json"}).content
    )
    assert compared["result"]["difference"]["low"] == "107500.00"
    assert compared["result"]["a"]["lm3"]["exact"] == "483/250"


def test_the_passage_to_quote_holds_its_basis_its_caveats_and_its_address(client):
    response = client.get(keep(client, "calculator", EXAMPLE))

    cite = response.context["cite"]
    for words in (
        "between 87p and 99p",
        "LM3 £1.87 to £1.99",
        "Exampleton",
        "has not checked",
        "not additional",
        "/multiplier/result/?of=calculator",
        "(seen ",
    ):
        assert words in cite


def test_the_year_and_the_basis_of_pay_go_with_the_answer_wherever_it_goes(client):
    """lm3.md 5.4: view, boundary, year, mode and pay basis tell what can be compared."""
    typed = {**EXAMPLE, "year": "2025 to 2026", "net": "on", "net_to_gross": "80"}
    address = keep(client, "calculator", typed)
    page = client.get(address).context

    assert page["answer"].basis[-2] == "2025 to 2026"
    assert "take-home pay" in page["answer"].basis[-1]
    assert "; 2025 to 2026; What staff spend again" in page["cite"]
    assert "2025 to 2026" in client.get(address.replace("/result/", "/report/")).content.decode()
    faults = client.post("/multiplier/", {**typed, "year": "x" * 41}).context["form"].errors
    assert faults == {"year": ["Enter which year, in 40 characters or fewer"]}


def test_more_than_was_received_is_said_wherever_the_figure_goes(client):
    typed = {"view": "provider", "area": "Ely", "how": "quick", "r1": "10", "r2": "11", "r3": "11"}
    address = keep(client, "calculator", typed)
    sheet = client.post("/multiplier/", {**typed, "do": "csv"}).content.decode()

    assert "LM3 £3.20; more was spent than came in" in client.get(address).context["cite"]
    assert "Note,More was spent than came in" in sheet.replace('"', "")
    report = client.get(address.replace("/result/", "/report/")).content.decode()
    assert "More was spent than came in" in report


# ---- Discretion ----------------------------------------------------------------------


def test_an_address_with_figures_stays_out_of_caches_referers_and_search(client):
    for path in ("result/", "result.csv", "result.json", "report/"):
        response = client.get(f"/multiplier/{path}?of=check&method=1&claimed=2")
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "strict-origin"
        assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", ["result/", "result.csv", "result.json", "report/", "compare/"])
def test_no_log_holds_the_figures_of_an_address(path):
    line = f'"GET /multiplier/{path}?of=check&income=123456789 HTTP/1.1" 200 9'
    referer = f'"https://x.example/multiplier/{path}?income=123456789"'

    assert "123456789" not in redact(f"{line} {referer}")
