"""What we install: every package pinned with its hashes, and known weaknesses fail the build."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests import audit

ROOT = Path(__file__).resolve().parent.parent
LOCKED = re.compile(r"^([\w.-]+)==(\S+)[^\n]*((?:\\\n\s+--hash=sha256:[0-9a-f]{64} ?)+)", re.M)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    lines = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", (ROOT / file).read_text(), re.M)
    return {plain(name): version for name, version in lines}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_package_is_locked_with_hashes(name):
    text = (ROOT / f"{name}.lock").read_text()
    locked = {plain(found[1]): found[2] for found in LOCKED.finditer(text)}

    assert locked == pins(f"{name}.lock"), "one has no hashes"
    asked, constrained = pins(f"{name}.txt"), pins("constraints.txt")
    assert asked.items() <= locked.items(), "run `make lock`"
    assert locked.items() <= constrained.items(), "pin it in constraints.txt, then `make lock`"
    assert not re.search(r"https?://", text)


def test_tests_run_what_is_locked():
    runtime, everything = pins("requirements.lock"), pins("requirements-dev.lock")
    assert runtime.items() <= everything.items()


WEAK = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.0"], "description": "d"}
PYTHON = {"dependencies": [{"name": "a", "version": "1.0", "vulns": [WEAK]}]}
SOUND = {"dependencies": [{"name": "a", "version": "1.0", "vulns": []}]}
ABSENT = {"dependencies": [{"name": "a", "skip_reason": "not found"}]}
TOTAL = {"dependencies": {"total": 7}}
VIA = [{"title": "Bad", "url": "GHSA-1"}, "another"]
NPM = {"vulnerabilities": {"sass": {"via": VIA}}, "metadata": TOTAL}


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ([PYTHON, {}], 1, "a 1.0: PYSEC-1, mended in 2.0"),
        ([SOUND, NPM], 1, "sass: Bad (GHSA-1)"),
        ([SOUND, NPM | {"vulnerabilities": {}}], 0, "npm: 7 packages looked up, 0 findings."),
        ([ABSENT, {}], 0, "Python: the list of weaknesses cannot be asked"),
        ([{}, {"message": "405"}], 0, "npm: the list of weaknesses cannot be asked"),
    ],
)
def test_audit_fails_on_a_finding_only(monkeypatch, capsys, answers, code, said):
    replies = iter(answers)
    monkeypatch.setattr(audit, "ask", lambda command: next(replies))
    assert audit.main() == code
    assert said in capsys.readouterr().out


def test_accepted_finding_does_not_fail(monkeypatch):
    monkeypatch.setattr(audit, "ACCEPTED", {"CVE-1": "not used here", "GHSA-1": "build only"})
    assert audit.python_findings(PYTHON) == ([], 1)
    assert audit.npm_findings(NPM) == ([], 7)


@pytest.mark.parametrize("command", ["no-such-program", "echo no json", "sleep 9"])
def test_tool_that_does_not_answer_is_no_finding(monkeypatch, command):
    monkeypatch.setattr(audit, "PATIENCE", 0.5)
    assert audit.ask(command) == {}


def test_report_is_read_even_if_the_tool_fails():
    script = f"echo '{json.dumps(SOUND)}'; exit 1"
    assert audit.ask(f"sh -c {shlex.quote(script)}") == SOUND
