"""Files of deploy: scripts that parse, known settings, and one way to start the web process."""

import re
import subprocess

import pytest

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
SCRIPTS = ["install", "upgrade", "manage", "copy-backups"]
UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("*.service"))
HARDENED = ["NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="]
HARDENED += ["User=keep-it-local"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_parses_and_stops_at_the_first_error(name):
    subprocess.run(["bash", "-n", DEPLOY / name], check=True)
    assert re.search(r"^set -E?euo pipefail$", (DEPLOY / name).read_text(), re.MULTILINE)
    assert (DEPLOY / name).stat().st_mode & 0o100


def test_settings_of_the_server_are_settings_of_the_site():
    written = re.findall(r"^([A-Z_]+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE)
    known = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert "LINK_KEY" in written
    assert set(written) - known == {"GRANIAN_WORKERS"}  # read by granian itself


@pytest.mark.parametrize("name", UNITS)
def test_unit_is_hardened(name):
    lines = (DEPLOY / "systemd" / name).read_text().splitlines()

    assert [line for line in HARDENED if line not in lines] == []


@pytest.mark.parametrize("name", ["keep-it-local-web", "keep-it-local-worker"])
def test_unit_restarts_for_ever_within_its_memory(name):
    unit = (DEPLOY / f"systemd/{name}.service").read_text()

    assert "Restart=always" in unit
    assert "StartLimitIntervalSec=0" in unit
    assert "MemoryMax=" in unit


def test_web_process_starts_the_same_way_everywhere():
    unit = (DEPLOY / "systemd/keep-it-local-web.service").read_text()
    container = (DEPLOY / "Containerfile").read_text()
    started = re.search(r"^ExecStart=\S+ -m (.*)$", unit, re.MULTILINE)[1].split()
    command = re.findall(
        r'"([^"]+)"', re.search(r'^CMD \["python", "-m", (.*)\]$', container, re.M)[1]
    )

    assert [word.replace("0.0.0.0", "127.0.0.1") for word in command] == started
    for flag in ["--respawn-failed-workers", "--workers-max-rss 400", "--blocking-threads 4"]:
        assert flag in " ".join(started)
        assert flag in (ROOT / "docs/operations.md").read_text()


def test_web_server_in_front_sends_no_uploaded_file_and_logs_no_link():
    rules = (DEPLOY / "Caddyfile").read_text()

    assert "media" not in rules.replace("uploaded files", "")
    assert rules.count("file_server") == 1
    assert "exclude http.log.error http.handlers.reverse_proxy" in rules
    assert "access" not in re.sub(r"#.*", "", rules)
