import pytest
from allauth.mfa.models import Authenticator

from campaign.tests.factories import (
    EventIndexPageFactory,
    HomePageFactory,
    NewsIndexPageFactory,
)
from casestudies.tests.factories import CaseStudyIndexPageFactory, CaseStudyPageFactory


@pytest.fixture
def home(db):
    return HomePageFactory()


@pytest.fixture
def news_index(home):
    return NewsIndexPageFactory(parent=home)


@pytest.fixture
def event_index(home):
    return EventIndexPageFactory(parent=home)


@pytest.fixture
def case_study_index(home):
    return CaseStudyIndexPageFactory(parent=home)


@pytest.fixture
def make_case_studies(case_study_index):
    """Return a function that makes live case studies, oldest first."""

    def make(number, **kwargs):
        studies = []
        for _ in range(number):
            study = CaseStudyPageFactory(parent=case_study_index, **kwargs)
            study.save_revision().publish()
            studies.append(study)
        return studies

    return make


@pytest.fixture
def editor_client(admin_client, admin_user):
    """A client of someone who can edit every page, with a second factor."""
    Authenticator.objects.create(user=admin_user, type=Authenticator.Type.TOTP, data={})
    return admin_client
