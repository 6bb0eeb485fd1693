"""Answers, and title matches while there is no engine."""

import pytest

from search.engines.interface import Query
from search.tests.factories import CouncilFactory, content_page
from search.views.results import find, find_all, match_titles

pytestmark = pytest.mark.django_db


def test_title_matches_respect_choices_and_pages(home, search_file):
    CouncilFactory(key="a", slug="anchorby", name="Anchorby", region="london")
    content_page(home, title="Anchor page")
    content_page(home, title="Anchor two")
    assert find(Query("anchor")).count == 3
    assert [hit.key for hit in find(Query("anchor", {"region": ("london",)})).hits] == ["council:a"]
    assert find(Query("anchor", {"type": ("page",), "year": ("2020",)})).count == 0
    last = find(Query("anchor", page=9, size=2))
    assert (last.count, len(last.hits)) == (3, 1), "the last page there is"


def test_title_matches_mark_the_words_as_typed(home, search_file):
    content_page(home, title="An Anchor page")
    [hit] = find(Query('"anchor page"')).hits
    assert [(part.text, part.marked) for part in hit.title] == [
        ("An ", False),
        ("Anchor page", True),
    ]


def test_title_matches_without_a_word_find_nothing(home, search_file):
    content_page(home, title="Anchor")
    results = match_titles(Query("?!"))
    assert results.limited
    assert results.count == 0


def test_find_all_finds_nothing_while_there_is_no_engine(home, search_file):
    content_page(home, title="Anchor")
    assert [results.limited for results in find_all([Query("anchor"), Query("page")])] == [True] * 2
