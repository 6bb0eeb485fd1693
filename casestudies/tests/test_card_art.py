"""The art of cards: a figure is drawn to scale, any other card gets its theme's pattern."""

import re
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from casestudies import card_art
from casestudies.choices import Theme
from casestudies.tests.factories import CaseStudyPageFactory, ResultFactory


def shapes(art):
    """Return how many shapes of each kind there are, and how the drawing fits its card."""
    svg = BeautifulSoup(art, "html.parser").svg
    counts = {path["class"][0][9:]: path["d"].count("M") for path in svg("path")}
    return counts, svg["preserveaspectratio"]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("41", "%", {"here": 41, "land": 59}),
        ("99.5", "%", {"here": 100}),
        ("149", "projects", {"here": 149}),
        ("1", "hall", {"here": 1}),
        ("400", "people", {"here": 400}),
        ("2.43", "GBP", {"here": 1, "member": 1}),
    ],
)
def test_figure_is_drawn_to_scale_and_nothing_of_it_is_cut_off(value, unit, expected):
    art = card_art.of(Decimal(value), unit, Theme.BUYING, "a")

    assert shapes(art) == (expected, "xMidYMid meet")
    assert all(-1 <= float(x) <= card_art.CROP_WIDTH for x in re.findall(r"M(-?[\d.]+) ", art))


def test_pound_and_what_comes_on_top_are_as_wide_as_they_are_large():
    rest, first = re.findall(r"h(\d+)v", card_art.of(Decimal("2.5"), "GBP", "", "a"))

    assert int(rest) / int(first) == pytest.approx(1.5, rel=0.02)


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (None, ""),
        ("0", "%"),
        ("-4", "%"),
        ("140", "%"),
        ("401", "people"),
        ("2.5", "people"),
        ("1", "GBP"),
        ("500000", "GBP"),
    ],
)
def test_other_figure_gets_the_pattern_of_its_theme(value, unit):
    art = card_art.of(value and Decimal(value), unit, Theme.GRANTS, "a")

    assert art == card_art.of(None, "", Theme.GRANTS, "a")
    assert "slice" in art


def test_each_theme_has_a_pattern_of_its_own_and_each_page_a_variant():
    patterns = {card_art.of(None, "", theme, name) for theme in Theme for name in ("a", "b")}

    assert len(patterns) == 2 * len(Theme)
    assert card_art.of(None, "", "", "a"), "a draft may have no theme yet"


def test_card_shows_its_leading_figure(client, case_studies):
    page = CaseStudyPageFactory(parent=case_studies, results=0)
    page.results = [ResultFactory.build(figure="41%"), ResultFactory.build(figure="149")]
    page.save_revision().publish()

    assert page.card_art in client.get("/case-studies/").content.decode()
    assert shapes(page.card_art)[0] == {"here": 41, "land": 59}
