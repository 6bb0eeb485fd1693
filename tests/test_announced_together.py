"""Ten councils announced at one hour: no surface shows anything before, each shows all after."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from conftest import person
from councils.lookup import domain_of
from councils.models import Council, CouncilDomain
from network.actions import cohorts, reviews
from network.models import Cohort, Membership
from network.tests.factories import Story, fresh
from portal.jobs import tick, worker
from portal.page_cache import LOOK_EVERY
from search.documents.entries import live_entries
from search.documents.indexing import catch_up
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
# What every visitor can ask, for each council and of all.
OF_EACH = [
    "/councils/{}/",
    "/councils/{}/endorsement/",
    "/councils/{}/endorsement.json",
    "/councils/{}/badge.svg",
    "/councils/{}/badge.svg?size=small&theme=dark",
    "/councils/{}/certificate/",
    "/councils/{}/logo/",
    "/councils/?q={}",
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
    "/data/councils.csv",
    "/data/councils.json",
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
# Those that show nothing of members; all others have to change.
UNCHANGED = {
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


def surfaces() -> list[tuple[str, str]]:
    """Return every address with the pattern it is made of."""
    each = [(pattern, pattern.format(slug)) for pattern in OF_EACH for slug in TEN]
    return each + [(path, path) for path in OF_ALL]


def shown(door: Door) -> dict[str, tuple[str, bytes]]:  # noqa: F811
    """Return what each address answers, asked twice: the second answer may be a kept copy."""
    door.cache.refresh()
    found = {}
    for _, path in surfaces():
        door.ask(path)
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


def test_ten_at_once_show_nothing_a_second_before_and_everything_after(
    door,  # noqa: F811
    either_engine,  # noqa: F811
    clock,
    manager,
):
    either_engine.replace_all(live_entries())
    catch_up.func()
    before = shown(door)

    accepted(manager)
    tick.tick()
    catch_up.func()
    second_before = shown(door)
    assert [path for path in before if before[path] != second_before[path]] == []

    clock(AT)
    assert tick.tick(only_on_time=True)["members announced"] == 10
    catch_up.func()  # the worker is woken by the commit
    after = shown(door)
    same = {pattern for pattern, path in surfaces() if after[path] == before[path]}
    assert same == UNCHANGED
    assert all(after[path][0].startswith("200") for p, path in surfaces() if p not in UNCHANGED)
    for slug in TEN:
        page = after[f"/councils/{slug}/"][1].decode()
        assert f"Member since {SINCE}" in page and f"A quixotic {slug}" in page
        assert "Winter 2026" in page
        assert SINCE in after[f"/councils/{slug}/badge.svg"][1].decode()
        assert slug in after["/data/members.csv"][1].decode()
        assert slug in after["/councils/?view=map"][1].decode()
    assert b"quixotic" in after["/api/v1/search?q=leicester"][1]


def test_announcement_starts_in_time_and_is_seen_at_once():
    assert worker.ON_TIME_SECONDS < 60 / 2  # however long the other jobs of a tick take
    assert LOOK_EVERY + worker.LOOK_SECONDS < 1


def test_preview_of_ten_leaves_every_surface_as_it_was(
    door,  # noqa: F811
    clock,
    manager,
    as_,
):
    accepted(manager)
    before = shown(door)
    from django.test import RequestFactory  # noqa: PLC0415

    from network.announcement_preview import page_of, preview_of  # noqa: PLC0415

    found = preview_of(Cohort.objects.get())
    assert len(found.rows) == 10 and found.members_then == found.members_now + 10
    asked = RequestFactory(SERVER_NAME="localhost").get("/admin/")
    for name, slug in [("home", ""), ("map", ""), ("council", "leicester")]:
        page = page_of(Cohort.objects.get(), name, slug, asked)
        assert page.status_code == 200
    assert not Membership.objects.announced().filter(council__slug__in=TEN).exists()
    assert shown(door) == before
