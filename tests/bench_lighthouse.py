"""Benchmark of pages with Lighthouse, as its phone sees them: one line a page.

Fetches Lighthouse through npm the first time (about 190 MB), so it needs Node. Each page is
loaded five times, and the median of each score is compared with the budgets.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT

LIGHTHOUSE = "lighthouse@12.8.2"
TIMES = 5
PERFORMANCE, OTHERS = 98, 100
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
SCRIPTS_KB, STYLES_KB = 15, 30  # compressed
BLOCKED_MS = 100  # the main thread, by long tasks
PAGES = {
    "home page": "/",
    "news": "/news/network-for-councils-announced/",
    "event": "/events/an-event/",
    "resource": "/resources/join-the-keep-it-local-network/",
    "case study": "/case-studies/bradford-spending-with-the-district-first/",
    "council": "/councils/bradford/",
    "calculator": "/multiplier/",
}
# Without who runs the site, no search engine may index it; the content has no invented events.
PREPARE = """
from datetime import timedelta
from django.utils import timezone
from campaign.models import EventIndexPage, EventPage
from portal.models import SiteOperator
SiteOperator.objects.create(name="Bench", postal_address="1 Street", email="bench@example.org")
begins = timezone.now() + timedelta(days=30)
event = EventPage(title="An event", slug="an-event", summary="People meet. " * 8, place="Leeds",
    begins=begins, ends=begins + timedelta(hours=2), listing_summary="People meet.")
EventIndexPage.objects.get().add_child(instance=event).save_revision().publish()
"""


def measure(base: str, env: dict[str, str]) -> None:
    """Print the median scores of each page, the size of its scripts and styles, and its faults."""
    if not shutil.which("npx"):
        print("\nLighthouse is NOT run: it needs Node.")
        return
    shell = ["manage.py", "shell", "-v0", "-c", PREPARE]
    subprocess.run([sys.executable, "-W", "ignore", *shell], cwd=ROOT, env=env, check=True)
    chromium = subprocess.run(
        [str(ROOT / "tests/find_chromium")], capture_output=True, text=True, check=True
    ).stdout.strip()
    env = env | {"CHROME_PATH": chromium}
    heads = f"{'speed':>7}{'access':>8}{'best':>6}{'seo':>6}{'JS kB':>7}{'CSS kB':>8}{'unused':>8}"
    heads += f"{'blocked ms':>12}"
    print(f"\n{'Lighthouse, median of ' + str(TIMES):26}{heads}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, path in PAGES.items():
            runs = [_run(f"{base}{path}", Path(folder), env) for _ in range(TIMES)]
            _print(name, runs)


def _run(url: str, folder: Path, env: dict[str, str]) -> dict[str, dict]:
    """Return what one run of Lighthouse found."""
    into = folder / "found.json"
    command = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={into}"]
    command += ["--chrome-flags=--headless --no-sandbox --disable-gpu"]
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True, timeout=300)
    return json.loads(into.read_text(encoding="utf-8"))


def _print(name: str, runs: list[dict[str, dict]]) -> None:
    scores = [
        round(100 * statistics.median(run["categories"][each]["score"] for run in runs))
        for each in CATEGORIES
    ]
    last = runs[-1]["audits"]
    sizes = {
        each["resourceType"]: each["transferSize"] / 1000
        for each in last["resource-summary"]["details"]["items"]
    }
    unused = last["unused-css-rules"]["details"]["items"]
    part = max((each["wastedPercent"] for each in unused), default=0)
    blocked = statistics.median(
        run["audits"]["total-blocking-time"]["numericValue"] for run in runs
    )
    faults = [
        blocked > BLOCKED_MS,
        sizes.get("script", 0) > SCRIPTS_KB,
        sizes.get("stylesheet", 0) > STYLES_KB,
    ]
    faults += [scores[0] < PERFORMANCE, *(score < OTHERS for score in scores[1:])]
    print(
        f"{name:26}{scores[0]:7}{scores[1]:8}{scores[2]:6}{scores[3]:6}"
        f"{sizes.get('script', 0):7.1f}{sizes.get('stylesheet', 0):8.1f}{part:7.0f}%"
        f"{blocked:12.0f}"
        f"{'  OVER' if any(faults) else ''}",
        flush=True,
    )
    wrong = {
        audit["title"]
        for category in CATEGORIES[1:]
        for of in runs[-1]["categories"][category]["auditRefs"]
        if (audit := last[of["id"]])["score"] == 0 and of["weight"]
    }
    for title in sorted(wrong):
        print(f"  {title}")
