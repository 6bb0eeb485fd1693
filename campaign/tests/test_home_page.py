import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.blocks import StreamBlockValidationError, StreamValue

from campaign.models import HomePage
from campaign.tests.factories import NewsPageFactory, band
from casestudies.tests.factories import CouncilFactory
from network.actions.memberships import record_existing_membership
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

BUDGET = 15
STREAM = HomePage.body.field.stream_block


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
    assert response.content.decode().count("<h1") == 1
    assert "The power is already here." in response.content.decode()
    assert not response.cookies


def test_home_page_without_bands_has_a_heading(client, home):
    home.body = []
    home.save()

    assert "<h1" in client.get("/").content.decode()


def test_bands_are_shown_in_the_editors_order(client, home):
    home.body = [
        band("hero"),
        band("call_to_action", title="Second"),
        band("how_to_join", title="Third"),
        band("call_to_action", title="Fourth"),
    ]
    home.save()

    html = client.get("/").content.decode()

    places = [html.index(f">{title}<") for title in ("Second", "Third", "Fourth")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["principles"], "Begin with the hero"),
        (["hero", "hero"], "maximum"),
        (["principles", "hero"], "Move the hero to the top"),
        (["hero", "calculator_invitation", "calculator_invitation"], "maximum"),
    ],
)
def test_home_page_has_one_hero_and_it_is_first(db, names, problem):
    with pytest.raises(StreamBlockValidationError) as refused:
        STREAM.clean(StreamValue(STREAM, [band(name) for name in names]))

    assert problem in str(refused.value.non_block_errors)


def test_draft_of_home_page_can_have_its_hero_anywhere(db):
    value = StreamValue(STREAM, [band("principles"), band("hero")])

    assert len(STREAM.clean_deferred(value)) == 2


def test_home_page_stays_within_budget_at_any_size(client, home, news_index, make_case_studies):
    index = PrincipleIndexPageFactory(parent=home)
    PrinciplePageFactory(parent=index, number=1)
    studies = make_case_studies(3, results=2)
    join(CouncilFactory(hex_q=1, hex_r=1))

    def fill(chosen):
        figures = [figure(study) for study in chosen[:3]]
        home.body = [
            band("hero"),
            band("big_quote", case_study=studies[0].pk),
            band("drawn_figures", figures=figures),
            band("whats_new"),
            band("ask_council"),
            band("calculator_invitation"),
            band("principles"),
            band("case_studies", case_studies=[study.pk for study in chosen]),
            band("how_to_join"),
        ]
        home.save()

    def figure(study):
        return {"lead": "A", "figure": study.results.first().pk, "compared_with": None}

    fill(studies[:1])
    few = queries(client, "/")

    for number in range(2, 7):
        PrinciplePageFactory(parent=index, number=number)
    studies += make_case_studies(3, numbers=(1, 2, 3), results=4)
    for n in range(10):
        NewsPageFactory(parent=news_index)
        join(CouncilFactory(hex_q=n, hex_r=2))
    fill(studies)

    assert queries(client, "/") <= few
    assert few <= BUDGET


def test_home_page_is_unique(home):
    assert HomePage.can_create_at(home.get_parent()) is False


def test_editor_can_edit_home_page(editor_client, home):
    response = editor_client.get(reverse("wagtailadmin_pages:edit", args=[home.pk]))

    assert response.status_code == 200
