"""Search within another app's list."""

import pytest

from councils.models import Council
from search.listing import match, rank
from search.tests.factories import CouncilFactory, EntryFactory

pytestmark = pytest.mark.django_db


def test_match_returns_the_keys_of_these_types_best_first(engine):
    engine.put(
        [
            EntryFactory(key="council:b", type="council", title="Other", body="anchor"),
            EntryFactory(key="council:a", type="council", title="Anchor"),
            EntryFactory(key="page:1", type="page", title="Anchor"),
        ]
    )
    found = match("anchor", ["council"])
    assert found.keys == ("a", "b")
    assert not found.loosened
    assert match("zebra", ["council"]).keys == ()


def test_match_tells_a_correction(engine):
    engine.put([EntryFactory(key="council:a", type="council", title="Bradford")])
    assert match("Bradfrod", ["council"]).did_you_mean == "Bradford"


def test_match_is_none_while_the_engine_is_unavailable(search_file):
    assert match("anchor", ["council"]) is None


def test_rank_puts_these_keys_first_and_the_others_after_them():
    for key in "abc":
        CouncilFactory(key=key)
    ranked = Council.objects.annotate(rank=rank("key", ["c", "a"])).order_by("rank", "key")
    assert [council.key for council in ranked] == ["c", "a", "b"]
