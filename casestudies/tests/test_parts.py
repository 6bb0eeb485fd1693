"""What makes a case study full, and what its page shows."""

import pytest
from wagtail.rich_text import RichText

from casestudies import parts
from casestudies.choices import ALWAYS, Completeness, Part
from casestudies.models import CaseStudyPage
from casestudies.tests.factories import CaseStudyPageFactory

STEPS = [
    ("step", {"date": f"20{n}", "until": "", "what": RichText("<p>x</p>")}) for n in (17, 15, 18)
]
TICKABLE = [part.value for part in Part if part not in ALWAYS]


@pytest.fixture
def full(case_studies):
    return CaseStudyPageFactory(parent=case_studies, steps=STEPS, nothing_found=TICKABLE)


def test_every_part_answered_is_full(full):
    assert parts.missing(full) == []
    assert CaseStudyPage.objects.get(pk=full.pk).completeness == Completeness.FULL


@pytest.mark.parametrize("part", TICKABLE)
def test_part_without_answer_is_short(full, part):
    full.results = []
    full.nothing_found = [each for each in TICKABLE if each != part]
    assert parts.missing(full) == [f"Fill in “{Part(part).label}”"]


@pytest.mark.parametrize("name", ["the_problem", "story", "steps", "sources"])
def test_what_cannot_be_ticked_away_is_needed(full, name):
    setattr(full, name, "" if name == "the_problem" else [])
    full.nothing_found = [*TICKABLE, *(part.value for part in ALWAYS)]

    assert parts.completeness(full) == Completeness.SHORT


def test_two_steps_are_too_few(full):
    full.steps = STEPS[:2]

    assert parts.missing(full) == ["Add 3 steps or more under “Step by step”"]


def test_year_it_began_is_that_of_the_earliest_step(full):
    assert full.began == 2015


def test_full_page_says_where_nothing_was_found(client, full):
    html = client.get(full.url).content.decode()

    for words in ("who decided", "partners", "the cost", "the people it took", "how long it took"):
        assert f"We found nothing published about {words}." in html
    assert "Short note" not in html
    assert html.count("</h2>") == html.count("<h2")


def test_short_note_has_no_empty_headings(client, case_studies):
    short = CaseStudyPageFactory(parent=case_studies, nothing_found=TICKABLE)

    html = client.get(short.url).content.decode()

    assert "nothing published about who decided" not in html
    assert 'id="what-it-took"' not in html
    assert "We found nothing published about what was hard" in html
