"""Note of every line and branch of the product that a process of the tests runs.

`make test` names a folder in COVERAGE_DIR; the settings of the tests and of the journeys' site
call `start` before anything of the product is imported, and `tests/covered.py` reads the notes.
Slipcover writes its probes into our own bytecode, where a tracer of Python 3.11 would make all
code slower, Django's included: that cost a third of the suite.
"""

import json
import multiprocessing.util
import os
import sys
import tomllib
from pathlib import Path

from slipcover import FileMatcher, Slipcover
from slipcover.importer import SlipcoverMetaPathFinder

ROOT = Path(__file__).resolve().parent.parent
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["slipcover"]


class Product(SlipcoverMetaPathFinder):
    """Finder of the product's modules alone: pytest finds its tests by itself."""

    def find_spec(self, fullname, path, target=None):
        """Return the spec of one of our modules with its loader wrapped, or None."""
        app, *inside = fullname.split(".")
        if app not in CONFIG["source"] or "tests" in inside:
            return None
        return super().find_spec(fullname, path, target)


def start() -> None:
    """Measure this process from now on if COVERAGE_DIR names where to note it."""
    if not (folder := os.environ.get("COVERAGE_DIR")):
        return
    # To take a probe out again costs more than it does here, where most code is decorated.
    measuring = Slipcover(branch=True, d_miss_threshold=-1)
    matcher = FileMatcher([ROOT / app for app in CONFIG["source"]], CONFIG["omit"])
    sys.meta_path.insert(0, Product(measuring, matcher))

    def note() -> None:
        Path(folder, f"{os.getpid()}.json").write_text(json.dumps(measuring.get_coverage()))

    def note_at_the_end(_=None) -> None:
        # Unlike atexit, this also runs at the end of a process that multiprocessing made.
        multiprocessing.util.Finalize(None, note, exitpriority=0)

    note_at_the_end()
    # One that is forked forgets what its parent was to do.
    multiprocessing.util.register_after_fork(measuring, note_at_the_end)
