"""The weekday email to managers: once a day, on working mornings, only if there is something."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conftest import person
from network import desk
from network.actions import reviews, sign_ups
from network.emails import digest
from network.models import Absence, Event, Refused, SignUp
from network.tests.factories import Story, fresh
from portal.jobs import tick
from portal.mail import outbox
from portal.models import OutboxMessage

MONDAY = datetime(2027, 3, 1, 8)


@pytest.fixture
def at(monkeypatch):
    """Return a function that moves the clock."""

    def move(moment: datetime) -> None:
        now = timezone.make_aware(moment)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return move


@pytest.fixture
def other(db):
    """A second manager."""
    return person("nora@network.example", group="Network managers", first_name="Nora")


def sent() -> list[str]:
    return [row.to for row in OutboxMessage.objects.filter(kind="network.digest")]


def text_of(row: OutboxMessage) -> str:
    mail = outbox.declared(row.kind)
    return mail.render(mail.fetch(row.about))[1]


def test_no_digest_when_nothing_is_due(manager, at):
    at(MONDAY)
    assert reviews.send_digests() == 0
    assert not sent()


def test_digest_says_what_is_on_the_desk_once_a_day(manager, at, council, officer):
    at(MONDAY - timedelta(days=5))
    Story(council, officer).submitted()
    at(MONDAY)
    assert tick.due_jobs()["managers told what is on their desk"]() == 1
    assert reviews.send_digests() == 1
    assert sent() == [manager.email]
    text = text_of(OutboxMessage.objects.get(kind="network.digest"))
    assert "Waiting for us:" in text and "- Leeming: Start the review. With us" in text
    at(MONDAY + timedelta(days=1))
    reviews.send_digests()
    assert sent() == [manager.email] * 2


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (MONDAY.replace(hour=6, minute=59), False),
        (MONDAY.replace(hour=7, minute=0), True),
        (datetime(2027, 3, 6, 9), False),  # Saturday
        (datetime(2027, 3, 26, 9), False),  # Good Friday
        (datetime(2027, 3, 30, 7, 30), True),  # the first working day of summer time
    ],
)
def test_digest_leaves_on_working_mornings(manager, at, council, officer, moment, leaves):
    at(MONDAY - timedelta(days=5))
    Story(council, officer).submitted()
    at(moment)
    assert bool(reviews.send_digests()) == leaves


def test_news_is_what_others_did_since_the_working_day_before(manager, other, at, council, officer):
    sign_up = Story(council, officer).in_review(manager)
    sign_ups.withdraw(sign_up, by=officer)

    def words(moment: datetime) -> list[str]:
        found = digest._news(manager, moment.date().isoformat())
        return [event.what for event in found]

    event = Event.objects.get(what="sign_up.withdrawn")
    day = timezone.localdate(event.at)
    mornings = [day + timedelta(days=n) for n in range(8)]
    told = [
        d
        for d in mornings
        if digest.periods.is_working_day(d)
        and "sign_up.withdrawn" in words(datetime(d.year, d.month, d.day))
    ]
    assert len(told) == 1  # neither lost nor said twice
    assert not digest._news(officer, told[0].isoformat()) or all(
        each.by != officer for each in digest._news(officer, told[0].isoformat())
    )


def test_who_is_away_gets_none_and_their_deputy_has_their_work(
    manager, other, at, council, officer
):
    at(MONDAY - timedelta(days=3))
    Story(council, officer).in_review(other)
    reviews.be_away(
        other, by=other, since=MONDAY.date(), until=MONDAY.date() + timedelta(2), deputy=manager
    )
    at(MONDAY)
    reviews.send_digests()
    assert sent() == [manager.email]
    assert "who is away" in text_of(OutboxMessage.objects.get(kind="network.digest"))
    at(MONDAY + timedelta(days=3))
    reviews.send_digests()
    assert other.email in sent()


def test_absence_that_makes_no_sense_is_refused(manager, other, editor):
    today = timezone.localdate()
    soon = {"since": today, "until": today + timedelta(days=5)}
    with pytest.raises(Refused, match="last day"):
        reviews.be_away(manager, by=manager, since=today, until=today - timedelta(days=1))
    for deputy in (manager, editor):
        with pytest.raises(Refused, match="cannot stand in"):
            reviews.be_away(manager, by=manager, **soon, deputy=deputy)
    reviews.be_away(other, by=other, **soon)
    with pytest.raises(Refused, match="away then too"):
        reviews.be_away(manager, by=manager, **soon, deputy=other)


# The page


def page() -> str:
    return reverse("network_staff:away")


def test_manager_names_a_deputy_and_comes_back(staff, manager, other):
    browser, today = staff(manager), timezone.localdate()
    given = {"manager": manager.pk, "since": today, "until": today + timedelta(days=7)}
    assert browser.get(page()).status_code == 200
    assert browser.post(page(), given | {"deputy": other.pk}).url == page()
    assert Absence.objects.get().deputy == other
    assert "Nora" in browser.get(page()).content.decode()
    assert browser.post(page(), {"back": manager.pk}).url == page()
    assert not Absence.objects.exists()
    said = [event.sentence for event in Event.objects.filter(what__startswith="manager.")]
    assert said == ["Said that a manager is away", "Said that a manager is back"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"until": "2001-01-01"}, "The last day away must be today or later"),
        ({"until": ""}, "Enter the last day away"),
        ({"until": "x"}, "Enter a real date"),
        ({"back": "99"}, ""),
    ],
)
def test_wrong_absence_is_shown_again(staff, manager, typed, said):
    given = {"manager": manager.pk, "since": timezone.localdate(), "until": "2999-01-01"} | typed
    answer = staff(manager).post(page(), given)
    assert answer.status_code in {200, 302, 404}
    assert said in answer.content.decode()
    assert not Absence.objects.exists()


def test_nobody_else_says_who_is_away(staff, as_, editor, officer, manager):
    assert staff(editor).get(page()).url == reverse("wagtailadmin_home")
    assert as_(officer).get(page()).status_code == 403
    given = {"manager": manager.pk, "since": "2027-01-01", "until": "2999-01-01"}
    assert as_(officer).post(page(), given).status_code == 403
    assert not Absence.objects.exists()


def test_applicants_read_the_honest_date_where_nobody_stands_in(as_, manager, officer, council):
    sign_up = Story(council, officer).submitted()
    today = timezone.localdate()
    until = today + timedelta(days=9)

    def said() -> str:
        return as_(officer).get(f"{sign_up.get_absolute_url()}sent/").content.decode()

    assert "away" not in said()
    reviews.be_away(manager, by=manager, since=today, until=until)
    assert f"away until {until.day} " in said()
    second = person("nora@network.example", group="Network managers", first_name="Nora")
    assert "away until" not in said()  # someone is here
    reviews.take_on(fresh(sign_up), by=manager)
    assert "away until" in said()  # it is hers, and no one stands in
    Absence.objects.update(deputy=second)
    assert "away until" not in said()
    assert SignUp.objects.get().owner == manager and desk.panels(second)[0].lines
