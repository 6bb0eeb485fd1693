"""Sign-in to both admins, with a second factor."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import get_resolver, reverse

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


# ---- The session gives the second factor, not the person ---------------------------------


CODE_PAGE = "/accounts/2fa/reauthenticate/"


def forget_second_factor(client, *, seconds_ago: int | None = None, used: int = 0) -> None:
    """Make a session one from before enrolment, or one that gave its second factor long ago."""
    session = client.session
    records = session["account_authentication_methods"]
    now = time.time()
    if seconds_ago is None:
        session["account_authentication_methods"] = [{"method": "code", "at": now}]
    else:
        records[-1]["at"] = now - seconds_ago
        session["account_authentication_methods"] = records
        session["staff_seen_at"] = now - used
    session.save()


def code_of(secret: str) -> str:
    return totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )


@pytest.mark.parametrize("who", ["manager", "editor", "superuser"])
def test_session_from_before_enrolment_must_give_second_factor(request, as_, who):
    user = request.getfixturevalue(who)
    client = as_(user)
    forget_second_factor(client)
    secret = give_second_factor(user)

    asked = client.get("/admin/reports/")
    assert asked.url.startswith(CODE_PAGE)
    assert client.get(asked.url).status_code == 200

    assert client.post(asked.url, {"code": code_of(secret)}).url == "/admin/reports/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "given,used,opens",
    [
        (30, 0, True),
        (11 * 3600, 50 * 60, True),
        (11 * 3600, 61 * 60, False),
        (12 * 3600 + 1, 10, False),
    ],
)
def test_staff_session_ends_after_an_idle_hour_or_twelve_hours(as_, manager, given, used, opens):
    give_second_factor(manager)
    client = as_(manager)
    forget_second_factor(client, seconds_ago=given, used=used)

    answer = client.get("/admin/")

    assert (answer.status_code == 200) == opens
    assert opens or answer.url.startswith(CODE_PAGE)
    assert client.get("/my/").status_code == 200, "nobody is signed out"


def test_using_the_admin_keeps_it_open_and_an_unattended_page_does_not(as_, manager):
    give_second_factor(manager)
    client = as_(manager)
    for path, stays in [("/admin/", True), ("/admin/editing-sessions/release/1/", False)]:
        forget_second_factor(client, seconds_ago=7200, used=3000)
        before = client.session["staff_seen_at"]
        client.get(path)
        assert (client.session["staff_seen_at"] > before) == stays


def test_what_was_posted_is_sent_on_after_the_second_factor(as_, superuser):
    client = as_(superuser)
    forget_second_factor(client)
    secret = give_second_factor(superuser)
    typed = {"email": "new@network.example", "first_name": "N", "last_name": "E", "is_active": "on"}

    asked = client.post("/admin/users/new/", typed)
    assert not User.objects.filter(email="new@network.example").exists()
    client.post(asked.url, {"code": code_of(secret)})

    assert User.objects.filter(email="new@network.example").exists()


def test_what_another_site_posts_is_not_kept(superuser):
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser, backend="allauth.account.auth_backends.AuthenticationBackend")
    forget_second_factor(client)
    give_second_factor(superuser)

    assert client.post("/admin/users/new/", {"email": "new@network.example"}).status_code == 403
    assert "account_reauthentication_state" not in client.session


def test_setting_up_an_app_gives_the_second_factor(as_, manager, monkeypatch):
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, **_: do())
    client = as_(manager)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]

    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})

    assert client.get("/admin/").status_code == 200
    authenticator = totp.TOTP(Authenticator.objects.get(user=manager, type="totp"))
    assert not authenticator.validate_code(code_of(secret)), "a code works once"


def test_pages_of_accounts_are_not_kept(as_, manager):
    client = as_(manager)
    for path in ("", "email/", "2fa/", "2fa/totp/activate/", "sessions/", "history/", "login/"):
        answer = client.get(f"/accounts/{path}")
        assert "no-store" in answer["Cache-Control"], path


def test_staff_confirm_acts_of_consequence_after_a_while(as_, superuser):
    client = as_(superuser)
    secret = give_second_factor(superuser)
    typed = {"email": "new@network.example", "first_name": "N", "last_name": "E", "is_active": "on"}
    forget_second_factor(client, seconds_ago=16 * 60, used=0)
    superuser.set_unusable_password()
    superuser.save()
    client.force_login(superuser, backend="allauth.account.auth_backends.AuthenticationBackend")
    forget_second_factor(client, seconds_ago=16 * 60, used=0)

    assert client.get("/admin/users/new/").status_code == 200
    asked = client.post("/admin/users/new/", typed)
    assert asked.url.startswith(CODE_PAGE)
    assert not User.objects.filter(email="new@network.example").exists()

    client.post(asked.url, {"code": code_of(secret)})
    assert User.objects.filter(email="new@network.example").exists()


def test_every_confirmed_view_exists(settings):
    names = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    admin = next(each for each in get_resolver().url_patterns if str(each.pattern) == "admin/")
    for included in admin.url_patterns:
        for each in getattr(included, "url_patterns", []):
            names |= {each.name} if hasattr(each, "name") else set()
            names |= {one.name for one in getattr(each, "url_patterns", []) if hasattr(one, "name")}
    assert names >= settings.CONFIRMED_VIEWS


SAMPLES = {"reference": "KIL-2026-9999", "slug": "leeming", "version": 9, "pk": 9}


def test_every_act_of_consequence_asks_after_fifteen_minutes(as_, superuser, settings):
    superuser.set_unusable_password()
    superuser.save()
    give_second_factor(superuser)
    client = as_(superuser)
    spaces = {
        each: get_resolver().namespace_dict[each][1] for each in ("network_staff", "campaign_staff")
    }
    paths = ["/admin/settings/portal/siteoperator/1/", "/admin/users/9/", "/admin/groups/new/"]
    for name in settings.CONFIRMED_VIEWS:
        space = next(each for each, staff in spaces.items() if staff.reverse_dict.getlist(name))
        (_, parameters), *_ = spaces[space].reverse_dict.getlist(name)[0][0]
        given = {each: SAMPLES[each] for each in parameters}
        paths.append(reverse(f"{space}:{name}", kwargs=given))

    for path in paths:
        forget_second_factor(client, seconds_ago=16 * 60)
        assert client.post(path, {"x": "y"}).url.startswith(CODE_PAGE), path
        forget_second_factor(client, seconds_ago=14 * 60)
        answer = client.post(path, {"x": "y"})
        assert not getattr(answer, "url", "").startswith(CODE_PAGE), path


def test_confirming_gives_the_session_another_key(as_, manager):
    secret = give_second_factor(manager)
    client = as_(manager)
    forget_second_factor(client)
    before, old = client.session.session_key, client.cookies["sessionid"].value

    client.post(f"{CODE_PAGE}?next=/admin/", {"code": "000000"})
    assert client.session.session_key == before, "a wrong code confirms nothing"
    client.post(f"{CODE_PAGE}?next=/admin/", {"code": code_of(secret)})

    assert client.session.session_key != before
    assert client.get("/admin/").status_code == 200
    assert UserSession.objects.filter(session_key=client.session.session_key).exists()
    thief = Client()
    thief.cookies["sessionid"] = old
    assert thief.get("/my/").status_code == 302


def test_permissions_are_off_everywhere_until_the_second_factor(rf, as_, manager):
    give_second_factor(manager)
    client = as_(manager)
    path = "/join/KIL-2026-9999/committee-paper/"
    assert client.get(path).status_code == 404
    forget_second_factor(client)
    assert client.get(path).url.startswith(CODE_PAGE)


def test_staff_refused_on_a_post_confirm_and_it_is_sent_on(manager):
    path = "/my/members/leeming/offices/leader/"
    secret = give_second_factor(manager)
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    forget_second_factor(client)

    assert client.post(path, {"name": "Forged"}).status_code == 403
    assert "account_reauthentication_state" not in client.session, "another site’s is not kept"

    client.handler.enforce_csrf_checks = False
    asked = client.post(path, {"name": "Typed"})
    assert asked.url.startswith(CODE_PAGE)
    assert "Confirm that it’s you" in client.get(asked.url).content.decode()
    assert "Typed" in repr(client.session["account_reauthentication_state"])

    # Sent on with permissions: this council is no member, so there is no such page.
    assert client.post(asked.url, {"code": code_of(secret)}).status_code == 404
    assert "account_reauthentication_state" not in client.session


def test_permissions_wait_means_none(manager):
    assert manager.has_perm("network.review_signup")
    assert manager.has_module_perms("network")
    manager.permissions_wait = True
    assert not manager.has_perm("network.review_signup")
    assert not manager.has_module_perms("network")
    assert can_enter_admin(manager)
