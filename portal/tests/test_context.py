"""The context processor for every template."""

import pytest
from wagtail.models import Page, PageViewRestriction

from portal.models import SiteOperator


def test_reading_page_writes_no_operator(client, db):
    text = client.get("/multiplier/").content.decode()

    assert "Demonstration: not run by Locality" in text
    assert not SiteOperator.objects.exists()


def test_footer_names_operator(client, db):
    SiteOperator.objects.create(name="The Network", email="hello@network.example")

    text = client.get("/multiplier/").content.decode()
    assert "Run by The Network, hello@network.example" in text


def test_operator_is_read_once_for_many_pages(
    client, db, django_assert_num_queries, django_capture_on_commit_callbacks
):
    client.get("/multiplier/")
    with django_assert_num_queries(0):
        client.get("/multiplier/")

    with django_capture_on_commit_callbacks(execute=True):
        SiteOperator.objects.create(name="The Network")
    assert "Run by The Network" in client.get("/multiplier/").content.decode()


@pytest.fixture
def shown(db):
    """A page directly below the home page, shown in menus."""
    home = Page.objects.get(slug="home")
    return home.add_child(instance=Page(title="Our events", slug="our-events", show_in_menus=True))


def menu_of(client) -> str:
    html = client.get("/multiplier/").content.decode()
    return html[html.index('aria-label="Main"') : html.index("</nav>")]


def test_menu_shows_pages_that_editors_show_in_menus(client, shown):
    assert '<a class="nav-link" href="/our-events/">Our events</a>' in menu_of(client)

    shown.show_in_menus = False
    shown.save_revision().publish()
    assert "Our events" not in menu_of(client)


@pytest.mark.parametrize("why", ["draft", "private"])
def test_menu_hides_page_that_visitors_cannot_see(client, shown, why):
    if why == "draft":
        shown.unpublish()
    else:
        PageViewRestriction.objects.create(page=shown, restriction_type="login")

    assert "Our events" not in menu_of(client)


def test_menu_has_first_level_only(client, shown):
    shown.add_child(instance=Page(title="Below", slug="below", show_in_menus=True))

    assert "Below" not in menu_of(client)
