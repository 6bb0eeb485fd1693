import pytest
from allauth.mfa.models import Authenticator
from wagtail.models import Page

from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory


@pytest.fixture
def home(db):
    """A page at "/"; any will do, because this app does not know the home page."""
    return Page.objects.get(slug="home")


@pytest.fixture
def index(home):
    return PrincipleIndexPageFactory(parent=home)


@pytest.fixture
def pages(index):
    """The pages of all six principles, in order."""
    return [PrinciplePageFactory(parent=index, number=number) for number in range(1, 7)]


@pytest.fixture
def editor_client(admin_client, admin_user):
    """A client of someone who can edit every page, with a second factor."""
    Authenticator.objects.create(user=admin_user, type=Authenticator.Type.TOTP, data={})
    return admin_client
