"""What runs beside the web server: queued tasks, and what falls due."""

import logging
import threading
from datetime import timedelta

from django.db import close_old_connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from portal import outbox
from portal.ticks import due_jobs

logger = logging.getLogger("portal.worker")

TICK_SECONDS = 15
# A task that has been running for longer belongs to a worker that died.
LOST_AFTER = timedelta(minutes=10)


def tick() -> dict[str, int]:
    """Do every due job once. Returns how much each did; a fault of one stops no other."""
    done = {}
    jobs = {
        "mails sent": lambda: outbox.send_due.func(),
        "lost tasks": requeue_lost,
        **due_jobs(),
    }
    for name, job in jobs.items():
        try:
            done[name] = job()
        except Exception:
            logger.exception("The job %r failed", name)
    return done


def requeue_lost() -> int:
    """Put tasks whose worker died back into the queue. All ours may run twice."""
    return DBTaskResult.objects.filter(
        status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - LOST_AFTER
    ).update(status=TaskResultStatus.READY, started_at=None)


def _tick_for_ever(stop: threading.Event) -> None:
    while not stop.is_set():
        close_old_connections()
        tick()
        stop.wait(TICK_SECONDS)


def run(worker_id: str) -> None:
    """Work until the process is told to stop."""
    stop = threading.Event()
    threading.Thread(target=_tick_for_ever, args=(stop,), daemon=True).start()
    worker = Worker(
        queue_names=["*"],
        interval=0.2,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
        excluded_queue_names=[],
    )
    worker.configure_signals()
    try:
        worker.run()
    finally:
        stop.set()
