"""The time budget of an answer, and the circuit breaker."""

import threading
import time
from collections.abc import Callable

from search.engines.interface import EngineUnavailable

BUDGET = 0.8  # seconds for one answer, however many questions it takes
REST = 5.0  # seconds without asking after a failure
LONGEST_REST = 60.0


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
    """A circuit breaker: after a failure the server is left alone, longer each time.

    So a server that hangs costs one reader its budget, not all of them. When the rest is
    over, one question goes through, and its outcome decides. Safe to share.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._rest = 0.0
        self._until = 0.0

    def ask(self) -> None:
        """Allow a question.

        Raises:
            EngineUnavailable: The server rests.
        """
        with self._lock:
            if self._rest and self._clock() < self._until:
                raise EngineUnavailable("The search server has failed and is left to rest.")
            if self._rest:  # this one goes through; others wait for what becomes of it
                self._until = self._clock() + REST

    def failed(self) -> None:
        """Record that the server did not answer, or had a fault of its own."""
        with self._lock:
            self._rest = min(max(REST, self._rest * 2), LONGEST_REST)
            self._until = self._clock() + self._rest

    def answered(self) -> None:
        """Record that the server is well."""
        with self._lock:
            self._rest = self._until = 0.0
