"""How long things are kept: one table, a job for each period, a dry run."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal import retention
from portal.jobs.cleanup import KEEP_RECIPIENTS, delete_finished, forget_recipients
from portal.jobs.tick import due_jobs
from portal.models import OutboxMessage
from portal.personal_data.registry import NOBODY


def said(**options) -> str:
    out = StringIO()
    call_command("forget", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def emails(db) -> list[OutboxMessage]:
    """One sent longer ago than we keep the address, one that waits as long, one of today."""
    made = []
    for number, (status, days) in enumerate([("sent", 366), ("pending", 366), ("sent", 0)]):
        row = OutboxMessage.objects.create(
            kind="k", event=str(number), message_id=str(number), to="a@x.example", status=status
        )
        OutboxMessage.objects.filter(pk=row.pk).update(
            created_at=timezone.now() - timedelta(days=days)
        )
        made.append(row)
    return made


def test_address_of_an_email_is_forgotten_after_a_year(emails):
    assert timedelta(days=365) == KEEP_RECIPIENTS
    assert forget_recipients() == 1
    assert [row.to for row in OutboxMessage.objects.order_by("pk")] == [
        NOBODY,
        "a@x.example",
        "a@x.example",
    ]
    assert forget_recipients() == 0


def test_forget_with_a_dry_run_says_how_many_and_changes_nothing(emails):
    text = said(dry_run=True)
    assert "Addresses of emails we sent (1 year after the email was written): 1\n" in text
    assert "Nothing was changed." in text
    assert not OutboxMessage.objects.filter(to=NOBODY).exists()


def test_forget_does_what_the_dry_run_says(emails):
    assert "Changed: 1 rows." in said()
    assert OutboxMessage.objects.filter(to=NOBODY).count() == 1
    assert "Addresses of emails we sent (1 year after the email was written): 0\n" in said()


def test_each_period_has_a_job_that_the_worker_runs_by_itself():
    jobs = list(due_jobs().values())
    assert delete_finished in jobs
    assert all(each.job is None or each.job in jobs for each in retention.every())


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (timedelta(days=1), "1 day after it was made"),
        (timedelta(days=90), "90 days after it was made"),
        (timedelta(days=365), "1 year after it was made"),
        (timedelta(days=6 * 365), "6 years after it was made"),
        (timedelta(), "it was made"),
    ],
)
def test_period_is_said_in_words(kept, words):
    period = retention.Period("x", kept, "it was made", "x", "x", OutboxMessage.objects.all)
    assert period.in_words == words
