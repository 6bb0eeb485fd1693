"""Reading lists: what editors chose, in order, and what they leave out."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import PageViewRestriction

from casestudies.models import Reading, ReadingListPage
from casestudies.tests.factories import CaseStudyPageFactory, CouncilFactory
from councils.models import Council


@pytest.fixture
def chosen(case_studies):
    """Three case studies, in the order of a reading list."""
    return [
        CaseStudyPageFactory(parent=case_studies, title=title) for title in ("Zeta", "Alpha", "Mu")
    ]


@pytest.fixture
def reading_list(case_studies, chosen):
    page = ReadingListPage(title="Start here", slug="start-here", introduction="Our choice.")
    page.readings = [
        Reading(sort_order=n, case_study=study, why=f"Because of {study.title}.")
        for n, study in enumerate(chosen)
    ]
    return case_studies.add_child(instance=page)


def shown(client):
    response = client.get("/case-studies/start-here/")
    assert response.status_code == 200
    return [page.title for page in response.context["case_studies"]], response.content.decode()


def test_reading_list_shows_case_studies_in_order_each_with_why(client, reading_list):
    titles, html = shown(client)

    assert titles == ["Zeta", "Alpha", "Mu"]
    assert html.index("Because of Zeta.") < html.index("Because of Alpha.")
    assert 'href="/case-studies/alpha/"' in html
    assert "Our choice." in html


def test_what_is_not_public_is_left_out(client, reading_list, chosen):
    draft, private, invented = chosen
    draft.unpublish()
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    Council.objects.filter(pk=invented.council_id).update(is_demonstration=True)

    titles, html = shown(client)

    assert titles == []
    assert "Because of" not in html
    assert "None of these case studies is published" in html


def test_list_of_all_names_reading_lists_on_its_first_page_only(client, reading_list):
    link = '<a href="/case-studies/start-here/">Start here</a>'

    assert link in client.get("/case-studies/").content.decode()
    for query in ("?status=running", "?q=alpha", "?sort=newest", "?like=nowhere"):
        assert link not in client.get("/case-studies/" + query).content.decode()
    reading_list.unpublish()
    assert link not in client.get("/case-studies/").content.decode()


def test_reading_list_is_in_the_sitemap(client, reading_list):
    assert "/case-studies/start-here/" in client.get("/sitemap.xml").content.decode()


def test_invented_case_study_cannot_be_chosen(case_studies):
    council = CouncilFactory(is_demonstration=True)
    invented = CaseStudyPageFactory(parent=case_studies, council=council)

    with pytest.raises(ValidationError, match="real council"):
        Reading(case_study=invented, why="Because.").clean()


def test_draft_without_a_council_can_be_chosen_and_is_not_shown(client, case_studies, reading_list):
    draft = CaseStudyPageFactory(parent=case_studies, council=None, live=False, title="Hidden")
    reading = Reading(page=reading_list, case_study=draft, why="Because of it.")
    reading.clean()
    reading.save()

    titles, html = shown(client)

    assert titles == ["Zeta", "Alpha", "Mu"]
    assert "Because of it." not in html


def test_queries_are_the_same_for_one_and_three(
    client, reading_list, django_assert_num_queries, django_assert_max_num_queries
):
    client.get("/case-studies/start-here/")
    with django_assert_max_num_queries(15) as three:
        client.get("/case-studies/start-here/")
    Reading.objects.filter(page=reading_list, sort_order__gt=0).delete()
    with django_assert_num_queries(len(three)):
        client.get("/case-studies/start-here/")
