"""Confirming who you are before a change, and the history and email of each change."""

import time
from datetime import timedelta

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core import mail
from django.utils import timezone

from portal.account_history import CHANGES, browser_of
from portal.jobs.cleanup import delete_finished
from portal.models import AccountEvent, OutboxMessage
from portal.tests.security.test_doors import give_second_factor
from portal.tests.test_accounts import CONFIRM, ask, code_sent

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
FRESH = "nine blue paper lanterns"
CHANGE = "/accounts/password/change/"
TYPED = {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH}


def age(client, seconds: int) -> None:
    """Let the session's sign-in be so old."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time() - seconds}]
    session.save()


def told() -> list[str]:
    return [
        *OutboxMessage.objects.filter(kind="portal.account_changed").values_list("to", flat=True)
    ]


def test_person_sees_own_sign_ins_only(as_, officer, stranger):
    client, _ = ask(officer.email)
    client.post(CONFIRM, {"code": code_sent()}, headers={"User-Agent": "Firefox"})

    page = client.get("/accounts/history/").content.decode()

    assert "Firefox" in page
    assert [e.kind for e in officer.events.all()] == ["signed_in"]
    assert "There is nothing yet" in as_(stranger).get("/accounts/history/").content.decode()
    assert as_().get("/accounts/history/").status_code == 302
    assert not told()


def test_recent_sign_in_changes_password_and_person_is_told(as_, officer):
    assert as_(officer).post(CHANGE, TYPED).status_code == 302

    officer.refresh_from_db()
    assert officer.check_password(FRESH)
    assert [e.kind for e in officer.events.all()] == ["password_changed"]
    assert told() == [officer.email]
    assert not mail.outbox, "no one waits for the mail server"


@pytest.mark.parametrize(
    "path,typed",
    [
        ("/accounts/email/", {"email": "new@leeming.gov.uk", "action_add": ""}),
        ("/accounts/2fa/totp/activate/", {"code": "000000"}),
    ],
)
def test_old_sign_in_must_be_confirmed_before_a_change(as_, officer, path, typed):
    client = as_(officer)
    age(client, 16 * 60)

    asked = client.post(path, typed)
    assert asked.url.startswith("/accounts/reauthenticate/")
    assert not officer.emailaddress_set.filter(email="new@leeming.gov.uk").exists()

    assert "Confirm that it’s you" in client.get(asked.url).content.decode()
    client.post(asked.url, {"password": PASSWORD})
    again = client.post(path, typed)
    assert "reauthenticate" not in getattr(again, "url", "")


def test_person_with_codes_only_signs_in_again_and_comes_back(as_, officer):
    officer.set_unusable_password()
    officer.save()
    client = as_(officer)
    age(client, 16 * 60)

    asked = client.post("/accounts/email/", {"email": "new@leeming.gov.uk", "action_add": ""})
    assert asked.url == "/accounts/sign-in-again/?next=%2Faccounts%2Femail%2F"
    assert "Sign in again" in client.get(asked.url).content.decode()
    assert "_auth_user_id" in client.session, "looking changes nothing"

    onward = client.post(asked.url, headers={"referer": f"http://testserver{asked.url}"})
    assert onward.url == "/accounts/login/code/?next=%2Faccounts%2Femail%2F"
    assert "_auth_user_id" not in client.session
    assert not officer.emailaddress_set.filter(email="new@leeming.gov.uk").exists()


def test_sign_in_again_leads_to_no_other_site(as_, officer):
    onward = as_(officer).post("/accounts/sign-in-again/?next=https://evil.example/")
    assert onward.url == "/accounts/login/code/"


def test_changed_address_is_told_at_the_old_one(as_, officer):
    client = as_(officer)
    client.post("/accounts/email/", {"email": "new@leeming.gov.uk", "action_add": ""})
    client.post("/accounts/confirm-email/", {"code": code_sent()})

    officer.refresh_from_db()
    assert officer.email == "new@leeming.gov.uk"
    assert told() == ["olive@leeming.gov.uk"]


def test_each_change_that_allauth_tells_of_has_a_kind():
    from importlib.resources import files  # noqa: PLC0415

    templates = files("allauth") / "templates"
    of_account = {"email_changed", "email_deleted", "password_changed", "password_reset"}
    found = {f"account/email/{name}" for name in [*of_account, "password_set"]}
    for file in (templates / "mfa" / "email").iterdir():
        found.add(
            f"mfa/email/{file.name.removesuffix('_message.txt').removesuffix('_subject.txt')}"
        )
    assert found == set(CHANGES)


def test_history_is_kept_for_a_year(officer):
    for days in (364, 366):
        AccountEvent.objects.create(
            user=officer, kind="signed_in", at=timezone.now() - timedelta(days=days)
        )
    delete_finished()
    assert officer.events.count() == 1
    assert str(officer.events.get()) == "Signed in"


@pytest.mark.parametrize(
    "agent,name",
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140.0 Safari/537 Edg/140",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox on Linux"),
        ("curl/8.0", ""),
    ],
)
def test_browser_is_named_in_plain_words(agent, name):
    assert browser_of(agent) == name


# ---- What the log says ------------------------------------------------------------------


def test_log_says_who_signed_in_who_failed_and_who_was_refused(as_, officer, client, caplog):
    caplog.set_level("INFO", "portal.security")
    typed = {"login": officer.email, "password": PASSWORD}

    client.post("/accounts/login/", typed | {"password": "wrong horse battery"})
    client.post("/accounts/login/", typed | {"login": "unknown@leeming.gov.uk"})
    client.post("/accounts/login/", typed)
    client.get("/admin/reports/")

    account = f"account {officer.pk}"
    said = [record.getMessage() for record in caplog.records if record.name == "portal.security"]
    assert said == [
        f"A password was refused to {account}.",
        "A password was refused to nobody we know.",
        f"Account {officer.pk} signed in by password.",
        f"{account} was refused GET /admin/reports/",
    ]
    assert not any(secret in caplog.text for secret in (PASSWORD, officer.email, "unknown@"))


def test_pages_of_a_person_without_password_and_with_an_app(as_, officer):
    officer.set_unusable_password()
    officer.save()
    client = as_(officer)
    page = client.get("/accounts/password/change/", follow=True).content.decode()
    assert "Set a password" in page and "Set the password" in page
    give_second_factor(officer)
    page = client.get("/accounts/2fa/totp/deactivate/").content.decode()
    assert "Its codes will stop working here" in page


@pytest.mark.parametrize(
    ("types", "first"),
    [
        (["webauthn", "recovery_codes"], "mfa_reauthenticate:webauthn"),
        (["totp", "webauthn", "recovery_codes"], "mfa_reauthenticate"),
        (["totp", "recovery_codes"], "mfa_reauthenticate"),
        ([], "sign_in_again"),
    ],
)
def test_person_is_asked_first_for_what_they_have(officer, types, first):
    officer.set_unusable_password()
    for each in types:
        Authenticator.objects.create(user=officer, type=each, data={"name": "x"})
    methods = get_adapter().get_reauthentication_methods(officer)
    assert methods[0]["id"] == first
    assert all("security key" not in each["description"] for each in methods)
