import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaign.models import ChosenCaseStudy, HomePage
from campaign.tests.factories import HomePageFactory
from casestudies.tests.factories import CouncilFactory
from councils.choices import Kind
from network.actions.memberships import record_existing_membership
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

BUDGET = 15


def join(council):
    return record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )


def queries(client, url):
    client.get(url)  # what is cached once a process is cached now
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_home_page_answers_at_root_without_cookie(client, home):
    response = client.get("/")

    assert response.status_code == 200
    assert "The power is already here." in response.content.decode()
    assert not response.cookies


def test_home_page_counts_member_councils(client, home):
    join(CouncilFactory(name="Bradford", hex_q=5, hex_r=21))
    join(CouncilFactory(name="East Sussex", kind=Kind.COUNTY))
    join(CouncilFactory(name="A health board", kind=Kind.OTHER_BODY))
    join(CouncilFactory(name="Invented", is_demonstration=True))
    CouncilFactory(name="Leeds", hex_q=6, hex_r=21)

    context = client.get("/").context

    assert context["member_count"] == 2
    assert context["hexmap"].member_names == ["Bradford", "East Sussex"]


def test_home_page_lists_published_principles_in_order(client, home):
    index = PrincipleIndexPageFactory(parent=home)
    for number in (4, 2):
        PrinciplePageFactory(parent=index, number=number)

    context = client.get("/").context

    assert [principle.number for principle in context["principles"]] == [2, 4]


def test_home_page_shows_three_newest_case_studies(client, home, make_case_studies):
    studies = make_case_studies(4)

    shown = client.get("/").context["case_studies"]

    assert [study.pk for study in shown] == [s.pk for s in reversed(studies[1:])]


def test_chosen_case_studies_come_first_and_newest_fill_up(client, home, make_case_studies):
    studies = make_case_studies(5)
    home.chosen_case_studies = [
        ChosenCaseStudy(case_study=studies[1], sort_order=0),
        ChosenCaseStudy(case_study=studies[0], sort_order=1),
    ]
    home.save()

    shown = client.get("/").context["case_studies"]

    assert [study.pk for study in shown] == [
        studies[1].pk,
        studies[0].pk,
        studies[4].pk,
    ]


def test_unpublished_choice_is_replaced(client, home, make_case_studies):
    studies = make_case_studies(4)
    home.chosen_case_studies = [ChosenCaseStudy(case_study=studies[0])]
    home.save()
    studies[0].unpublish()

    shown = client.get("/").context["case_studies"]

    assert [study.pk for study in shown] == [s.pk for s in reversed(studies[1:])]


def test_preview_shows_unsaved_choice(home, make_case_studies):
    studies = make_case_studies(4)
    home.chosen_case_studies = [ChosenCaseStudy(case_study=studies[0])]

    assert home.case_studies()[0].pk == studies[0].pk


def test_home_page_stays_within_budget_at_any_size(client, home, make_case_studies):
    index = PrincipleIndexPageFactory(parent=home)
    PrinciplePageFactory(parent=index, number=1)
    make_case_studies(1)
    join(CouncilFactory(hex_q=1, hex_r=1))
    few = queries(client, "/")

    for number in range(2, 7):
        PrinciplePageFactory(parent=index, number=number)
    make_case_studies(6, numbers=(1, 2, 3), results=4)
    for n in range(20):
        join(CouncilFactory(hex_q=n, hex_r=2))

    assert queries(client, "/") <= max(few, BUDGET)
    assert few <= BUDGET


def test_home_page_is_unique(home):
    assert HomePage.can_create_at(home.get_parent()) is False


def test_home_page_requires_hero_text(db):
    with pytest.raises(ValidationError):
        HomePageFactory(hero_title="")


def test_editor_can_edit_home_page(editor_client, home):
    response = editor_client.get(reverse("wagtailadmin_pages:edit", args=[home.pk]))

    assert response.status_code == 200
