"""The calculator's two addresses: what they answer, keep, refuse and never do."""

import logging

import pytest
from django.test import Client
from django.utils.html import escape

from multiplier.examples import EXAMPLE
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


@both
def test_the_empty_form_is_there(client, address):
    page = text(client.get(address))

    assert "How far does your money go, locally?" in page
    assert "Staff, </span>pounds a year" in page
    assert "For every £1" not in page


def test_the_empty_page_gives_the_published_figure_as_what_it_is(client):
    page = text(client.get(PAGE))

    assert "£2.52 in all" in page
    assert "+ £1.52" in page
    assert "Tony Armstrong" in page
    assert "LocalGov, 5 July 2019. The inputs are not published." in page


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
    assert "suppliers, per cent of the local part spent locally again" in page
    assert "Held as surplus" in page
    assert "£96,000" in page


def test_a_known_answer_says_that_there_is_no_range(client):
    page = text(client.post(PAGE, {**EXAMPLE, "supplier_again": "50%"}))

    assert "£1.93" in page
    assert "nothing was left blank" in page
    assert "exactly 483/250" in page


def test_warnings_stand_beside_the_answer(client):
    page = text(client.post(PAGE, {**EXAMPLE, "income": "400,000"}))

    assert "More was spent than came in" in page
    assert "From reserves" in page


WRONG = {
    "nothing typed": ({"how": "guided"}, {"view", "area", "income"}),
    "nothing typed, three numbers": ({"how": "quick"}, {"view", "area", "r1"}),
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
    "unknown way": ({**QUICK, "how": "magic"}, {"how"}),
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
        # in the summary and at the field
        assert page.count(escape(form.errors[name][0])) >= 2
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


def test_nothing_typed_is_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post(PAGE, {**QUICK, "area": "Secretshire", "r1": "123456789"})
        client.post(PAGE, {**QUICK, "area": "Secretshire", "r1": "x987654321"})

    assert "Secretshire" not in caplog.text
    assert "123456789" not in caplog.text
    assert "987654321" not in caplog.text
