"""Passwords: stored by OWASP's parameters, and as slow to refuse for known and unknown people."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from portal import settings as portal_settings
from portal.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _real_hashers(settings):
    settings.PASSWORD_HASHERS = portal_settings.PASSWORD_HASHERS


def person(email: str) -> User:
    user = User.objects.create_user(email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def sign_in(email: str, password: str):
    return Client().post("/accounts/login/", {"login": email, "password": password})


def test_password_is_stored_by_owasps_parameters():
    assert hashers.make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_older_hash_signs_in_and_is_replaced():
    user = person("olive@leeming.gov.uk")
    user.password = hashers.PBKDF2PasswordHasher().encode(PASSWORD, "salt" * 6, iterations=1000)
    user.save()

    assert sign_in(user.email, PASSWORD).url == "/my/"

    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id")


@pytest.fixture
def counted(monkeypatch) -> list[str]:
    """Count each time that a password is hashed."""
    hasher, calls = portal_settings.PASSWORD_HASHERS[0], []
    made = hashers.get_hasher("argon2")
    assert hasher.endswith(type(made).__name__)
    for name in ("encode", "verify"):
        real = getattr(type(made), name)

        def counting(self, *args, _real=real, _name=name, **kwargs):
            calls.append(_name)
            return _real(self, *args, **kwargs)

        monkeypatch.setattr(type(made), name, counting)
    return calls


def test_a_wrong_password_costs_one_hash_for_known_and_unknown_people(counted):
    person("olive@leeming.gov.uk")
    nobody = person("no-password@leeming.gov.uk")
    nobody.set_unusable_password()
    nobody.save()
    costs = {}
    for email in ("olive@leeming.gov.uk", "unknown@leeming.gov.uk", nobody.email):
        counted.clear()
        answer = sign_in(email, "wrong horse battery")
        assert answer.status_code == 200
        costs[email] = len(counted)
    assert set(costs.values()) == {1}, costs


@pytest.mark.parametrize("password", ["keepitlocal2026", "Keep it Local!!", "locality12345"])
def test_name_of_the_site_is_no_password(password):
    with pytest.raises(ValidationError, match="name of this site"):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["x" * 200, "my locality feeds forty crows", "пароль пароль", "🏛 " * 8, PASSWORD]
)
def test_long_and_unusual_passwords_are_taken_whole(password):
    validate_password(password)
    user = person("olive@leeming.gov.uk")
    user.set_password(password)
    assert not user.check_password(password[:-1])
    assert user.check_password(password)


def test_short_and_common_passwords_are_refused():
    for password in ("eleven char", "qwerty123456", "1q2w3e4r5t6y"):
        with pytest.raises(ValidationError):
            validate_password(password)
