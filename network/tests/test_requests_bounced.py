"""Bounced requests: reminders stop, and the applicant is told once."""

import pytest

from network.actions import requests, signing
from network.choices import Office, RequestStatus
from network.models import Event, Refused
from network.tests.factories import fresh
from portal.mail import outbox
from portal.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(story) -> tuple:
    """The leader's request and the email with its link."""
    request = story.asked().request_of(Office.LEADER)
    outbox.send_due.func()
    mails = OutboxMessage.objects.filter(kind="network.endorsement_request", to=request.email)
    return request, mails.get()


def told() -> list[str]:
    rows = OutboxMessage.objects.filter(kind="network.endorsement_bounced")
    return list(rows.values_list("to", flat=True))


def test_it_is_marked_recorded_and_told_to_the_applicant_once(sent, officer):
    request, mail = sent
    assert outbox.mark_bounced(mail, "There is no such address")
    assert not outbox.mark_bounced(mail, "There is no such address")
    request.refresh_from_db()
    assert request.bounced_at is not None
    assert request.status == RequestStatus.SENT
    event = Event.objects.get(what="endorsement_request.bounced")
    assert (event.why, event.by_label) == ("There is no such address", "mail provider")
    assert told() == [officer.email]
    assert outbox.send_due.func() == 1


def test_nobody_is_reminded_after_a_bounce_until_a_new_link(sent, officer):
    request, mail = sent
    outbox.mark_bounced(mail, "There is no such address")
    with pytest.raises(Refused, match="could not deliver"):
        requests.remind(request, by=officer)
    request.refresh_from_db()
    assert request.reminded_at is None

    requests.send_new_link(request, by=officer)
    requests.remind(request, by=officer)
    request.refresh_from_db()
    assert request.reminded_at is not None


def test_a_new_link_begins_afresh_and_an_older_mail_says_nothing_of_it(sent, officer):
    request, mail = sent
    requests.send_new_link(request, by=officer)
    outbox.mark_bounced(mail, "Late")
    request.refresh_from_db()
    assert request.bounced_at is None
    assert told() == []


def test_who_has_signed_meanwhile_was_reached(sent):
    request, mail = sent
    sign_up = fresh(request.sign_up)
    signing.endorse(request, name="Lena Leader", role="Leader", shown=sign_up.fingerprint)
    outbox.mark_bounced(mail, "Late")
    request.refresh_from_db()
    assert request.bounced_at is None
    assert told() == []
