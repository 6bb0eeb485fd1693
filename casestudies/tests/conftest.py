import pytest

from casestudies.tests.factories import CaseStudyIndexPageFactory


@pytest.fixture
def case_studies(db):
    """An empty list page."""
    return CaseStudyIndexPageFactory()


@pytest.fixture(autouse=True)
def no_index(settings, tmp_path):
    """Remove another test's search index, so that lists search names and titles."""
    settings.SEARCH_FILE = tmp_path / "search.sqlite3"
