"""Search within the directory, the case studies and a council's page."""

import pytest

from casestudies.tests.factories import CaseStudyIndexPageFactory, CaseStudyPageFactory
from councils.models import CouncilAlias
from councils.tests.factories import make_council
from search.documents.entries import live_entries
from search.engines.asking import get_engine
from search.models import SectorWords, StaleEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def search_file(settings, tmp_path):
    """A search index of this test's own, not built yet."""
    settings.SEARCH_FILE = tmp_path / "search.sqlite3"
    return settings.SEARCH_FILE


def built():
    get_engine().replace_all(live_entries())
    StaleEntry.objects.all().delete()


@pytest.fixture
def councils(db):
    """Two councils, one with another name and a town (councils/data/places.csv)."""
    kirklees = make_council(
        key="kir", slug="kirklees", name="Kirklees", region="yorkshire-and-the-humber"
    )
    CouncilAlias.objects.create(council=kirklees, name="KMC")
    make_council(slug="shrewsbury", name="Shrewsbury", region="west-midlands")


def listed(page):
    return [council.name for council in page.context["page_obj"]]


@pytest.mark.parametrize(
    "q", ["kmc", "Huddersfield", "kirk", "KIRKLEES Metropolitan Council", "Kirkless"]
)
def test_directory_leads_to_the_only_council_that_fits(client, councils, q):
    assert client.get("/councils/", {"q": q}).headers["Location"] == "/councils/kirklees/"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("Yorkshire and The Humber", ["Kirklees"]),
        ("west  midlands", ["Shrewsbury"]),
        ("zzzz", []),
    ],
)
def test_directory_lists_the_councils_of_a_region_by_its_name(client, councils, q, found):
    page = client.get("/councils/", {"q": q})
    assert listed(page) == found
    assert "spelled like it" not in page.content.decode()


def test_directory_offers_names_that_are_spelled_alike(client, councils):
    page = client.get("/councils/", {"q": "Kirkless", "region": "yorkshire-and-the-humber"})
    assert listed(page) == ["Kirklees"]
    assert "These names are spelled like it" in page.content.decode()


def test_directory_finds_names_without_an_index(client, councils, search_file):
    assert not search_file.exists()
    assert client.get("/councils/", {"q": "kmc"}).headers["Location"] == "/councils/kirklees/"


@pytest.fixture
def studies(db):
    """First of two case studies with different subjects."""
    leeds = make_council(slug="leeds", name="Leeds", region="yorkshire-and-the-humber")
    york = make_council(slug="york", name="York", region="yorkshire-and-the-humber")
    index = CaseStudyIndexPageFactory()
    first = CaseStudyPageFactory(
        parent=index, title="Halls", council=leeds, summary="Asset transfer at last."
    )
    CaseStudyPageFactory(
        parent=index, title="Walks", council=york, summary="Workers who walk with people."
    )
    SectorWords.objects.create(words="CAT\nasset transfer")
    built()
    return first


def shown(page):
    return [study.title for study in page.context["listing"].page]


def test_the_case_studies_are_searched_by_the_engine_and_keep_their_filters(client, studies):
    page = client.get("/case-studies/", {"q": "CAT", "region": "yorkshire-and-the-humber"})
    text = page.content.decode()
    assert shown(page) == ["Halls"]
    assert "1 short note for “CAT”, and Yorkshire and The Humber" in " ".join(text.split())
    assert 'href="?region=yorkshire-and-the-humber"' in text, "the words can be taken away"
    assert '<input type="hidden" name="q" value="CAT">' in text
    assert shown(client.get("/case-studies/", {"q": "walking", "principle": "local-spend"})) == []


def test_a_case_study_that_is_withdrawn_is_in_no_list(client, studies):
    studies.unpublish()
    assert shown(client.get("/case-studies/", {"q": "asset transfer"})) == []


def test_the_case_studies_are_searched_by_title_with_the_engine_away(client, studies, search_file):
    search_file.unlink()
    assert shown(client.get("/case-studies/", {"q": "leeds"})) == ["Halls"]


@pytest.mark.parametrize("q", ["", "\x00", '"', "x" * 10_000, "%", "😀"])
def test_nasty_words_break_no_list(client, studies, q):
    for address in ("/case-studies/", "/councils/"):
        assert client.get(address, {"q": q}).status_code == 200


def test_a_council_with_case_studies_has_a_search_of_its_own(client, studies):
    page = client.get("/councils/leeds/").content.decode()
    assert '<input type="hidden" name="council" value="leeds">' in page
    found = client.get("/search/", {"q": "people transfer", "council": "leeds"})
    assert [hit.council for hit in found.context["results"].hits] == ["leeds"]


def test_lists_ask_the_database_no_more_for_more(client, studies, django_assert_max_num_queries):
    for address in ("/case-studies/?q=asset", "/councils/?q=yorkshire"):
        client.get(address)
        with django_assert_max_num_queries(15):
            client.get(address)
