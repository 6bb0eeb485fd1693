"""The search page."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from councils.models import CouncilAlias
from network.models import Membership
from search.documents.entries import live_entries
from search.engines.interface import EngineUnavailable
from search.models import PromotedResult, StaleEntry
from search.tests.factories import (
    CouncilFactory,
    EntryFactory,
    announced,
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
    return ["".join(part.text for part in hit.title) for hit in response.context["results"].hits]


def test_results_show_type_title_and_why(ask, home, engine):
    case_study(home, 3, title="Local buying", council=CouncilFactory(name="Bradford"))
    engine.replace_all(live_entries())
    page = words(ask("buying"))
    assert "1 result for “buying”" in page
    assert 'Case study<span class="result__fact">Bradford</span>' in page
    assert "<li>3. Local spend</li>" in page
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
    assert "Enter a word to search for" in words(ask("😀"))


def test_facets_narrow_and_can_be_taken_away(ask, home, engine):
    case_study(home, 3, title="Anchor study")
    principle_page(home, 3, title="Anchor principle")
    content_page(home, title="Anchor page")
    engine.replace_all(live_entries())
    everything = ask("anchor")
    assert len(titles(everything)) == 3
    kinds = {facet.name: facet for facet in everything.context["facets"]}
    assert [(o.value, o.count) for o in kinds["type"].options] == [
        ("principle", 1),
        ("case-study", 1),
        ("page", 1),
    ]
    assert "principle" not in kinds, "one box alone narrows nothing"
    narrowed = ask("anchor", type=["case-study", "page"])
    assert set(titles(narrowed)) == {"Anchor study", "Anchor page"}
    assert [chip.url for chip in narrowed.context["active"]] == [
        "?q=anchor&type=page",
        "?q=anchor&type=case-study",
    ]
    assert 'value="case-study" checked' in words(narrowed)
    assert titles(ask("anchor", type="page", principle="local-spend")) == []


def test_filters_that_leave_nothing_say_which_to_drop(ask, home, engine):
    content_page(home, title="Anchor page")
    case_study(home, 1, title="Anchor study", theme="buying")
    engine.replace_all(live_entries())
    page = words(ask("anchor", type="page", theme="buying"))
    assert "Nothing found for “anchor” with these filters" in page
    assert '<a href="?q=anchor&amp;theme=buying">Without “Type of page”: 1 result</a>' in page
    assert '<a href="?q=anchor&amp;type=page">Without “Theme”: 1 result</a>' in page
    assert '<a href="?q=anchor">Without filters</a>' in page


def test_filters_that_cannot_be_helped_say_so_too(ask, engine):
    page = words(ask("zebra", type="page"))
    assert "Nothing found for “zebra” with these filters" in page
    assert "Without “" not in page
    assert "/contact/" in page


def test_every_facet_narrows_and_is_named(ask, home, engine):
    leeds = CouncilFactory(key="lds", slug="leeds", name="Leeds", region="london")
    case_study(home, 1, title="Anchor one", council=leeds, theme="buying", as_at="2021-03")
    case_study(home, 2, title="Anchor two", theme="anchors", as_at="2019")
    engine.replace_all(live_entries())
    everything = ask("anchor")
    facets = {f.name: [o.label for o in f.options] for f in everything.context["facets"]}
    assert facets["year"] == ["2021", "2019"]
    assert facets["theme"] == ["Buying and social value", "Community anchors"]
    assert "Leeds" in facets["council"]
    assert "London" in facets["region"]
    for choice in (
        {"council": "leeds"},
        {"theme": "buying"},
        {"region": "london"},
        {"year": "2021"},
        {"principle": "whole-system"},
    ):
        narrowed = ask("anchor", **choice)
        assert titles(narrowed) == ["Anchor one"]
        assert len(narrowed.context["active"]) == 1
        assert 'class="filter-chip"' in words(narrowed)
    assert "as at March 2021" in words(everything)


def test_an_order_and_a_page_size_stay_in_the_address(ask, engine):
    engine.put(
        EntryFactory(title=f"{letter} anchor", type="page", date=f"20{n}")
        for n, letter in enumerate("bcadefghijklmn", start=10)
    )
    by_title = ask("anchor", sort="title", size="25", type="page")
    assert titles(by_title)[:2] == ["a anchor", "b anchor"]
    assert titles(ask("anchor", sort="newest"))[0] == "n anchor"
    assert [chip.url for chip in by_title.context["active"]] == ["?q=anchor&sort=title&size=25"]
    page = words(by_title)
    assert 'href="?q=anchor&amp;type=page&amp;sort=newest&amp;size=25"' in page
    assert '<input type="hidden" name="sort" value="title">' in page
    for nonsense in ({"sort": "x\x00"}, {"size": "7"}, {"size": "10000"}):
        assert len(titles(ask("anchor", **nonsense))) == 10


def test_what_editors_put_first_is_first_and_public(ask, home, engine):
    shown = content_page(home, title="Start here", listing_summary="How it begins.")
    hidden = content_page(home, title="Secret", live=False)
    for page in (shown, hidden):
        PromotedResult.objects.create(page=page, questions="anchor\nhow to anchor")
    engine.put([EntryFactory(title="anchor")])
    response = ask("How to ANCHOR")
    assert [page["title"] for page in response.context["promoted"]] == ["Start here"]
    assert "How it begins." in words(response)
    assert "Secret" not in words(response)
    assert ask("anchors").context["promoted"] == []
    assert ask("anchor", type="page").context["promoted"] == []
    shown.unpublish()
    assert ask("anchor").context["promoted"] == []


def test_where_nothing_is_found_editors_offer_pages(ask, home, engine):
    page = content_page(home, title="Start here")
    PromotedResult.objects.create(
        page=page, because="Most people begin with this.", when_nothing_is_found=True
    )
    engine.put([EntryFactory(title="anchor")])
    assert "Most people begin with this." in words(ask("zebra"))
    assert ask("anchor").context["promoted"] == []


def test_what_is_cut_is_told(ask, engine):
    assert "so we used the first part" in words(ask("x" * 251))
    assert "only its beginning" not in words(ask("x" * 250))


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
    assert "No results include all your words" in words(ask("anchor zebra"))


def test_a_misspelt_word_among_others_is_answered_as_it_is_spelled(ask, engine):
    engine.put([EntryFactory(title="Rotherham council"), EntryFactory(title="council")])
    page = ask("rotheram council")
    assert "for “rotheram council”, but 2 results for “Rotherham council”" in words(page)
    assert titles(page)[0] == "Rotherham council"


def test_a_word_near_another_stays_where_nothing_holds_all_as_spelled(ask, engine):
    engine.put([EntryFactory(title="Rotherham"), EntryFactory(title="zebra")])
    page = ask("rotheram zebra")
    assert titles(page) == ["zebra"]
    assert "Did you mean" in words(page)


def test_what_has_only_some_of_the_words_stands_below_a_line(ask, engine):
    engine.put([EntryFactory(title="anchor zebra"), EntryFactory(title="anchor")])
    page = words(ask("anchor zebra"))
    assert page.index("some of your words") > page.index("result__title")
    assert '<ol class="results" start="2">' in page
    assert page.count("<ol") == page.count("</ol>")


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
    assert "do not include the latest changes" not in page


def test_changes_that_wait_are_told(ask, engine):
    engine.put([EntryFactory(title="anchor")])
    StaleEntry.objects.create(key="page:0", since="2020-01-01T00:00Z")
    assert "do not include the latest changes" in words(ask("anchor"))


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
    with django_assert_max_num_queries(15 if built else 70):
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


# ---- The council that was asked for by name -----------------------------------------


@pytest.fixture
def bradford(home, engine):
    """Bradford, a member, and two things that name it."""
    council = CouncilFactory(
        key="brd", slug="bradford", name="Bradford", kind="metropolitan", region="london"
    )
    CouncilAlias.objects.create(council=council, name="BMDC")
    announced(council)
    case_study(home, 3, title="Bradford: spending", council=council)
    content_page(home, "Bradford was the first.", title="History")
    engine.replace_all(live_entries())
    StaleEntry.objects.all().delete()
    return council


@pytest.mark.parametrize("q", ["Bradford", "bradford council", "BMDC", "Bradford MDC"])
def test_search_for_a_councils_name_shows_its_card_first(ask, bradford, q):
    response = ask(q)
    page = words(response)
    card = page[page.index("named-council") : page.index('<ol class="results"')]
    assert '<a class="promoted__link" href="/councils/bradford/">Bradford</a>' in card
    assert "Metropolitan council, London" in page
    assert "Member since 3 March 2020" in card
    assert "Bradford: spending" in titles(response), "what it did is still found"


def test_search_shows_a_named_council_once_and_counts_it_once(ask, bradford):
    response = ask("bradford")
    assert "3 results for “bradford”" in words(response)
    assert [one.hit.url for one in response.context["shown"]] == [
        "/case-studies/bradford-spending/",
        "/history/",
    ]


@pytest.mark.parametrize("rest", [{"type": "council"}, {"page": "2"}, {"sort": "title"}])
def test_search_shows_no_card_on_other_pages_of_the_answer(ask, bradford, rest):
    assert ask("bradford", **rest).context["named"] is None


@pytest.mark.parametrize("q", ["bradford spending", "brad", "first"])
def test_search_for_more_than_a_name_shows_no_card(ask, bradford, q):
    assert ask(q).context["named"] is None


def test_the_card_of_a_misspelt_council_is_shown(ask, bradford):
    page = words(ask("Bradfrod"))
    assert "Nothing found for “Bradfrod”, but 3 results for “Bradford”" in page
    assert 'class="promoted__link" href="/councils/bradford/"' in page


def test_a_place_leads_to_the_council_whose_area_it_is_in(ask, engine):
    CouncilFactory(key="kir", slug="kirklees", name="Kirklees")
    page = words(ask("Huddersfield"))

    assert "1 result for “Huddersfield”" in page
    assert 'class="promoted__link" href="/councils/kirklees/">Kirklees</a>' in page
    assert "Huddersfield is in Kirklees" in page
    assert "Not a member" in page
    assert "Check the spelling" not in page


def test_the_card_says_nothing_of_a_membership_under_embargo(ask, bradford):
    Membership.objects.update(announced_at=None)
    page = words(ask("bradford"))
    assert "Not a member" in page
    assert "Member since" not in page


def test_the_card_is_shown_while_search_is_limited(ask, bradford, search_file):
    search_file.unlink()
    assert 'class="promoted__link" href="/councils/bradford/"' in words(ask("bradford"))


# ---- Suggestions --------------------------------------------------------------------


@pytest.fixture
def suggested(client):
    """What is suggested for this beginning: titles."""

    def suggested(q):
        response = client.get("/search/suggest/", query_params={"q": q})
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        return [row["title"] for row in response.json()["results"]]

    return suggested


def test_councils_principles_and_case_studies_are_suggested_and_nothing_else(
    suggested, home, engine, client
):
    bradford = CouncilFactory(key="brd", slug="bradford", name="Bradford")
    CouncilAlias.objects.create(council=bradford, name="BMDC")
    case_study(home, 3, title="Brass bands", council=bradford)
    content_page(home, title="Brass page")
    engine.replace_all(live_entries())
    StaleEntry.objects.all().delete()
    assert set(suggested("bra")) == {"Bradford", "Brass bands"}
    assert suggested("bmd")[0] == "Bradford"
    assert suggested("brass pa") == []
    [row] = client.get("/search/suggest/?q=bmdc").json()["results"][:1]
    assert row == {
        "title": "Bradford",
        "name": "BMDC",
        "kind": "Council",
        "url": "/councils/bradford/",
    }


@pytest.mark.parametrize("q", ["", " ", "\x00", '"', "😀", "x" * 10_000, "%", "a* OR"])
def test_nasty_beginnings_suggest_nothing_and_break_nothing(suggested, engine, q):
    assert suggested(q) == []


def test_what_is_withdrawn_is_not_suggested(suggested, home, engine):
    page = case_study(home, 3, title="Quixotic study")
    engine.replace_all(live_entries())
    StaleEntry.objects.all().delete()
    assert suggested("quix") == ["Quixotic study"]
    page.unpublish()
    assert suggested("quix") == []


def test_with_the_engine_away_nothing_is_suggested(suggested, search_file):
    assert suggested("brad") == []


def test_a_suggestion_asks_the_database_twice(suggested, engine, django_assert_max_num_queries):
    engine.put(EntryFactory(title=f"anchor {n}", type="principle") for n in range(20))
    CouncilFactory()
    suggested("anch")  # reads the register, once
    with django_assert_max_num_queries(2):
        assert len(suggested("anch")) == 8
