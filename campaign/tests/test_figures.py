"""Figures of case studies, drawn to scale, and their chooser."""

import re

import pytest
from django.urls import reverse
from wagtail.blocks import StructBlockValidationError

from campaign.figures import FigureBlock, draw
from casestudies.models import CaseStudyPage
from casestudies.tests.factories import CouncilFactory, ResultFactory


def result(figure, unit="", **fields):
    return ResultFactory.build(figure=figure, unit=unit, **fields)


def shapes(svg, kind):
    """How many shapes a class of path has."""
    found = re.search(rf'class="drawn__{kind}" d="([^"]*)"', svg)
    return found[1].count("M") if found else 0


@pytest.mark.parametrize(
    ("figure", "filled"),
    [("41%", 41), ("about 40%", 40), ("0.4%", 0), ("99.5%", 100), ("100%", 100)],
)
def test_share_fills_as_many_of_a_hundred(figure, filled):
    kind, svg = draw(result(figure))

    assert kind == "share"
    assert (shapes(svg, "part"), shapes(svg, "rest")) == (filled, 100 - filled)
    assert f'aria-label="{filled} of 100 hexagons are filled."' in svg


@pytest.mark.parametrize(
    ("figure", "out_of", "part", "rest"),
    [("149", None, 149, 0), ("over 150", None, 150, 0), ("29", 69, 29, 40), ("1", None, 1, 0)],
)
def test_count_draws_one_for_each(figure, out_of, part, rest):
    kind, svg = draw(result(figure, "projects"), out_of=out_of)

    assert kind == "count"
    assert (shapes(svg, "part"), shapes(svg, "rest")) == (part, rest)


@pytest.mark.parametrize(
    "figure", ["1,000", "12.5", "£1 million", "£0.50", "two thirds", "47% to 60%", "140%", "0"]
)
def test_figure_that_cannot_be_drawn_stands_as_a_number(figure):
    assert draw(result(figure)) == ("", "")


def test_part_larger_than_its_whole_is_not_drawn():
    assert draw(result("29", "suppliers"), out_of=20) == ("", "")


def test_pounds_for_each_pound_are_to_scale():
    kind, svg = draw(result("£2.50"))

    assert kind == "pounds"
    first, more = re.findall(r'width="([\d.]+)"', svg)
    assert float(more) / float(first) == pytest.approx(1.5, abs=0.01)


def test_two_figures_are_columns_to_scale():
    kind, svg = draw(result("nearly 27,000", "members"), result("17,000", "people"))

    assert kind == "pair"
    was, now = (float(height) for height in re.findall(r'height="([\d.]+)"', svg))
    assert was / now == pytest.approx(17 / 27, abs=0.001)
    assert "17,000" in svg and "nearly 27,000" in svg


def test_drawing_escapes_the_words_of_editors():
    _, svg = draw(result("27", period='<script>"'), result("17", period="x"))

    assert "<script>" not in svg


@pytest.fixture
def studies(make_case_studies):
    pages = make_case_studies(2)
    for page in pages:
        page.results = [ResultFactory.build(figure=words) for words in ("41%", "20%", "£3")]
        page.save_revision().publish()
    return [CaseStudyPage.objects.get(pk=page.pk) for page in pages]


def clean(figure, compared_with=None, out_of=None):
    block = FigureBlock()
    given = {"lead": "A", "figure": figure, "compared_with": compared_with, "out_of": out_of}
    return block, block.to_python(given)


def keys(page):
    return [each.pk for each in page.results.all()]


def test_figures_of_one_unit_and_case_study_can_be_compared(studies):
    first, second, _ = keys(studies[0])
    block, value = clean(first, second)

    assert block.clean(value)["compared_with"] == second


def test_figures_that_measure_different_things_cannot_be_compared(studies):
    (first, _, pounds), (other, *_) = keys(studies[0]), keys(studies[1])

    for wrong in (pounds, other, first):
        block, value = clean(first, wrong)
        with pytest.raises(StructBlockValidationError) as refused:
            block.clean(value)
        assert "compared_with" in refused.value.block_errors
        block.clean_deferred(value)  # a draft may


def test_whole_smaller_than_its_part_is_refused(studies):
    block, value = clean(keys(studies[0])[0], out_of=20)

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)

    assert "out_of" in refused.value.block_errors


def test_chooser_lists_figures_of_published_case_studies(editor_client, studies, make_case_studies):
    one, two = studies
    two.unpublish()
    invented = CouncilFactory(is_demonstration=True)
    [secret] = make_case_studies(1, council=invented, title="Invented")

    html = editor_client.get(reverse("figures:choose_results")).content.decode()

    assert one.title in html
    assert two.title not in html
    assert secret.title not in html
    assert "41% of local benefit for every £1 of income" in html


def test_chooser_finds_by_number_and_by_council(editor_client, studies):
    one, two = studies
    two.council.name = "Oadby and Wigston Borough Council"
    two.council.save()
    address = reverse("figures:choose_results")

    html = editor_client.get(address, {"q": "41% Oadby"}).content.decode()

    assert two.title in html
    assert one.title not in html
    assert "20%" not in html


def test_chooser_is_for_staff(client, studies):
    assert client.get(reverse("figures:choose")).status_code == 302


def test_use_of_a_figure_is_known_to_wagtail(studies):
    first = keys(studies[0])[0]
    block, value = clean(first)

    assert [found[1] for found in block.extract_references(value)] == [str(first)]
