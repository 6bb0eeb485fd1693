"""Emailed links of requests, office changes, withdrawals and invitations."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from network.actions import departures, memberships, offices, people
from network.choices import Office
from network.models.links import LINK_LASTS, EmailedLink
from network.tests.factories import approve_wording

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
    assert len(purposes) == len(others) == 4
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
