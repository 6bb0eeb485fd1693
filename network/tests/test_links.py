"""Emailed links of requests, office changes, withdrawals and invitations."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from network.actions import departures, memberships, offices, people, requests, signing
from network.choices import Office
from network.models import Refused, periods
from network.models.links import LINK_LASTS, EmailedLink
from network.tests.factories import approve_wording
from portal.models import OutboxMessage

pytestmark = pytest.mark.django_db
HOLDER = {"name": "Noor Newman", "role": "Leader", "email": "noor@leeming.gov.uk"}


@pytest.fixture
def member(council, officer):
    approve_wording()
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(made, officer)
    return made


@pytest.fixture
def request_to_endorse(story) -> EmailedLink:
    return story.asked().request_of(Office.LEADER)


@pytest.fixture
def office_change(member, officer) -> EmailedLink:
    return offices.record_office_change(
        member, by=officer, office=Office.LEADER, since=timezone.localdate(), **HOLDER
    )


@pytest.fixture
def withdrawal(member, officer) -> EmailedLink:
    return departures.ask_to_leave(
        member, by=officer, effective_on=timezone.localdate(), office=Office.LEADER, **HOLDER
    )


@pytest.fixture
def invitation(story, officer) -> EmailedLink:
    return people.invite(story.started(), by=officer, email="priya@leeming.gov.uk")


@pytest.fixture(params=["request_to_endorse", "office_change", "withdrawal", "invitation"])
def row(request) -> EmailedLink:
    """One row of each kind with a first link."""
    return request.getfixturevalue(request.param)


def test_link_opens_for_thirty_days(row):
    assert row.opens_with(row.token) and not row.link_has_ended
    assert (row.generation, row.link_ends_at) == (1, row.sent_at + LINK_LASTS)
    row.link_ends_at = timezone.now()
    assert row.is_link(row.token) and not row.opens_with(row.token)


def test_renewed_link_kills_the_older_one_for_good(row):
    older, row.bounced_at = row.token, timezone.now()
    row.renew_link()
    row.refresh_from_db()
    assert row.bounced_at is None and row.opens_with(row.token)
    assert row.was_link(older) and not row.is_link(older) and not row.opens_with(older)


def test_link_that_was_never_sent_is_unknown(row):
    never_sent = type(row)(pk=row.pk)
    assert never_sent.link_has_ended and not never_sent.was_link(never_sent.token)
    assert not row.was_link(never_sent.token)


def test_token_of_another_kind_opens_nothing(row):
    others = [each for each in EmailedLink.__subclasses__() if not each._meta.abstract]
    others += [each for kind in EmailedLink.__subclasses__() for each in kind.__subclasses__()]
    purposes = {each.LINK_PURPOSE for each in others}
    assert len(purposes) == len(others) == 8
    for other in others:
        if not isinstance(row, other):
            assert not row.was_link(other(pk=row.pk, generation=row.generation).token)


def test_only_unanswered_rows_past_their_end_are_ended(row):
    ended = type(row).objects.ended()
    assert row not in ended
    past = timezone.now() - timedelta(seconds=1)
    type(row).objects.filter(pk=row.pk).update(link_ends_at=past)
    assert row in type(row).objects.ended()
    row.move_to("cancelled" if row.can_move_to("cancelled") else "replaced", by="test")
    assert row not in type(row).objects.ended()


def test_sent_link_always_has_an_end(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(link_ends_at=None)


# ---- How many go to one address ----------------------------------------------------------
LENA = "lena@leeming.gov.uk"


def posted(address: str, times: int, *, ago: timedelta = timedelta(0), kind="invitation") -> None:
    """Put mails with a link into the outbox, as another route would have done."""
    for number in range(times):
        row = OutboxMessage.objects.create(
            kind=f"network.{kind}",
            event=f"{kind}:{address}:{ago}:{number}",
            to=address.upper(),
            message_id=f"<{kind}-{address}-{ago}-{number}@test>",
        )
        OutboxMessage.objects.filter(pk=row.pk).update(created_at=timezone.now() - ago)


def links_to(address: str) -> int:
    return OutboxMessage.objects.filter(to=address).count()


def ask_first(story):
    approve_wording()
    sign_up = story.filled_in()
    return lambda: requests.ask_endorsers(sign_up, by=story.officer)


ROUTES = {
    "first link": ask_first,
    "new link": lambda story: partial(requests.send_new_link, leaders(story), by=story.officer),
    "reminder": lambda story: partial(requests.remind, leaders(story), by=story.officer),
    "dead link's page": lambda story: partial(signing.send_link_on_file, leaders(story), by="x"),
    "invitation": lambda story: partial(
        people.invite, story.started(), by=story.officer, email=LENA
    ),
}


def leaders(story) -> EmailedLink:
    return story.asked().request_of(Office.LEADER)


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_sends_a_fourth_link_in_a_day_to_one_address(story, route):
    act = ROUTES[route](story)
    posted(LENA, 3 - links_to(LENA))
    before = OutboxMessage.objects.count()

    with pytest.raises(Refused, match="no more than 3 links a day"):
        act()
    assert OutboxMessage.objects.count() == before
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=25))
    act()
    assert OutboxMessage.objects.count() > before


@pytest.mark.parametrize("route", ["office_change", "withdrawal"])
def test_no_route_of_a_member_sends_a_fourth_link_in_a_day(request, officer, route):
    row = request.getfixturevalue(route)
    posted(HOLDER["email"], 2)
    acts = {
        "office_change": [
            partial(offices.ask_office_holder, row, by=officer),
            partial(signing.send_link_on_file, row, by="holder of an old link"),
        ],
        "withdrawal": [partial(departures.send_leave_link, row, by=officer)],
    }
    for act in acts[route]:
        with pytest.raises(Refused, match="no more than 3 links a day"):
            act()
    row.refresh_from_db()
    assert row.generation == 1


def test_no_seventh_link_goes_to_one_address_in_a_week(request_to_endorse, officer):
    posted(LENA, 2, ago=timedelta(days=5))
    posted(LENA, 3, ago=timedelta(days=2))

    with pytest.raises(Refused, match="no more than 6 links a week"):
        requests.send_new_link(request_to_endorse, by=officer)
    OutboxMessage.objects.filter(to=LENA.upper()).update(
        created_at=timezone.now() - timedelta(days=8)
    )
    requests.send_new_link(request_to_endorse, by=officer)


def test_one_reminder_in_48_hours_whoever_sends_it_and_in_spite_of_a_new_link(
    request_to_endorse, officer
):
    requests.remind(request_to_endorse, by=officer)
    requests.send_new_link(request_to_endorse, by=officer)
    with pytest.raises(Refused, match="one reminder in 48 hours"):
        requests.remind(request_to_endorse, by=officer)

    day = periods.add_working_days(timezone.localdate(), 3)
    assert requests.chase_due(on=day) == 1  # the chief executive alone
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=49))
    assert requests.chase_due(on=day) == 1


def test_refusal_says_when_the_next_can_go(request_to_endorse, officer):
    posted(LENA, 2)
    again = timezone.localtime() + timedelta(days=1)

    with pytest.raises(Refused) as refusal:
        requests.send_new_link(request_to_endorse, by=officer)
    assert f"You can send another from {again:%A} {again.day} {again:%B} at" in str(refusal.value)


def test_mails_that_were_not_sent_and_those_without_a_link_do_not_count(
    request_to_endorse, officer
):
    posted(LENA, 3)
    OutboxMessage.objects.filter(to=LENA.upper()).update(status="cancelled")
    posted(LENA, 3, kind="endorsement_copy")

    requests.send_new_link(request_to_endorse, by=officer)
