"""The calculator's two addresses: what they answer, keep, refuse and never do."""

import logging
import re
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from multiplier.calculator.examples import EXAMPLE, START, START_LINES
from multiplier.words import KIND_NAMES

PAGE = "/multiplier/"
FRAME = "/embed/multiplier/v1/"
QUICK = {
    "view": "provider",
    "area": "Bradford district",
    "how": "quick",
    "r1": "£500,000",
    "r2": "260k",
    "r3": "95000",
}
both = pytest.mark.parametrize("address", [PAGE, FRAME])
# The page's frame asks who runs the site; the calculator itself asks nothing.
pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


def at_field(page: str, name: str) -> str:
    """What stands at a field of its errors."""
    return page.partition(f'id="multiplier_{name}_error">')[2].partition("</div>")[0]


def test_calculator_first_view_answers_an_example_that_says_so(client):
    page = text(client.get(PAGE))

    assert "How far does your money go, locally?" in page
    assert "about 93p more was spent again in Exampleton" in page
    assert "An example, with invented figures</p>" in page
    assert "The figures are invented.</p>" in page
    assert "figures entered by the user" not in page
    assert "<title>How far" in page
    assert page.count('<svg class="flow') == 2 and 'class="bars"' not in page
    for value in ("500,000", "340,000", "126,000", "Exampleton"):
        assert f'value="{value}"' in page
    assert "Staff, </span>pounds a year" not in page


def test_frame_first_view_is_three_blank_numbers(client):
    page = text(client.get(FRAME))

    assert "How far does your money go, locally?" in page
    assert "Round 3: how much" in page
    assert "For every £1" not in page and "Exampleton" not in page


@pytest.mark.parametrize("example", [START, START_LINES], ids=["numbers", "lines"])
def test_example_is_marked_until_its_figures_and_its_area_change(client, example):
    def notice(**typed):
        return client.post(PAGE, {**example, **typed}).context["notice"]

    number = "r1" if example is START else "income"
    assert notice().startswith("An example, with")
    assert notice(**{number: "600,000"}).startswith("Exampleton is an invented place")
    assert notice(area="Leeds") == ""


@both
def test_add_detail_asks_line_by_line_and_keeps_what_was_typed(client, address):
    response = client.post(address, {**QUICK, "year": "2025", "do": "detail"})

    form, page = response.context["form"], text(response)
    assert form.is_guided and response.context["answer"] is None
    assert form["income"].value() == "£500,000"
    assert "Staff, </span>pounds a year" in page
    assert "There is a problem" not in page
    for name in ("r2", "r3"):
        assert f'<input type="hidden" name="{name}" value="{QUICK[name]}">' in page
    assert form["area"].value() == QUICK["area"]


def test_add_detail_starts_with_no_tax_spent_locally(client):
    """As on the first page: its hidden fields are sent along."""
    sent = dict(
        re.findall(r'<input type="hidden" name="(tax_\w+)" value="(\w*)">', text(client.get(PAGE)))
    )

    form = client.post(PAGE, {**QUICK, **sent, "do": "detail"}).context["form"]

    assert [form["tax_local"].value(), form["tax_away"].value()] == ["0", "0"]


def test_add_detail_to_the_example_shows_the_lines_that_its_numbers_come_from(client):
    before = client.post(PAGE, START).context["form"].result
    response = client.post(PAGE, {**START, "do": "detail"})

    form = response.context["form"]
    assert form.is_guided and form["staff_amount"].value() == "300,000"
    for name in ("lm3", "lm2", "r2", "r3"):
        assert getattr(form.result, name) == getattr(before, name)


@both
def test_three_numbers_instead_are_worked_out_from_the_lines_which_are_kept(client, address):
    response = client.post(address, {**START_LINES, "r2": "5", "do": "rounds"})

    form, page = response.context["form"], text(response)
    assert not form.is_guided
    assert [form[name].value() for name in ("r1", "r2", "r3")] == ["500,000", "340000", "126000"]
    assert '<input type="hidden" name="staff_amount" value="300,000">' in page
    again = client.post(address, {**form.data, "do": "detail"}).context["form"]
    assert again["staff_amount"].value() == "300,000"


def test_three_numbers_instead_leave_blank_what_the_lines_leave_open(client):
    form = client.post(PAGE, {**EXAMPLE, "do": "rounds"}).context["form"]

    assert [form[name].value() for name in ("r1", "r2", "r3")] == ["500,000", "340000", ""]
    assert form.result.r3.exact is None


def test_three_numbers_instead_of_unfinished_lines_blame_nothing(client):
    response = client.post(PAGE, {**EXAMPLE, "staff_amount": "x", "r2": "7", "do": "rounds"})

    form = response.context["form"]
    assert form["r2"].value() == "7"
    assert 'name="staff_amount" value="x"' in text(response)
    assert "There is a problem" not in text(response)


@pytest.mark.parametrize(
    ("typed", "offered", "hidden"),
    [(START, "the year and your sources<", "net"), (START_LINES, "take-home pay", "r1")],
    ids=["numbers", "lines"],
)
def test_more_options_show_once_they_are_asked_for(client, typed, offered, hidden):
    before = text(client.post(PAGE, typed))
    response = client.post(PAGE, {**typed, "do": "more"})

    page = text(response)
    assert offered in before and 'name="year"' not in before
    assert "More options" not in page and 'name="year"' in page and f'name="{hidden}"' not in page
    assert response.context["answer"].figure == "£1.93"
    again = text(client.post(PAGE, {**typed, "more": "on"}))
    assert 'name="year"' in again


@pytest.mark.parametrize("used", [{"year": "2025"}, {"net": "on", "net_to_gross": "80"}])
def test_more_options_in_use_are_shown(client, used):
    page = text(client.post(PAGE, {**START_LINES, **used}))

    assert '<select class="govuk-select" name="local_basis"' in page
    assert "more=on" not in client.post(PAGE, {**START_LINES, **used, "do": "keep"}).url


def test_the_empty_page_gives_the_published_figure_as_what_it_is(client):
    page = text(client.get(PAGE))

    assert "£2.52 in all" in page
    assert "+ £1.52" in page
    assert "Tony Armstrong" in page
    assert "LocalGov, 5 July 2019. The inputs were not published." in page


@both
def test_where_no_figure_is_claimed_the_range_is_shown_once(client, address):
    unknown = text(client.post(address, {**QUICK, "r3": ""}))
    known = text(client.post(address, QUICK))

    assert unknown.count("£1.52 to £2.04</dd>") == 1
    assert "<dt>Range</dt>" not in unknown
    assert "It is a range because some figures are unknown" in unknown
    assert re.search("<dt>Range</dt> ?<dd [^>]*>none<", known)


def test_a_fault_in_the_table_is_told_short_at_its_field_and_whole_in_the_summary(client):
    faults = {"supplier_amount": "lots", "staff_local": "50-30", "other_again": "5"}
    page = text(client.post(PAGE, {**EXAMPLE, **faults}))

    for name, label, advice in (
        ("supplier_amount", "Suppliers, pounds a year", "Enter an amount in pounds, like 1234.50"),
        (
            "staff_local",
            "Staff, per cent spent locally",
            "Enter the smaller number first: 30 to 50",
        ),
        ("other_amount", "Other spending", "enter how many pounds, or clear its percentages"),
    ):
        assert f"</span> {advice[0].upper()}{advice[1:]}" in at_field(page, name)
        assert label not in at_field(page, name)
        assert f"{label}: {advice}" in page.partition("<h1>")[0]
        assert f'aria-describedby="multiplier_{name}_error"' in page


@both
def test_three_numbers_are_answered_with_a_sentence_first(client, address):
    page = text(client.post(address, QUICK))

    sentence = "For every £1 received, about 71p more was spent again in Bradford district"
    assert sentence in page
    assert "£1.71" in page
    assert "<title>Result:" in page
    assert page.index(sentence) < page.index('<svg class="flow') < page.index("<table")
    assert page.index(sentence) < page.index('<form class="calc"')
    assert 'value="£500,000"' in page


@both
def test_lines_are_answered_with_the_range_that_blanks_leave(client, address):
    page = text(client.post(address, EXAMPLE))

    assert "between 87p and 99p more was spent again in Exampleton" in page
    assert "£1.87 to £1.99" in page
    assert "Suppliers, per cent of the local part spent locally again</strong> (left blank" in page
    assert "Held as surplus" in page
    assert "£96,000" in page


def test_a_known_answer_says_that_there_is_no_range(client):
    page = text(client.post(PAGE, {**EXAMPLE, "supplier_again": "50%"}))

    assert "£1.93" in page
    assert "nothing that matters was left blank" in page  # tax was, of which none is local
    assert "exactly 483/250" in page


def test_warnings_stand_beside_the_answer(client):
    page = text(client.post(PAGE, {**EXAMPLE, "income": "400,000"}))

    assert "More was spent than came in" in page
    assert "From reserves" in page


WRONG = {
    "nothing typed": ({"how": "guided"}, {"view", "area", "income", "staff_amount"}),
    "nothing typed, three numbers": ({"how": "quick"}, {"view", "area", "r1"}),
    "round 3 alone": ({**QUICK, "r1": "", "r2": ""}, {"r1"}),
    "income zero": ({**QUICK, "r1": "0"}, {"r1"}),
    "income negative": ({**QUICK, "r1": "-5"}, {"r1"}),
    "text": ({**QUICK, "r1": "abc"}, {"r1"}),
    "continental": ({**QUICK, "r2": "1.234,5"}, {"r2"}),
    "Arabic digits": ({**QUICK, "r3": "٣٤"}, {"r3"}),
    "exponent": ({**QUICK, "r1": "1e308"}, {"r1"}),
    "too rich": ({**QUICK, "r1": "9" * 30}, {"r1"}),
    "too long": ({**QUICK, "r1": "9" * 10_000}, {"r1"}),
    "half pence": ({**QUICK, "r3": "0.005"}, {"r3"}),
    "r3 > r2": ({**QUICK, "r3": "300,000"}, {"r3"}),
    "unknown view": ({**QUICK, "view": "mine"}, {"view"}),
    "unknown way": ({**QUICK, "how": "magic"}, {"income", "staff_amount"}),
    "long area": ({**QUICK, "area": "x" * 81}, {"area"}),
    "blank area": ({**QUICK, "area": " \t"}, {"area"}),
    "NUL": ({**QUICK, "area": "a\x00b", "r1": "5\x00"}, {"area", "r1"}),
    "share > 100%": ({**EXAMPLE, "staff_local": "120"}, {"staff_local"}),
    "rate < 0": ({**EXAMPLE, "premises_again": "-1"}, {"premises_again"}),
    "share as text": ({**EXAMPLE, "staff_local": "half"}, {"staff_local"}),
    "a share without its pounds": (
        {**EXAMPLE, "subcontractor_local": "50", "other_again": "5"},
        {"subcontractor_amount", "other_amount"},
    ),
    "a tax share without its pounds": (
        {**EXAMPLE, "tax_amount": "", "tax_local": "3"},
        {"tax_amount"},
    ),
    "an amount that is none": ({**EXAMPLE, "staff_amount": "x"}, {"staff_amount"}),
    "no lines": (
        {"view": "provider", "area": "x", "how": "guided", "income": "5", "tax_local": "0"},
        {"staff_amount"},
    ),
    "all at once": (
        {**EXAMPLE, "view": "", "income": "x", "staff_local": "101", "tax_again": "y"},
        {"view", "income", "staff_local", "tax_again"},
    ),
}


@both
@pytest.mark.parametrize(("typed", "fields"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    client, address, typed, fields
):
    response = client.post(address, typed)

    form = response.context["form"]
    assert response.status_code == 200
    assert set(form.errors) == fields
    assert response.context["answer"] is None
    page = text(response)
    assert "<title>Error:" in page
    assert "There is a problem" in page
    for name in fields:
        focus = form[name].govuk_focus_id
        assert f'href="#{focus}"' in page and f'id="{focus}"' in page
        message = escape(form.errors[name][0])
        assert message in page.partition("<h1>")[0], "in the summary"
        assert message.rpartition(": ")[2][1:] in at_field(page, name)
    for name, value in typed.items():
        if name not in ("view", "how"):
            assert form[name].value() == value
    for value in ("500,000", "120,000"):
        assert (value in typed.values()) == (f'value="{value}"' in page)


def test_what_is_wrong_in_the_part_not_asked_for_is_left_alone(client):
    response = client.post(PAGE, {**QUICK, "staff_local": "oops", "income": "oops"})

    assert not response.context["form"].errors
    assert 'value="oops"' in response.content.decode()


def test_engine_errors_name_the_line_that_they_are_about(client):
    """The table leaves out blank lines, so the engine counts them differently."""
    typed = {"view": "council", "area": "Leeds", "how": "guided", "income": "5"}
    form = client.post(PAGE, {**typed, "tax_amount": "-1", "other_amount": "-2"}).context["form"]

    assert set(form.errors) == {"tax_amount", "other_amount"}
    assert form.errors["tax_amount"][0].startswith(KIND_NAMES["tax"])


def test_what_is_typed_is_escaped(client):
    page = client.post(PAGE, {**QUICK, "area": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@both
@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_REFERER": "https://evil.example/"},
    ],
)
def test_a_form_from_another_site_is_refused(client, address, headers):
    assert client.post(address, QUICK, **headers).status_code == 403


@both
def test_no_token_is_asked_for_and_no_cookie_is_set(address):
    strict = Client(enforce_csrf_checks=True)

    for response in (strict.get(address), strict.post(address, QUICK)):
        assert response.status_code == 200
        assert not response.cookies
        assert b"csrf" not in response.content.lower()


@both
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client, address, method):
    assert getattr(client, method)(address).status_code == 405


def test_a_query_changes_nothing(client):
    assert client.get(f"{PAGE}?r1=5&view=council").content == client.get(PAGE).content


def test_the_page_asks_the_database_only_who_runs_the_site(client, django_assert_max_num_queries):
    client.get(PAGE)
    with django_assert_max_num_queries(3):
        client.post(PAGE, EXAMPLE)


@pytest.mark.parametrize("typed", [EXAMPLE, START], ids=["guided", "three numbers"])
def test_one_calculation_enters_the_ten_files_that_the_architecture_names(client, typed):
    client.post(PAGE, typed)
    room = str(settings.BASE_DIR / "multiplier") + "/"
    entered = set()

    def note(frame, event, argument):
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(room) and "/tests/" not in name:
            entered.add(name.removeprefix(room).removesuffix(".py"))

    sys.setprofile(note)
    client.post(PAGE, typed)
    sys.setprofile(None)

    page = (settings.BASE_DIR / "docs" / "architecture.md").read_text()
    told = re.findall(r"`(\w+)(?:/(\w+))?/?`", page.partition("## One guided calculation")[2])
    assert {Path(name).name for name in entered} <= {last or first for first, last in told}
    assert len(entered) <= 10, sorted(entered)


def test_nothing_typed_is_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post(PAGE, {**QUICK, "area": "Secretshire", "r1": "123456789"})
        client.post(PAGE, {**QUICK, "area": "Secretshire", "r1": "x987654321"})

    assert "Secretshire" not in caplog.text
    assert "123456789" not in caplog.text
    assert "987654321" not in caplog.text


@both
def test_an_assumed_figure_is_put_in_only_when_its_button_is_pressed(client, address):
    blank = {**EXAMPLE, "staff_again": ""}
    assert client.post(address, blank).context["form"]["staff_again"].value() == ""

    response = client.post(address, {**blank, "do": "assume staff_again"})

    form = response.context["form"]
    assert form["staff_again"].value() == "35 (25 to 50)"
    assert "(assumed 25 to 50%)" in text(response)
    assert "about" not in response.context["answer"].sentence  # a share is still blank


@both
def test_an_assumed_figure_amid_unfinished_typing_blames_nothing(client, address):
    response = client.post(address, {"income": "x", "do": "assume premises_again"})

    page = text(response)
    assert 'value="30 (0 to 50)"' in page and 'value="x"' in page
    assert "There is a problem" not in page and response.context["answer"] is None


@both
@pytest.mark.parametrize("do", ["assume tax_again", "assume", "assume staff_amount", "fly", "\0"])
def test_a_button_that_does_not_exist_is_work_it_out(client, address, do):
    response = client.post(address, {**QUICK, "do": do})

    assert "£1.71" in text(response)


def test_a_range_that_was_typed_is_named_and_claimed_as_typed(client):
    response = client.post(PAGE, {**EXAMPLE, "supplier_again": "50 (40 to 60)"})

    said = response.context["answer"]
    assert "about 93p more was spent again" in said.sentence
    assert "(range 92p to 94p)" in said.sentence
    assert said.figure == "£1.93" and said.range == "£1.92 to £1.94"
    assert "entered as 40 to 60%" in text(response)


def test_a_range_the_wrong_way_round_is_told_at_its_field(client):
    response = client.post(PAGE, {**EXAMPLE, "supplier_again": "60 to 40"})

    assert set(response.context["form"].errors) == {"supplier_again"}


def test_money_that_comes_back_from_outside_counts_where_it_is_asked_for(client):
    """lm3.md T08: q of staff 5%, of suppliers 10%."""
    away = {f"{kind}_away": "0" for kind in ("premises", "tax")}
    typed = {**EXAMPLE, "supplier_again": "50", "staff_away": "5", "supplier_away": "10", **away}

    assert client.post(PAGE, typed).context["answer"].figure == "£1.93"
    response = client.post(PAGE, {**typed, "extended": "on"})
    assert response.context["answer"].figure == "£1.95"
    assert "extended" in response.context["answer"].basis[2]
    assert "Spent here by those elsewhere" in text(response)
    blank = client.post(PAGE, {**typed, "extended": "on", "staff_away": ""})
    assert blank.context["answer"].range == "£1.94 to £2.06"
    assert "Staff elsewhere, per cent they spend in the area" in text(blank)


def test_a_share_of_take_home_pay_needs_what_it_is_of(client):
    response = client.post(PAGE, {**EXAMPLE, "net": "on"})
    assert set(response.context["form"].errors) == {"net_to_gross"}

    response = client.post(
        PAGE, {**EXAMPLE, "supplier_again": "50", "net": "on", "net_to_gross": "80"}
    )
    assert response.context["answer"].lm3_exact == "2373/1250"  # 483/250 - 0.48 x 0.35 x 0.2


def test_spending_beyond_the_income_may_be_made_round_1(client):
    over = {**EXAMPLE, "income": "400,000", "supplier_again": "50"}
    assert "Use all the spending, £500,000, as round 1" in text(client.post(PAGE, over))
    assert "Make all the spending" not in text(client.post(FRAME, over))

    response = client.post(PAGE, {**over, "do": "spend"})

    assert response.context["form"]["income"].value() == "500000"
    assert response.context["answer"].figure == "£1.93"
    assert "Make all the spending" not in text(response)
    for odd in (QUICK, {**over, "income": "x"}):
        assert client.post(PAGE, {**odd, "do": "spend"}).status_code == 200
