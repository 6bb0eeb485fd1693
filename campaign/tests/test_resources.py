"""Resources: the list with its filters, and the page of one."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from wagtail.documents import get_document_model
from wagtail.models import PageViewRestriction

from campaign.forms import NOT_TO_BE_OPENED
from campaign.models import ResourcePage
from campaign.resources import Kind, Topic
from campaign.tests.factories import ResourceIndexPageFactory, ResourcePageFactory
from campaign.tests.test_content_page import BUDGET, queries
from portal.tests.test_head import json_ld_of
from principles.models import Principle

LIST = "/resources/"


@pytest.fixture
def index(home):
    return ResourceIndexPageFactory(parent=home)


@pytest.fixture
def law(index):
    return ResourcePageFactory(
        parent=index,
        title="The rules",
        kind=Kind.LAW,
        publisher="The Office",
        year=2025,
        principles=Principle.objects.filter(number__in=(3, 6)),
    )


@pytest.fixture
def report(index):
    return ResourcePageFactory(
        parent=index, title="The study", kind=Kind.REPORT, topic=Topic.SECTOR, year=None
    )


def text_of(client, path: str) -> str:
    return client.get(path).content.decode()


def titles(client, **query) -> list[str]:
    response = client.get(LIST, query)
    return [page.title for page in response.context_data["listing"].page]


def test_list_shows_newest_first_and_undated_last(client, report, law, index):
    older = ResourcePageFactory(parent=index, title="Old", year=2001)

    assert titles(client) == [law.title, older.title, report.title]
    assert titles(client, sort="title") == ["Old", "The rules", "The study"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "law"}, ["The rules"]),
        ({"kind": ["law", "report"]}, ["The rules", "The study"]),
        ({"topic": "sector"}, ["The study"]),
        ({"principle": "local-spend"}, ["The rules"]),
        ({"principle": "neighbourhood"}, []),
        ({"publisher": "the-office"}, ["The rules"]),
        ({"year": "2025"}, ["The rules"]),
        ({"year": "2025", "topic": "sector"}, []),
    ],
)
def test_facets_narrow_the_list(client, report, law, query, found):
    assert titles(client, **query) == found
    assert client.get(LIST, query).context_data["listing"].total == len(found)


def test_facet_counts_ignore_its_own_choice(client, report, law):
    listing = client.get(LIST, {"kind": "law"}).context_data["listing"]

    assert listing.counts["kind"] == {"law": 1, "report": 1}
    assert listing.counts["principle"] == {"local-spend": 1, "local-by-default": 1}


@pytest.mark.parametrize("query", ["kind=no", "year=1066", "publisher=nobody", "page=9", "page=x"])
def test_list_answers_404_for_what_does_not_exist(client, law, query):
    assert client.get(f"{LIST}?{query}").status_code == 404


def test_list_words_find_resources_and_name_what_they_looked_for(client, report, law):
    text = text_of(client, f"{LIST}?q=zzzz")

    assert "No resources match" in text
    assert '<meta name="robots" content="noindex">' in text


def test_hidden_resources_are_nowhere(client, index, report, law):
    report.unpublish()
    private = ResourcePageFactory(parent=index, title="Private", publisher="Secret Press")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    draft = ResourcePageFactory(parent=index, title="Draft", live=False)

    for text in (text_of(client, LIST), text_of(client, "/sitemap.xml")):
        for page in (report, private, draft):
            assert page.title not in text
            assert page.slug not in text
    assert "Secret Press" not in text_of(client, LIST)
    assert law.slug in text_of(client, "/sitemap.xml")


def test_list_makes_the_same_queries_for_many(client, index, law):
    few = queries(client, LIST)
    for _ in range(10):
        ResourcePageFactory(parent=index, principles=Principle.objects.all())

    assert queries(client, LIST) == few <= BUDGET


def test_page_says_where_to_read_it_and_when_the_link_was_checked(client, index):
    page = ResourcePageFactory(
        parent=index, format="pdf", checked_on=datetime.date(2026, 11, 2), take_care="It is old."
    )
    text = text_of(client, page.url)

    assert f'href="{page.web_address}"' in text
    assert "(PDF)" in text
    assert "We last opened this link on 2 November 2026." in text
    assert "It is old." in text


def test_page_says_that_its_link_was_not_checked(client, law):
    assert "We have not yet opened this link" in text_of(client, law.url)


def test_page_shows_kind_and_size_of_its_document(client, index):
    document = get_document_model().objects.create(title="Copy", file="copy.pdf", file_size=2048)
    page = ResourcePageFactory(parent=index, web_address="", document=document)

    assert "(PDF, 2.0\xa0KB)" in text_of(client, page.url)


def test_page_is_data_of_schema_org(client, law, report):
    data = json_ld_of(text_of(client, law.url))["CreativeWork"]

    assert data["name"] == "The rules"
    assert data["publisher"]["name"] == "The Office"
    assert data["datePublished"] == "2025"
    assert "datePublished" not in json_ld_of(text_of(client, report.url))["CreativeWork"]


def test_resource_needs_an_address_or_a_document_to_be_published(index):
    draft = ResourcePageFactory(parent=index, web_address="", live=False)

    with pytest.raises(ValidationError, match="Enter a web address"):
        draft.save_revision().publish()
    assert not ResourcePage.objects.get(pk=draft.pk).live
    form = ResourcePage.get_edit_handler().get_form_class()({}, instance=draft, parent_page=index)
    assert form.errors["web_address"] == [NOT_TO_BE_OPENED]
