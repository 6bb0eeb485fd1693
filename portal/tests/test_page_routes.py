"""From an address to its page: the same answers as Wagtail's own, with fewer questions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction, Site

from campaign.models import ContentPage
from campaign.tests.factories import ContentPageFactory, HomePageFactory
from portal.page_cache import Remembered

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db):
    return HomePageFactory()


@pytest.fixture
def remembering(monkeypatch):
    """As in a served process, which looks at the generation."""
    monkeypatch.setattr(Remembered, "seen", ("of this test",))


@pytest.fixture
def deep(home) -> str:
    """The address of a page two levels below the home page."""
    parent = ContentPageFactory(parent=home, slug="about", title="About")
    ContentPageFactory(parent=parent, slug="people", title="People")
    return "/about/people/"


def asked(client, address: str) -> list[str]:
    """Return the queries of an address that has been asked for before."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]


def test_page_at_any_depth_takes_two_queries_and_no_look_at_the_site(client, deep, remembering):
    tables = [sql.split(" FROM ")[1].split()[0].strip('"') for sql in asked(client, deep)]
    assert tables[:2] == ["wagtailcore_page", "campaign_contentpage"]
    assert not {"wagtailcore_site", "wagtailcore_pageviewrestriction"} & set(tables)


def test_home_page_is_read_anew_and_not_remembered(client, home, remembering):
    assert b"Keep it Local" in client.get("/").content
    type(home).objects.update(seo_title="Changed behind the back")  # no public change is noted
    assert b"Changed behind the back" in client.get("/").content


def test_draft_and_unknown_address_are_not_found(client, deep):
    ContentPage.objects.filter(slug="people").update(live=False)
    assert client.get(deep).status_code == 404
    assert client.get("/about/nobody/").status_code == 404
    assert client.get("/people/").status_code == 404  # it is below another page


def test_page_of_another_tree_is_not_found(client, home, deep):
    other = ContentPage(title="Elsewhere", slug="elsewhere", body=[])
    home.get_parent().add_child(instance=other)
    assert client.get("/elsewhere/").status_code == 404
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("restricted", ["about", "people"])
def test_restriction_of_the_page_or_above_asks_to_sign_in(client, deep, restricted, remembering):
    assert client.get(deep).status_code == 200
    page = ContentPage.objects.get(slug=restricted)
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert client.get(deep).status_code == 302
    restriction.delete()
    assert client.get(deep).status_code == 200


def test_public_leaves_out_what_is_below_a_restriction(deep, remembering):
    assert ContentPage.objects.public().count() == 2
    PageViewRestriction.objects.create(
        page=ContentPage.objects.get(slug="about"), restriction_type="login"
    )
    assert ContentPage.objects.public().count() == 0


def test_host_decides_where_there_are_two_sites(client, home, deep, remembering, settings):
    settings.ALLOWED_HOSTS = ["*"]
    other = ContentPage(title="Other campaign", slug="other", body=[])
    home.get_parent().add_child(instance=other)
    Site.objects.create(hostname="other.example", root_page=other)
    assert b"Other campaign" in client.get("/", headers={"host": "other.example"}).content
    assert client.get(deep, headers={"host": "other.example"}).status_code == 404
    assert client.get(deep).status_code == 200
