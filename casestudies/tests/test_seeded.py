"""What the seed has made: every page once, and never against an editor."""

import re

import pytest
from django.core.management import call_command
from wagtail.models import Site

from casestudies.models import CaseStudyIndexPage, CaseStudyPage, ReadingListPage
from casestudies.seed import case_studies, choose_figures, seed
from councils import register
from principles import seed as principle_texts
from principles.models import PrinciplePage

MADE = len(list(case_studies())) + 2


@pytest.fixture(scope="module")
def seeded(whole_register):
    """The site's root page, under which the seed has made all; undone after the last test."""
    call_command("load_councils", register.DATA / "other_bodies.csv", verbosity=0)
    home = Site.objects.get(is_default_site=True).root_page
    assert seed(home) == MADE
    principle_texts.seed(home)
    return home


@pytest.fixture
def home(seeded, db):
    """That root page, read anew."""
    return Site.objects.get(is_default_site=True).root_page


def test_texts_fit_columns(home):
    """Check lengths, because SQLite stores longer texts and PostgreSQL refuses them."""
    for page in CaseStudyPage.objects.all():
        for row in (page, *page.sources.all(), *page.results.all()):
            row.clean_fields(exclude=["content_type"])


def test_seed_publishes_every_page_once(home, client):
    assert seed(home) == 0
    assert CaseStudyPage.objects.live().count() == MADE - 2
    for page in CaseStudyPage.objects.all():
        html = client.get(page.url).content.decode()
        assert "[[" not in html
        anchors = set(re.findall(r'href="#(source-[^"]*)"', html))
        assert anchors <= set(re.findall(r'id="(source-[^"]*)"', html))
        cited = re.findall(r'id="(cited-[^"]*)"', html)
        assert sorted(cited) == sorted(re.findall(r'href="#(cited-[^"]*)"', html))


def test_seed_again_keeps_edits_and_unpublished_pages(home):
    page, other = CaseStudyPage.objects.all()[:2]
    page.title = "The editor's title"
    page.save_revision().publish()
    other.unpublish()

    seed(home)

    assert CaseStudyPage.objects.get(pk=page.pk).title == "The editor's title"
    assert not CaseStudyPage.objects.get(pk=other.pk).live


def test_seed_again_leaves_renamed_and_deleted_pages(home):
    renamed, deleted = CaseStudyPage.objects.all()[:2]
    renamed.slug = "a-better-name"
    renamed.save_revision().publish()
    deleted.delete()

    assert seed(home) == 0

    CaseStudyIndexPage.objects.get().delete()

    assert seed(home) == 0
    assert not CaseStudyIndexPage.objects.exists()


def test_titles_name_the_right_council(home):
    for page in CaseStudyPage.objects.select_related("council"):
        assert page.council.name.startswith(page.title.partition(":")[0])


def test_reading_list_is_made_once_of_case_studies_that_say_what_was_hard(home):
    (page,) = ReadingListPage.objects.live()
    chosen = [reading.case_study for reading in page.readings.all()]

    assert len(chosen) == 3
    assert all(each.what_was_hard and each.live for each in chosen)
    page.delete()
    seed(home)
    assert not ReadingListPage.objects.exists()


@pytest.fixture
def principle_pages(home):
    """The six pages of the principles; no figure is chosen yet."""
    return PrinciplePage.objects.order_by("principle__number")


def figures_of(page):
    return [(block.value["case_study"], block.value["figure"]) for block in page.chosen_figures]


def test_chosen_figures_are_those_of_case_studies_on_the_principle(principle_pages, client):
    assert choose_figures() == 6

    for page, text in zip(principle_pages, principle_texts.texts(), strict=True):
        chosen = figures_of(page)
        assert [(study.slug, figure) for study, figure in chosen] == [
            (each["case_study"], each["figure"]) for each in text["figures"]
        ]
        for study, figure in chosen:
            assert page.principle in study.principles.all(), (page, study)
            assert figure in [result.figure for result in study.results.all()], (page, study)
        shown = client.get(page.url).context["figures"]
        assert [(study.pk, result.figure) for study, result in shown] == [
            (study.pk, figure) for study, figure in chosen
        ]


def test_chosen_figure_that_others_contradict_has_a_note(principle_pages):
    """A figure of several that disagree has a note, which the principle's page shows."""
    choose_figures()

    for page in principle_pages:
        for study, figure in figures_of(page):
            result = study.results.get(figure=figure)
            assert not result.beside or result.note, (page, figure)


def test_figures_are_chosen_once(principle_pages):
    choose_figures()
    page = principle_pages[2]
    page.chosen_figures = []
    page.save_revision().publish()

    assert choose_figures() == 0
    assert not principle_pages[2].chosen_figures


def test_figures_are_not_chosen_over_a_draft(principle_pages):
    page = principle_pages[2]
    page.intro = "Not yet said"
    page.save_revision()

    assert choose_figures() == 5
    assert principle_pages[2].get_latest_revision_as_object().intro == "Not yet said"
