"""Sign-in to both admins, with a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group
from django.test import Client

from portal.models import User
from portal.security.second_factor import can_enter_admin

pytestmark = pytest.mark.django_db
SET_UP = "/accounts/2fa/"
BELOW = [
    "/admin/",
    "/admin/pages/",
    "/admin/nothing-here/",
    "/admin/login/",
    "/admin/logout/",
    "/django-admin/",
    "/django-admin/portal/user/",
    "/django-admin/password_change/",
]


def give_second_factor(user) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


@pytest.fixture
def superuser(db) -> User:
    return User.objects.create_superuser("root@network.example", "correct horse battery")


@pytest.mark.parametrize("path", ["/admin/login/", "/_util/login/", "/django-admin/login/"])
@pytest.mark.parametrize("query", ["", "?next=/admin/pages/", "?next=//evil.example/"])
def test_admins_have_no_password_form(client, path, query):
    answer = client.get(path + query)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    answer = client.post(path + query, {"username": "x", "password": "y"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/admin/", "/django-admin/", "/admin/pages/3/edit/"])
def test_anonymous_visitor_is_sent_to_login(client, path):
    answer = client.get(path, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")
    assert f"next={path}" in answer.redirect_chain[-1][0].replace("%2F", "/")


@pytest.mark.parametrize(
    "path",
    ["/admin/password_reset/", "/admin/password_reset/confirm/x/y/", "/admin/account/password/"],
)
def test_wagtails_password_pages_are_absent(client, path):
    assert client.get(path).status_code in {302, 404}
    assert b"password" not in client.get(path).content.lower()


@pytest.mark.parametrize("path", BELOW)
@pytest.mark.parametrize("who", ["manager", "editor", "superuser"])
def test_admin_without_second_factor_redirects_to_setup(request, as_, who, path, settings):
    settings.DEBUG = False
    client = as_(request.getfixturevalue(who))
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, answer["Location"]) == (302, SET_UP)


@pytest.mark.parametrize(
    "path",
    ["/admin", "//admin/", "/ADMIN/", "/admin//", "/./admin/", "/x/../admin/", "/Django-Admin/"],
)
def test_other_spellings_of_path_do_not_bypass(as_, superuser, path):
    answer = as_(superuser).get("/", PATH_INFO=path)
    allowed = {"/admin": "/admin/", "/admin//": SET_UP}
    allowed |= {"/ADMIN/": "/admin/", "/Django-Admin/": "/django-admin/"}
    assert answer.status_code == 404 or answer["Location"] == allowed[path]


def test_setup_page_is_open(as_, manager):
    client = as_(manager)
    assert client.get(SET_UP).status_code == 200
    assert client.get("/accounts/2fa/totp/activate/").status_code in {200, 302}


@pytest.mark.parametrize("who", ["manager", "editor", "superuser"])
def test_second_factor_opens_admin(request, as_, who):
    user = request.getfixturevalue(who)
    give_second_factor(user)
    assert as_(user).get("/admin/").status_code == 200


def test_recovery_codes_alone_do_not_count(as_, manager):
    Authenticator.objects.create(user=manager, type="recovery_codes", data={})
    assert as_(manager).get("/admin/")["Location"] == SET_UP


def test_debug_needs_no_second_factor(as_, manager, settings):
    settings.DEBUG = True
    assert as_(manager).get("/admin/").status_code == 200


def test_user_without_access_is_refused(as_, officer):
    for path in ("/admin/", "/django-admin/"):
        answer = as_(officer).get(path)
        assert answer.status_code in {302, 403}
        assert answer.get("Location", "") != SET_UP
    assert not can_enter_admin(officer)


def test_half_finished_login_opens_nothing(manager):
    give_second_factor(manager)
    client = Client()
    answer = client.post(
        "/accounts/login/", {"login": manager.email, "password": "correct horse battery"}
    )
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    for path in ("/admin/", "/django-admin/", "/my/", SET_UP):
        assert "login/" in client.get(path)["Location"]
        assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session


def test_email_code_is_not_second_factor(manager):
    from django.core import mail  # noqa: PLC0415

    give_second_factor(manager)
    client = Client()
    client.post("/accounts/login/code/", {"email": manager.email})
    words = mail.outbox[-1].body.split()
    code = next(word for word in words if word.isdigit() and len(word) == 6)
    answer = client.post("/accounts/login/code/confirm/", {"code": code})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session


def test_closed_account_is_signed_out(as_, manager):
    give_second_factor(manager)
    client = as_(manager)
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_manager_can_review_but_not_edit_pages():
    group = Group.objects.get(name="Network managers")
    names = set(group.permissions.values_list("codename", flat=True))
    assert "review_signup" in names
    assert not any("user" in name or "group" in name for name in names)
