"""Passwords: stored by OWASP's parameters, and as slow to refuse for known and unknown people."""

import re

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


def test_password_fields_hide_what_is_typed_and_let_managers_fill_it_in(as_):
    client = as_(person("olive@leeming.gov.uk"))
    for path, user in [("login/", Client()), ("password/change/", client)]:
        fields = re.findall(
            r"<input[^>]*password[^>]*>", user.get(f"/accounts/{path}").content.decode()
        )
        assert fields
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field)
            assert "onpaste" not in field and "maxlength" not in field


def test_changing_the_password_signs_out_everywhere_else(as_):
    user = person("olive@leeming.gov.uk")
    here, elsewhere = as_(user), as_(user)
    fresh = "nine blue paper lanterns"
    typed = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}

    assert here.post("/accounts/password/change/", typed | {"oldpassword": "x"}).status_code == 200
    assert elsewhere.get("/my/").status_code == 200
    here.post("/accounts/password/change/", typed)

    assert here.get("/my/").status_code == 200
    assert elsewhere.get("/my/").status_code == 302


def test_signing_out_ends_the_session_for_good(as_):
    client = as_(person("olive@leeming.gov.uk"))
    key = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get("/my/").status_code == 302


def test_signing_in_gives_the_session_another_key():
    user, client = person("olive@leeming.gov.uk"), Client()
    client.get("/accounts/login/code/")
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.session.session_key != before
    assert len(client.session.session_key) == 32
