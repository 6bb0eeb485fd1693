"""Registry of due jobs, and `tick`, which runs them all once.

Apps register theirs in `AppConfig.ready()`.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connection
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.mail import outbox
from portal.models import SignOfLife

logger = logging.getLogger("portal.jobs")

# If a task has been running for longer, its worker has died.
LOST_AFTER = timedelta(minutes=10)

Job = Callable[[], int]
_jobs: dict[str, Job] = {}


def register(jobs: Mapping[str, Job]) -> None:
    """Add jobs to every tick.

    Args:
        jobs: Each job by what it counts, e.g. "members announced". A job does what is due and
            returns how many rows it changed.
    """
    _jobs.update(jobs)


def due_jobs() -> dict[str, Job]:
    """Return every registered job, by what it counts."""
    return dict(_jobs)


def tick(is_stopped: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Run every job once; log failures and go on.

    Args:
        is_stopped: Asked before each job; if True, the rest is left for the next tick.

    Returns:
        How many rows each job changed.
    """
    done = {}
    jobs = {"mails sent": outbox.send_due.func, "lost tasks": requeue_lost, **_jobs}
    for name, job in jobs.items():
        if is_stopped():
            break
        try:
            SignOfLife.give("worker")
            done[name] = job()
        except Exception:
            logger.exception("The job %r failed", name)
            if not connection.in_atomic_block:
                close_old_connections()  # so that a broken one does not fail the other jobs
    return done


def requeue_lost() -> int:
    """Put tasks whose worker died back into the queue; all our tasks are idempotent."""
    return DBTaskResult.objects.filter(
        status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - LOST_AFTER
    ).update(status=TaskResultStatus.READY, started_at=None)


def one_by_one(rows: QuerySet[Any], act: Callable[[Any], bool | None]) -> int:
    """Run `act` on each row, log errors, and return how many rows it changed.

    Args:
        rows: The rows that are due.
        act: Takes a primary key, runs in a transaction of its own, and returns whether it did
            something.
    """
    done = 0
    for pk in list(rows.values_list("pk", flat=True)):
        try:
            done += bool(act(pk))
        except Exception as problem:  # whatever one row may raise
            # Only the exception class: its text could quote a name or an address.
            name = rows.model._meta.verbose_name
            logger.error("%s %s: %s", name, pk, type(problem).__name__)
    return done
