"""Limits are exact, end in time and name nobody. They race in network/tests/test_races.py."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from portal.security import rate_limits
from portal.security.rate_limits import allow

pytestmark = pytest.mark.django_db


def allowed(times: int, tries: int, who="ann@example.org", seconds=3600) -> list[bool]:
    return [allow("test", who, times=times, seconds=seconds) for _ in range(tries)]


@pytest.fixture
def clock(monkeypatch):
    """Stands still; `clock(seconds)` puts it forward, also for the cache."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(rate_limits.time, "time", lambda: now[0])

    def forward(seconds):
        now[0] += seconds

    return forward


def test_so_many_and_no_more(clock):
    assert allowed(3, 5) == [True, True, True, False, False]


def test_others_and_other_acts_are_counted_by_themselves(clock):
    allowed(1, 2)
    assert allowed(1, 1, who="bob@example.org") == [True]
    assert allow("another", "ann@example.org", times=1, seconds=3600)


def test_none_at_all_is_none_at_all(clock):
    assert allowed(0, 2) == [False, False]


def test_a_new_window_counts_anew(clock):
    assert allowed(1, 2, seconds=60) == [True, False]
    clock(60)
    assert allowed(1, 2, seconds=60) == [True, False]


def test_a_days_limit_is_remembered_all_day(clock):
    """The database cache's `incr` would fall back to its 300 seconds."""
    allowed(2, 3, seconds=24 * 3600)
    soonest = min(datetime.fromisoformat(str(end)) for end in _column("expires"))
    assert soonest.replace(tzinfo=None) > datetime.now(UTC).replace(tzinfo=None) + timedelta(
        hours=23
    )


def _column(name: str) -> list:
    if not settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
        pytest.skip("the cache is not in the database")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM portal_cache")
        return [row[0] for row in cursor.fetchall()]


def test_who_it_was_cannot_be_read_in_the_cache(clock):
    allowed(2, 2)
    rows = _column("cache_key") + _column("value")
    assert rows
    assert not any("ann" in row or "example.org" in row for row in rows)
