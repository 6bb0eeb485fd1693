"""A backup of the running site, restored into an empty place: every row and every file."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg

from tests.conftest import PATIENCE, ROOT, Site, free_port, new_database

# What the site and its worker change by themselves, all the time.
PASSING = (
    "django_tasks_db",
    "django_session",
    "portal_cache",
    "portal_outbox",
    "portal_signoflife",
)
PASSING += ("portal_jobrun", "portal_rendition", "search_", "usersessions_")


def manage(site: Site, *words: str) -> str:
    """Run a command with the site's environment, and return what it prints."""
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=ROOT, env=site.environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(site: Site, sql: str) -> list[tuple]:
    """Return the rows that the site's database answers with."""
    if site.database_url:
        with psycopg.connect(site.database_url) as database:
            return database.execute(sql).fetchall()
    with closing(sqlite3.connect(site.var / "portal.sqlite3")) as database:
        return database.execute(sql).fetchall()


def rows(site: Site) -> dict[str, list[str]]:
    """Return the rows of every table that only people change, in one order."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    if site.database_url:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return {
        name: sorted(repr(row) for row in ask(site, f'SELECT * FROM "{name}"'))
        for (name,) in ask(site, tables)
        if not name.startswith(PASSING)
    }


def wait_for_the_worker(site: Site) -> None:
    """Wait until every queued task is done: Wagtail's own indexes follow a moment later."""
    unfinished = "SELECT count(*) FROM django_tasks_database_dbtaskresult "
    unfinished += "WHERE status IN ('READY', 'RUNNING')"
    deadline = time.monotonic() + PATIENCE
    while ask(site, unfinished) != [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def checksums(folder: Path) -> dict[str, str]:
    """Return the checksum of each file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_backup_of_the_running_site_restores_into_an_equal_one(site, tmp_path):
    private = site.var / "uploads/ab/paper.pdf"
    private.parent.mkdir(parents=True, exist_ok=True)
    private.write_bytes(os.urandom(100_000))
    backup = tmp_path / "backup"
    wait_for_the_worker(site)
    said = manage(site, "backup", str(backup))
    assert "Whole: " in said
    restored = Site(tmp_path / "var", free_port(), new_database("restored", "template0"))
    restored.var.mkdir()

    said = manage(restored, "restore", str(backup))

    assert "as in the manifest" in said
    assert "The search index holds " in said
    before, after = rows(site), rows(restored)
    assert {name for name in before if before[name] != after.get(name)} == set()
    assert before.keys() == after.keys()
    assert sum(map(len, after.values())) > 2000
    for folder in ("media", "uploads"):
        files = checksums(restored.var / folder)
        there = checksums(site.var / folder)
        assert {name for name in files if files[name] != there.get(name)} == set()
        # Sharing pictures and sizes of pictures are drawn meanwhile.
        drawn = ("cards/", "images/")
        assert [name for name in there.keys() - files if not name.startswith(drawn)] == []
    sizes = {name for (name,) in ask(restored, "SELECT file FROM portal_rendition")}
    assert sizes <= checksums(restored.var / "media").keys()
    assert json.loads((backup / "manifest.json").read_text())["missing"] == []
    private.unlink()
