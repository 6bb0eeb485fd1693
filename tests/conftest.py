"""A running site for browser journeys: what `make run` starts, with data of its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.db import connection
from playwright.sync_api import Frame, Locator, Page, Route, expect

from portal.mail.dev_page import read_mails, text_of

ROOT = Path(__file__).resolve().parent.parent
# How many seconds to wait on a busy machine.
PATIENCE = 240
# Playwright's own 5 seconds are too few there.
expect.set_options(timeout=30_000)
# Variables of the test process that the site must not inherit.
_OURS = ["DEBUG", "SECRET_KEY", "LINK_KEY", "EMAIL_URL", "SITE_URL", "TASKS_AT_ONCE"]
_OURS += [
    "DJANGO_SETTINGS_MODULE",
    "SEARCH_FILE",
    "MEDIA_ROOT",
    "UPLOADS_ROOT",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "DATABASE_URL",
    "VAR_DIR",
]


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def new_database(purpose: str, copied_from: str = "template1") -> str:
    """Make a PostgreSQL database named after DATABASE_URL's, and return its URL.

    Returns:
        The URL, or "" with SQLite.
    """
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return ""
    parts = urlsplit(given)
    name = f"{parts.path.lstrip('/')}_{purpose}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copied_from}"')
    return urlunsplit(parts._replace(path=f"/{name}"))


@dataclass
class Site:
    """A running site: its address, its data, and what it prints when it starts."""

    var: Path
    port: int
    database_url: str
    process: subprocess.Popen | None = None
    greeting: str = ""

    @property
    def url(self) -> str:
        """The address of its home page, without a slash."""
        return f"http://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return the environment of `make run`."""
        env = {name: value for name, value in os.environ.items() if name not in _OURS}
        env |= {"DEBUG": "1", "VAR_DIR": str(self.var), "PORT": str(self.port)}
        if self.database_url:
            env["DATABASE_URL"] = self.database_url
        if env.get("COVERAGE_DIR"):
            env["DJANGO_SETTINGS_MODULE"] = "tests.site_settings"
        return env

    def start(self) -> float:
        """Run what `make run` runs, and return the seconds to the first page."""
        began = time.monotonic()
        self.begin()
        self.wait_until_it_says("Stop with Ctrl+C")
        urllib.request.urlopen(self.url, timeout=PATIENCE)
        return time.monotonic() - began

    def begin(self, *command: str) -> None:
        """Start the site, or run another command of it, without waiting for the first page."""
        log = (self.var / "serve.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *(command or ("serve", "--prepare"))],
            cwd=ROOT,
            env=self.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_until_it_says(self, words: str) -> None:
        """Wait until the site has printed these words."""
        deadline = time.monotonic() + PATIENCE
        while words not in (said := (self.var / "serve.log").read_text()):
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, f"It did not say {words!r}:\n{said}"
            time.sleep(0.05)
        self.greeting = said

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Stop the site and wait until its port is free."""
        self.process.send_signal(how)
        self.process.wait(timeout=PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.1)
        raise AssertionError("The server outlived its parent.")

    def password_of(self, role: str) -> tuple[str, str]:
        """Return the address and the password that the site printed for a demo account."""
        found = re.search(rf"Sign in as {role}\s+(\S+)\s+(\S+)", self.greeting)
        return found.group(1), found.group(2)

    def mails_to(self, address: str) -> list[tuple[str, str]]:
        """Return the subject and text of each email to this address, oldest first."""
        mails = read_mails(self.var / "mail")
        return [(str(m["Subject"]), text_of(m)) for m in mails if m["To"] == address]

    def wait_for_mail(self, address: str, subject: str) -> str:
        """Wait for an email to this address with `subject` in its subject; return its text."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            texts = [text for title, text in self.mails_to(address) if subject in title]
            if texts:
                return texts[-1]
            time.sleep(0.2)
        raise AssertionError(f"No mail {subject!r} to {address}: {self.mails_to(address)}")


@pytest.fixture(scope="session")
def site(tmp_path_factory, django_db_setup) -> Iterator[Site]:
    """One site for all browser journeys, prepared on a copy of the tests' migrated database."""
    if kept := os.environ.get("JOURNEY_VAR"):  # to try again quickly, on the same data
        var = Path(kept)
        var.mkdir(exist_ok=True)
    else:
        var = tmp_path_factory.mktemp("site")
    connection.close()  # so that nothing of it is elsewhere than in the file
    migrated = connection.settings_dict["NAME"]
    running = Site(var, free_port(), new_database("journeys", migrated))
    if not running.database_url and not (var / "portal.sqlite3").exists():
        shutil.copy(migrated, var / "portal.sqlite3")
    running.start()
    yield running
    running.stop()


# Only what is wrong comes over: to send all that axe looked at takes longer than many a look.
_WRONG = """async ([within, options]) => {
  const found = await axe.run(within || document, options)
  return found.violations.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 3).map((node) => node.target)
    return `${id}: ${help} at ${JSON.stringify(places)}`
  })
}"""


def axe_problems(page: Page | Frame, within: str = "", *, preload: bool = True) -> list[str]:
    """Return the problems axe finds in the page, or in the part of a selector."""
    page.wait_for_load_state()  # the page's own sheet comes after its first words
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], "preload": preload}
    return page.evaluate(_WRONG, [within, options])


def typed_before_it_came(page: Page, field: Locator, text: str) -> Locator:
    """Type into a field before its combobox has loaded, then let it load; return its box."""
    held: list[Route] = []
    page.route("**/council-picker-*.js", lambda route: held.append(route))
    with page.expect_request("**/council-picker-*.js"):
        field.focus()
    page.keyboard.type(text)
    for route in held:
        route.continue_()
    box = page.locator("input[role=combobox]:focus")
    box.wait_for()
    expect(box).to_have_value(text)
    return box


def forms_without_token(page: Page) -> list[str]:
    """Return the paths of a page's forms that Django would refuse for want of a CSRF token.

    Endorsing, supporters and the calculator use no cookies and check the origin instead.
    """
    without = page.locator("form[method=post i]:not(:has([name=csrfmiddlewaretoken]))")
    addresses: list[str] = without.evaluate_all(
        "forms => forms.map(form => new URL(form.action, location.href).pathname)"
    )
    cookieless = ("/endorse/", "/multiplier/", "/embed/", "/supporters/")
    return [path for path in addresses if not path.startswith(cookieless)]
