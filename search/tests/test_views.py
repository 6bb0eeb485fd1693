"""The search page."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines import EngineUnavailable
from search.entries import live_entries
from search.models import StaleEntry
from search.tests.factories import (
    CouncilFactory,
    EntryFactory,
    case_study,
    content_page,
    principle_page,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client, home):
    """Open the search page with this query; the answer has status 200."""

    def ask(q=None, **rest):
        data = rest if q is None else {"q": q, **rest}
        response = client.get("/search/", query_params=data)
        assert response.status_code == 200
        return response

    return ask


def words(response):
    """The page's text with its blanks squeezed."""
    return " ".join(response.content.decode().split())


def titles(response):
    return ["".join(part.text for part in hit.title) for hit, _ in response.context["hits"]]


def test_results_show_type_title_and_why(ask, home, engine):
    case_study(home, 3, title="Local buying", council=CouncilFactory(name="Bradford"))
    engine.replace_all(live_entries())
    page = words(ask("buying"))
    assert "1 result for “buying”" in page
    assert "Case study: Bradford" in page
    assert "Local <mark>buying</mark></a>" in page
    assert 'href="/case-studies/local-buying/"' in page


def test_texts_of_editors_and_readers_are_escaped(ask, engine):
    engine.put([EntryFactory(title="<script>alert(1)</script> anchor", summary="<b>anchor")])
    response = ask("anchor <img src=x>")
    page = words(response)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>anchor</mark>" in page
    assert "&lt;b&gt;<mark>anchor</mark>" in page
    assert "<img" not in page


def test_an_empty_box_says_what_can_be_found(ask, engine):
    for response in (ask(), ask(""), ask("   "), ask("\x00")):
        page = words(response)
        assert "What you can find here" in page
        assert "Nothing found" not in page


def test_nothing_found_says_what_to_do(ask, engine):
    page = words(ask("zebra"))
    assert "Nothing found for “zebra”" in page
    assert "/councils/?q=zebra" in page
    assert "/contact/" in page


def test_no_word_at_all_says_so(ask, engine):
    assert "There was no word in that" in words(ask("😀"))


def test_facets_narrow_and_can_be_taken_away(ask, home, engine):
    case_study(home, 3, title="Anchor study")
    principle_page(home, 3, title="Anchor principle")
    content_page(home, title="Anchor page")
    engine.replace_all(live_entries())
    everything = ask("anchor")
    assert len(titles(everything)) == 3
    [kinds, principles] = everything.context["facets"]
    assert [(o["value"], o["count"]) for o in kinds["options"]] == [
        ("principle", 1),
        ("case-study", 1),
        ("page", 1),
    ]
    assert [(o["label"], o["count"]) for o in principles["options"]] == [("3. Local spend", 2)]
    narrowed = ask("anchor", type=["case-study", "page"])
    assert set(titles(narrowed)) == {"Anchor study", "Anchor page"}
    assert [chip["url"] for chip in narrowed.context["active"]] == [
        "?q=anchor&type=page",
        "?q=anchor&type=case-study",
    ]
    assert 'value="case-study" checked' in words(narrowed)
    assert titles(ask("anchor", type="page", principle="local-spend")) == []


def test_filters_that_leave_nothing_say_what_there_is_without_them(ask, home, engine):
    content_page(home, title="Anchor page")
    principle_page(home, 1, title="Buoy")
    engine.replace_all(live_entries())
    page = words(ask("anchor", type="principle"))
    assert "Nothing found for “anchor” with these filters" in page
    assert 'Without the filters there is <a href="?q=anchor">1 result</a>' in page


def test_unknown_choices_are_ignored(ask, home, engine):
    content_page(home, title="Anchor page")
    engine.replace_all(live_entries())
    response = ask("anchor", type="nonsense\x00", principle="'; --")
    assert titles(response) == ["Anchor page"]
    assert response.context["active"] == []


def test_pages_keep_the_question_and_its_choices(ask, engine):
    engine.put(EntryFactory(title="anchor", type="page") for _ in range(23))
    page = words(ask("anchor", type="page"))
    assert "23 results for “anchor”" in page
    assert 'href="?q=anchor&amp;type=page&amp;page=2"' in page
    third = ask("anchor", type="page", page="3")
    assert len(titles(third)) == 3
    assert '<ol class="results" start="21">' in words(third)


@pytest.mark.parametrize("page", ["0", "-1", "9" * 30, "9" * 5000, "x", "", "1.5", "٣", "\x00"])
def test_a_page_that_is_not_there_is_another_that_is(ask, engine, page):
    engine.put(EntryFactory(title="anchor") for _ in range(11))
    assert titles(ask("anchor", page=page))


def test_some_of_the_words_is_told(ask, engine):
    engine.put([EntryFactory(title="anchor")])
    assert "Nothing here has all of these words" in words(ask("anchor zebra"))


def test_limited_search_finds_titles_and_says_so(ask, home, search_file):
    page = content_page(home, "anchor in the text", title="Anchor page")
    content_page(home, "anchor in the text", title="Other page")
    CouncilFactory(name="Anchorage")
    assert not search_file.exists()
    response = ask("anchor")
    assert "Search is limited at the moment" in words(response)
    assert titles(response) == ["Anchorage", "Anchor page"]
    assert "<mark>Anchor</mark> page" in words(response)
    assert titles(ask("anchor", type="page")) == ["Anchor page"]
    page.unpublish()
    assert titles(ask("anchor", type="page")) == []


def test_a_broken_index_is_no_error(ask, home, search_file):
    search_file.write_bytes(b"not a database" * 1000)
    content_page(home, title="Anchor page")
    response = ask("anchor")
    assert titles(response) == ["Anchor page"]
    assert response.context["results"].limited


def test_full_search_does_not_say_that_it_is_limited(ask, engine):
    engine.put([EntryFactory(title="anchor")])
    page = words(ask("anchor"))
    assert "limited" not in page
    assert "newest changes" not in page


def test_changes_that_wait_are_told(ask, engine):
    engine.put([EntryFactory(title="anchor")])
    StaleEntry.objects.create(key="page:0", since="2020-01-01T00:00Z")
    assert "newest changes" in words(ask("anchor"))


def test_a_reader_gets_no_cookie_and_no_token(ask, engine):
    engine.put([EntryFactory(title="anchor")])
    response = ask("anchor")
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in words(response)
    assert "noindex" in words(response)


def test_only_reading_is_allowed(client, home, engine):
    assert client.post("/search/", {"q": "anchor"}).status_code == 405
    assert client.head("/search/?q=anchor").status_code == 200


@pytest.mark.parametrize("rows", [1, 12])
@pytest.mark.parametrize("built", [True, False])
def test_the_number_of_queries_does_not_grow(
    ask, home, engine, search_file, rows, built, django_assert_max_num_queries
):
    for _ in range(rows):
        case_study(home, 1, 2, title="Anchor study")
        content_page(home, title="Anchor page")
        CouncilFactory(name="Anchor")
    engine.replace_all(live_entries())
    StaleEntry.objects.all().delete()
    if not built:
        search_file.unlink()
    ask("anchor")
    with django_assert_max_num_queries(15 if built else 34):
        response = ask("anchor", type=["case-study", "page", "council"])
    assert response.context["results"].limited is not built
    assert response.context["results"].count == 3 * rows


NASTY = [
    '"',
    '""',
    "'",
    "\x00",
    "   ",
    "x" * 10_000,
    "word " * 2_000,
    "NEAR(",
    "a* OR",
    "a AND NOT b",
    "title:a",
    "{a b} : c",
    "^a",
    "-a +b",
    "%s %d %",
    "\\",
    "😀 👩‍👩‍👧",
    "‮abc",
    "\ufffe\uffff",
    "ß İ ﬀ",
]


@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize("q", NASTY)
def test_nasty_questions_are_answered(ask, engine, search_file, q, built):
    engine.put([EntryFactory(title="a b c word")])
    if not built:
        search_file.unlink()
    ask(q)


@pytest.mark.parametrize(
    "query",
    ["q=%ED%A0%80", "q=%FF%FE", "q=%00", "q=%u1234", "q[]=a", "q=a&q=%22", "q=+%22+%22+"],
)
def test_broken_encodings_are_answered(client, home, engine, query):
    assert client.get(f"/search/?{query}").status_code == 200


ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(q=ANY_TEXT, kind=ANY_TEXT, page=ANY_TEXT, built=st.booleans())
def test_no_question_is_an_error(client, home, engine, monkeypatch, q, kind, page, built):
    with monkeypatch.context() as patch:
        if not built:
            patch.setattr(type(engine), "search", _down)
        query = urlencode({"q": q, "type": kind, "principle": kind, "page": page})
        assert client.get(f"/search/?{query}").status_code == 200


def _down(self, query):
    raise EngineUnavailable("down")
