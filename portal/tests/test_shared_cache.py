"""The shared cache when its store fails: one wait, not one for each question."""

import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, transaction

from portal import shared_cache
from portal.security import rate_limits
from portal.security.rate_limits import allow
from portal.shared_cache import InRedis
from tests.conftest import free_port


@contextmanager
def read_only_database():
    """The database takes no write."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
            try:
                yield
            finally:
                cursor.execute("PRAGMA query_only = OFF")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            yield
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_rate_limit_asks_a_database_that_takes_no_write_once():
    writes = []

    def count(execute, sql, params, many, context):
        writes.extend(["INSERT"] if sql.startswith("INSERT") else [])
        return execute(sql, params, many, context)

    refused, counted = pytest.raises(OperationalError), connection.execute_wrapper(count)
    with read_only_database(), counted, refused:
        allow("test", "ann", times=300, seconds=3600)
    assert len(writes) == 1
    assert allow("test", "ann", times=1, seconds=3600), "nothing was counted"
    assert not allow("test", "ann", times=1, seconds=3600)


@pytest.mark.django_db
def test_cache_says_that_nothing_was_written():
    with read_only_database(), pytest.raises(OperationalError):
        cache.set("x", 1)
    cache.set("x", 1)
    assert not cache.add("x", 2)
    assert not cache.touch("y")
    assert cache.get("x") == 1


@pytest.fixture
def through(monkeypatch):
    """Return a function: `through(port)` counts rate limits in a Redis there."""
    monkeypatch.setattr(InRedis, "_rests_until", 0.0)

    def use(port: int) -> InRedis:
        made = InRedis(f"redis://127.0.0.1:{port}", {})
        made._stand_in.clear()
        monkeypatch.setattr(rate_limits, "cache", made)
        return made

    return use


def test_redis_that_hangs_is_waited_for_once_and_limits_hold(through):
    with socket.socket() as silent:  # accepts, and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen(100)
        made = through(silent.getsockname()[1])
        began = time.monotonic()
        allowed = [allow("test", "ann", times=300, seconds=3600) for _ in range(302)]
        assert time.monotonic() - began < shared_cache.PATIENCE + 15
        assert allowed == [True] * 300 + [False] * 2
        for other in (made.incr, made.touch, made.delete):
            made.set("x", 1)
            assert other("x")
        assert made.get("x") is None


def test_redis_that_is_down_is_asked_again_after_a_while(through, monkeypatch, caplog):
    made = through(free_port())
    assert made.add("x", 1)
    assert made.get("x") == 1
    assert caplog.messages == ["Redis does not answer: ConnectionError"]
    monkeypatch.setattr(InRedis, "_rests_until", 0.0)
    assert made.get("x") == 1
    assert len(caplog.messages) == 2


@pytest.mark.skipif(not shutil.which("redis-server"), reason="needs a redis-server")
def test_redis_that_comes_back_is_used_again(through, monkeypatch, tmp_path):
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    made = through(port)
    made.set("x", "here")
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        monkeypatch.setattr(InRedis, "_rests_until", 0.0)
        made.set("x", "there")
        assert made.get("x") == "there"
        assert made._stand_in.get("x") == "here"
        # Stopped, it hangs: all threads of the process together wait for it about once.
        server.send_signal(subprocess.signal.SIGSTOP)
        began = time.monotonic()
        threads = [threading.Thread(target=made.get, args=("x",)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - began < shared_cache.PATIENCE + 15
    finally:
        server.kill()
        server.wait()
