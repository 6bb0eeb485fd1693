"""Faults on purpose (`make faults`): starts the site as `make run` does and prints figures.

Web workers killed under load, a database that is locked, restarted or hanging, a full disk, and
servers for mail, search and limits that accept a connection and never answer. A figure beyond
its limit ends the script with an error. Name the faults to try only those: `kills locked hanging
disk restarts newsletter`. The last two need PostgreSQL (`tests/start_postgres`), the disk needs
root.
"""

import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from tests.conftest import ROOT, Site, free_port
from tests.newsletter_run import MOMENTS, migrated, run

ASK = "/accounts/login/code/"
KILLS, BETWEEN = int(os.environ.get("FAULT_KILLS", "20")), 6.0
LOCKED = int(os.environ.get("FAULT_LOCKED", "60"))  # seconds
RESTARTS = 5
SUPPORTERS = int(os.environ.get("FAULT_SUPPORTERS", "10000"))
REFUSED = 422
TASK = {
    "status": "READY",
    "enqueued_at": "2026-11-30",
    "args_kwargs": '{"args": [], "kwargs": {}}',
    "priority": 0,
    "task_path": "portal.mail.outbox.send_due",
    "worker_ids": "[]",
    "queue_name": "default",
    "backend_name": "default",
    "run_after": "2026-11-30",
    "exception_class_path": "",
    "traceback": "",
}
_over: list[str] = []


def figure(what: str, value: float, limit: float, unit: str) -> None:
    """Print a figure beside its limit, and remember whether it is beyond."""
    said = f"{what:66}{value:10.2f}{limit:8g} {unit}"
    if value > limit:
        _over.append(what)
        said += "  TOO MUCH"
    print(said, flush=True)


@dataclass
class Faulty(Site):
    """A site with more in its environment, and with questions about what it does."""

    extra: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Return that of `make run`, behind a proxy that tells each visitor's address."""
        return super().environment() | {"TRUSTED_PROXY_COUNT": "1"} | self.extra

    def get(self, path: str, patience: float = 90) -> tuple[int, float, str]:
        """Return the status (0 without an answer), the seconds it took, and the text."""
        return self.asked(urllib.request.Request(self.url + path), patience)

    def asked(self, request: urllib.request.Request, patience=90, opener=None):
        """Ask, and return the same."""
        began = time.monotonic()
        try:
            with (opener or urllib.request.build_opener()).open(request, timeout=patience) as got:
                status, text = got.status, got.read().decode(errors="replace")
        except urllib.error.HTTPError as refusal:
            status, text = refusal.code, refusal.read().decode(errors="replace")
        except OSError:
            status, text = 0, ""
        return status, time.monotonic() - began, text

    def save(self, email: str) -> tuple[int, float]:
        """Ask for a code as a new person, whose account is then a row of the database.

        Return 200 if that was acknowledged, and the seconds it took.
        """
        opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        address = f"10.{uuid.uuid4().int % 250}.{uuid.uuid4().int % 250}.{uuid.uuid4().int % 250}"
        headers = {"X-Forwarded-For": address, "Origin": self.url}
        page = urllib.request.Request(self.url + ASK, headers=headers)
        status, _, text = self.asked(page, opener=opener)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
        if not token:
            return status, 0
        typed = urlencode({"csrfmiddlewaretoken": token[1], "email": email}).encode()
        post = urllib.request.Request(self.url + ASK, typed, headers)
        status, took, text = self.asked(post, opener=opener)
        if status == 200 and "one-time-code" not in text:  # the form again, with a message
            status = REFUSED
        return status, took

    def query(self, sql: str) -> list[tuple]:
        """Return what the database answers."""
        if self.database_url:
            opened = psycopg.connect(self.database_url, autocommit=True)
        else:
            opened = sqlite3.connect(self.var / "portal.sqlite3", timeout=30)
        with closing(opened), opened:
            found = opened.execute(sql)
            return found.fetchall() if found.description else []

    def task_takes(self) -> float:
        """Queue a task, and return the seconds until the worker has done it."""
        name, began = uuid.uuid4(), time.monotonic()
        row = {"id": str(name) if self.database_url else name.hex} | TASK
        table = "django_tasks_database_dbtaskresult"
        self.query(f"INSERT INTO {table} ({', '.join(row)}) VALUES {tuple(row.values())}")
        done = f"SELECT status FROM {table} WHERE id = '{row['id']}'"
        while self.query(done) != [("SUCCESSFUL",)]:
            if time.monotonic() - began > 120:
                return 999
            time.sleep(0.1)
        return time.monotonic() - began

    def comes_back(self, path: str = "/") -> float:
        """Return the seconds until a page answers with 200."""
        began = time.monotonic()
        while self.get(path, 5)[0] != 200:
            if time.monotonic() - began > 120:
                return 999
            time.sleep(0.02)
        return time.monotonic() - began


@contextmanager
def site(prepared: Path | None = None, database_url: str = "", **extra: str) -> Iterator[Faulty]:
    """Start a site, on a copy of what another one prepared if given."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        var = Path(folder)
        if prepared:
            shutil.copytree(prepared, var, dirs_exist_ok=True)
        made = Faulty(var, free_port(), database_url, extra=extra)
        made.start()
        for path in ("/", ASK, "/search/?q=local", "/readyz"):  # warm
            made.get(path)
        try:
            yield made
        finally:
            if made.process.poll() is None:
                made.stop()
            else:
                print((var / "serve.log").read_text()[-3000:])
                _over.append("serve ended")


def children(process: int) -> list[int]:
    """Return the ids of a process's children."""
    return [int(c) for c in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def page(running: Faulty, path: str, when: str, middle: float, longest: float) -> None:
    """Ask for a page for five seconds, and print how long it takes."""
    times, statuses, until = [], set(), time.monotonic() + 5
    while time.monotonic() < until:
        status, took, _ = running.get(path)
        times.append(took)
        statuses.add(status)
        time.sleep(0.05)
    figure(f"{when}: {path} {statuses}, half of the answers within", _ms(times), middle, "ms")
    figure(f"{when}: {path}, the slowest of {len(times)}", max(times) * 1000, longest, "ms")


def _ms(times: list[float]) -> float:
    return statistics.median(times) * 1000


def kills(prepared: Path) -> None:
    """Kill a web worker again and again under load."""
    with site(prepared) as running:
        stop, acknowledged, failures = threading.Event(), [], [0]

        def read() -> None:
            while not stop.is_set():
                running.get("/councils/?q=brad", 5)

        def write() -> None:
            while not stop.is_set():
                email = f"{uuid.uuid4().hex}@faults.example"
                if running.save(email)[0] == 200:
                    acknowledged.append(email)
                else:
                    failures[0] += 1

        threads = [threading.Thread(target=act) for act in (read, read, write)]
        for thread in threads:
            thread.start()
        longest = 0.0
        for _ in range(KILLS):
            [server] = [child for child in children(running.process.pid) if children(child)]
            os.kill(children(server)[-1], signal.SIGKILL)
            longest = max(longest, running.comes_back("/healthz"))
            time.sleep(BETWEEN)
        stop.set()
        for thread in threads:
            thread.join()
        figure(f"{KILLS} web workers killed under load: until it answers", longest, 2, "s")
        there = {email for (email,) in running.query("SELECT email FROM portal_user")}
        lost = len(set(acknowledged) - there)
        what = f"acknowledged saves lost, of {len(acknowledged)} ({failures[0]} were refused)"
        figure(what, lost, 0, "")


def locked(prepared: Path) -> None:
    """Let another process hold SQLite's lock."""
    with site(prepared) as running:
        page(running, "/", "all is well", 50, 500)
        path = running.var / "portal.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            until = time.monotonic() + LOCKED
            page(running, "/", "SQLite locked", 50, 500)
            status, took, text = running.get("/readyz")
            figure(f"SQLite locked: /readyz {status} {text}", took, 2, "s")
            saved, took = running.save("locked@faults.example")
            figure(f"SQLite locked: a save is answered with {saved}", took, 6, "s")
            figure("SQLite locked: saves answered with 500", saved == 500, 0, "")
            time.sleep(max(0, until - time.monotonic()))
            other.execute("ROLLBACK")
        figure(f"SQLite locked for {LOCKED} s: then a task is done", running.task_takes(), 10, "s")
        figure("SQLite locked: then /readyz is 200", running.comes_back("/readyz"), 20, "s")


def hanging(prepared: Path) -> None:
    """Let servers for mail, search and limits take connections and never say a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as silent:
        at = f"127.0.0.1:{silent.getsockname()[1]}"
        urls = {
            "EMAIL_URL": f"smtp://{at}",
            "ELASTICSEARCH_URL": f"http://{at}",
            "REDIS_URL": f"redis://{at}",
        }
        with site(prepared, **urls) as running:
            saves: list[float] = []
            people = [
                threading.Thread(
                    target=lambda n=n: saves.append(running.save(f"{n}@faults.example")[1])
                )
                for n in range(14)
            ]
            for person in people:
                person.start()
            page(running, "/", "mail, search and Redis hang, 14 ask for codes", 50, 500)
            for person in people:
                person.join()
            figure("  the 14 answers", max(saves), 6, "s")
            page(running, "/", "mail, search and Redis hang", 50, 500)
            page(running, "/search/?q=local", "mail, search and Redis hang", 100, 2000)
            status, took, text = running.get("/readyz")
            figure(f"mail, search, Redis hang: /readyz {status} {text}", took, 2, "s")


def disk(prepared: Path) -> None:
    """Fill the disk under the site."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        size = sum(file.stat().st_size for file in prepared.rglob("*")) // 1024 + 60_000
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", folder]
        if os.geteuid() or subprocess.run(mount, check=False).returncode:
            print("The full disk was not tried: only root can make a small one.")
            return
        try:
            _fill(prepared, Path(folder))
        finally:
            subprocess.run(["umount", folder], check=True)


def _fill(prepared: Path, small: Path) -> None:
    shutil.copytree(prepared, small / "var")
    running = Faulty(small / "var", free_port(), "")
    running.start()
    try:
        _look_while_full(running, small)
    finally:
        running.stop()


def _look_while_full(running: Faulty, small: Path) -> None:
    running.get("/readyz")
    with suppress(OSError), (small / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"0" * 4096)
    page(running, "/", "disk full", 50, 500)
    status, took, text = running.get("/readyz")
    figure(f"disk full: /readyz {status} {text}", took, 2, "s")
    figure("disk full: /readyz says ok", json.loads(text)["database"] == "ok", 0, "")
    saved, took = running.save("full@faults.example")
    figure(f"disk full: a save is answered with {saved}", took, 6, "s")
    figure("disk full: saves answered with 500", saved == 500, 0, "")
    (small / "filler").unlink()
    figure("disk has room again: a task is done", running.task_takes(), 10, "s")
    figure("disk has room again: /readyz is 200", running.comes_back("/readyz"), 20, "s")


def restarts(prepared: Path) -> None:
    """Restart PostgreSQL, then let it hang."""
    port = os.environ.setdefault("POSTGRES_PORT", "54399")
    url = subprocess.run(
        [ROOT / "tests" / "start_postgres"], capture_output=True, text=True, check=True
    ).stdout.strip()
    data = os.environ.get("POSTGRES_DATA") or f"/tmp/keep-it-local-postgres-{port}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute('DROP DATABASE IF EXISTS "faults" WITH (FORCE)')
        server.execute('CREATE DATABASE "faults"')
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    restart = [*(as_owner if not os.geteuid() else []), str(binaries / "pg_ctl"), "-D", data]
    restart += ["-w", "-m", "immediate", "-l", f"{data}/log", "restart"]
    with site(database_url=url.rpartition("/")[0] + "/faults") as running:
        pages, tasks = [], []
        for _ in range(RESTARTS):
            subprocess.run(restart, check=True, stdout=subprocess.DEVNULL)
            pages.append(running.comes_back())
            tasks.append(running.task_takes())
        figure(f"PostgreSQL restarted {RESTARTS} times: until / answers", max(pages), 5, "s")
        figure("PostgreSQL restarted: until a task is done", max(tasks), 10, "s")
        postmaster = int(Path(data, "postmaster.pid").read_text().split()[0])
        stopped = [postmaster, *children(postmaster)]
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        try:
            for _ in range(3):
                status, took, text = running.get("/readyz")
                figure(f"PostgreSQL hangs: /readyz {status} {text}", took, 2, "s")
            status, took, _ = running.get("/healthz")
            figure(f"PostgreSQL hangs: /healthz {status}", took * 1000, 100, "ms")
        finally:
            for process in stopped:
                os.kill(process, signal.SIGCONT)
        figure("PostgreSQL goes on: a task is done", running.task_takes(), 10, "s")


def newsletter(prepared: Path) -> None:
    """Kill the worker twice while it sends a newsletter to 10,000 supporters."""
    os.environ.setdefault("POSTGRES_PORT", "54399")
    server = subprocess.run(
        [ROOT / "tests" / "start_postgres"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with psycopg.connect(server, autocommit=True) as opened:
        opened.execute('DROP DATABASE IF EXISTS "newsletter" WITH (FORCE)')
        opened.execute('CREATE DATABASE "newsletter"')
    for name, url in (("SQLite", ""), ("PostgreSQL", f"{server.rpartition('/')[0]}/newsletter")):
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            found = run(migrated(Path(folder), url), SUPPORTERS, url)
        what = f"newsletter to {SUPPORTERS}, {name}"
        figure(f"{what}: not reached", SUPPORTERS - found.reached, 0, "")
        figure(f"{what}: Message-IDs too many", len(found.sent) - SUPPORTERS, 0, "")
        figure(f"{what}: repeats after {len(MOMENTS)} kills", found.repeats, len(MOMENTS), "")
        figure(f"{what}: the longest an email was repeated", max(found.sent.values()), 2, "times")
        figure(f"{what}: until a pause", found.pause, 1, "s")
        figure(f"{what}: emails in the pause", found.during, 0, "")
        figure(f"{what}: the worker's memory grew by", found.growth, 12, "MB")
        figure(f"{what}: seconds for each 100", found.seconds / SUPPORTERS * 100, 5, "s")


FAULTS = {f.__name__: f for f in (kills, locked, hanging, disk, restarts, newsletter)}


def main() -> None:
    """Try each fault, and end with an error if a figure is beyond its limit."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        print("Preparing the site", flush=True)
        prepared = Faulty(Path(folder), free_port(), "")
        prepared.start()
        prepared.stop()
        print(f"{'':66}{'figure':>10}{'limit':>8}")
        for name in sys.argv[1:] or FAULTS:
            FAULTS[name](prepared.var)
    if _over:
        sys.exit(f"Beyond their limits: {', '.join(_over)}")


if __name__ == "__main__":
    main()
