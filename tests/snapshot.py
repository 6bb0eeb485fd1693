"""Snapshots of everything the site shows: `make snapshot DIR=...`.

Refactoring changes nothing that anyone sees: the snapshots before and after are equal, except
for the renames in tests/snapshot_renames.txt.

    python -m tests.snapshot DIR            write a snapshot of a new, seeded site
    python -m tests.snapshot --compare A B  print what differs; exit 1 if anything does
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RENAMES = Path(__file__).with_name("snapshot_renames.txt")
SHOWN = 12  # differing lines of one file
BREAKS = re.compile(r"\\n|(?<=>)(?=<)")  # where to break a long line to show differences


def take(out: Path) -> None:
    """Write a snapshot of this code into an empty folder."""
    if out.exists() and any(out.iterdir()):
        raise SystemExit(f"{out} is not empty.")
    settings = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    env = {name: value for name, value in os.environ.items() if name not in settings}
    with tempfile.TemporaryDirectory() as var:
        env |= {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DEBUG": "1",
            "VAR_DIR": var,
            "SECRET_KEY": "snapshot",
            "LINK_KEY": "snapshot",
            "COUNT_QUESTIONS": "0",  # a thread writes them, whenever it is ready
            "PYTHONHASHSEED": "0",
        }
        command = [sys.executable, "-W", "ignore", "-m", "tests.snapshot_site", out.resolve()]
        subprocess.run(command, cwd=ROOT, env=env, check=True)


def compare(before: Path, after: Path) -> int:
    """Print what differs between two snapshots, and return how many files do."""
    renames = _renames()
    old = {_renamed(name, renames): path for name, path in _files(before).items()}
    new = _files(after)
    different = 0
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            print(f"only {'after' if name in new else 'before'}: {name}")
            different += 1
            continue
        was, now = _renamed(_text(old[name]), renames), _text(new[name])
        if "/" not in name:  # a list, whose order a new name changes
            was, now = ("\n".join(sorted(text.splitlines())) for text in (was, now))
        if was != now:
            parts = (BREAKS.sub("\n", text).splitlines() for text in (was, now))
            lines = [*difflib.unified_diff(*parts, n=0, lineterm="")][2:]
            print(f"changed: {name} ({len(lines)} lines of difference)")
            print(*(f"    {line[:300]}" for line in lines[:SHOWN]), sep="\n")
            different += 1
    print(f"{different} of {len(old.keys() | new.keys())} files differ.")
    return different


def _text(path: Path) -> str:
    return path.read_bytes().decode()


def _files(folder: Path) -> dict[str, Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if not paths:
        raise SystemExit(f"{folder} holds no snapshot.")
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _renames() -> list[tuple[str, str]]:
    lines = RENAMES.read_text("utf-8").splitlines() if RENAMES.exists() else []
    pairs = [line.split(" → ") for line in lines if line.strip() and not line.startswith("#")]
    return [(old.strip(), new.strip()) for old, new in pairs]


def _renamed(text: str, renames: list[tuple[str, str]]) -> str:
    for old, new in renames:
        text = text.replace(old, new)
    return text


def main() -> int:
    """Write or compare snapshots, as the arguments say, and return the exit code."""
    parser = argparse.ArgumentParser(prog="tests.snapshot", description="Write or compare.")
    parser.add_argument("--compare", action="store_true", help="compare two snapshots")
    parser.add_argument("folders", nargs="+", type=Path)
    given = parser.parse_args()
    if len(given.folders) != 1 + given.compare:
        parser.error("one folder to write, two to compare")
    if given.compare:
        return compare(*given.folders) > 0
    take(*given.folders)
    return 0


if __name__ == "__main__":
    sys.exit(main())
