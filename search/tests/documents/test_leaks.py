"""A rare word of something that nobody may see appears nowhere, with either engine."""

import datetime

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from councils.models import CouncilAlias
from network.models import Membership
from search.documents.entries import live_entries
from search.documents.indexing import catch_up
from search.engines.asking import get_engine, suggest
from search.engines.interface import FACETS, Query
from search.models import StaleEntry
from search.tests.factories import CouncilFactory, case_study, content_page
from search.views.results import find

pytestmark = pytest.mark.django_db
RARE, MISSPELLED, STARTED = "quixotic", "quixotik", "quix"


def everything(client):
    """All that search says to a reader who looks for the word in every way."""
    asked = [RARE, MISSPELLED, STARTED, f'"{RARE}"', f"{RARE} anchor", "anchor", "member"]
    said = [repr(find(Query(text, facets=FACETS, size=100)).hits) for text in asked]
    said += [repr(find(Query(text, facets=FACETS)).facets) for text in asked]
    said += [find(Query(text)).did_you_mean for text in asked]
    said += [repr(suggest(text, 20)) for text in (STARTED, RARE, MISSPELLED)]
    for text in (MISSPELLED, STARTED, "anchor"):
        said.append(client.get("/search/", {"q": text}).content.decode())
        said.append(client.get("/search/suggest/", {"q": text}).content.decode())
        said.append(client.get("/api/v1/search", {"q": text}).content.decode())
    return "\n".join(said).lower()


def counted():
    return sum(find(Query(text, fill=False)).count for text in (RARE, STARTED))


def restrict(page):
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


@pytest.fixture
def open_things(home):
    """Things with the rare word, all public still: by name, each with how it is hidden."""
    content_page(home, "anchor", title="Anchor")
    unpublished = content_page(home, f"anchor {RARE}", title=f"{RARE} one")
    private = content_page(home, RARE, title=f"{RARE} two")
    parent = content_page(home, "nothing", title="Parent")
    content_page(parent, RARE, title=f"{RARE} below")
    moved = content_page(home, RARE, title=f"{RARE} moved")
    closed = content_page(home, "nothing", title="Closed")
    restrict(closed)
    deleted = content_page(home, RARE, title=f"{RARE} three")
    study = case_study(home, 1, title=f"{RARE} study", summary=RARE)
    council = CouncilFactory(key="gone", name=f"{RARE} on sea")
    CouncilAlias.objects.create(council=council, name=f"{RARE} alias")
    return {
        "unpublished": unpublished.unpublish,
        "made private": lambda: restrict(private),
        "below what was made private": lambda: restrict(parent),
        "moved below what is private": lambda: moved.move(closed, pos="last-child"),
        "deleted": deleted.delete,
        "a study taken down": study.unpublish,
        "a council deleted": council.delete,
    }


def test_what_is_hidden_is_nowhere_before_and_after_the_engine_hears_of_it(
    open_things, either_engine, client
):
    either_engine.replace_all(live_entries())
    assert counted() >= 2 * 7, "all of it is public at first"
    assert find(Query(MISSPELLED)).did_you_mean == RARE

    for hide in open_things.values():
        hide()

    assert either_engine.search(Query(RARE)).count >= 7, "the engine has not heard of it"
    assert RARE not in everything(client)
    assert counted() == 0
    catch_up.func()
    assert not StaleEntry.objects.exists()
    assert either_engine.search(Query(RARE)).count == 0
    assert RARE not in everything(client)


def test_what_never_was_public_is_nowhere(home, either_engine, client):
    content_page(home, "anchor", title="Anchor")
    content_page(home, f"anchor {RARE}", title=f"{RARE} draft", live=False)
    changed = content_page(home, "anchor", title="Public")
    changed.title = f"{RARE} unpublished change"
    changed.save_revision()
    invented = CouncilFactory(name=f"{RARE} council", is_demonstration=True)
    case_study(home, 1, title=f"{RARE} study", council=invented)
    either_engine.replace_all(live_entries())
    said = everything(client)
    assert RARE not in said
    assert "anchor" in said


def test_an_embargoed_member_is_a_council_like_others(either_engine, client):
    council = CouncilFactory(key="brd", slug="bradford", name="Bradford")
    membership = Membership.objects.create(
        council=council,
        joined_on=datetime.date(2019, 2, 1),
        announce_at=datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC),
    )
    either_engine.replace_all(live_entries())
    assert "2019" not in repr(find(Query("bradford", facets=FACETS)))
    assert find(Query("member", fill=False)).count == 0
    membership.announced_at = timezone.now()
    membership.save()
    either_engine.replace_all(live_entries())
    assert "2019" in repr(find(Query("bradford")))


def test_the_engine_that_is_asked_is_the_one_that_is_set_up(either_engine):
    assert get_engine() is either_engine
