import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from conftest import person
from network.tests.factories import Story


@pytest.fixture
def story(council, officer) -> Story:
    """Leeming's sign-up, led by the officer."""
    return Story(council, officer)


class StaffClient(Client):
    """A browser of staff, who confirm what they are shown before it is done."""

    def post(self, path, data=None, *args, **kwargs):
        """Send a form; where emails are shown first, confirm them."""
        page = super().post(path, data, *args, **kwargs)
        if page.context is not None and "fingerprint" in page.context:
            data = {**(data or {}), "confirmed": page.context["fingerprint"]}
            return super().post(path, data, *args, **kwargs)
        return page


@pytest.fixture
def staff(db):
    """Return a function: `staff(manager)` is their client, with a second factor."""

    def signed_in(user):
        Authenticator.objects.get_or_create(
            user=user, type="totp", defaults={"data": {"secret": "x"}}
        )
        client = StaffClient()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def another_manager(db):
    """A second manager with no part in any council, so that no trustee is needed."""
    return person("nora@network.example", group="Network managers", first_name="Nora")


@pytest.fixture(autouse=True)
def no_index(settings, tmp_path):
    """Remove another test's search index, so that lists search names and titles."""
    settings.SEARCH_FILE = tmp_path / "search.sqlite3"
