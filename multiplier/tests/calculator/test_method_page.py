"""The method's page: its figures are the engine's, its links lead somewhere."""

import re

import pytest

from multiplier.charts import published
from multiplier.engine import METHOD_VERSION, methods

PAGE = "/multiplier/method/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    assert not response.cookies
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


def test_the_claim_of_252_is_taken_apart_by_the_engine(page):
    for words in (
        "local recipients must spend at least 52% of it locally again, on average over every pound",
        "at least 76% of the income must be spent locally",
        "with one rate for both rounds, that rate is 83%",
        "113% of the income would have to be spent locally, which is not possible",
        "no organisation can be above 2.35",
        "That includes the £1 itself: £1.52 is spent again",
    ):
        assert words in page


def test_the_example_adds_up(page):
    assert "(£500,000 + £340,000 + £126,000) ÷ £500,000 = 483/250 exactly, shown as 1.93" in page
    assert "£160,000 was not spent locally in round 2 (£20,000 of it is held" in page
    assert "1.93 and 1.45, 0.485 apart" in page
    assert "2.68 and 1.33, 1.35 apart" in page


def test_the_other_figures_are_those_of_the_specification(page):
    for words in (
        "£1,400,000, not the £1,760,000",
        "brings £14.0m. Moving 10% of what is local now brings £4.2m",
        "becomes £50 at 80% a step",
        "In three rounds it is £24.40",
        "£1.76 against 36p is 389% more",
        "Three rounds are 2.00",
    ):
        assert words in page
    assert "80%2.445.0048.8%" in page


def test_it_says_which_view_a_published_figure_has_and_keeps_pence_apart(page):
    for each in published.PUBLISHED:
        assert each.who in page and each.when in page
    assert page.index("are not multipliers in our sense") < page.index("suppliers in the county")


def test_every_entry_of_the_contents_leads_to_a_heading(client):
    html = client.get(PAGE).content.decode()

    targets = re.findall(r'<li><a href="#([\w-]+)">', html)
    assert len(targets) == 14
    assert targets == re.findall(r'<h2 id="([\w-]+)">', html)


def test_the_history_ends_with_the_present_version(page):
    assert methods.VERSIONS[-1].number == METHOD_VERSION
    assert methods.newer_than(METHOD_VERSION) is None
    assert methods.newer_than("0") is methods.VERSIONS[-1]
    assert "25 November 2026" in page
