"""The time budget of an answer, and the circuit breaker."""

import logging
import threading
import time
from collections.abc import Callable

from search.engines.interface import EngineUnavailable

logger = logging.getLogger("search")

BUDGET = 0.8  # seconds for one answer, however many questions it takes
REST = 0.25  # seconds without asking after a failure
LONGEST_REST = 15.0


class TooLate(EngineUnavailable):
    """Raised when the time for one answer is over."""


class Budget:
    """The time that is left for one answer."""

    def __init__(self, seconds: float = BUDGET, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TooLate: None are left.
        """
        if (left := self._end - self._clock()) <= 0.01:
            raise TooLate("The search server took too long.")
        return left


class Breaker:
    """A circuit breaker: after a failure the server is left alone until it has answered again.

    So a server that hangs costs one reader its budget, not all of them. When its rest is over,
    a thread asks it, with patience: a server that has just started answers slowly at first, and
    no reader's question is used to find that out. Safe to share.
    """

    def __init__(self, is_well: Callable[[], bool] | None, rest: float = REST) -> None:
        """Make a closed one.

        Args:
            is_well: Asks the server, with patience, and returns whether it can answer readers.
                Without it the breaker never opens.
            rest: Seconds without asking after a failure; longer each time.
        """
        self._is_well = is_well
        self._first_rest = rest
        self._closed = threading.Event()
        self._closed.set()
        self._lock = threading.Lock()
        self._healer: threading.Thread | None = None

    def ask(self) -> None:
        """Allow a question.

        Raises:
            EngineUnavailable: The server rests.
        """
        if not self._closed.is_set():
            raise EngineUnavailable("The search server has failed and is left to rest.")

    def failed(self) -> None:
        """Record that the server did not answer, or had a fault of its own."""
        if self._is_well is None:
            return
        with self._lock:
            self._closed.clear()
            if self._healer is None:
                healer = threading.Thread(target=self._heal, daemon=True)
                healer.start()
                self._healer = healer  # only now: without a thread the next failure tries again

    def answered(self) -> None:
        """Record that the server is well."""
        self._closed.set()

    def _heal(self) -> None:
        """Ask again after each rest, until somebody had an answer."""
        rest = self._first_rest
        while not self._closed.wait(rest):
            try:
                if self._is_well and self._is_well():
                    self.answered()
            except Exception as problem:  # without this thread nobody would ask again
                logger.warning("The search server could not be asked: %s", type(problem).__name__)
            rest = min(rest * 2, LONGEST_REST)
        with self._lock:
            self._healer = None
            is_open = not self._closed.is_set()
        if is_open:  # it failed once more in between
            self.failed()
