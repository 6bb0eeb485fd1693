"""The cache that all processes share (rate limits, one-time marks), for when its store fails.

Without an answer nobody is to wait twice: one request may ask this cache many times.
"""

import logging
import time
from typing import Any, ClassVar

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.db import OperationalError, connections, router

logger = logging.getLogger("portal.shared_cache")

PATIENCE = 0.5  # seconds for Redis to connect, and to answer
REST = 30  # seconds without asking Redis after a failure


class InDatabase(DatabaseCache):
    """Django's, which keeps quiet about a database that takes no write; this one raises.

    Else each of a rate limit's 300 slots, or allauth's four limits, would wait for it in turn.
    """

    def _base_set(self, mode: str, key: str, value: Any, *args, **kwargs) -> bool:
        """Write, and return whether something was written.

        Raises:
            OperationalError: If the database did not take it.
        """
        connection = connections[router.db_for_write(self.cache_model_class)]
        before, connection.errors_occurred = connection.errors_occurred, False
        try:
            written = super()._base_set(mode, key, value, *args, **kwargs)  # type: ignore[misc]
            failed = connection.errors_occurred
        finally:
            connection.errors_occurred |= before
        if failed and not written:
            raise OperationalError("The database does not take what is to be cached.")
        return written


class InRedis(RedisCache):
    """Django's, with this process's memory in its place while Redis does not answer.

    Limits then hold for each process. Redis is asked again after half a minute.
    """

    _rests_until: ClassVar[float] = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        from redis.backoff import NoBackoff  # noqa: PLC0415 (only where in use)
        from redis.retry import Retry  # noqa: PLC0415

        super().__init__(server, params)
        self._options |= {  # type: ignore[attr-defined]
            "socket_connect_timeout": PATIENCE,
            "socket_timeout": PATIENCE,
            "retry": Retry(NoBackoff(), 0),
        }
        self._stand_in = LocMemCache("stands in for Redis", params)

    def _ask(self, name: str, *args, **kwargs) -> Any:
        from redis import RedisError  # noqa: PLC0415

        if time.monotonic() >= InRedis._rests_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except RedisError as problem:
                InRedis._rests_until = time.monotonic() + REST
                logger.error("Redis does not answer: %s", type(problem).__name__)
        return getattr(self._stand_in, name)(*args, **kwargs)


def _asked(name: str):
    def method(self: InRedis, *args, **kwargs) -> Any:
        return self._ask(name, *args, **kwargs)

    method.__doc__ = f"See `BaseCache.{name}`."
    return method


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "set_many",
    "delete_many",
    "has_key",
    "incr",
    "clear",
):
    setattr(InRedis, _name, _asked(_name))
