"""An index of each test's own, and a small site to find things on."""

import pytest
from wagtail.models import Page, Site

from campaign.models import HomePage
from search import entries
from search.engines import get_engine
from search.models import StaleEntry


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


@pytest.fixture
def home(db):
    """The home page of the one site."""
    Page.objects.filter(depth=2).delete()
    root = Page.objects.get(depth=1)
    page = HomePage(title="Keep it Local", slug="home", hero_title="One", hero_text="Two")
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
