import pytest

from casestudies.tests.factories import CaseStudyIndexPageFactory


@pytest.fixture
def case_studies(db):
    """The list page, empty."""
    return CaseStudyIndexPageFactory()


@pytest.fixture(autouse=True)
def no_index(settings, tmp_path):
    """No index of another test's: lists look through names and titles."""
    settings.SEARCH_FILE = tmp_path / "search.sqlite3"
