"""Ten councils announced at one hour: no surface shows anything before, each shows all after."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from conftest import person
from councils.lookup import domain_of
from councils.models import Council, CouncilDomain
from network import announcement_preview
from network.actions import cohorts, reviews
from network.models import Cohort
from network.tests.factories import Story, fresh
from portal.jobs import tick, worker
from portal.page_cache import LOOK_EVERY
from search.documents.entries import live_entries
from search.documents.indexing import catch_up
from search.engines.elastic import ElasticsearchEngine
from search.tests.conftest import (  # noqa: F401 (fixtures)
    _elasticsearch_version,
    _session_engines,
    either_engine,
    elastic,
    elasticsearch_url,
    engine,
    search_file,
)
from tests.test_kept_pages import Door, door  # noqa: F401 (a fixture)

AT = datetime(2026, 12, 9, 10, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TEN = [
    *("leicester", "preston", "plymouth", "wigan", "norwich"),
    *("exeter", "derby", "coventry", "sunderland", "gateshead"),
]
SINCE = "9 December 2026"
# What every visitor can ask: for each of the ten, for one of them, and of all.
OF_EACH = [
    "/councils/{}/",
    "/councils/{}/endorsement/",
    "/councils/{}/endorsement.json",
    "/councils/{}/badge.svg",
    "/councils/{}/certificate/",
]
OF_ONE = [
    "/councils/{}/badge.svg?size=small&theme=dark",
    "/councils/{}/logo/",
    "/api/v1/councils?q={}",
    "/api/v1/search?q={}",
    "/search/?q={}",
    "/search/suggest/?q={}",
    "/community-organisations/?council={}",
]
OF_ALL = [
    "/",
    "/councils/",
    "/councils/?status=member",
    "/councils/?view=map",
    "/councils/?region=north-west",
    "/api/v1/councils",
    "/api/v1/members",
    "/api/v1/search?q=member",
    "/search/?q=quixotic",
    "/search/suggest/?q=quix",
    "/data/",
    "/data/members.csv",
    "/data/members.json",
    "/sitemap.xml",
    "/robots.txt",
    "/news/feed/",
    "/case-studies/feed/",
    "/events/calendar.ics",
    "/join/",
    "/journalists/",
    "/principles/",
    "/case-studies/",
    "/timeline/",
]
# Those that may show nothing of it; all others have to change.
MAY_STAY = {
    "/join/",
    "/api/v1/search?q=member",
    "/search/suggest/?q={}",
    "/search/suggest/?q=quix",
    "/councils/{}/logo/",  # none of the ten has one
    "/robots.txt",
    "/news/feed/",
    "/case-studies/feed/",
    "/events/calendar.ics",
    "/principles/",
    "/case-studies/",
    "/timeline/",
    "/journalists/",
    "/data/",
}


@pytest.fixture
def clock(monkeypatch):
    """`clock(moment)`: from now on it is that moment."""

    def move(at: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at)

    move(AT - SECOND)
    return move


def surfaces(only: str) -> list[tuple[str, str]]:
    """Return every address with the pattern it is made of, or only those with a word in it."""
    found = [(pattern, pattern.format(slug)) for pattern in OF_EACH for slug in TEN]
    found += [(pattern, pattern.format(TEN[0])) for pattern in OF_ONE]
    found += [(path, path) for path in OF_ALL]
    return [(pattern, path) for pattern, path in found if only in pattern]


def shown(door: Door, only: str) -> dict[str, tuple[str, bytes]]:  # noqa: F811
    """Return what each address answers, from the door's kept copy if it holds a fresh one."""
    door.cache.refresh()
    found = {}
    for _, path in surfaces(only):
        status, _, body = door.ask(path)
        found[path] = status, re.sub(rb'(nonce|value)="[\w-]{20,}"', b"", body)
    return found


def accepted(manager) -> None:
    """Accept the ten, with a rare word each, to be announced together."""
    made = []
    for slug in TEN:
        council = Council.objects.get(slug=slug)
        officer = person(f"olive@{slug}.gov.uk")
        CouncilDomain.objects.get_or_create(council=council, domain=domain_of(officer.email))
        sign_up = Story(council, officer).in_review(manager)
        sign_up.profile, sign_up.profile_may_be_published = f"A quixotic {slug}", True
        sign_up.save()
        later = AT + timedelta(days=1)
        made.append(reviews.accept(fresh(sign_up), by=manager, announce_at=later))
    cohorts.make_cohort(made, by=manager, name="Winter 2026", announce_at=AT, why="One day")


def look_before(cohort: Cohort) -> None:
    """Look at the previews of staff, which must leave no trace."""
    found = announcement_preview.preview_of(cohort)
    assert len(found.rows) == 10 and found.members_then == found.members_now + 10
    asked = RequestFactory(SERVER_NAME="localhost").get("/admin/")
    for name, slug in [("home", ""), ("map", ""), ("council", TEN[0])]:
        page = announcement_preview.page_of(cohort, name, slug, asked)
        assert page.status_code == 200


def test_ten_at_once_show_nothing_a_second_before_and_everything_after(
    door,  # noqa: F811
    either_engine,  # noqa: F811
    clock,
    manager,
):
    only = "search" if isinstance(either_engine, ElasticsearchEngine) else ""
    either_engine.replace_all(live_entries())
    catch_up.func()
    before = shown(door, only)

    accepted(manager)
    look_before(Cohort.objects.get(name="Winter 2026"))
    tick.tick(only_on_time=True)
    catch_up.func()
    second_before = shown(door, only)
    assert [path for path in before if before[path] != second_before[path]] == []

    clock(AT)
    assert tick.tick(only_on_time=True)["members announced"] == 10
    catch_up.func()  # the worker is woken by the commit
    after = shown(door, only)
    same = {pattern for pattern, path in surfaces(only) if after[path] == before[path]}
    assert same - MAY_STAY == set()
    assert all(after[path][0][:3] == "200" for p, path in surfaces(only) if p not in same)
    assert f"/councils/{TEN[0]}/" in after["/search/?q=quixotic"][1].decode()
    for slug in TEN if not only else []:
        page = after[f"/councils/{slug}/"][1].decode()
        assert f"Member since {SINCE}" in page and f"A quixotic {slug}" in page
        assert "Winter 2026" in page
        assert SINCE in after[f"/councils/{slug}/badge.svg"][1].decode()
        assert slug in after["/data/members.csv"][1].decode()
        assert slug in after["/councils/?view=map"][1].decode()


def test_announcement_starts_in_time_and_is_seen_at_once():
    assert worker.ON_TIME_SECONDS < 60 / 2  # however long the other jobs of a tick take
    assert LOOK_EVERY + worker.LOOK_SECONDS < 1
