"""Rate limits; network/tests/test_races.py tests them in parallel."""

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
    """A clock that stands still; `clock(seconds)` moves it forward, for the cache too."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(rate_limits.time, "time", lambda: now[0])

    def forward(seconds):
        now[0] += seconds

    return forward


def test_allow_stops_at_limit(clock):
    assert allowed(3, 5) == [True, True, True, False, False]


def test_allow_counts_people_and_limits_apart(clock):
    allowed(1, 2)
    assert allowed(1, 1, who="bob@example.org") == [True]
    assert allow("another", "ann@example.org", times=1, seconds=3600)


def test_limit_of_zero_allows_nothing(clock):
    assert allowed(0, 2) == [False, False]


def test_new_window_starts_at_zero(clock):
    assert allowed(1, 2, seconds=60) == [True, False]
    clock(60)
    assert allowed(1, 2, seconds=60) == [True, False]


def test_daily_limit_lasts_all_day(clock):
    """Check the timeout, because the database cache's `incr` would reset it to 300 seconds."""
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


def test_cache_does_not_reveal_who(clock):
    allowed(2, 2)
    rows = _column("cache_key") + _column("value")
    assert rows
    assert not any("ann" in row or "example.org" in row for row in rows)
