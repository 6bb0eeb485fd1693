"""Signing in by code or password, without revealing who has an account."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from network.actions import sign_ups
from portal.models import User

pytestmark = pytest.mark.django_db
ASK = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"


def ask(email: str, client: Client | None = None, **more):
    client = client or Client()
    mail.outbox.clear()
    return client, client.post(ASK, {"email": email, **more})


def code_sent() -> str:
    (message,) = mail.outbox
    return re.search(r"\b(\d{6})\b", message.body).group(1)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def what_a_visitor_sees(email: str) -> tuple:
    client, answer = ask(email)
    page = client.get(answer["Location"])
    html = page.content.decode().replace(email.lower(), "X").replace(email, "X")
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)
    return answer.status_code, answer["Location"], page.status_code, sorted(client.cookies), html


def test_known_new_and_closed_address_get_same_page(officer, stranger):
    stranger.is_active = False
    stranger.save()
    known = what_a_visitor_sees(officer.email)
    assert known[0] == 302
    assert what_a_visitor_sees("new@leeming.gov.uk") == known
    assert what_a_visitor_sees(stranger.email) == known


def test_known_and_new_address_get_same_email(officer):
    letters = []
    for email in (officer.email, "new@leeming.gov.uk"):
        ask(email)
        (message,) = mail.outbox
        assert message.to == [email]
        letters.append((message.subject, message.body.replace(code_sent(), "000000")))
    assert letters[0] == letters[1]


def test_closed_account_gets_no_email(officer):
    officer.is_active = False
    officer.save()
    client, _ = ask(officer.email)
    assert mail.outbox == []
    for code in ("000000", ""):
        client.post(CONFIRM, {"code": code})
        assert not is_signed_in(client)


def test_password_reset_for_unknown_address_sends_nothing(officer):
    answers = []
    for email in (officer.email, "nobody@leeming.gov.uk"):
        mail.outbox.clear()
        client = Client()
        answer = client.post("/accounts/password/reset/", {"email": email})
        answers.append((answer.status_code, answer.get("Location")))
        assert len(mail.outbox) == (email == officer.email)
    assert answers[0] == answers[1]


def test_code_signs_in_and_confirms_address():
    client, _ = ask("new@leeming.gov.uk")
    assert not EmailAddress.objects.get().verified
    answer = client.post(CONFIRM, {"code": code_sent()})
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    assert is_signed_in(client)
    assert EmailAddress.objects.get().verified
    assert not User.objects.get().has_usable_password()


def test_code_works_only_in_browser_that_asked(officer):
    ask(officer.email)
    other = Client()
    other.post(CONFIRM, {"code": code_sent()})
    assert not is_signed_in(other)


def test_five_wrong_codes_end_attempt(officer):
    client, _ = ask(officer.email)
    code = code_sent()
    for attempt in range(5):
        assert not is_signed_in(client), attempt
        client.post(CONFIRM, {"code": wrong(code)})
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_right_code_after_four_wrong_signs_in(officer):
    client, _ = ask(officer.email)
    code = code_sent()
    for _ in range(4):
        client.post(CONFIRM, {"code": wrong(code)})
    client.post(CONFIRM, {"code": code})
    assert is_signed_in(client)


def test_code_works_once(officer):
    client, _ = ask(officer.email)
    code = code_sent()
    client.post(CONFIRM, {"code": code})
    client.post("/accounts/logout/")
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_code_expires(officer, monkeypatch):
    client, _ = ask(officer.email)
    code = code_sent()
    from allauth.account.internal.flows import code_verification  # noqa: PLC0415

    late = code_verification.time.time() + settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT + 1
    with monkeypatch.context() as patch:
        patch.setattr(code_verification.time, "time", lambda: late)
        client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_expired_code_says_so_and_keeps_where_to_go(officer, monkeypatch):
    client, _ = ask(officer.email, next="/join/council/?council=leeming")
    code = code_sent()
    late = time.time() + settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT + 1
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: late)
        address = f"{CONFIRM}?next=/join/council/%3Fcouncil%3Dleeming"
        page = client.post(address, {"code": code}, follow=True)
    [(address, _)] = page.redirect_chain
    assert address == f"{ASK}?next=%2Fjoin%2Fcouncil%2F%3Fcouncil%3Dleeming"
    assert "That code no longer works" in page.content.decode()


def test_new_code_waits_a_minute_and_then_works_in_full(officer, monkeypatch):
    client, _ = ask(officer.email)
    first = code_sent()
    mail.outbox.clear()
    page = client.post(CONFIRM, {"action": "resend"}, follow=True)
    assert "less than a minute ago" in page.content.decode()
    assert mail.outbox == []

    began = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: began + 61)
        client.post(CONFIRM, {"action": "resend"})
        second = code_sent()
        assert second != first
        patch.setattr(time, "time", lambda: began + settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT + 30)
        client.post(CONFIRM, {"code": first})
        assert not is_signed_in(client)
        client.post(CONFIRM, {"code": second})
    assert is_signed_in(client)


def test_closed_account_waits_a_minute_too(officer):
    officer.is_active = False
    officer.save()
    client, _ = ask(officer.email)
    page = client.post(CONFIRM, {"action": "resend"}, follow=True)
    assert "less than a minute ago" in page.content.decode()


def test_code_page_helps_to_enter_it_and_says_what_is_wrong(officer, council):
    client, _ = ask(officer.email)
    address = f"{CONFIRM}?next=/join/council/%3Fcouncil%3Dleeming"
    page = client.get(address).content.decode()
    field = re.search(r"<input[^>]*name=\"code\"[^>]*>", page).group()
    for part in ('inputmode="numeric"', 'autocomplete="one-time-code"', "govuk-input--width-10"):
        assert part in field
    assert "It works once, for 30 minutes" in page
    assert "Leeming Borough Council" in page

    page = client.post(address, {"code": wrong(code_sent())}).content.decode()
    assert "<title>Error: Enter the code" in page
    assert page.count("Enter the 6 digits from our latest email") == 2
    assert "Leeming Borough Council" in page


@pytest.mark.parametrize(
    "address",
    ["/join/council/?council=nowhere", "/join/council/?council=%00", "/my/", "", "%5B", "//[x"],
)
def test_code_page_names_no_council_for_other_addresses(council, address):
    page = Client().get(ASK, {"next": address})
    assert page.status_code == 200
    assert "To apply for" not in page.content.decode()


def test_address_field_has_one_type():
    field = re.search(
        r"<input[^>]*name=\"email\"[^>]*>", Client().get(ASK).content.decode()
    ).group()
    assert field.count("type=") == 1


def test_pages_that_need_an_account_lead_to_the_code_first(officer):
    answer = Client().get("/my/")
    assert answer["Location"] == f"{ASK}?next=/my/"
    answer = Client().get("/admin/")  # staff have a password and a second factor
    assert answer["Location"] == "/accounts/login/?next=/admin/"
    page = Client().get("/councils/").content.decode()
    assert page.count(f'href="{ASK}"') == 3  # header, its menu, footer


def test_address_spelling_is_one_person(officer):
    client, _ = ask("OLIVE@Leeming.GOV.UK")
    client.post(CONFIRM, {"code": code_sent()})
    assert client.session["_auth_user_id"] == str(officer.pk)
    ask("New@Leeming.gov.uk")
    ask("nEW@leeming.gov.uk")
    assert User.objects.filter(email__iexact="new@leeming.gov.uk").count() == 1


def test_pending_change_of_address_catches_no_code(stranger):
    """Let Stan ask to change to Olive's address; her code still opens her own account."""
    EmailAddress.objects.create(user=stranger, email="olive@leeming.gov.uk", verified=False)
    client, _ = ask("olive@leeming.gov.uk")
    client.post(CONFIRM, {"code": code_sent()})
    assert client.session.get("_auth_user_id") != str(stranger.pk)


def test_old_sign_up_address_redirects_and_keeps_next():
    answer = Client().get("/accounts/signup/?next=/join/council/")
    assert (answer.status_code, answer["Location"]) == (302, f"{ASK}?next=/join/council/")
    assert Client().post("/accounts/signup/", {"email": "x@y.org"}).status_code == 302
    assert not User.objects.exists()


def test_login_redirects_to_next(officer):
    client, answer = ask(officer.email, next="/join/council/")
    answer = client.post(CONFIRM, {"code": code_sent(), "next": "/join/council/"})
    assert answer["Location"] == "/join/council/"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_login_never_redirects_to_other_site(officer, elsewhere):
    client, answer = ask(officer.email, next=elsewhere)
    assert answer["Location"].startswith("/accounts/")
    assert "evil.example" not in client.get(f"{ASK}?next={elsewhere}").content.decode()
    answer = client.post(CONFIRM, {"code": code_sent(), "next": elsewhere})
    assert answer["Location"] == "/my/"


def password_login(email: str, password: str) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    return is_signed_in(client)


def test_right_password_after_many_wrong_is_refused(officer):
    assert password_login(officer.email, "correct horse battery")
    for _ in range(8):
        assert not password_login(officer.email, "wrong")
    assert not password_login(officer.email, "correct horse battery")


def test_wrong_passwords_are_counted_across_processes():
    assert caches.settings["default"]["BACKEND"].endswith(("InDatabase", "InRedis"))


def test_codes_are_rate_limited(officer):
    sent = 0
    for _ in range(10):
        ask(officer.email)
        sent += len(mail.outbox)
    assert sent == 3


def test_sign_out_needs_post(as_, officer):
    client = as_(officer)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_sign_in_and_out_need_csrf_token(officer):
    client = Client(enforce_csrf_checks=True)
    for path in (ASK, CONFIRM, "/accounts/login/", "/accounts/logout/"):
        assert client.post(path, {"email": officer.email}).status_code == 403, path


def test_get_makes_no_account():
    Client().get(f"{ASK}?email=new@leeming.gov.uk")
    assert not User.objects.exists()


# ---- Accounts that nobody came for ------------------------------------------------------


def asked_for(days_ago: float, email="never@leeming.gov.uk", **fields) -> User:
    made = timezone.now() - timedelta(days=days_ago)
    user = User.objects.create(email=email, password="!", date_joined=made, **fields)
    EmailAddress.objects.create(user=user, email=email, primary=True)
    return user


def test_unconfirmed_account_is_deleted_after_a_week():
    asked_for(7.1)
    young = asked_for(6.9, "young@leeming.gov.uk")
    assert sweep() == 1
    assert list(User.objects.all()) == [young]
    assert list(EmailAddress.objects.values_list("user", flat=True)) == [young.pk]


def sweep() -> int:
    from portal.jobs.tick import due_jobs  # noqa: PLC0415 (registered when apps are ready)

    return due_jobs()["unconfirmed accounts swept"]()


@pytest.mark.parametrize(
    "reason",
    [
        {"last_login": timezone.now()},
        {"is_staff": True},
        {"is_superuser": True},
    ],
)
def test_account_in_use_stays(reason):
    asked_for(100, **reason)
    assert sweep() == 0


def test_confirmed_account_stays_without_sign_in(officer):
    User.objects.update(date_joined=timezone.now() - timedelta(days=100))
    assert sweep() == 0


def test_account_with_rights_stays():
    asked_for(100).groups.add(Group.objects.get(name="Network managers"))
    assert sweep() == 0


def test_account_with_sign_up_stays_and_stops_no_other(council):

    busy = asked_for(100, "busy@leeming.gov.uk")
    sign_ups.start_sign_up(council, by=busy)
    asked_for(100)
    assert sweep() == 1
    assert User.objects.get() == busy
    assert EmailAddress.objects.get().user == busy


def test_account_confirmed_during_cleanup_stays(monkeypatch):
    from portal.jobs import cleanup  # noqa: PLC0415

    person = asked_for(100)
    EmailAddress.objects.update(verified=True)
    assert not cleanup._delete_user(person.pk)
    assert User.objects.exists()


def test_code_email_shows_code_large_in_html(officer):
    ask(officer.email)
    (message,) = mail.outbox
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert f'<span class="code">{code_sent()}</span>' in html
