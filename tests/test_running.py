"""Restart of `make run` after being killed at any moment: nothing lost or duplicated."""

import os
import shutil
import signal
import sqlite3
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.conftest import PATIENCE, Site, free_port, new_database

pytestmark = pytest.mark.browser

COUNTS = {
    "councils_council": 375,
    "network_signup": 6,
    "network_membership": 19,
    "network_endorsement": 7,
    "casestudies_casestudypage": 13,
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


def test_a_start_that_is_killed_thrice_ends_in_the_same_site(tmp_path, monkeypatch):
    # Who is killed writes down no coverage; the site of the journeys tells the rest.
    monkeypatch.delenv("COVERAGE_DIR", raising=False)
    site = Site(tmp_path, free_port(), new_database("running"))
    for wait in (3, 7, 5):
        site.begin()
        time.sleep(wait)
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


def test_web_worker_that_is_killed_comes_back(tmp_path, django_db_setup):
    connection.close()  # so that nothing of it is elsewhere than in the file
    migrated = connection.settings_dict["NAME"]
    site = Site(tmp_path, free_port(), new_database("killed", migrated))
    if not site.database_url:
        shutil.copy(migrated, tmp_path / "portal.sqlite3")
    site.start()
    [server] = [child for child in children(site.process.pid) if children(child)]
    # The last is the newest: multiprocessing's own tracker of resources comes first.
    worker = children(server)[-1]
    os.kill(worker, signal.SIGKILL)

    deadline = time.monotonic() + PATIENCE
    while (answered := answers(site)) != 200 or worker in children(server):
        assert time.monotonic() < deadline, f"it does not come back: {answered}"
        time.sleep(0.1)
    site.stop()


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
