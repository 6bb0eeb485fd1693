"""Fixtures of every test: people and a council, the database, and a browser."""

import gc
import os
import subprocess
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from councils import register
from councils.choices import Kind, Region
from councils.models import Council, CouncilDomain
from network.choices import Office
from portal import health
from portal.mail import outbox
from portal.models import User
from portal.page_cache import Remembered
from search.models import StaleEntry
from tests.database import connect_to_copy, drop_copy, make_meanwhile

ROOT = Path(__file__).resolve().parent

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",  # letters as wide as on a phone
]

# No deadline, because a busy machine is not a fault of the code. CI uses the same examples.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Let the database be made while the processes that test collect their tests."""
    if getattr(config.option, "numprocesses", 0) and not config.option.reuse_db:
        config.option.testrunuid = config.option.testrunuid or uuid4().hex
        make_meanwhile(config.option.testrunuid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slowest tests first, so that no process is left with them at the end."""
    items.sort(key=lambda item: item.path.parent != ROOT / "tests")


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what is loaded: that took 6 % of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


class FileByFile(LoadScopeScheduling):
    """The sharing of tests between two processes.

    pytest-xdist's own groups do not work with pytest 9.2, where node ids cannot be renamed.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Keep the tests of one file together, and all that visit the running site."""
        file = nodeid.partition("::")[0]
        visits = file.startswith("tests/") and file != "tests/test_running.py"
        return "site" if visits else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> FileByFile:
    return FileByFile(config, log)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; one for all tests, because Playwright starts once a process."""
    find = ROOT / "tests" / "find_chromium"
    path = subprocess.run([find], capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """A database of this process's own: `make try` (--reuse-db) keeps the one that it copies."""
    option, process = request.config.option, getattr(request.config, "workerinput", {})
    run = process.get("testrunuid", str(os.getpid()))
    with django_db_blocker.unblock():
        connect_to_copy(run, kept=option.reuse_db and not option.create_db)
        yield
        drop_copy()


@pytest.fixture(scope="module")
def shared_rows(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Let a module's fixtures make rows once for all its tests; undone after the last of them.

    Each test still undoes only what it did itself.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def whole_register(shared_rows) -> None:
    """All councils of the register, without the other bodies."""
    call_command("load_councils", register.DATA / "councils.csv", verbosity=0)


@pytest.fixture(scope="module")
def content(whole_register) -> str:
    """The register and the true content; what the seed said when it made them."""
    said = StringIO()
    call_command("seed_content", stdout=said)
    call_command("load_councils", register.DATA / "other_bodies.csv", verbosity=0)
    call_command("rebuild_search", verbosity=0)
    StaleEntry.objects.all().delete()
    return said.getvalue()


@pytest.fixture(autouse=True)
def _fresh_caches(request):
    """Clear what is remembered, and rate limits if the test has a database.

    And no test leaves the outbox resting for the next one.
    """
    Remembered.seen = (request.node.nodeid,)  # every change is made in this process
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        request.getfixturevalue("db")
        cache.clear()
        caches["renditions"].clear()
    outbox._rests_until = 0.0


@pytest.fixture(autouse=True)
def _health_in_this_thread(monkeypatch):
    """Look at the parts of the site within the test's own transaction."""
    monkeypatch.setattr(health, "report", health.states)


def person(email: str, *, group: str = "", **names: str) -> User:
    """Create a user with a confirmed address, in a group of staff if one is named."""
    user = User.objects.create_user(email, "correct horse battery", **names)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def officer(db) -> User:
    """An officer who works for Leeming council and signs it up."""
    return person("olive@leeming.gov.uk", first_name="Olive", last_name="Officer")


@pytest.fixture
def stranger(db) -> User:
    """Someone with an account and no part in any sign-up."""
    return person("stan@elsewhere.example", first_name="Stan", last_name="Stranger")


@pytest.fixture
def manager(db) -> User:
    """A member of staff who reviews sign-ups."""
    return person("mo@network.example", group="Network managers", first_name="Mo")


@pytest.fixture
def editor(db) -> User:
    """A member of staff who publishes pages and reviews nothing."""
    return person("edith@network.example", group="Publishers", first_name="Edith")


@pytest.fixture
def supporter() -> str:
    """The email address of someone without an account."""
    return "sue@home.example"


@pytest.fixture
def leader() -> dict[str, object]:
    """The council's leader, who has no account."""
    return {
        "office": Office.LEADER,
        "name": "Lena Leader",
        "role": "Leader of the Council",
        "email": "lena@leeming.gov.uk",
    }


@pytest.fixture
def chief_executive() -> dict[str, object]:
    """The council's chief executive, who has no account."""
    return {
        "office": Office.CHIEF_EXECUTIVE,
        "name": "Cheng Chief",
        "role": "Chief Executive",
        "email": "cheng@leeming.gov.uk",
    }


@pytest.fixture
def council(db) -> Council:
    """A council in force that is not a member yet."""
    made = Council.objects.create(
        key="lmg",
        slug="leeming",
        name="Leeming",
        official_name="Leeming Borough Council",
        gss_code="E07999999",
        kind=Kind.DISTRICT,
        region=Region.NORTH_WEST,
        hex_q=5,
        hex_r=20,
    )
    CouncilDomain.objects.create(council=made, domain="leeming.gov.uk", kind="website")
    return made


def _second_factor_given(sender, request, user, **kwargs) -> None:
    """Let `force_login` give the second factor too, as everyone who has one does."""
    if "REQUEST_METHOD" not in request.META:  # the bare request of `force_login`
        record_authentication(request, user, "mfa")


user_logged_in.connect(_second_factor_given, dispatch_uid="tests.second_factor")


@pytest.fixture
def as_(db):
    """Return a function: `as_(officer)` is a client with the officer signed in."""

    def signed_in(user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
