"""One newsletter to many supporters at a mail server of ours, its worker killed twice.

`newsletter_run` is a test with 300 supporters (`test_newsletter_run`); with 10,000 it belongs to
`make faults`. Here too: `DEBUG=1 python -m tests.newsletter_run 10000 [postgres://…]`.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller

from tests.conftest import PATIENCE, ROOT, free_port
from tests.test_faults import Post, driver

MOMENTS = ("yes", "read")  # when a worker is killed: after the server's yes, and before it
STEP = 0.05  # seconds between two looks


@dataclass
class Run:
    """What came of it.

    Attributes:
        sent: How often each Message-ID arrived.
        reached: How many addresses got it.
        status: Of the mailing at the end.
        counts: Of its deliveries at the end.
        pause: Seconds from asking for a pause to the last email that arrived.
        during: How many arrived in the two seconds after that.
        memory: The last worker's memory in MB, looked at again and again.
        seconds: From the first worker to the last email, without the pause.
    """

    sent: dict[str, int]
    reached: int
    status: str
    counts: dict[str, int]
    pause: float
    during: int
    memory: list[float]
    seconds: float

    @property
    def repeats(self) -> int:
        """How many emails arrived again."""
        return sum(number - 1 for number in self.sent.values())

    @property
    def growth(self) -> float:
        """MB by which the last worker's memory grew after the first fifth of its time."""
        return max(self.memory) - self.memory[len(self.memory) // 5]


class Timed(Post):
    """The mail server of the faults, which remembers when it got the last email."""

    last = 0.0

    async def handle_DATA(self, server, session, envelope):
        """Take an email."""
        self.last = time.monotonic()
        return await super().handle_DATA(server, session, envelope)

    @property
    def number(self) -> int:
        """How many emails arrived."""
        return sum(map(len, self.got.values()))


def run(database: Path, supporters: int, url: str = "") -> Run:
    """Send to supporters, kill the worker after a quarter and at half, pause at three quarters."""
    post = Timed()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    mail = f"smtp://127.0.0.1:{controller.port}"
    process = driver(database, "newsletter", str(supporters), mail=mail, url=url)

    def tell(word: str) -> str:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{word}\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    try:
        assert process.stdout
        assert process.stdout.readline() == "begun\n", (database.parent / "driver.log").read_text()
        began = time.monotonic()
        for number, moment in enumerate(MOMENTS, start=1):
            pid = int(tell("worker"))
            _wait(lambda n=number: post.number >= supporters * n / 4)
            post.moment, post.let_pass, post.victim = moment, 0, pid
            assert tell("reap") == "ended"
        pid = int(tell("worker"))
        memory: list[float] = []
        _wait(lambda: post.number >= supporters * 3 / 4, lambda: memory.append(_memory(pid)))
        asked = time.monotonic()
        assert tell("pause") == "paused"
        time.sleep(1)
        last, number = post.last, post.number
        time.sleep(2)
        during = post.number - number
        assert tell("resume") == "resumed"
        resumed = time.monotonic()
        _wait(
            lambda: json.loads(tell("how"))[0] == "finished",
            lambda: memory.append(_memory(pid)),
            every=0.5,
        )
        ended = post.last
        status, counts = json.loads(tell("how"))
        os.kill(pid, signal.SIGKILL)
    finally:
        process.stdin.close()
        process.wait(timeout=PATIENCE)
        controller.stop()
    return Run(
        sent={name: len(to) for name, to in post.got.items()},
        reached=len({to for tos in post.got.values() for to in tos}),
        status=status,
        counts=counts,
        pause=max(0, last - asked),
        during=during,
        memory=memory,
        seconds=ended - began - (resumed - asked),
    )


def _wait(true: Callable[[], bool], look: Callable[[], object] = int, every: float = STEP) -> None:
    """Wait until something is true, and look at something meanwhile."""
    deadline = time.monotonic() + 10 * PATIENCE
    while not true():
        assert time.monotonic() < deadline, "nothing happens any more"
        look()
        time.sleep(every)


def _memory(pid: int) -> float:
    """Return a process's memory in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


def migrated(folder: Path, url: str) -> Path:
    """Migrate a new database in a folder, or the one of a URL; return where the file is."""
    path = folder / "portal.sqlite3"
    given = {"DATABASE_URL": url or f"sqlite:///{path}", "VAR_DIR": str(folder), "DEBUG": "1"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=os.environ | given,
        check=True,
    )
    subprocess.run(
        [sys.executable, "manage.py", "createcachetable"],
        cwd=ROOT,
        env=os.environ | given,
        check=True,
    )
    if not url:
        sqlite3.connect(path).close()
    return path


def main() -> None:
    """Print what came of it."""
    supporters = int(sys.argv[1])
    url = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory(prefix="newsletter-") as folder:
        found = run(migrated(Path(folder), url), supporters, url)
    print(f"{supporters} supporters, {'PostgreSQL' if url else 'SQLite'}")
    print(f"reached {found.reached}, Message-IDs {len(found.sent)}, repeats {found.repeats}")
    print(f"{found.status}: {found.counts}")
    print(f"paused after {found.pause:.3f} s, {found.during} emails during the pause")
    print(f"{found.seconds:.1f} s, {supporters / found.seconds:.0f} emails a second")
    print(f"memory of the last worker: {found.memory[0]:.0f} to {found.memory[-1]:.0f} MB")
    tenth = max(1, len(found.memory) // 10)
    print(f"grew by {found.growth:.1f} MB after its first fifth")
    print("each tenth:", " ".join(f"{m:.0f}" for m in found.memory[::tenth]))


if __name__ == "__main__":
    main()
