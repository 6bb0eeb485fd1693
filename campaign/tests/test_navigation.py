"""The menu of the header and the columns of the footer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.blocks import StructBlockValidationError
from wagtail.models import Page, PageViewRestriction
from wagtail.test.utils.form_data import nested_form_data, streamfield

from campaign.navigation import FOOTER, LinkBlock, Navigation, navigation
from campaign.tests.factories import ContentPageFactory


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


def footer_of(client) -> str:
    html = client.get("/multiplier/").content.decode()
    return html[html.index('aria-label="Footer"') : html.index("</footer>")]


def choose(**given):
    """Save the editors' links: lists of values for `header` and `footer`."""
    kinds = {"header": "link", "footer": "column"}
    streams = {
        name: [{"type": kinds[name], "value": value} for value in values]
        for name, values in given.items()
    }
    chosen = Navigation()
    for name, rows in streams.items():
        block = Navigation._meta.get_field(name).stream_block
        setattr(chosen, name, block.to_python(rows))
    chosen.save()
    return chosen


def link(text, page=None, address=""):
    return {"text": text, "page": page and page.pk, "address": address}


def test_footer_leaves_out_pages_that_are_not_there(client, home):
    ContentPageFactory(parent=home, slug="about", title="About")

    footer = footer_of(client)

    assert 'href="/about/"' in footer
    assert 'href="/join/"' in footer
    assert 'href="/glossary/"' not in footer
    assert FOOTER[1][0] in footer


def test_header_shows_what_editors_chose(client, home):
    page = ContentPageFactory(parent=home, slug="why", title="A long title")
    choose(header=[link("Why", page), link("Join", address="/join/")])

    menu = menu_of(client)

    assert menu.index('href="/why/">Why<') < menu.index('href="/join/">Join<')
    assert "/councils/" not in menu


def test_footer_has_columns_that_editors_chose(client, home):
    links = [link("Data", address="/data/"), link("Locality", address="https://locality.org.uk/")]
    choose(footer=[{"title": "Useful", "links": links}])

    footer = footer_of(client)

    assert "Useful" in footer
    assert 'href="/data/"' in footer
    assert 'href="https://locality.org.uk/"' in footer
    assert "Tools" not in footer
    assert "Sign in" in footer, "it is no link of the editors"


@pytest.mark.parametrize("why", ["draft", "private", "deleted"])
def test_link_to_page_that_visitors_cannot_see_disappears(client, home, why):
    page = ContentPageFactory(parent=home, slug="why", title="Why")
    choose(header=[link("Why", page), link("Join", address="/join/")])
    if why == "draft":
        page.unpublish()
    elif why == "private":
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    else:
        page.delete()

    menu = menu_of(client)

    assert "Why" not in menu
    assert 'href="/join/"' in menu


def test_menu_of_dead_links_alone_falls_back(client, home):
    page = ContentPageFactory(parent=home, slug="why", title="Why")
    choose(header=[link("Why", page)], footer=[{"title": "Gone", "links": [link("Why", page)]}])
    page.unpublish()

    assert 'href="/councils/"' in menu_of(client)
    assert "Gone" not in footer_of(client)


def test_moved_page_keeps_its_link(client, home):
    above = ContentPageFactory(parent=home, slug="above", title="Above")
    page = ContentPageFactory(parent=home, slug="why", title="Why")
    choose(header=[link("Why", page)])

    Page.objects.get(pk=page.pk).move(above, "last-child")

    assert 'href="/above/why/"' in menu_of(client)


def test_link_marks_where_readers_are(client, home):
    page = ContentPageFactory(parent=home, slug="why", title="Why")
    choose(header=[link("Why", page), link("Councils", address="/councils/")])

    assert 'href="/why/" aria-current="true"' in client.get("/why/").content.decode()
    assert 'href="/councils/" aria-current="true"' in client.get("/councils/").content.decode()


@pytest.mark.parametrize(
    ("address", "with_page", "problem"),
    [
        ("", False, "one of them"),
        ("/join/", True, "one of them"),
        ("/about/", False, "Choose the page itself"),
        ("javascript:alert(1)", False, "must begin with"),
        ("//evil.example/", False, "Choose the page itself"),
    ],
)
def test_link_needs_one_good_target(home, address, with_page, problem):
    block = LinkBlock()
    value = block.to_python(link("A", home if with_page else None, address))

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)

    assert problem in str(refused.value.block_errors["address"])
    block.clean_deferred(value)  # a draft may


def test_menus_cost_the_same_for_one_link_and_ten(home):
    def count():
        navigation.read()  # what is cached once a process is cached now
        with CaptureQueriesContext(connection) as captured:
            assert navigation.read()["header"][0]["text"] == "A"
        return len(captured)

    pages = [ContentPageFactory(parent=home, slug=f"p{n}") for n in range(10)]
    chosen = choose(header=[link("A", pages[0])])
    few = count()
    chosen.delete()
    choose(header=[link("A", page) for page in pages])

    assert count() == few


def test_editor_fills_the_header_in_the_admin(editor_client, client, home):
    typed = nested_form_data(
        {
            "header": streamfield(
                [("link", {"text": "Open data", "page": "", "address": "/data/"})]
            ),
            "footer": streamfield([]),
        }
    )
    address = reverse("wagtailsettings:edit", args=["campaign", "navigation"])
    address = editor_client.get(address).url  # Wagtail adds the key of the one row
    answer = editor_client.post(address, typed, follow=True)

    assert answer.status_code == 200
    assert 'href="/data/">Open data' in menu_of(client)
