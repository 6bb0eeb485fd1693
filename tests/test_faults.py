"""Killed processes: each email keeps one Message-ID, and a save is whole or nothing."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from tests.conftest import _OURS, PATIENCE, ROOT, free_port

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        "connection.vendor != 'sqlite'", reason="works on a copy of the database's file"
    ),
]
MAILS, KILLS = 40, 10


@pytest.fixture
def database(tmp_path):
    """A copy of the test database, as the migrations left it."""
    path = tmp_path / "copy.sqlite3"
    source = sqlite3.connect(connection.settings_dict["NAME"])
    with sqlite3.connect(path) as copy:
        source.backup(copy)
    source.close()
    return path


def driver(database, *arguments: str, mail: str = "file:", url: str = "") -> subprocess.Popen:
    """Start the driver on a copy of the database's file, or on the database of a URL beside it."""
    env = {name: value for name, value in os.environ.items() if name not in _OURS}
    env |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DEBUG": "1",
        "DATABASE_URL": url or f"sqlite:///{database}",
        "VAR_DIR": str(database.parent),
        "EMAIL_URL": mail,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fault_driver", *arguments],
        cwd=ROOT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(database.parent / "driver.log").open("w"),
        text=True,
    )


class Post:
    """A mail server that records what it gets and kills the sender.

    It does so at the greeting, after reading the email, or after accepting it.
    """

    def __init__(self) -> None:
        self.got: dict[str, list[str]] = defaultdict(list)
        self.victim, self.moment, self.let_pass = 0, "", 0

    def _kill(self, moment: str) -> None:
        if self.victim and self.moment == moment:
            self.let_pass -= 1
            if self.let_pass < 0:
                victim, self.victim = self.victim, 0
                os.kill(victim, signal.SIGKILL)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self._kill("greeting")
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server, session, envelope):
        headers = envelope.content.decode().partition("\r\n\r\n")[0].split("\r\n")
        name = next(h for h in headers if h.lower().startswith("message-id:"))
        self.got[name.partition(":")[2].strip()].append(envelope.rcpt_tos[0])
        self._kill("read")
        asyncio.get_running_loop().call_later(0.001, self._kill, "yes")
        return "250 OK"


def rows(database) -> list[tuple[str, str, str]]:
    with sqlite3.connect(database, timeout=30) as opened:
        found = opened.execute("SELECT event, message_id, status FROM portal_outboxmessage")
        return [row for row in found.fetchall() if row[0].startswith("fault:")]


def wait_until(true) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "nothing happens any more"
        time.sleep(0.02)


def test_killed_worker_sends_each_mail_under_one_message_id(database):
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    process = driver(database, "mails", str(MAILS), mail=f"smtp://127.0.0.1:{controller.port}")

    def start_worker() -> int:
        process.stdin.write("one more\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    try:
        for number in range(KILLS):
            post.moment = ("greeting", "read", "yes")[number % 3]
            post.let_pass = number % 3
            post.victim = start_worker()
            assert process.stdout.readline() == "ended\n"
            assert not post.victim, "it ended by itself"
        assert any(status != "sent" for *_, status in rows(database)), "the kills came too late"
        last = start_worker()
        wait_until(lambda: {status for *_, status in rows(database)} == {"sent"})
        os.kill(last, signal.SIGKILL)
    finally:
        process.stdin.close()
        process.wait(timeout=PATIENCE)
        controller.stop()

    ours = {message_id for _, message_id, _ in rows(database)}
    assert len(rows(database)) == len(ours) == MAILS
    assert set(post.got) == ours, "one Message-ID an event, and no other"
    assert {to for tos in post.got.values() for to in tos} == {"ann@example.org"}
    twice = sum(len(tos) > 1 for tos in post.got.values())
    assert 0 < twice <= KILLS, "killed after the yes, a mail goes again under its own name"


def test_killed_save_is_whole_or_nothing(database):
    process = driver(database, "saves")
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, (database.parent / "driver.log").read_text()[-3000:]
    told = [json.loads(line) for line in said.splitlines()]
    assert [name for name, *_ in told] == ["champions", "endorsers", "ask"]
    for name, exit_code, before, seen in told:
        whole = seen[-1]
        assert exit_code == 0, name
        assert whole != before, f"{name} writes nothing"
        assert len(seen) > 3, f"{name} was hardly killed"
        for number, found in enumerate(seen, start=1):
            assert found in (before, whole), f"{name}, killed after write {number}: a half"
