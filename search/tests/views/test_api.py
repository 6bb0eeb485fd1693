"""GET /api/v1/search."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.security import rate_limits
from search.documents.entries import live_entries
from search.engines.interface import EngineUnavailable
from search.models import QuestionCount, StaleEntry
from search.tests.factories import CouncilFactory, EntryFactory, case_study, content_page
from search.views import api

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/search"


@pytest.fixture
def ask(client):
    """`ask(status, q=...)` asks, and checks what every answer must be."""

    def ask(status=200, headers=None, **asked):
        response = client.get(ADDRESS, query_params=asked, headers=headers or {})
        assert response.status_code == status, response.content
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies
        assert "Vary" not in response
        return response

    return ask


def codes(response):
    return [(fault["code"], fault["field"]) for fault in response.json()["errors"]]


def test_an_answer_has_what_is_promised(ask, home, engine, settings):
    leeds = CouncilFactory(key="lds", slug="leeds", name="Leeds", region="london")
    case_study(
        home,
        3,
        title="An <anchor>",
        council=leeds,
        theme="buying",
        as_at="2021",
        summary="anchor & co",
    )
    engine.replace_all(live_entries())
    data = ask(q="anchor").json()
    [found] = data["results"]
    assert found == {
        "type": "case-study",
        "title": "An <anchor>",
        "url": f"{settings.SITE_URL}/case-studies/an-anchor/",
        "summary": "anchor & co",
        "highlight": "<mark>anchor</mark> &amp; co",
        "principles": ["local-spend"],
        "council": "leeds",
        "region": "london",
        "theme": "buying",
        "date": "2021",
        "partly": False,
    }
    assert data["count"] == 1
    assert data["facets"] == {
        "type": [{"value": "case-study", "label": "Case studies", "count": 1}],
        "principle": [{"value": "local-spend", "label": "3. Local spend", "count": 1}],
        "council": [{"value": "leeds", "label": "Leeds", "count": 1}],
        "region": [{"value": "london", "label": "London", "count": 1}],
        "theme": [{"value": "buying", "label": "Buying and social value", "count": 1}],
        "year": [{"value": "2021", "label": "2021", "count": 1}],
    }
    assert (data["did_you_mean"], data["limited"]) == (None, False)


def test_facets_and_pages_narrow_and_page(ask, engine):
    engine.put(EntryFactory(title="anchor", type="page") for _ in range(12))
    engine.put([EntryFactory(title="anchor", type="council")])
    assert ask(q="anchor", type="page").json()["count"] == 12
    assert ask(q="anchor", type=["page", "council"]).json()["count"] == 13
    assert len(ask(q="anchor", page="2").json()["results"]) == 3
    assert len(ask(q="anchor", size="25").json()["results"]) == 13


def test_a_page_beyond_the_last_says_how_many_there_are(ask, engine):
    engine.put(EntryFactory(title="anchor") for _ in range(12))
    beyond = ask(404, q="anchor", page="3")
    assert codes(beyond) == [("E_PAGE", "page")]
    assert "2 pages" in beyond.json()["errors"][0]["message"]


def test_everything_wrong_is_told_at_once(ask, engine):
    wrong = {"q": "x" * 251, "type": "nonsense", "council": "No!", "sort": "x", "size": "7"}
    assert codes(ask(422, page="0", **wrong)) == [
        ("E_Q", "q"),
        ("E_VALUE", "type"),
        ("E_VALUE", "council"),
        ("E_SORT", "sort"),
        ("E_SIZE", "size"),
        ("E_PAGE", "page"),
    ]
    assert codes(ask(422)) == codes(ask(422, q="  ")) == [("E_Q", "q")]


def test_who_has_the_answer_gets_no_second_copy_until_it_changes(ask, home, engine):
    page = content_page(home, title="anchor")
    engine.replace_all(live_entries())
    StaleEntry.objects.all().delete()
    tag = ask(q="anchor")["ETag"]
    again = ask(304, headers={"If-None-Match": tag}, q="anchor")
    assert again.content == b""
    assert again["Cache-Control"] == "public, no-cache"
    page.unpublish()
    assert ask(headers={"If-None-Match": tag}, q="anchor").json()["count"] == 0


def test_too_many_questions_are_refused_in_words(ask, engine, monkeypatch):
    monkeypatch.setattr(api, "TIMES", 2)
    ask(q="anchor")
    ask(q="anchor")
    refused = ask(429, q="anchor")
    assert codes(refused) == [("E_TOO_MANY", "")]
    assert refused["Retry-After"] == "60"
    assert "2 requests in a minute" in refused.json()["errors"][0]["message"]


def test_with_the_engine_away_titles_are_matched_and_that_is_told(ask, home, search_file):
    content_page(home, title="Anchor page")
    data = ask(q="anchor").json()
    assert data["limited"] is True
    assert [found["title"] for found in data["results"]] == ["Anchor page"]


def test_programs_are_not_counted(ask, engine, settings):
    settings.COUNT_QUESTIONS = True
    ask(q="anchor")
    assert not QuestionCount.objects.exists()


ANY = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(q=ANY, value=ANY, page=ANY, built=st.booleans())
def test_no_question_breaks_it(client, home, engine, monkeypatch, q, value, page, built):
    def down(self, query):
        raise EngineUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(rate_limits, "allow", lambda *args, **limits: True)
        if not built:
            patch.setattr(type(engine), "search", down)
        asked = {"q": q, "council": value, "page": page}
        assert client.get(ADDRESS, query_params=asked).status_code in {200, 404, 422}
