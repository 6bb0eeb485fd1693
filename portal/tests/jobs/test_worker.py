"""The worker and `tick`: failures, lost tasks and registered jobs."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.jobs import tick


@pytest.fixture
def jobs(monkeypatch):
    monkeypatch.setattr(tick, "_jobs", {})
    return lambda name, job: tick.register({name: job})


def a_task(status, minutes_ago: float) -> DBTaskResult:
    then = timezone.now() - timedelta(minutes=minutes_ago)
    return DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="portal.mail.outbox.send_due",
        queue_name="default",
        backend_name="default",
        run_after=then,
        status=status,
        started_at=then if status != TaskResultStatus.READY else None,
    )


@pytest.mark.django_db
def test_failing_job_does_not_stop_others(jobs, caplog):
    jobs("first", lambda: 1)
    jobs("broken", lambda: 1 / 0)
    jobs("last", lambda: 3)
    done = tick.tick()
    assert (done["first"], done["last"]) == (1, 3)
    assert "broken" not in done
    assert "'broken' failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db
def test_unsent_mail_does_not_stop_jobs(jobs, monkeypatch):
    jobs("last", lambda: 3)
    monkeypatch.setattr(tick.outbox, "_claim", lambda: 1 / 0)
    assert tick.tick()["last"] == 3


@pytest.mark.django_db
def test_every_app_registers_its_jobs():
    assert set(tick.due_jobs()) >= {"members announced", "unconfirmed accounts swept"}


@pytest.mark.django_db
def test_lost_task_is_requeued_once():
    lost = a_task(TaskResultStatus.RUNNING, 11)
    busy = a_task(TaskResultStatus.RUNNING, 9)
    done = a_task(TaskResultStatus.SUCCESSFUL, 60)
    assert [tick.requeue_lost(), tick.requeue_lost()] == [1, 0]
    statuses = dict(DBTaskResult.objects.values_list("pk", "status"))
    assert statuses == {
        lost.pk: TaskResultStatus.READY,
        busy.pk: TaskResultStatus.RUNNING,
        done.pk: TaskResultStatus.SUCCESSFUL,
    }
    assert DBTaskResult.objects.ready().filter(pk=lost.pk).exists(), "a worker will see it"


@pytest.mark.django_db
def test_tick_prints_counts(jobs):
    jobs("doors closed", lambda: 7)
    said = StringIO()
    call_command("tick", stdout=said)
    assert "doors closed: 7\n" in said.getvalue()
    assert "mails sent: 0\n" in said.getvalue()


def test_worker_works_until_stopped(tmp_path):
    env = {"PATH": os.environ["PATH"], "DEBUG": "1", "VAR_DIR": str(tmp_path)}
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    tables = {"DJANGO_SETTINGS_MODULE": "portal.tests.without_migrations"}
    migrate = [*manage, "migrate", "--run-syncdb", "-v0"]
    subprocess.run(migrate, env=env | tables, check=True, capture_output=True)
    enqueue = "from portal.mail.outbox import send_due; send_due.enqueue()"
    subprocess.run([*manage, "shell", "-v0", "-c", enqueue], env=env, check=True)
    process = subprocess.Popen(
        [*manage, "worker"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert _done_within(tmp_path / "portal.sqlite3", seconds=30)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=15)[0]
    finally:
        process.kill()
    assert process.returncode == 0, said


def _done_within(path, seconds: float) -> bool:
    import sqlite3  # noqa: PLC0415 (the worker's own database, not the tests')

    table = DBTaskResult._meta.db_table
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with sqlite3.connect(path) as database:
            rows = database.execute(f"SELECT status FROM {table}").fetchall()
        if rows == [("SUCCESSFUL",)]:
            return True
        time.sleep(0.2)
    return False
