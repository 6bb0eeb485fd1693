"""Deletion of expired sessions."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.jobs.cleanup import delete_finished


def test_delete_finished_removes_expired_sessions_hourly(db):
    now = timezone.now()
    for key, ends in [("old", now - timedelta(days=1)), ("new", now + timedelta(days=1))]:
        Session.objects.create(session_key=key, session_data="", expire_date=ends)

    assert delete_finished() == 1
    assert [s.session_key for s in Session.objects.all()] == ["new"]

    Session.objects.update(expire_date=now - timedelta(days=1))
    assert delete_finished() == 0
