import pytest
from allauth.mfa.models import Authenticator

from network.tests.factories import Story


@pytest.fixture
def story(council, officer) -> Story:
    """Leeming's sign-up, led by the officer."""
    return Story(council, officer)


@pytest.fixture
def staff(as_):
    """Return a function: `staff(manager)` is their client, with a second factor."""

    def signed_in(user):
        Authenticator.objects.get_or_create(
            user=user, type="totp", defaults={"data": {"secret": "x"}}
        )
        return as_(user)

    return signed_in


@pytest.fixture(autouse=True)
def no_index(settings, tmp_path):
    """Remove another test's search index, so that lists search names and titles."""
    settings.SEARCH_FILE = tmp_path / "search.sqlite3"
