"""The web server of `make run`: a process of its own, which never outlives who started it.

As a program (`python -m portal.management.web_server PORT`) it is granian with the site loaded
before its worker is forked, so that a worker that was killed is back at once.
"""

import ctypes
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.core.management.base import CommandError

logger = logging.getLogger("portal.serve")

ROOT = Path(__file__).resolve().parent.parent.parent
PR_SET_PDEATHSIG = 1  # Linux, prctl(2)
PAUSES = (0, 1, 2, 5, 10)  # seconds before each new start; after the last one we give up
LONG_ENOUGH = 60  # seconds of life, after which an end counts as the first one


class WebServer:
    """The server's process, started again whenever it ends by itself."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._ends = 0
        self._start_at: float | None = None
        self._start()

    def _start(self) -> None:
        self._start_at, self._began = None, time.monotonic()
        parent = os.getpid()
        # The signal is sent when the *thread* that forks ends, so this is called in the main one.
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self.port)],
            cwd=ROOT,
            preexec_fn=lambda: die_with(parent),
        )

    def wait_until_it_answers(self, seconds: int = 60) -> None:
        """Return when the port is open.

        Raises:
            CommandError: If the server ends, or does not answer in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise CommandError("The web server stopped; its message stands above.")
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise CommandError(f"The web server did not answer within {seconds} seconds.")

    def look_after(self) -> None:
        """Start the server again if it has ended, a little later each time.

        Raises:
            CommandError: If it ended again and again.
        """
        if self._start_at is not None:
            if time.monotonic() >= self._start_at:
                self._start()
        elif (code := self.process.poll()) is not None:
            if time.monotonic() - self._began > LONG_ENOUGH:
                self._ends = 0
            if self._ends == len(PAUSES):
                raise CommandError(
                    f"The web server ended {self._ends + 1} times in a row, the last time with "
                    f"{code}; its messages stand above."
                )
            pause = PAUSES[self._ends]
            logger.error("The web server ended with %s; it starts again in %s s", code, pause)
            self._ends += 1
            self._start_at = time.monotonic() + pause

    def stop(self, patience: float = 7) -> None:
        """Stop the server; kill it, and its worker with it, if it does not end by itself."""
        self.process.terminate()
        try:
            self.process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def die_with(parent: int) -> None:
    """Have this process killed when its parent ends, or end it if that has happened (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # between the fork and the call
            os.kill(os.getpid(), signal.SIGKILL)


def serve(port: int) -> None:
    """Serve the site from one worker, until told to stop."""
    from granian import Granian  # noqa: PLC0415 (only in this process, as the next two)
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    import portal.wsgi  # noqa: F401, PLC0415 (loaded once, for every worker)

    main = os.getpid()
    workers: list[int] = []

    def begin_worker() -> None:
        if workers:  # a child of the worker's own
            return
        workers.append(os.getpid())
        die_with(main)
        # Until it has handlers of its own it would ignore what tells it to stop.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    os.register_at_fork(after_in_child=begin_worker)
    gc.collect()
    gc.freeze()  # what is loaded by now stays shared between the two processes
    Granian(
        "portal.wsgi:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_max_rss=400,
        workers_kill_timeout=5,
    ).serve()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
