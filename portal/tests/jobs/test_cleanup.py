"""Deletion of what we keep for a time only."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from conftest import person
from portal.jobs.cleanup import KEEP_DELIVERIES, delete_deliveries, delete_finished
from portal.jobs.tick import due_jobs
from portal.models import Delivery, Mailing


def test_delete_finished_removes_expired_sessions_hourly(db):
    now = timezone.now()
    for key, ends in [("old", now - timedelta(days=1)), ("new", now + timedelta(days=1))]:
        Session.objects.create(session_key=key, session_data="", expire_date=ends)

    assert delete_finished() == 1
    assert [s.session_key for s in Session.objects.all()] == ["new"]

    Session.objects.update(expire_date=now - timedelta(days=1))
    assert delete_finished() == 0


@pytest.fixture
def mailings(db):
    """One that ended as long ago as we keep, one a day later, one that is paused."""
    boss = person("boss@x.example")
    ago = timezone.now() - KEEP_DELIVERIES
    made = []
    for n, ended in enumerate([ago - timedelta(hours=1), ago + timedelta(days=1), None]):
        mailing = Mailing.objects.create(kind="k", about=n, by=boss, ended_at=ended, recipients=2)
        made.append(mailing)
        for r, status in enumerate([Delivery.Status.SENT, Delivery.Status.FAILED]):
            bounced = ended if r == 0 else None
            mailing.deliveries.create(
                recipient=r, message_id=f"<{n}.{r}>", status=status, bounced_at=bounced
            )
    return made


def test_old_mailing_keeps_its_numbers_and_nobody_who_got_it(mailings):
    old, new, paused = mailings
    before = [mailing.counts() for mailing in mailings]

    assert delete_deliveries() == 1
    assert delete_deliveries() == 0

    assert not old.deliveries.exists()
    assert (new.deliveries.count(), paused.deliveries.count()) == (2, 2)
    assert [Mailing.objects.get(pk=each.pk).counts() for each in mailings] == before
    assert before[0] | {"sent": 1, "failed": 1, "came_back": 1} == before[0]
    assert delete_deliveries in due_jobs().values()


def test_dry_run_says_what_is_past_its_time_and_deletes_nothing(mailings):
    past = timezone.now() - timedelta(days=1)
    Session.objects.create(session_key="old", session_data="", expire_date=past)
    said = StringIO()

    call_command("tick", "--dry-run", stdout=said)

    assert "Sessions: 1\n" in said.getvalue()
    assert "Who got which email to many: 2\n" in said.getvalue()
    assert (Session.objects.count(), Delivery.objects.count()) == (1, 6)
