import pytest
from allauth.mfa.models import Authenticator
from wagtail.models import Page

from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory


@pytest.fixture
def home(db):
    """The page at "/": any page will do for an app that knows no home page."""
    return Page.objects.get(slug="home")


@pytest.fixture
def index(home):
    return PrincipleIndexPageFactory(parent=home)


@pytest.fixture
def pages(index):
    """The pages of all six, in their order."""
    return [PrinciplePageFactory(parent=index, number=number) for number in range(1, 7)]


@pytest.fixture
def editor_client(admin_client, admin_user):
    """Somebody who may edit every page, with the second factor that this takes."""
    Authenticator.objects.create(user=admin_user, type=Authenticator.Type.TOTP, data={})
    return admin_client
