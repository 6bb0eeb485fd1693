"""Worker: runs queued tasks, and a tick every few seconds, whatever happens to the database.

Each runs in a thread of its own, and so does what is due at a set minute, so that a backup or a
slow mail server never delays it. The main thread only waits, so that a signal ends the worker
at once even while the database lets it wait.
"""

import atexit
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from django.db import connections
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from portal.jobs.tick import tick

logger = logging.getLogger("portal.jobs")

TICK_SECONDS = 15
ON_TIME_SECONDS = 10  # between two looks for what is due at a set minute
LOOK_SECONDS = 0.2  # between two looks for a task, and between two looks of the main thread
LONGEST_PAUSE = 5.0  # seconds after a fault, once there have been a few
LONG_ENOUGH = 30  # seconds without a fault, after which the next one counts as the first
# Seconds for a task under way to end after a signal. Every task can safely run twice.
GRACE = 5


def run(worker_id: str, *, beside: Callable[[], None] = lambda: None) -> None:
    """Work until the process gets a signal to stop.

    Args:
        worker_id: A name for this worker, unique among those running.
        beside: Called several times a second in the main thread. What it raises ends the work.

    Raises:
        RuntimeError: If one of the threads ended by itself, so that a supervisor notices.
    """
    stop = threading.Event()
    worker = Worker(
        queue_names=["*"],
        interval=LOOK_SECONDS,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
        excluded_queue_names=[],
    )
    told: list[int] = []  # an Event has a lock, which the interrupted thread may hold
    for name in ("SIGINT", "SIGTERM", "SIGQUIT"):
        signal.signal(getattr(signal, name), lambda number, frame: told.append(number))
    threads = [
        threading.Thread(target=_for_ever, args=(work, stop), daemon=True)
        for work in (lambda: _work(worker), lambda: _tick(stop), lambda: _be_on_time(stop))
    ]
    for thread in threads:
        thread.start()
    try:
        while not told:
            time.sleep(LOOK_SECONDS)
            beside()
            if not all(thread.is_alive() for thread in threads):
                raise RuntimeError("A thread of the worker has ended.")
    finally:
        worker.running = False
        stop.set()
        until = time.monotonic() + GRACE
        for thread in threads:
            thread.join(max(0, until - time.monotonic()))
        if any(thread.is_alive() for thread in threads):  # the database lets it wait for ever
            atexit.register(os._exit, 0 if sys.exc_info()[0] is None else 1)


def _for_ever(work: Callable[[], None], stop: threading.Event) -> None:
    """Do the work again and again until stopped, with growing pauses after faults.

    A fault is whatever is outside the work itself: a database that restarts or is locked, a
    full disk.
    """
    pause = 0.0
    while not stop.is_set():
        began = time.monotonic()
        try:
            work()
        except Exception as problem:
            if time.monotonic() - began > LONG_ENOUGH:
                pause = 0
            pause = min(pause * 2 or LONGEST_PAUSE / 8, LONGEST_PAUSE)
            # Only the exception's class: its text could quote an address.
            name = type(problem).__name__
            logger.warning("The worker met a fault (%s) and goes on in %.1f s", name, pause)
            _drop_connections()
            stop.wait(pause)
    _drop_connections()


def _drop_connections() -> None:
    """Close this thread's connections, also those that the database has ended."""
    for connection in connections.all(initialized_only=True):
        try:
            connection.close()
        except Exception:  # it is of no use any more
            connection.connection = None


def _work(worker: Worker) -> None:
    """Run queued tasks until told to stop, first those that a fault interrupted here."""
    for task in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if worker.worker_id in task.worker_ids[-1:]:
            DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING).update(
                status=TaskResultStatus.READY, started_at=None
            )
    worker.run()


def _be_on_time(stop: threading.Event) -> None:
    tick(stop.is_set, only_on_time=True)
    stop.wait(ON_TIME_SECONDS)


def _tick(stop: threading.Event) -> None:
    tick(stop.is_set)
    stop.wait(TICK_SECONDS)
