import pytest

from casestudies.tests.factories import CaseStudyIndexPageFactory


@pytest.fixture
def case_studies(db):
    """The list page, empty."""
    return CaseStudyIndexPageFactory()
