"""Worker: runs queued tasks, and a tick every few seconds."""

import threading

from django.db import close_old_connections
from django_tasks_db.management.commands.db_worker import Worker

from portal.jobs.tick import tick

TICK_SECONDS = 15


def _tick_for_ever(stop: threading.Event) -> None:
    while not stop.is_set():
        close_old_connections()
        tick()
        stop.wait(TICK_SECONDS)


def run(worker_id: str) -> None:
    """Work until the process gets a signal to stop.

    Args:
        worker_id: A name for this worker, unique among those running.
    """
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
