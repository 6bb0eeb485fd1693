"""Wagtail's own search takes whatever people type."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from modelsearch.query import MATCH_ALL, And, Boost, Fuzzy, Not, Or, Phrase, PlainText
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from campaign.models import ContentPage
from portal.admin_search import clean
from portal.models import User
from search.tests.factories import content_page

pytestmark = pytest.mark.django_db
NASTY = [
    '"',
    '""',
    "'",
    "\x00",
    " ",
    "\t\n",
    "a\x00b",
    '"a',
    'a" OR *',
    "NEAR(",
    "%s",
    "_",
    "😀",
]
BLANK = [" ", "\x00", '"', '" "', "😀", "()", "\t"]


@pytest.fixture(autouse=True)
def careful_backend(settings):
    options = {"BACKEND": "portal.admin_search", "SEARCH_CONFIG": "english"}
    settings.WAGTAILSEARCH_BACKENDS = {"default": options}


@pytest.fixture
def anchor(home):
    """A page that Wagtail's index holds."""
    page = content_page(home, "text", title="Anchor page")
    get_search_backend().add(page)
    return page


def found(query, model=Page):
    """What both of Wagtail's ways to search find, by title."""
    backend = get_search_backend()
    return [page.title for page in backend.search(query, model)], [
        page.title for page in backend.autocomplete(query, model)
    ]


def test_words_find_pages_as_ever(anchor):
    assert found("anchor") == (["Anchor page"], ["Anchor page"])
    assert found("anch") == ([], ["Anchor page"])
    assert found("zebra") == ([], [])
    assert found('"anchor" page') == (["Anchor page"], ["Anchor page"])
    assert found("\x00anchor\x00") == (["Anchor page"], ["Anchor page"])


@pytest.mark.parametrize("query", NASTY)
def test_nasty_queries_are_answered(anchor, query):
    found(query)
    found(query, ContentPage)
    assert get_search_backend().search(query, Page).count() >= 0


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("procuring", "Procurement"),
        ("councils", "The council"),
        ("neighbourhoods", "A neighbourhood"),
    ],
)
def test_endings_do_not_matter(home, query, title):
    page = content_page(home, "text", title=title)
    get_search_backend().add(page)
    assert found(query)[0] == [title]


@pytest.mark.parametrize(
    "query", ["proc", "procurem", "procuremen", "procurement", "plan procurem"]
)
def test_a_word_still_being_typed_finds_what_it_may_become(home, query):
    page = content_page(home, "text", title="Procurement plan")
    get_search_backend().add(page)
    assert found(query)[1] == ["Procurement plan"]
    assert found(f"zebra {query}")[1] == []


@pytest.mark.parametrize("query", BLANK)
def test_a_query_without_words_finds_nothing(anchor, query):
    assert found(query) == ([], [])


def test_a_query_may_be_built_of_parts(anchor):
    backend = get_search_backend()
    for query, hits in [
        (PlainText("anchor") & PlainText("page"), 1),
        (PlainText("anchor") & PlainText('"'), 0),
        (PlainText("anchor") | PlainText('"'), 1),
        (~PlainText('"'), 0),
        (Phrase('anchor" page'), 1),
        (MATCH_ALL, Page.objects.count()),
    ]:
        assert backend.search(query, Page).count() == hits, query


@pytest.mark.parametrize(
    ("query", "cleaned"),
    [
        (PlainText('a "b'), "<PlainText 'a b' operator='and' boost=1>"),
        (PlainText("a\x00b", operator="or"), "<PlainText 'a b' operator='or' boost=1>"),
        (Phrase('"a - b"'), "<Phrase 'a b'>"),
        (Fuzzy('"a'), "<Fuzzy 'a' operator='or'>"),
        (
            Boost(PlainText("a"), 2),
            "<Boost <PlainText 'a' operator='and' boost=1> boost=2>",
        ),
        (Boost(PlainText('"'), 2), "<Not <MatchAll>>"),
        (Not(PlainText("a")), "<Not <PlainText 'a' operator='and' boost=1>>"),
        (Or([PlainText('"'), Phrase("a")]), "<Phrase 'a'>"),
        (And([PlainText('"'), Phrase("a")]), "<Not <MatchAll>>"),
        (Or([PlainText('"'), PlainText(" ")]), "<Not <MatchAll>>"),
    ],
)
def test_queries_are_cleaned_part_by_part(query, cleaned):
    assert repr(clean(query)) == cleaned


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=40))
def test_no_query_is_an_error(anchor, query):
    found(query)


def test_the_admins_search_takes_them_too(client, anchor, monkeypatch):
    monkeypatch.setattr("portal.security.second_factor.is_mfa_enabled", lambda user, **_: True)
    user = User.objects.create_superuser("manager@example.org", "irrelevant-here")
    client.force_login(user)
    for query in NASTY:
        for address in ("/admin/pages/search/", "/admin/choose-page/search/"):
            response = client.get(address, {"q": query}, follow=True)
            assert response.status_code == 200, (address, query)
