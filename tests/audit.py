"""Known weaknesses of the packages that we install: `make audit`.

Fails on a finding only. Where the registry or its list of weaknesses cannot be asked, it says so.
"""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120  # seconds for each list
# Findings that do not concern us, each with the reason and the day to look again.
ACCEPTED: dict[str, str] = {}


def python_findings(report: dict[str, Any]) -> tuple[list[str], int]:
    """Return pip-audit's findings, and how many packages it could look up."""
    found, known = [], 0
    for package in report["dependencies"]:
        known += "skip_reason" not in package
        for each in package.get("vulns", []):
            if ACCEPTED.keys().isdisjoint([each["id"], *each.get("aliases", [])]):
                fixed = " or ".join(each["fix_versions"]) or "nothing yet"
                name = f"{package['name']} {package['version']}"
                found.append(f"{name}: {each['id']}, mended in {fixed}")
    return found, known


def npm_findings(report: dict[str, Any]) -> tuple[list[str], int]:
    """Return npm's findings, and how many packages it looked up."""
    found = [
        f"{name}: {each['title']} ({each['url']})"
        for name, package in report["vulnerabilities"].items()
        for each in package["via"]
        if isinstance(each, dict) and each["url"] not in ACCEPTED
    ]
    return found, report["metadata"]["dependencies"]["total"]


# pip-audit runs in a place of its own, because it brings a pip and 16 more packages.
PIP_AUDIT = "tool run pip-audit@2.10.1 --disable-pip --format=json --progress-spinner=off"
LOCK = "--timeout=10 --requirement=requirements-dev.lock"
UV = Path(sys.executable).with_name("uv")
LISTS = {
    "Python": (f"{UV} {PIP_AUDIT} {LOCK}", python_findings),
    "npm": ("npm audit --package-lock-only --json", npm_findings),
}


def ask(command: str) -> dict[str, Any]:
    """Return a tool's report; empty if it has none."""
    try:
        done = subprocess.run(
            shlex.split(command), capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT
        )
        return json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return {}


def main() -> int:
    """Print what is known, and return 1 if something is."""
    is_bad = False
    for name, (command, read) in LISTS.items():
        try:
            found, known = read(ask(command))
        except (KeyError, TypeError):
            found, known = [], 0
        is_bad = is_bad or bool(found)
        for line in found:
            print(f"{name}: {line}")
        if not known:
            print(f"{name}: the list of weaknesses cannot be asked from here. Nothing was checked.")
        else:
            print(f"{name}: {known} packages looked up, {len(found)} findings.")
    return int(is_bad)


if __name__ == "__main__":
    sys.exit(main())
