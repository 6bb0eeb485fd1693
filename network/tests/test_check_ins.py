"""The yearly check-in: its clock, its emails, who confirms it, and what becomes of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network.actions import check_ins, departures, memberships, people, reviews
from network.choices import CheckInStatus, MembershipStatus, RepresentativeRole
from network.models import (
    CheckIn,
    Event,
    Membership,
    PageChanged,
    PreElectionPeriod,
    Refused,
    Representative,
)
from network.models.memberships import anniversary
from network.tests.factories import hour_of
from portal.jobs import tick
from portal.mail import outbox
from portal.models import OutboxMessage

LONDON = ZoneInfo("Europe/London")
WHOLE = {
    "offices": True,
    "champions": True,
    "profile": True,
    "conversation": "same",
    "case_study": "none",
}


class Clock:
    """A clock that tests move. The site's own time follows it."""

    def __init__(self, monkeypatch):
        self.now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def move_to(self, day: date, hour: int = 9) -> None:
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)

    def ticks_until(self, last: date) -> None:
        """Let every day pass, with two ticks on each."""
        day = timezone.localdate()
        while day < last:
            day += timedelta(days=1)
            for hour in (0, 23):
                self.move_to(day, hour)
                the_jobs()


def the_jobs() -> None:
    check_ins.open_due()
    check_ins.carry_on_due()


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def member(council, officer) -> Membership:
    """Leeming, an existing member, claimed by the officer today."""
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(made, officer)
    return made


@pytest.fixture
def joined(clock, member) -> Membership:
    """Leeming, whose years count from 10 March 2027."""
    return started(clock, member, date(2027, 3, 10))


def started(clock: Clock, member: Membership, day: date) -> Membership:
    clock.move_to(day)
    member.claimed_on = day
    member.next_check_in_on = member.check_in_after(day)
    member.save()
    return member


def mails(kind: str = "") -> list[OutboxMessage]:
    rows = OutboxMessage.objects.filter(kind__startswith=f"network.check_in{kind}")
    return list(rows.order_by("pk"))


def days_of(rows: list[OutboxMessage]) -> list[date]:
    return [timezone.localdate(row.created_at) for row in rows]


def the_one() -> CheckIn:
    return CheckIn.objects.get()


def status_of(member: Membership) -> str:
    return Membership.objects.get(pk=member.pk).status


def opened(clock: Clock, member: Membership, days: int = 0) -> CheckIn:
    """Let it open, `days` after its day; less than 0 is before."""
    clock.move_to(member.next_check_in_on - timedelta(days=60))
    the_jobs()
    clock.move_to(member.next_check_in_on + timedelta(days=days))
    the_jobs()
    return the_one()


# The clock


@pytest.mark.parametrize(
    ("day", "year", "expected"),
    [
        (date(2027, 3, 10), 2028, date(2028, 3, 10)),
        (date(2028, 2, 29), 2029, date(2029, 2, 28)),
        (date(2028, 2, 29), 2032, date(2032, 2, 29)),
    ],
)
def test_anniversary_of_29_february_is_28_february_in_other_years(day, year, expected):
    assert anniversary(day, year) == expected


def test_a_leap_day_comes_back_every_four_years(clock, member):
    started(clock, member, date(2028, 2, 29))
    assert [member.check_in_after(date(y, 6, 1)) for y in (2028, 2030, 2031)] == [
        date(2029, 2, 28),
        date(2031, 2, 28),
        date(2032, 2, 29),
    ]


def test_announced_member_has_its_day_on_the_anniversary(story, manager, clock):
    clock.move_to(date(2027, 3, 10))
    reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(date(2027, 3, 10)))
    assert Membership.objects.get().next_check_in_on == date(2028, 3, 10)


def test_accepted_member_has_no_day_before_it_is_announced(story, manager, clock):
    clock.move_to(date(2027, 3, 10))
    reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(date(2027, 4, 1)))
    membership = Membership.objects.get()
    assert membership.next_check_in_on is None and membership.check_in_after(date.today()) is None


def test_existing_member_without_anyone_has_no_clock_and_never_lapses(council, clock):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=date(2020, 3, 10), joined_precision="day"
    )
    assert list(Membership.objects.unclaimed()) == [member]
    clock.move_to(date(2037, 3, 10))
    the_jobs()
    assert not CheckIn.objects.exists() and status_of(member) == MembershipStatus.LIVE


def test_first_representative_starts_the_years_and_the_second_does_not(council, clock, officer):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=date(2020, 3, 10), joined_precision="day"
    )
    clock.move_to(date(2027, 5, 1))
    people.represent(member, officer)
    clock.move_to(date(2027, 9, 1))
    people.represent(member, person("cara@leeming.gov.uk"))
    member.refresh_from_db()
    assert member.claimed_on == date(2027, 5, 1)
    assert member.next_check_in_on == date(2028, 5, 1)
    assert not Membership.objects.unclaimed().exists()
    assert Event.objects.filter(what="membership.claimed").count() == 1


def test_a_silent_council_gets_six_reminders_and_the_pause_each_on_its_day(clock, joined):
    clock.move_to(date(2027, 12, 20))
    clock.ticks_until(date(2029, 3, 1))
    due = date(2028, 3, 10)
    steps = [due + timedelta(days=days) for days in (-60, -30, -7, 0, 14, 30)]
    assert days_of(mails("_reminder")) == steps
    assert days_of(mails("_paused")) == [due + timedelta(days=90)]
    assert len(mails()) == 7
    assert len({row.message_id for row in mails()}) == 7
    assert status_of(joined) == MembershipStatus.PAUSED


def test_the_status_follows_the_days(clock, joined):
    clock.move_to(date(2027, 12, 20))
    seen = {}
    for days in (-61, -60, 0, 29, 30, 89, 90):
        clock.ticks_until(date(2028, 3, 10) + timedelta(days=days))
        seen[days] = status_of(joined)
    M = MembershipStatus
    assert seen == {
        -61: M.LIVE,
        -60: M.CHECK_IN_DUE,
        0: M.CHECK_IN_DUE,
        29: M.CHECK_IN_DUE,
        30: M.OVERDUE,
        89: M.OVERDUE,
        90: M.PAUSED,
    }


@pytest.mark.parametrize(("days", "kind"), [(13, "_reminder"), (40, "_reminder"), (95, "_paused")])
def test_what_ticks_have_missed_is_one_email_not_several(clock, joined, days, kind):
    clock.move_to(date(2028, 1, 10))
    the_jobs()
    assert len(mails()) == 1
    clock.move_to(date(2028, 3, 10) + timedelta(days=days))
    the_jobs()
    the_jobs()
    assert len(mails()) == 2 and len(mails(kind)) == (1 if kind == "_paused" else 2)


def test_a_council_asked_late_has_thirty_days_from_then(clock, joined):
    clock.move_to(date(2028, 7, 1))
    the_jobs()
    assert the_one().due_on == date(2028, 3, 10)
    assert the_one().answer_by == date(2028, 7, 31)
    assert len(mails()) == 1 and status_of(joined) == MembershipStatus.CHECK_IN_DUE


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_days_are_londons_when_the_clocks_change(clock, member, day):
    started(clock, member, day)
    reminder = anniversary(day, 2028) - timedelta(days=60)
    # An hour before midnight in London, and an hour after it.
    clock.move_to(reminder - timedelta(days=1), 23)
    the_jobs()
    assert not mails()
    clock.move_to(reminder, 0)
    the_jobs()
    assert days_of(mails()) == [reminder]


def test_two_years_of_ten_members_give_exactly_the_expected_emails(clock, db):
    """Seven are silent for one check-in and then confirm, three always confirm at once."""
    found = []
    for number in range(10):
        council = make_council(key=f"c{number}", slug=f"council-{number}", name=f"C {number}")
        made = memberships.record_existing_membership(
            council, by="test", joined_on=None, joined_precision="not_known"
        )
        people.represent(made, person(f"lead@c{number}.example"))
        found.append(started(clock, made, date(2027, 1, 31) + timedelta(days=11 * number)))
    clock.move_to(date(2027, 10, 1))
    day, end = date(2027, 10, 1), date(2029, 9, 30)
    while day < end:
        day += timedelta(days=1)
        clock.move_to(day)
        the_jobs()
        the_jobs()
        for made in found[7:]:
            for waiting in made.check_ins.waiting():
                lead = waiting.membership.lead()
                check_ins.confirm(waiting, by=lead, answers=WHOLE)
    per_silent = 7  # six reminders and the pause; the second year waits for the first answer
    per_prompt = 2 * 2  # a reminder and the thanks, each year
    assert len(mails()) == 7 * per_silent + 3 * per_prompt
    assert len({row.message_id for row in mails()}) == len(mails())
    assert len({row.event for row in mails()}) == len(mails())


# Elections


def test_nothing_is_sent_in_an_election_period_and_one_email_after_it(clock, joined):
    PreElectionPeriod.objects.create(
        name="Local elections", starts_on=date(2028, 2, 1), ends_on=date(2028, 3, 5)
    )
    clock.move_to(date(2027, 12, 20))
    clock.ticks_until(date(2028, 3, 7))
    # 60 days before is 10 January; 30 and 7 days before fall into the period.
    assert days_of(mails()) == [date(2028, 1, 10), date(2028, 3, 6)]


def test_a_day_inside_an_election_period_moves_behind_it(clock, joined):
    clock.move_to(date(2028, 1, 10))
    the_jobs()
    PreElectionPeriod.objects.create(
        name="Local elections", starts_on=date(2028, 3, 1), ends_on=date(2028, 5, 4)
    )
    clock.ticks_until(date(2028, 6, 4))
    assert the_one().answer_by == date(2028, 5, 5)
    assert status_of(joined) == MembershipStatus.OVERDUE  # 30 days after the new day
    in_it = [d for d in days_of(mails()) if date(2028, 3, 1) <= d <= date(2028, 5, 4)]
    assert in_it == []
    assert Event.objects.filter(what="check_in.put_off").count() == 1


def test_a_day_that_has_moved_does_not_ask_for_the_first_time_again(clock, joined):
    clock.move_to(date(2028, 1, 10))
    the_jobs()
    PreElectionPeriod.objects.create(
        name="Local elections", starts_on=date(2028, 3, 8), ends_on=date(2028, 5, 4)
    )
    clock.ticks_until(date(2028, 5, 6))
    assert days_of(mails()) == [date(2028, 1, 10), date(2028, 5, 5)]


def test_another_councils_election_changes_nothing(clock, joined):
    period = PreElectionPeriod.objects.create(
        name="A by-election", starts_on=date(2028, 3, 1), ends_on=date(2028, 5, 4)
    )
    period.councils.add(make_council())
    check_in = opened(clock, joined)
    assert check_in.answer_by == date(2028, 3, 10) and len(mails()) == 2


# Who is told


def test_lead_and_contributors_are_reminded_and_viewers_are_not(clock, joined, officer):
    people.represent(joined, person("cara@leeming.gov.uk"))
    people.represent(joined, person("vera@leeming.gov.uk"), RepresentativeRole.VIEWER)
    clock.move_to(date(2028, 1, 10))
    the_jobs()
    assert sorted(row.to for row in mails()) == ["cara@leeming.gov.uk", officer.email]


def no_one_acts(member: Membership) -> None:
    Representative.objects.filter(membership=member).update(
        ended_at=timezone.now(), ended_why="Left the council"
    )


def test_where_nobody_leads_managers_are_told_once_and_it_is_never_paused(clock, joined, manager):
    no_one_acts(joined)
    clock.move_to(date(2027, 12, 20))
    clock.ticks_until(date(2028, 8, 1))
    assert [row.to for row in mails()] == [manager.email]
    assert status_of(joined) == MembershipStatus.CHECK_IN_DUE


# Confirming


def test_confirming_makes_a_paused_member_live_at_once_and_thanks(clock, joined, officer):
    check_in = opened(clock, joined, days=95)
    assert status_of(joined) == MembershipStatus.PAUSED
    check_ins.confirm(check_in, by=officer, answers=WHOLE | {"principle_3": "We pay sooner."})
    assert status_of(joined) == MembershipStatus.LIVE
    done = the_one()
    assert done.status == CheckInStatus.CONFIRMED and done.confirmed_by == officer
    assert [part["title"] for part in done.confirmed] == [
        "Leader and chief executive",
        "Champions",
        "Your public page",
    ]
    assert [line.text for line in done.lines.all()] == ["We pay sooner."]
    assert [row.to for row in mails("_confirmed")] == [officer.email]
    event = Event.objects.get(what="check_in.confirmed")
    assert (event.by, event.membership) == (officer, joined)


def test_the_next_day_is_the_next_anniversary_but_not_within_half_a_year(clock, joined, officer):
    check_ins.confirm(opened(clock, joined), by=officer, answers=WHOLE)
    assert Membership.objects.get().next_check_in_on == date(2029, 3, 10)
    clock.move_to(date(2029, 1, 10))
    the_jobs()
    second = CheckIn.objects.waiting().get()
    clock.move_to(date(2029, 11, 1))
    check_ins.confirm(second, by=officer, answers=WHOLE)
    assert Membership.objects.get().next_check_in_on == date(2031, 3, 10)


def test_confirming_twice_is_refused(clock, joined, officer):
    check_in = opened(clock, joined)
    check_ins.confirm(check_in, by=officer, answers=WHOLE)
    with pytest.raises(Refused):
        check_ins.confirm(the_one(), by=officer, answers=WHOLE)
    assert len(mails("_confirmed")) == 1


def test_a_reminder_that_waits_is_not_sent_once_it_is_confirmed(clock, joined, officer):
    check_ins.confirm(opened(clock, joined), by=officer, answers=WHOLE)
    for row in mails("_reminder"):
        assert outbox.declared(row.kind).fetch(row.about) is None


def test_confirming_an_older_page_is_refused(clock, joined, officer):
    check_in = opened(clock, joined)
    with pytest.raises(PageChanged):
        check_ins.confirm(check_in, by=officer, answers=WHOLE, shown="of another page")
    assert the_one().status == CheckInStatus.OPEN


def test_saved_half_way_is_kept_and_an_older_version_does_not_overwrite(clock, joined, officer):
    check_in = opened(clock, joined)
    cara = person("cara@leeming.gov.uk", first_name="Cara")
    people.represent(joined, cara)
    check_ins.save_answers(check_in, by=cara, answers={"conversation": "held"}, seen=0)
    with pytest.raises(PageChanged, match="Cara"):
        check_ins.save_answers(the_one(), by=officer, answers={"conversation": "same"}, seen=0)
    assert the_one().answers == {"conversation": "held"} and the_one().saved_by == cara
    assert status_of(joined) == MembershipStatus.CHECK_IN_DUE


def test_staff_record_what_someone_says_by_phone(clock, joined, manager, officer):
    check_in = opened(clock, joined, days=40)
    check_ins.record_by_phone(check_in, by=manager, answers=WHOLE, spoke_to="Olive, Adviser")
    assert status_of(joined) == MembershipStatus.LIVE
    assert the_one().was_by_phone
    assert Event.objects.get(what="check_in.confirmed").why == "By phone with Olive, Adviser"
    assert [row.to for row in mails("_confirmed")] == [officer.email]


# More time


def test_the_council_takes_sixty_days_once(clock, joined, officer):
    check_in = check_ins.extend(opened(clock, joined), by=officer, why="A restructure")
    assert check_in.answer_by == date(2028, 5, 9)
    assert check_in.status == CheckInStatus.EXTENDED
    assert len(mails("_extended")) == 1
    with pytest.raises(Refused):
        check_ins.extend(check_in, by=officer)
    before = len(mails("_reminder"))
    clock.ticks_until(date(2028, 5, 9))
    assert days_of(mails("_reminder"))[before:] == [
        date(2028, 4, 9),
        date(2028, 5, 2),
        date(2028, 5, 9),
    ]


def test_more_time_taken_early_does_not_ask_for_the_first_time_again(clock, joined, officer):
    check_ins.extend(opened(clock, joined, days=-60), by=officer)
    clock.ticks_until(date(2028, 5, 9))
    assert days_of(mails("_reminder")) == [
        date(2028, 1, 10),
        date(2028, 4, 9),
        date(2028, 5, 2),
        date(2028, 5, 9),
    ]


def test_an_overdue_member_that_takes_more_time_is_due_again(clock, joined, officer):
    check_in = opened(clock, joined, days=35)
    assert status_of(joined) == MembershipStatus.OVERDUE
    extended = check_ins.extend(check_in, by=officer)
    assert status_of(joined) == MembershipStatus.CHECK_IN_DUE
    assert extended.answer_by == date(2028, 4, 14) + timedelta(days=60)


def test_a_paused_member_cannot_take_more_time_but_staff_can_give_it(
    clock, joined, officer, manager
):
    check_in = opened(clock, joined, days=95)
    with pytest.raises(Refused):
        check_ins.extend(check_in, by=officer)
    until = timezone.localdate() + timedelta(days=30)
    check_ins.extend_by_staff(check_in, by=manager, until=until, why="They told us why")
    assert status_of(joined) == MembershipStatus.CHECK_IN_DUE
    assert "They told us why" in Event.objects.get(what="check_in.extended").why


@pytest.mark.parametrize("days", [0, -5, 400])
def test_staff_give_neither_less_time_nor_more_than_a_year(clock, joined, manager, days):
    check_in = opened(clock, joined)
    until = timezone.localdate() + timedelta(days=days)
    with pytest.raises(Refused):
        check_ins.extend_by_staff(check_in, by=manager, until=until, why="x")


# The end


def test_a_check_in_lapses_with_the_membership_and_nobody_is_reminded(clock, joined, manager):
    opened(clock, joined)
    departures.end_membership(
        joined, MembershipStatus.WITHDRAWN, on=timezone.localdate(), by=manager, why="x"
    )
    assert the_one().status == CheckInStatus.LAPSED
    before = len(mails())
    clock.ticks_until(timezone.localdate() + timedelta(days=40))
    assert len(mails()) == before


def test_lines_are_public_once_staff_have_read_them(clock, joined, officer, manager):
    check_in = opened(clock, joined)
    check_ins.confirm(check_in, by=officer, answers=WHOLE | {"principle_1": "Slow."})
    assert list(CheckIn.objects.with_lines_to_read()) == [the_one()]
    check_ins.publish_lines(the_one(), by=manager)
    check_ins.publish_lines(the_one(), by=manager)
    assert not CheckIn.objects.with_lines_to_read().exists()
    assert Event.objects.filter(what="check_in.lines_published").count() == 1


def test_the_words_for_the_desk(clock, joined):
    check_in = opened(clock, joined, days=-5)
    assert list(CheckIn.objects.due_by(date(2028, 3, 20))) == [check_in]
    assert not CheckIn.objects.due_by(date(2028, 3, 6)).exists()
    clock.ticks_until(date(2028, 4, 12))
    assert list(CheckIn.objects.overdue()) == [check_in]
    assert not CheckIn.objects.due_by(date(2028, 5, 20)).exists()


def test_the_jobs_are_in_the_tick():
    assert {"check-ins opened", "check-ins carried on"} <= tick.due_jobs().keys()


def test_the_same_queries_find_nothing_due_among_one_member_and_among_ten(
    clock, joined, django_assert_num_queries
):
    for number in range(10):
        council = make_council(key=f"c{number}", slug=f"council-{number}", name=f"C {number}")
        memberships.record_existing_membership(
            council, by="test", joined_on=None, joined_precision="not_known"
        )
    with django_assert_num_queries(2):
        the_jobs()


def test_staff_see_when_the_next_one_opens_and_the_next_email_leaves(clock, joined):
    assert tick.next_of("check-ins opened") == date(2028, 1, 10)
    clock.move_to(date(2028, 1, 10))
    the_jobs()
    assert tick.next_of("check-ins opened") is None
    assert tick.next_of("check-ins carried on") == date(2028, 2, 9)


def test_what_another_process_has_done_is_not_done_again(clock, joined):
    """Two processes read the same list of what is due, and one of them is slower."""
    clock.move_to(date(2028, 1, 10))
    the_jobs()
    assert not check_ins._open(joined.pk, "tick", date(2028, 1, 10))
    assert not check_ins._carry_on_one(the_one().pk, "tick", date(2028, 1, 10))
    assert len(mails()) == 1 and CheckIn.objects.count() == 1


def test_saving_the_same_answers_again_is_no_new_version(clock, joined, officer):
    check_in = opened(clock, joined)
    for _ in range(2):
        check_ins.save_answers(check_in, by=officer, answers={"conversation": "held"})
    assert the_one().version == 1
    assert Event.objects.filter(what="check_in.saved").count() == 1
