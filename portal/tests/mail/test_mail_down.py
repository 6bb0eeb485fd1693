"""Without a mail server people are told so; who has an account is still nobody's business."""

import re
import smtplib
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from allauth.account.models import EmailAddress
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.backends.smtp import EmailBackend as SMTP
from django.test import Client

from portal import accounts
from portal.accounts import NEW_CODE_AFTER, NO_MAIL_NOW
from portal.models import User
from portal.tests.security.test_doors import give_second_factor
from portal.tests.test_accounts import ASK, CONFIRM, ask, code_sent, is_signed_in

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
CHANGE = "/accounts/email/"
NEW = "new@leeming.gov.uk"


@pytest.fixture
def down(settings):
    """Nobody listens where the mail server should."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = taken.getsockname()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield


PROBLEMS = [
    smtplib.SMTPRecipientsRefused({"olive@leeming.gov.uk": (550, b"olive@leeming.gov.uk")}),
    smtplib.SMTPServerDisconnected("gone"),
    TimeoutError("olive@leeming.gov.uk"),
    ConnectionRefusedError(111, "refused"),
    OSError("no disk"),
]


@pytest.fixture(params=PROBLEMS, ids=lambda problem: type(problem).__name__)
def refused(request, monkeypatch):
    """The mail server answers and then does not take the mail."""

    def fails(self, mails):
        raise request.param

    monkeypatch.setattr(EmailBackend, "send_messages", fails)


def seen(path: str, email: str) -> tuple:
    client = Client()
    answer = client.post(path, {"email": email})
    text = answer.content.decode().replace(email, "X")
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


@pytest.mark.parametrize("path", [ASK, RESET])
def test_whoever_asks_for_a_code_is_told_the_same(down, path, officer, stranger):
    stranger.is_active = False
    stranger.save()
    known = seen(path, officer.email)
    assert known[0] == 200
    assert NO_MAIL_NOW in known[1]
    assert 'value="X"' in known[1], "what was typed stays"
    assert seen(path, NEW) == known
    assert seen(path, stranger.email) == known


def test_nobody_gets_an_account_that_no_code_can_open(down):
    seen(ASK, NEW)
    assert not User.objects.exists()


def test_mail_server_that_hangs_is_asked_once_for_many_people(settings, monkeypatch, officer):
    monkeypatch.setattr("portal.accounts.PATIENCE", 0.1)
    with socket.socket() as silent:  # accepts, and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.setblocking(False)
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        answers = {seen(ASK, email) for email in (officer.email, NEW, "third@leeming.gov.uk")}
        silent.accept()
        with pytest.raises(BlockingIOError):
            silent.accept()

    [(status, text)] = answers
    assert status == 200
    assert NO_MAIL_NOW in text


def test_only_one_request_waits_for_a_mail_server_that_hangs(settings, monkeypatch, officer):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    monkeypatch.setattr(SMTP, "open", lambda self: pytest.fail("a second one asks too"))
    with accounts._asking:
        began = time.monotonic()
        assert NO_MAIL_NOW in seen(ASK, NEW)[1]
    assert time.monotonic() - began < accounts.PATIENCE
    monkeypatch.setattr(SMTP, "open", lambda self: True)
    accounts.check_mail_server()


@contextmanager
def provider(settings):
    """A provider whose API accepts a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as api:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        url = f"http://127.0.0.1:{api.getsockname()[1]}/"
        settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "x", "POSTMARK_API_URL": url}
        yield []


@contextmanager
def server(settings):
    """A mail server that says yes to everything and never takes an email."""
    answers = {b"DATA": b"", b"EHLO": b"250 here\r\n"}

    def serve(listening):
        with suppress(OSError):
            while True:
                talk, _ = listening.accept()
                taken.append(talk)
                talk.sendall(b"220 here\r\n")
                while line := talk.recv(1000):
                    talk.sendall(answers.get(line[:4].upper(), b"250 yes\r\n"))

    taken = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield taken


@pytest.mark.parametrize("kind", [provider, server])
def test_server_that_hangs_while_sending_is_waited_for_once(kind, settings, monkeypatch, officer):
    monkeypatch.setattr("portal.accounts.PATIENCE", 0.3)
    with kind(settings) as taken:
        began = time.monotonic()
        answer = Client().post(ASK, {"email": officer.email}, follow=True)
        assert NO_MAIL_NOW in answer.content.decode()
        assert time.monotonic() - began < 5
        asked = len(taken)
        monkeypatch.setattr("portal.accounts.PATIENCE", 60)
        status, text = seen(ASK, "third@leeming.gov.uk")
        assert (status, len(taken)) == (200, asked)
        assert NO_MAIL_NOW in text


def test_when_it_is_back_so_is_the_code(down, settings, officer):
    seen(ASK, officer.email)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client, _ = ask(officer.email)
    client.post(CONFIRM, {"code": code_sent()})
    assert is_signed_in(client)


@pytest.mark.parametrize("path", [ASK, RESET])
def test_a_mail_that_is_not_taken_is_no_fault_of_the_page(refused, officer, path, caplog):
    client = Client()
    answer = client.post(path, {"email": officer.email}, follow=True)
    assert answer.redirect_chain == [(path, 302)]
    text = answer.content.decode()
    assert NO_MAIL_NOW in text
    assert "sent to" not in text, "and nobody is told that it went"
    assert "olive" not in caplog.text
    assert "refused a mail" in caplog.text


def test_a_code_that_cannot_be_sent_again_leaves_one_on_the_page(officer, monkeypatch):
    client, _ = ask(officer.email)
    code = code_sent()

    def fails(self, mails):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(EmailBackend, "send_messages", fails)
    a_minute_later = time.time() + NEW_CODE_AFTER
    monkeypatch.setattr(time, "time", lambda: a_minute_later)
    answer = client.post(CONFIRM, {"action": "resend"}, follow=True)
    assert answer.status_code == 200
    assert NO_MAIL_NOW in answer.content.decode()
    client.post(CONFIRM, {"code": code})
    assert is_signed_in(client), "the first code is as good as it was"


def test_a_password_for_an_unconfirmed_address_is_answered(refused, officer):
    EmailAddress.objects.update(verified=False)
    typed = {"login": officer.email, "password": "correct horse battery"}
    client = Client()
    answer = client.post("/accounts/login/", typed, follow=True)
    assert answer.status_code == 200
    assert NO_MAIL_NOW in answer.content.decode()
    assert not is_signed_in(client)


def test_a_new_address_that_cannot_be_confirmed_is_answered(refused, as_, officer):
    answer = as_(officer).post(CHANGE, {"email": NEW, "action_add": ""}, follow=True)
    assert answer.status_code == 200
    assert NO_MAIL_NOW in answer.content.decode()


def test_a_notice_that_cannot_be_sent_undoes_nothing(refused, as_, officer):
    change = {
        "oldpassword": "correct horse battery",
        "password1": "another horse battery",
        "password2": "another horse battery",
    }
    answer = as_(officer).post("/accounts/password/change/", change, follow=True)
    assert answer.status_code == 200
    assert NO_MAIL_NOW not in answer.content.decode()
    officer.refresh_from_db()
    assert officer.check_password("another horse battery")


def test_a_notice_about_the_second_factor_neither(refused, as_, manager):
    give_second_factor(manager)
    client = as_(manager)
    reauthenticated = client.post(
        "/accounts/reauthenticate/?next=/accounts/2fa/recovery-codes/generate/",
        {"password": "correct horse battery"},
    )
    assert reauthenticated.status_code == 302
    assert client.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
    assert manager.authenticator_set.filter(type="recovery_codes").exists()
