"""Restart of `make run` after being killed at any moment: nothing lost or duplicated."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError
from django.db import connection

from portal.management import web_server
from portal.management.commands.serve import _refuse_a_taken_port
from tests.conftest import PATIENCE, ROOT, Site, free_port, new_database

pytestmark = pytest.mark.browser

COUNTS = {
    "councils_council": 375,
    "network_signup": 6,
    "network_membership": 19,
    "network_endorsement": 7,
    "casestudies_casestudypage": 19,  # one is a draft to copy
    "principles_principlepage": 6,
    "portal_user": 5,
}


def counts(site: Site) -> dict[str, int]:
    """Return the number of rows in the tables that the start fills."""
    if site.database_url:
        connection = psycopg.connect(site.database_url)
    else:
        connection = sqlite3.connect(site.var / "portal.sqlite3")
    with connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in COUNTS
        }


# How far a start is let before it is killed: the step that it has printed, and seconds more.
KILLED_AFTER = [
    ("", 1),
    ("== Database", 4),
    ("== Database", 2),  # over what the last one left
    ("== Content", 1),
    ("== Demonstration", 0.2),
]


def test_a_start_that_is_killed_again_and_again_ends_in_the_same_site(tmp_path, monkeypatch):
    # Who is killed writes down no coverage; the site of the journeys tells the rest.
    monkeypatch.delenv("COVERAGE_DIR", raising=False)
    site = Site(tmp_path, free_port(), new_database("running"))
    for step, seconds in KILLED_AFTER:
        site.begin()
        site.wait_until_it_says(step)
        time.sleep(seconds)
        site.stop(signal.SIGKILL)
        names = [file.name for file in tmp_path.glob("portal.sqlite3*")]
        assert "portal.sqlite3" not in names or "portal.sqlite3.new" not in names
    site.start()
    first = counts(site)
    site.stop(signal.SIGKILL)

    site.start()
    assert counts(site) == first == COUNTS
    site.stop()


def children(process: int) -> list[int]:
    """Return the ids of a process's children."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in listed.split()]


def answers(site: Site) -> int:
    """Return the status of `/healthz`, or 0 while nobody listens."""
    try:
        return urllib.request.urlopen(f"{site.url}/healthz", timeout=PATIENCE).status
    except OSError:
        return 0


@pytest.fixture
def site(tmp_path, django_db_setup):
    """A site that has not been started, on a copy of the tests' migrated database."""
    connection.close()  # so that nothing of it is elsewhere than in the file
    migrated = connection.settings_dict["NAME"]
    made = Site(tmp_path, free_port(), new_database("killed", migrated))
    if not made.database_url:
        shutil.copy(migrated, tmp_path / "portal.sqlite3")
    yield made
    if made.process and made.process.poll() is None:
        made.stop()


def comes_back(site: Site, without: int = 0) -> float:
    """Return the seconds until the site answers, and the process that was killed is gone."""
    began = time.monotonic()
    gone = Path(f"/proc/{without}/stat")
    while (answered := answers(site)) != 200 or gone.exists():
        assert time.monotonic() < began + PATIENCE, f"it does not come back: {answered}"
        assert site.process.poll() is None, (site.var / "serve.log").read_text()
        time.sleep(0.05)
    return time.monotonic() - began


def test_web_worker_and_web_server_that_are_killed_come_back(site):
    site.begin("serve")
    comes_back(site)
    [server] = [child for child in children(site.process.pid) if children(child)]
    # The last is the newest: multiprocessing's own tracker of resources comes first.
    worker = children(server)[-1]
    os.kill(worker, signal.SIGKILL)
    assert comes_back(site, without=worker) < PATIENCE / 4

    worker = children(server)[-1]
    os.kill(server, signal.SIGKILL)
    assert comes_back(site, without=server) < PATIENCE / 4
    assert not Path(f"/proc/{worker}").exists(), "it outlived its server"
    assert "The web server ended with -9; it starts again" in (site.var / "serve.log").read_text()
    site.stop()


def test_web_server_that_ends_again_and_again_is_given_up(monkeypatch, caplog):
    monkeypatch.setattr(web_server, "PAUSES", (0, 0.2))
    server = web_server.WebServer(free_port())
    try:
        for _ in range(2):
            ended = server.process
            ended.kill()
            ended.wait()
            while server.process is ended:
                server.look_after()
        server.process.kill()
        server.process.wait()
        with pytest.raises(CommandError, match="ended 3 times in a row, the last time with -9"):
            server.look_after()
    finally:
        server.stop()
    assert [record.args for record in caplog.records] == [(-9, 0), (-9, 0.2)]


def of_session(leader: int) -> list[str]:
    """Return the processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, _, rest = stat.read_text().partition(" (")
            state, _, _, session, *_ = rest.rpartition(")")[2].split()
            if int(session) == leader and state != "Z":
                found.append(pid)
    return found


# Loads Django once, and for each line of its standard input runs `serve` in a process of its own.
SERVE_IN_A_FORK = """
import os, sys
import django
from django.core.management import call_command

django.setup()
for line in sys.stdin:
    if not (pid := os.fork()):
        try:
            os.setsid()
            call_command("serve")
        finally:
            os._exit(0)
    print(pid, flush=True)
    os.waitpid(pid, 0)
    print("ended", flush=True)
"""
KILLS = [(signal.SIGKILL, wait) for wait in (0, 0.2, 0.6, 1, 1.4)]
KILLS += [(signal.SIGTERM, wait) for wait in (0.1, 1)]


def test_serve_leaves_no_process_however_early_it_is_killed(site):
    # Who is killed writes down no coverage.
    env = site.environment() | {"COVERAGE_DIR": "", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-c", SERVE_IN_A_FORK]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, env=env, text=True, **pipes) as forks:
        for how, wait in KILLS:
            print("serve", file=forks.stdin, flush=True)
            serve = int(forks.stdout.readline())
            while not children(serve):
                time.sleep(0.005)
            time.sleep(wait)
            os.kill(serve, how)
            assert forks.stdout.readline() == "ended\n"
            deadline = time.monotonic() + 2
            while left := of_session(serve):
                assert time.monotonic() < deadline, f"killed after {wait} s it leaves {left}"
                time.sleep(0.05)
            _refuse_a_taken_port(site.port)


def test_start_over_an_older_database_says_what_to_do(tmp_path):
    with sqlite3.connect(tmp_path / "portal.sqlite3") as old:
        old.execute("CREATE TABLE django_migrations (id, app, name, applied)")
        row = (1, "network", "0001_nouns", "2026-11-01 10:00:00")
        old.execute("INSERT INTO django_migrations VALUES (?, ?, ?, ?)", row)
    site = Site(tmp_path, free_port(), "")
    site.begin()
    assert site.process.wait(timeout=120) == 1

    said = (tmp_path / "serve.log").read_text()
    assert "CommandError: The database" in said
    assert "move it away, or name another one with VAR_DIR or DATABASE_URL" in said
    with sqlite3.connect(tmp_path / "portal.sqlite3") as old:
        (tables,) = old.execute("SELECT count(*) FROM sqlite_master").fetchone()
    assert tables == 1, "nothing was migrated"
