"""An index of each test's own, a small site to find things on, a real Elasticsearch.

Tests ask the Elasticsearch at ELASTICSEARCH_TEST_URL (default: where `make elasticsearch`
starts one) and are skipped where none answers, unless REQUIRE_ELASTICSEARCH is set.
"""

import json
import os
import uuid
from contextlib import ExitStack, contextmanager
from functools import cache
from urllib.request import urlopen

import pytest
from django.test import Client
from wagtail.models import Page, Site

from campaign.models import HomePage
from portal.models import User
from portal.tests.security.test_doors import give_second_factor
from search.documents import entries
from search.engines.asking import get_engine
from search.engines.elastic import ElasticsearchEngine
from search.models import StaleEntry

ELASTICSEARCH = os.environ.get("ELASTICSEARCH_TEST_URL", "http://127.0.0.1:9200")
PATIENCE = 20  # seconds for an answer: a busy machine is no fault of the code
REQUIRED = bool(os.environ.get("REQUIRE_ELASTICSEARCH"))
_missed: list[str] = []


def _version(url: str) -> str:
    try:
        with urlopen(url, timeout=5) as answer:
            return json.load(answer)["version"]["number"]
    except (OSError, ValueError, KeyError):
        return ""


def pytest_terminal_summary(terminalreporter):
    """Nobody shall think that both engines were tested where one was not."""
    if _missed:
        terminalreporter.write_sep("!", "ELASTICSEARCH WAS NOT TESTED", red=True, bold=True)
        terminalreporter.write_line(f"{len(_missed)} tests were skipped: {_missed[0]}")


@pytest.fixture(scope="session")
def _elasticsearch_version():
    return _version(ELASTICSEARCH)


@pytest.fixture
def elasticsearch_url(_elasticsearch_version):
    """The address of a real Elasticsearch 8; without one the test is skipped, or fails."""
    if _elasticsearch_version.startswith("8."):
        return ELASTICSEARCH
    why = f"no Elasticsearch 8 answers at {ELASTICSEARCH}; `make elasticsearch` starts one"
    if REQUIRED:
        pytest.fail(why)
    _missed.append(why)
    pytest.skip(why)


@contextmanager
def _own_engine():
    """An engine on Elasticsearch under a name of its own; what it made is deleted at the end."""
    engine = ElasticsearchEngine(ELASTICSEARCH, f"test-{uuid.uuid4().hex[:12]}", PATIENCE)
    try:
        yield engine
        for index in list(engine.client.indices.get(index=f"{engine.name}-*")):
            engine.client.indices.delete(index=index)
    finally:
        engine.client.close()


@pytest.fixture(scope="session")
def _session_engines():
    """At most one engine, made by the first test that needs it, since its index takes long."""
    with ExitStack() as stack:
        yield cache(lambda: stack.enter_context(_own_engine()))


@pytest.fixture
def elastic(elasticsearch_url, _session_engines):
    """An engine on Elasticsearch, built and empty."""
    engine = _session_engines()
    engine.breaker.answered()
    if not engine.is_current():
        engine.replace_all([])
    elif engine.count():
        client = engine.client
        client.delete_by_query(index=engine.alias, query={"match_all": {}}, refresh=True)
        # What is only marked as deleted would still weigh in ranks and spellings.
        client.indices.forcemerge(index=engine.alias, only_expunge_deletes=True)
    return engine


@pytest.fixture
def unbuilt_elastic(elasticsearch_url):
    """An engine on Elasticsearch that nothing was ever put into."""
    with _own_engine() as engine:
        yield engine


@pytest.fixture(autouse=True)
def search_file(settings, tmp_path):
    """Where this test's index is; not built yet."""
    settings.SEARCH_FILE = tmp_path / "search.sqlite3"
    return settings.SEARCH_FILE


@pytest.fixture
def engine(search_file):
    """The engine that is set up, built and empty."""
    engine = get_engine()
    engine.replace_all([])
    return engine


@pytest.fixture(params=["embedded", "elasticsearch"])
def either_engine(request, settings, monkeypatch):
    """The engine that is set up, built and empty: each of the two in turn."""
    if request.param == "embedded":
        return request.getfixturevalue("engine")
    engine = request.getfixturevalue("elastic")
    settings.ELASTICSEARCH_URL = engine.url
    monkeypatch.setattr("search.engines.asking._elasticsearch", lambda url, name: engine)
    return engine


@pytest.fixture
def home(db):
    """The home page of the one site."""
    Page.objects.filter(depth=2).delete()
    root = Page.objects.get(depth=1)
    page = HomePage(title="Keep it Local", slug="home")
    root.add_child(instance=page)
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=page, is_default_site=True)
    StaleEntry.objects.all().delete()  # of what Wagtail's own migrations had put there
    return page


@pytest.fixture(autouse=True)
def fixed_pages(monkeypatch):
    """None but those that a test asks for: they would stand in every answer."""
    fixed = entries.FIXED
    monkeypatch.setattr(entries, "FIXED", ())
    return fixed


@pytest.fixture
def admin(db) -> Client:
    """A superuser's client that answers faults with their pages."""
    root = User.objects.create_superuser("root@network.example", "correct horse battery")
    give_second_factor(root)
    client = Client(raise_request_exception=False)
    client.force_login(root, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
