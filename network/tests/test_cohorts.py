"""Councils announced together: all at one moment, or none; nobody before, nobody forgotten."""

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network.actions import cohorts, memberships, reviews, signing
from network.emails import reviews as reviews_emails
from network.models import Cohort, Event, Membership, Refused, SignUp
from network.models.periods import hour_in_words
from network.tests.factories import Story, hour_of
from portal.jobs import tick
from portal.mail import outbox
from portal.models import JobRun, OutboxMessage

ANNOUNCED, MOVED = "network.membership_announced", "network.announcement_moved"


def days(number: int) -> datetime:
    return hour_of(timezone.localdate() + timedelta(days=number))


@pytest.fixture
def waiting(officer, manager):
    """`waiting(number)`: accepted councils, each to be announced on a day of its own."""

    def make(number: int) -> list[Membership]:
        found = []
        for each in range(number):
            sign_up = Story(make_council(), officer).in_review(manager)
            reviews.record_call_back(sign_up, by=manager, how="I called")
            found.append(reviews.accept(sign_up, by=manager, announce_at=days(20 + each)))
        return found

    return make


@pytest.fixture
def cohort(waiting, manager) -> Cohort:
    """Three councils announced together in 5 days."""
    return together(waiting(3), manager)


def together(chosen: list[Membership], by, at: datetime | None = None, **changes) -> Cohort:
    given = {"name": "Spring", "announce_at": at or days(5), "why": "A joint launch"}
    made = cohorts.make_cohort(chosen, by=by, **given | changes)
    return Cohort.objects.get(pk=made.pk)  # what waits is read once


def due(cohort: Cohort) -> None:
    for each in cohort.memberships.all():
        each.announce_at = timezone.now()
        each.save()


def public() -> int:
    return Membership.objects.announced().count()


def mails(kind: str) -> int:
    return OutboxMessage.objects.filter(kind=kind).count()


def test_cohort_gives_all_its_hour_and_tells_only_those_whose_hour_changes(waiting, manager):
    first, second = waiting(2)
    told = len(list(reviews_emails.announcement_moved.to.find(first.sign_up)))
    made = together([first, second], manager, at=first.announce_at)
    assert {each.announce_at for each in made.waiting} == {first.announce_at}
    joined = {timezone.localdate(first.announce_at)}
    assert set(made.memberships.values_list("joined_on", flat=True)) == joined
    assert mails(MOVED) == told
    assert Event.objects.filter(what="membership.joined_cohort", why="Spring").count() == 2


def test_mails_about_the_new_hour_name_no_other_council(cohort):
    outbox.send_due.func()
    names = {each.council.official_name for each in cohort.waiting}
    moved = [m.body for m in mail.outbox if "a new announcement time" in m.subject]
    assert moved
    for body in moved:
        assert sum(name in body for name in names) == 1
        assert "Spring" not in body and hour_in_words(cohort.announce_at) in body


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "spring"}, "Another cohort has that name"),
        ({"announce_at": timezone.now() - timedelta(days=1)}, "still to come"),
    ],
)
def test_cohort_needs_a_name_of_its_own_and_an_hour_to_come(
    cohort, waiting, manager, changes, said
):
    with pytest.raises(Refused, match=said):
        together(waiting(2), manager, **{"name": "Autumn"} | changes)


def test_one_council_is_no_cohort_and_a_public_one_joins_none(waiting, manager):
    first, second = waiting(2)
    with pytest.raises(Refused, match="at least 2"):
        together([first], manager)
    memberships.announce(first, by=manager)
    with pytest.raises(Refused, match="already public"):
        together([first, second], manager)
    assert not Cohort.objects.exists()


def test_council_that_wants_no_publicity_yet_is_named(waiting, manager):
    chosen = waiting(2)
    SignUp.objects.filter(pk=chosen[1].sign_up_id).update(publish_from=date(2099, 1, 1))
    with pytest.raises(Refused, match=f"{chosen[1].council}: The council asked for no publicity"):
        together(chosen, manager)
    assert not Cohort.objects.exists()


def test_manager_with_a_part_in_one_of_them_decides_about_none(cohort, manager):
    other = person("pat@network.example", group="Network managers")
    Event.objects.record("sign_up.started", by=other, sign_up=cohort.waiting[0].sign_up)
    for act in (
        lambda: cohorts.announce_cohort(cohort, by=other),
        lambda: cohorts.move_cohort(cohort, by=other, announce_at=None, why="x"),
        lambda: together(cohort.waiting, other, name="Autumn"),
    ):
        with pytest.raises(PermissionDenied, match="another network manager"):
            act()


def test_moving_a_cohort_moves_all_and_holding_holds_all(cohort, manager):
    before = mails(MOVED)
    cohorts.move_cohort(cohort, by=manager, announce_at=days(9), why="The hall is booked")
    cohort = Cohort.objects.get()
    assert cohort.announce_at == days(9)
    assert mails(MOVED) == before * 2
    cohorts.move_cohort(cohort, by=manager, announce_at=None, why="An election")
    cohort = Cohort.objects.get()
    assert len(cohort.waiting) == 3 and cohort.announce_at is None
    with pytest.raises(Refused, match="still to come"):
        cohorts.move_cohort(cohort, by=manager, announce_at=timezone.now(), why="x")


def test_council_moved_alone_leaves_its_cohort_and_the_last_ends_it(cohort, manager):
    first, *others = cohort.waiting
    memberships.postpone(first, by=manager, announce_at=None, why="Its leader is away")
    first.refresh_from_db()
    assert first.cohort is None and first.announce_at is None
    assert {each.announce_at for each in Cohort.objects.get().waiting} == {days(5)}
    assert Event.objects.filter(what="membership.left_cohort").count() == 1
    for each in others:
        memberships.postpone(each, by=manager, announce_at=days(7), why="x")
    assert not Cohort.objects.exists()


def test_council_added_later_gets_the_hour_of_the_cohort(cohort, waiting, manager):
    [late] = waiting(1)
    cohorts.add_to_cohort(cohort, by=manager, memberships=[late], why="It asked to join in")
    late.refresh_from_db()
    assert (late.cohort, late.announce_at) == (cohort, days(5))
    with pytest.raises(Refused, match="at least one"):
        cohorts.add_to_cohort(cohort, by=manager, memberships=[late], why="x")


def test_cohort_becomes_public_at_its_hour_with_one_mail_each_and_once(cohort):
    told = sum(len(list(reviews_emails.ANNOUNCED.to.find(e.sign_up))) for e in cohort.waiting)
    assert memberships.announce_due() == 0
    due(cohort)
    assert tick.tick()["members announced"] == 3
    assert tick.tick()["members announced"] == 0
    assert public() == 3
    ids = OutboxMessage.objects.filter(kind=ANNOUNCED).values_list("message_id", flat=True)
    assert len(ids) == len(set(ids)) == told
    assert Event.objects.filter(what="membership.announced").count() == 3


class Killed(BaseException):
    """The process is killed here."""


def at_the_third(monkeypatch, problem: BaseException) -> None:
    """Raise `problem` when the third council is announced."""
    announced, seen = reviews_emails.membership_announced, []

    def told(membership: Membership) -> None:
        announced(membership)
        seen.append(membership)
        if len(seen) == 3:
            raise problem

    monkeypatch.setattr(reviews_emails, "membership_announced", told)


def test_crash_in_the_middle_leaves_nobody_announced_and_the_next_tick_all(cohort, monkeypatch):
    due(cohort)
    before = OutboxMessage.objects.count(), Event.objects.count()
    at_the_third(monkeypatch, Killed())
    with pytest.raises(Killed):
        memberships.announce_due()
    assert public() == 0
    assert (OutboxMessage.objects.count(), Event.objects.count()) == before
    assert memberships.announce_due() == 3
    assert public() == 3


def test_error_about_one_council_holds_no_other_back_and_staff_see_it(cohort, monkeypatch):
    due(cohort)
    at_the_third(monkeypatch, ValueError("Its name must stay private"))
    assert tick.tick()["members announced"] == 2
    assert public() == 2
    failed = JobRun.objects.get(job="members announced")
    assert failed.failures == 1 and "ValueError" in failed.error
    assert tick.tick()["members announced"] == 1
    assert Event.objects.filter(what="membership.announced").count() == 3


def test_council_in_doubt_waits_and_follows_once_settled_and_the_others_do_not(cohort, manager):
    doubtful = cohort.waiting[0]
    signature = doubtful.sign_up.endorsements.get(office="leader")
    signing.report_signature(signature, name="Lena", message="")
    due(cohort)
    assert memberships.announce_due() == 2
    assert Cohort.objects.waiting().get() == cohort
    assert [each.pk for each in Cohort.objects.get().waiting] == [doubtful.pk]
    assert mails("network.announcement_waits") == 1  # to the one manager
    signing.confirm_signature(signature, by=manager, how="I called her")
    assert memberships.announce_due() == 1
    assert not Cohort.objects.waiting().exists()


def test_announcing_now_leaves_the_doubtful_at_their_hour(cohort, manager):
    doubtful = cohort.waiting[0]
    signing.report_signature(
        doubtful.sign_up.endorsements.get(office="leader"), name="Lena", message=""
    )
    assert cohorts.announce_cohort(cohort, by=manager) == 2
    doubtful.refresh_from_db()
    assert doubtful.announced_at is None and doubtful.announce_at == days(5)
    joined = Membership.objects.announced().values_list("joined_on", flat=True)
    assert set(joined) == {timezone.localdate()}
    with pytest.raises(Refused, match="cannot announce any"):
        cohorts.announce_cohort(Cohort.objects.get(), by=manager)


def test_nothing_of_a_public_cohort_is_moved(cohort, manager):
    cohorts.announce_cohort(cohort, by=manager)
    cohort = Cohort.objects.get()
    for act in (
        lambda: cohorts.announce_cohort(cohort, by=manager),
        lambda: cohorts.move_cohort(cohort, by=manager, announce_at=None, why="x"),
    ):
        with pytest.raises(Refused, match="Nothing in this cohort waits"):
            act()


def test_council_that_withdraws_before_leaves_the_others_as_they_are(cohort, manager):
    gone = cohort.waiting[0]
    gone.move_to("withdrawn", by=manager)
    due(cohort)
    assert memberships.announce_due() == 2
    gone.refresh_from_db()
    assert gone.announced_at is None
