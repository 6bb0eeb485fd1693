"""Benchmark of the pages (`make bench`), with figures beside DESIGN section 7's budgets.

Serves the seeded site without DEBUG from one granian process, and requests one page at a time
over loopback. The list of 10,000 case studies, staff's desk, the relevance of search and the
engines' own benchmark follow.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import search.bench
from multiplier.calculator.examples import EXAMPLE
from multiplier.engine import calculate
from multiplier.engine.json_format import read_request
from multiplier.engine.reading import Reader
from multiplier.tests.cases import community
from tests import bench_kept, bench_lighthouse, bench_list
from tests.conftest import ROOT, free_port

PAGES = [
    ("home page", "/", 15),
    ("principle", "/principles/local-spend/", 15),
    ("case study", "/case-studies/bradford-spending-with-the-district-first/", 15),
    ("case studies", "/case-studies/", 25),
    ("case studies, a filter", "/case-studies/?region=yorkshire-and-the-humber", 25),
    ("council, a member", "/councils/bradford/", 15),
    ("council, not yet one", "/councils/leicester/", 15),
    ("directory", "/councils/", 25),
    ("directory, searched", "/councils/?q=brad", 25),
    ("news", "/news/", 25),
    ("news item", "/news/first-eleven-councils/", 15),
    ("resources", "/resources/", 25),
    ("glossary", "/glossary/", 15),
    ("search", "/search/?q=local+spend", 25),
    ("multiplier", "/multiplier/", 15),
    ("multiplier's method", "/multiplier/method/", 15),
    ("embed", "/embed/multiplier/v1/", 15),
]
# Not made of a page's parts: the cost of any request, and of a look at the register.
LEAST = [("the least: /healthz", "/healthz", 15)]
LEAST += [("council by a misspelling", "/api/v1/councils?q=manchestor", 15)]
KEPT = [path for _, path, _ in PAGES if "q=" not in path]
ROUNDS = 60
FRESH = 11  # pages to publish; the first waits for the worker to start


def _site(var: str, port: int, **more: str) -> dict[str, str]:
    """Prepare a site with its content, and return its environment."""
    env = os.environ | {
        "VAR_DIR": var,
        "SECRET_KEY": "bench",
        "LINK_KEY": "bench",
        "SITE_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "DEBUG": "",
        **more,
    }
    run = [sys.executable, "-W", "ignore", "manage.py"]
    quiet = {"cwd": ROOT, "env": env, "check": True, "stdout": subprocess.DEVNULL}
    data = "councils/data/councils.csv"
    for words in (
        ["migrate", "-v0"],
        ["createcachetable"],
        ["collectstatic", "--noinput", "-v0"],
        ["load_councils", data],
        ["seed_content"],
        ["rebuild_search"],
    ):
        print("preparing:", *words, flush=True)
        subprocess.run([*run, *words], **quiet)
    return env


@contextmanager
def _served(env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Serve a site from one process, and yield its address and process id."""
    server = [sys.executable, "-m", "portal.management.web_server", env["PORT"]]
    process = subprocess.Popen(server, cwd=ROOT, env=env)
    base = f"http://localhost:{env['PORT']}"
    try:
        for _ in range(200):
            try:
                _time(f"{base}/healthz")
                break
            except OSError:
                time.sleep(0.1)
        yield base, process.pid
    finally:
        process.terminate()
        process.wait()


def _time(url: str | urllib.request.Request) -> tuple[float, int]:
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=10) as answer:
        size = len(answer.read())
    return (time.perf_counter() - began) * 1000, size


def _row(name: str, times: list[float], budget: float, size: float) -> str:
    times = sorted(times)
    middle = statistics.median(times)
    return (
        f"{name:26}{middle:8.1f}{times[int(len(times) * 0.95)]:8.1f}{budget:8}"
        f"{middle / budget:7.2f}{size / 1000:7.0f}"
    )


def _memory(pid: int) -> tuple[float, float]:
    """Return the megabytes of the web process, and with its parent, shared ones once."""
    [worker] = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    resident = int(Path(f"/proc/{worker}/statm").read_text().split()[1])
    both = 0
    for process in (pid, worker):
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        both += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])
    return resident * os.sysconf("SC_PAGE_SIZE") / 1e6, both / 1000


# Publishes one word at a time, in a process of its own, as for an editor.
_PUBLISH = """
import sys
from campaign.models import ContentPage
page = ContentPage.objects.live().first()
for word in sys.stdin:
    page.title = f"About {word.strip()}"
    page.save_revision().publish()
    print(word, end="", flush=True)
"""


def _measure_freshness(base: str, env: dict[str, str]) -> None:
    """Print how many seconds after publishing search finds a page, with a worker running."""
    run = [sys.executable, "-W", "ignore", "manage.py"]
    worker = subprocess.Popen([*run, "worker"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    editor = subprocess.Popen([*run, "shell", "-v0", "-c", _PUBLISH], cwd=ROOT, env=env, **pipes)
    taken = []
    try:
        for number in range(FRESH):
            word = f"wordnumber{number}"
            print(word, file=editor.stdin, flush=True)
            while editor.stdout.readline().strip() != word:  # published, and committed
                pass
            began = time.perf_counter()
            while not _finds(base, word) and time.perf_counter() - began < 60:
                time.sleep(0.02)
            taken.append(time.perf_counter() - began)
    finally:
        for process in (editor, worker):
            process.terminate()
            process.wait()
    middle, worst = statistics.median(taken[1:]), max(taken[1:])
    print(f"published, then found: {middle:.2f} s, at worst {worst:.2f} s (budget 1)")


def _finds(base: str, word: str) -> bool:
    with urllib.request.urlopen(f"{base}/api/v1/search?q={word}", timeout=10) as answer:
        return bool(json.load(answer)["count"])


def main() -> None:
    """Print one line for each page: median, worst of twenty, budget and size."""
    with tempfile.TemporaryDirectory() as var:
        env = _site(var, free_port())
        with _served(env) as (base, pid):
            _measure("SQLite", base)
            _measure_the_multiplier(base)
            bench_kept.measure(env, KEPT, Path(var) / "kept")
            _measure_freshness(base, env)
            own, both = _memory(pid)
            print(
                f"memory of the web process: {own:.0f} MB (budget 220); with its parent {both:.0f}"
            )
            bench_lighthouse.measure(base, env)
        print("\nHow well search answers:", flush=True)
        measure = [sys.executable, "-W", "ignore", "manage.py", "measure_relevance"]
        subprocess.run(measure, cwd=ROOT, env=env, check=True)
    measure_list()
    subprocess.run([sys.executable, "-W", "ignore", "-m", "tests.bench_desk"], cwd=ROOT, check=True)
    search.bench.main()


def measure_list() -> None:
    """Measure the list of 10,000 case studies, with SQLite and, if there is one, PostgreSQL."""
    databases = {"SQLite": {"DATABASE_URL": ""}}
    if postgres := os.environ.get("BENCH_POSTGRES"):
        databases["PostgreSQL"] = {"DATABASE_URL": postgres}
    else:
        print("\nPostgreSQL is NOT measured: set BENCH_POSTGRES to an empty database's address.")
    for title, more in databases.items():
        with tempfile.TemporaryDirectory() as var:
            env = _site(var, free_port(), **more)
            bench_list.prepare(env)
            with _served(env) as (base, _):
                _measure(f"{title}, {bench_list.NUMBER:,} case studies", base)
                bench_list.measure(title, base, env)


HEADS = f"{'p50 ms':>8}{'p95 ms':>8}{'budget':>8}{'ratio':>7}{'kB':>7}"


def _measure(title: str, base: str) -> None:
    """Print how long each page takes cold, made each time, and warm, from the page cache."""
    print(f"\n{title:26}{HEADS}{'warm ms':>9}")
    for name, path, budget in PAGES:
        sign = "&" if "?" in path else "?"
        cold = [_time(f"{base}{path}{sign}{bench_list.SEEN}{n}") for n in range(ROUNDS + 2)][2:]
        warm = [_time(base + path)[0] for _ in range(ROUNDS)]
        row = _row(name, [ms for ms, _ in cold], budget, cold[0][1])
        print(f"{row}{statistics.median(warm):9.1f}", flush=True)


def _measure_the_multiplier(base: str) -> None:
    """Measure the least that any request costs, and one calculation: engine, API and page."""
    print(f"\n{'one at a time':26}{HEADS}")
    for name, path, budget in LEAST:
        answers = [_time(base + path) for _ in range(ROUNDS)]
        print(_row(name, [ms for ms, _ in answers], budget, answers[0][1]))
    request = read_request(community(), Reader())
    times = []
    for _ in range(20 * ROUNDS):
        began = time.perf_counter()
        calculate(request)
        times.append((time.perf_counter() - began) * 1000)
    print(_row("multiplier's engine", times, 1, 0))
    body = json.dumps(community()).encode()
    asked = urllib.request.Request(f"{base}/api/v1/multiplier", body)
    answers = [_time(asked) for _ in range(5 * ROUNDS)]
    print(_row("multiplier's API", [ms for ms, _ in answers], 5, answers[0][1]))
    # What a browser sends, with one share blank, so that every chart is drawn.
    typed = urllib.request.Request(f"{base}/multiplier/", urlencode(EXAMPLE).encode())
    answers = [_time(typed) for _ in range(5 * ROUNDS)]
    print(_row("multiplier, answered", [ms for ms, _ in answers], 5, answers[0][1]))


if __name__ == "__main__":
    main()
