"""Registry of due jobs, and `tick`, which runs them all once.

Apps register theirs in `AppConfig.ready()`.
"""

import logging
import traceback
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import close_old_connections, connection
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.mail import outbox
from portal.models import JobRun, SignOfLife

logger = logging.getLogger("portal.jobs")

# If a task has been running for longer, its worker has died.
LOST_AFTER = timedelta(minutes=10)

Job = Callable[[], int]
Coming = Callable[[], date | datetime | None]
_jobs: dict[str, Job] = {}
_coming: dict[str, Coming] = {}
_on_time: set[str] = set()
# What one row after the other has raised in the job that runs now.
_row_faults: ContextVar[list[str] | None] = ContextVar("row_faults", default=None)


def register(
    jobs: Mapping[str, Job],
    coming: Mapping[str, Coming] | None = None,
    on_time: Collection[str] = (),
) -> None:
    """Add jobs to every tick.

    Args:
        jobs: Each job by what it counts, e.g. "members announced". A job does what is due and
            returns how many rows it changed.
        coming: When some of them have something to do next, for staff to see.
        on_time: Those that people wait for at a set minute. They must not wait for the others,
            such as a backup or a slow mail server, so the worker also runs them apart.
    """
    _jobs.update(jobs)
    _coming.update(coming or {})
    _on_time.update(on_time)


def due_jobs() -> dict[str, Job]:
    """Return every registered job, by what it counts."""
    return {"mails sent": outbox.send_due.func, "lost tasks": requeue_lost, **_jobs}


def next_of(job: str) -> date | datetime | None:
    """Return when a job has something to do next; None if nothing is known."""
    return _coming[job]() if job in _coming else None


def tick(
    is_stopped: Callable[[], bool] = lambda: False, *, only_on_time: bool = False
) -> dict[str, int]:
    """Run every job once; log and keep failures, and go on.

    Args:
        is_stopped: Asked before each job; if True, the rest is left for the next tick.
        only_on_time: Only those jobs that must not wait for the others.

    Returns:
        How many rows each job changed.
    """
    done, faults = {}, {}
    jobs = {n: job for n, job in due_jobs().items() if n in _on_time or not only_on_time}
    for name, job in jobs.items():
        if is_stopped():
            break
        row_faults: list[str] = []
        mark = _row_faults.set(row_faults)
        try:
            if not only_on_time:  # these would hide that all the others hang
                SignOfLife.give("worker")
            done[name] = job()
        except Exception as problem:
            logger.exception("The job %r failed", name)
            row_faults.append(_in_brief(problem))
            if not connection.in_atomic_block:
                close_old_connections()  # so that a broken one does not fail the other jobs
        finally:
            _row_faults.reset(mark)
        faults[name] = row_faults
    _keep(done, faults)
    return done


def _in_brief(problem: Exception) -> str:
    """Return the class of an exception and where it was raised. Its text could quote a name."""
    frames = traceback.extract_tb(problem.__traceback__)
    where = f", {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    return f"{type(problem).__name__}{where}"


def _keep(done: Mapping[str, int], faults: Mapping[str, list[str]]) -> None:
    """Keep how each job went, for staff. That this fails must not stop the next tick."""
    now = timezone.now()
    try:
        rows = {row.job: row for row in JobRun.objects.filter(job__in=faults)}
        for name, wrong in faults.items():
            row = rows.setdefault(name, JobRun(job=name))
            row.ran_at = now
            if done.get(name):
                row.did, row.did_at = done[name], now
            if wrong:
                row.failures, row.failed_at = row.failures + 1, now
                row.error = "; ".join(wrong)[:500]
            else:
                row.failures = 0
        fields = ["ran_at", "did", "did_at", "failures", "failed_at", "error"]
        JobRun.objects.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=["job"], update_fields=fields
        )
    except Exception as problem:
        logger.error("How the jobs went was not kept: %s", type(problem).__name__)


def requeue_lost() -> int:
    """Put tasks whose worker died back into the queue; all our tasks are idempotent."""
    return DBTaskResult.objects.filter(
        status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - LOST_AFTER
    ).update(status=TaskResultStatus.READY, started_at=None)


def one_by_one(rows: QuerySet[Any], act: Callable[[Any], int | None]) -> int:
    """Run `act` on each row, log errors, and return how many rows it changed.

    Args:
        rows: The rows that are due.
        act: Takes a primary key, runs in a transaction of its own, and returns whether it did
            something, or how many rows it changed.
    """
    done = 0
    for pk in list(rows.values_list("pk", flat=True)):
        try:
            done += int(act(pk) or 0)
        except Exception as problem:  # whatever one row may raise
            # Only the exception class: its text could quote a name or an address.
            name = rows.model._meta.verbose_name
            logger.error("%s %s: %s", name, pk, type(problem).__name__)
            if (faults := _row_faults.get()) is not None:
                faults.append(f"{name} {pk}: {_in_brief(problem)}")
    return done
