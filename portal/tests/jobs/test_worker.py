"""The worker and `tick`: failures, lost tasks and registered jobs."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.jobs import tick, worker
from tests.conftest import new_database
from tests.faults import TASK


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


# ---- The process -------------------------------------------------------------------------

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
TASKS = DBTaskResult._meta.db_table
PATIENCE = 60  # seconds, on a busy machine


@dataclass
class Running:
    """A worker, its database, and what it wrote."""

    process: subprocess.Popen
    database: str  # a file's path or a URL
    wrote: str = ""

    def log(self) -> str:
        """Return what it wrote. It goes through a pipe, because a full disk takes no log."""
        self.wrote += (self.process.stderr.read() or b"").decode()
        return self.wrote

    def ask(self, sql: str) -> list[tuple]:
        """Return the answer of its database."""
        if self.database.startswith("postgres"):
            opened = psycopg.connect(self.database, autocommit=True)
        else:
            opened = sqlite3.connect(self.database, timeout=PATIENCE)
        try:
            with opened:
                answer = opened.execute(sql)
                return answer.fetchall() if answer.description else []
        finally:
            opened.close()

    def enqueue(self) -> None:
        """Queue a task, as a request would."""
        row = {"id": uuid.uuid4().hex} | TASK
        values = str(tuple(row.values()))
        self.ask(f"INSERT INTO {TASKS} ({', '.join(row)}) VALUES {values}")

    def waits_for(self, *statuses: str) -> None:
        """Wait until the tasks have these statuses."""
        deadline = time.monotonic() + PATIENCE
        while (seen := self.ask(f"SELECT status FROM {TASKS}")) != [(s,) for s in statuses]:
            said = self.log()  # a full pipe would hold up whoever writes into it
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, (seen, said)
            time.sleep(0.1)

    def ends(self) -> float:
        """Send SIGTERM, and return the seconds until it has ended without an error."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        while self.process.poll() is None:
            said = self.log()
            assert time.monotonic() - began < PATIENCE, said
            time.sleep(0.05)
        assert self.process.returncode == 0, self.log()
        return time.monotonic() - began


@pytest.fixture
def running(tmp_path, django_db_setup):
    """A worker on a copy of the migrated database, which has finished its first task."""
    connection.close()  # so that nothing of it is elsewhere than in the file
    migrated = connection.settings_dict["NAME"]
    database = new_database("worker", migrated) or str(tmp_path / "portal.sqlite3")
    if not database.startswith("postgres"):
        shutil.copy(migrated, database)
    env = {"PATH": os.environ["PATH"], "DEBUG": "1", "VAR_DIR": str(tmp_path)}
    env |= {"DATABASE_URL": database} if database.startswith("postgres") else {}
    process = subprocess.Popen([*MANAGE, "worker"], env=env, stderr=subprocess.PIPE)
    os.set_blocking(process.stderr.fileno(), False)
    worker = Running(process, database)
    try:
        worker.enqueue()
        worker.waits_for("SUCCESSFUL")
        yield worker
    finally:
        process.kill()
        process.wait()


def test_worker_works_until_stopped(running):
    running.ends()


@contextmanager
def locked(running: Running) -> Iterator[None]:
    """Another process writes for longer than anyone waits."""
    with closing(sqlite3.connect(running.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full_disk(running: Running) -> Iterator[None]:
    """No file can be written to."""
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    yield
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, unlimited)


@contextmanager
def restarted(running: Running) -> Iterator[None]:
    """The database ends every connection and takes no new one."""
    name = urlsplit(running.database).path.lstrip("/")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        yield
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


FAULTS = [restarted] if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") else []
FAULTS = FAULTS or [locked, full_disk]


def met_a_fault(running: Running) -> None:
    """Wait until both threads of the worker have met the fault."""
    deadline = time.monotonic() + PATIENCE
    while "The worker met a fault" not in (said := running.log()):
        assert running.process.poll() is None, said
        assert time.monotonic() < deadline, f"It noticed nothing: {said}"
        time.sleep(0.1)


@pytest.mark.parametrize("fault", FAULTS)
def test_worker_goes_on_after_fault_of_the_database(running, fault):
    with fault(running):
        if fault is full_disk:
            running.enqueue()  # an idle worker writes nothing
        met_a_fault(running)
    began = time.monotonic()
    if fault is not full_disk:
        running.enqueue()
    running.waits_for("SUCCESSFUL", "SUCCESSFUL")
    assert time.monotonic() - began < 15
    assert running.ends() < 8


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault is not full_disk])
def test_worker_stops_at_once_while_the_database_is_away(running, fault):
    with fault(running):
        met_a_fault(running)
        assert running.ends() < worker.GRACE + 3
