"""The hour of an announcement: in London, plainly, when clocks change too."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from network.actions import memberships, reviews
from network.forms.reviews import AcceptForm, HourField, PostponeForm
from network.models import SignUp
from network.models.periods import hour_in_words
from network.tests.factories import typed_hour

CHANGES = "The clocks change at that time. Choose a time before 1am or after 2am"


def entered(day: str, hour: str, **sign_up: object) -> AcceptForm:
    return AcceptForm(typed_hour(day, hour), sign_up=SignUp(**sign_up))


@pytest.fixture
def moved_clock(monkeypatch):
    """`moved_clock(moment)`: from now on it is that moment."""

    def move(at: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at)

    return move


@pytest.mark.parametrize(
    ("day", "hour", "in_utc"),
    [
        ("2026-10-24", "09:00", datetime(2026, 10, 24, 8, tzinfo=UTC)),
        ("2026-10-25", "00:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25", "02:00", datetime(2026, 10, 25, 2, tzinfo=UTC)),
        ("2026-10-25", "09:00", datetime(2026, 10, 25, 9, tzinfo=UTC)),
        ("2027-03-28", "00:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        ("2027-03-28", "02:00", datetime(2027, 3, 28, 1, tzinfo=UTC)),
        ("2027-03-28", "09:00", datetime(2027, 3, 28, 8, tzinfo=UTC)),
        ("2027-03-31", "01:30", datetime(2027, 3, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_hour_is_londons_also_beside_a_clock_change(moved_clock, day, hour, in_utc):
    moved_clock(datetime(2026, 10, 1, 12, tzinfo=UTC))
    form = entered(day, hour)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["announce_at"] == in_utc


@pytest.mark.parametrize("hour", ["01:00", "01:30", "01:59"])
@pytest.mark.parametrize("day", ["2026-10-25", "2027-03-28"])
def test_hour_that_comes_twice_or_never_is_refused_plainly(moved_clock, day, hour):
    moved_clock(datetime(2026, 10, 1, 12, tzinfo=UTC))
    assert entered(day, hour).errors["announce_at"] == [CHANGES]


@pytest.mark.parametrize(
    ("day", "hour", "said"),
    [
        ("", "", "Enter the day and time of the announcement"),
        ("2026-12-07", "", "Enter the day and time of the announcement"),
        ("soon", "09:00", "Day of the announcement must be a real date"),
        ("2026-12-07", "early", "Enter the time of the announcement, for example 09:00"),
        ("2062-12-07", "09:00", "Check the year of the announcement"),
        ("2026-11-29", "23:59", "Choose today or a later day"),
    ],
)
def test_what_is_no_hour_to_come_is_refused_plainly(moved_clock, day, hour, said):
    moved_clock(datetime(2026, 11, 30, 12, tzinfo=UTC))
    data = {"announce_at_0": day, "announce_at_1": hour}
    assert AcceptForm(data, sign_up=SignUp()).errors["announce_at"] == [said]


def test_hour_before_the_council_wants_publicity_is_refused(moved_clock):
    moved_clock(datetime(2026, 11, 30, 12, tzinfo=UTC))
    form = entered("2026-12-06", "23:59", publish_from=date(2026, 12, 7))
    assert "no publicity before 7 December 2026" in form.errors["announce_at"][0]
    assert entered("2026-12-07", "00:00", publish_from=date(2026, 12, 7)).is_valid()


def test_form_offers_nine_in_the_morning_and_hold_needs_both_blank(moved_clock):
    moved_clock(datetime(2026, 11, 30, 8, tzinfo=UTC))
    offered = AcceptForm(sign_up=SignUp())["announce_at"].initial
    assert hour_in_words(offered) == "Monday 30 November 2026 at 9am"
    half = {"announce_at_0": "2026-12-07", "announce_at_1": "", "why": "x"}
    assert "announce_at" in PostponeForm(half, sign_up=SignUp()).errors
    held = PostponeForm(typed_hour("") | {"why": "x"}, sign_up=SignUp())
    assert held.is_valid() and held.cleaned_data["announce_at"] is None


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 12, 7, 9, tzinfo=UTC), "Monday 7 December 2026 at 9am"),
        (datetime(2026, 7, 7, 9, 30, tzinfo=UTC), "Tuesday 7 July 2026 at 10:30am"),
        (datetime(2026, 12, 7, 12, tzinfo=UTC), "Monday 7 December 2026 at midday"),
        (datetime(2026, 12, 7, 0, tzinfo=UTC), "Monday 7 December 2026 at midnight"),
        (datetime(2026, 12, 7, 0, 5, tzinfo=UTC), "Monday 7 December 2026 at 12:05am"),
        (datetime(2026, 6, 30, 23, 5, tzinfo=UTC), "Wednesday 1 July 2026 at 12:05am"),
        (datetime(2026, 12, 7, 17, 45, tzinfo=UTC), "Monday 7 December 2026 at 5:45pm"),
    ],
)
def test_hour_is_said_as_people_say_it(at, words):
    assert hour_in_words(at) == words


def test_council_is_announced_at_its_hour_and_joined_on_that_day_in_london(
    story, manager, moved_clock
):
    sign_up = story.in_review(manager)
    start = timezone.now()
    day = timezone.localdate(start) + timedelta(days=3)
    at = HourField.morning_of(day).replace(hour=0, minute=30)
    made = reviews.accept(sign_up, by=manager, announce_at=at)
    moved_clock(at - timedelta(seconds=1))
    assert memberships.announce_due() == 0
    moved_clock(at)
    assert memberships.announce_due() == 1
    made.refresh_from_db()
    assert (made.joined_on, made.announced_at) == (day, at)


def test_hour_of_today_that_is_over_announces_at_once(story, manager):
    sign_up = story.in_review(manager)
    made = reviews.accept(sign_up, by=manager, announce_at=timezone.now() - timedelta(seconds=1))
    made.refresh_from_db()
    assert made.announced_at
