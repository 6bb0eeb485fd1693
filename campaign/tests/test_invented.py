"""Case studies of demonstration councils, which have a page and are listed nowhere."""

import pytest

from campaign.tests.factories import band
from campaign.tests.test_content_page import card_block, page_with
from casestudies.tests.factories import CouncilFactory
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory


@pytest.fixture
def real(make_case_studies):
    [study] = make_case_studies(1, title="It happened")
    return study


@pytest.fixture
def invented(make_case_studies):
    council = CouncilFactory(is_demonstration=True)
    [study] = make_case_studies(1, title="It never happened", council=council)
    return study


def text_of(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_invented_case_study_has_page(client, home, invented):
    assert invented.title in text_of(client, invented.url)


@pytest.mark.parametrize("chosen", [False, True])
def test_home_page_leaves_out_invented(client, home, real, invented, chosen):
    figures = [{"lead": "A", "figure": invented.results.first().pk}] if chosen else []
    home.body = [
        band("hero"),
        band("big_quote", case_study=invented.pk if chosen else None),
        band("drawn_figures", figures=figures),
        band("whats_new"),
        band("case_studies", case_studies=[invented.pk] if chosen else []),
    ]
    home.save_revision().publish()

    text = text_of(client, "/")

    assert real.title in text
    assert invented.title not in text


def test_cards_leave_out_invented(client, home, real, invented):
    page_with(home, card_block(invented, real))

    text = text_of(client, "/about/")

    assert real.title in text
    assert invented.title not in text


def test_principle_leaves_out_invented(client, home, real, invented):
    index = PrincipleIndexPageFactory(parent=home)
    text = text_of(client, PrinciplePageFactory(parent=index, number=1).url)

    assert real.title in text
    assert invented.title not in text


def test_case_study_list_leaves_out_invented(client, home, case_study_index, real, invented):
    text = text_of(client, case_study_index.url)

    assert real.title in text
    assert invented.title not in text


def test_sitemap_leaves_out_invented(client, home, real, invented):
    text = text_of(client, "/sitemap.xml")

    assert real.url in text
    assert invented.url not in text
