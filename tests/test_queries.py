"""Queries of every public page, and relevance of search, on the true content."""

import pytest

from search.documents.entries import live_entries
from search.engines.asking import get_engine
from search.management.commands.measure_relevance import TO_REACH
from search.management.commands.measure_relevance import ours as ours_of
from search.relevance.baselines import plain_bm25
from search.relevance.judging import name_of, questions, score
from tests.test_public_pages import PAGES

SERVED_BY_VIEWS_OF_DEBUG = {
    "/styleguide/",
    "/councils/demo-samplebury/",
    "/councils/demo-samplebury/endorsement/",
    "/councils/demo-samplebury/certificate/",
    "/events/demo-champions-meeting/",
    "/events/demo-site-visit/",
}


@pytest.mark.parametrize("path", [p for p in PAGES if p not in SERVED_BY_VIEWS_OF_DEBUG])
def test_public_page_stays_within_fifteen_queries(
    content, db, client, path, django_assert_max_num_queries
):
    client.get(path)
    with django_assert_max_num_queries(15):
        page = client.get(path)

    assert page.status_code == 200


def test_search_beats_bm25_on_judged_questions(content, db):
    entries, engine = list(live_entries()), get_engine()
    asked = questions()
    named = {name for question in asked for name in question.grades}
    ours = [(q, ours_of(engine)(q.text)) for q in asked]
    bm25 = plain_bm25(entries)
    plain = [(q, bm25(q.text)) for q in asked]

    assert named <= {name_of(entry.url) for entry in entries}, "judged, and not on the site"
    assert score(ours).ndcg >= TO_REACH
    assert score(ours).empty == 0
    assert score(ours).ndcg > score(plain).ndcg
