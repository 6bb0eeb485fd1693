"""Guessed links: no information, a rate limit, and no stored tokens."""

import logging
import secrets

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client

from network.views import signing
from portal.mail import outbox
from portal.security.token_guessing import LIMIT

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(story) -> str:
    return story.asked().requests.first().token


def guess(pk: int = 1) -> str:
    return f"/endorse/{pk}-{secrets.token_urlsafe(32)}/"


def test_a_thousand_random_tokens_tell_nothing(token, monkeypatch):
    monkeypatch.setitem(LIMIT, "times", 1001)
    pk = int(token.partition("-")[0])
    guesses = [guess(pk if number % 2 else number) for number in range(1000)]
    for address in guesses:
        with pytest.raises(Http404):
            signing.IN_A_SIGN_UP.row_of(address.split("/")[2])
    answers = [Client().get(address) for address in guesses[:40]]
    pages = {(answer.status_code, answer.content) for answer in answers}
    assert len(pages) == 1, "a row that there is and one that there is not look alike"
    assert pages.pop()[0] == 404


def test_whoever_guesses_has_to_wait_and_others_have_not(token):
    client = Client(REMOTE_ADDR="192.0.2.1")
    for _ in range(LIMIT["times"]):
        assert client.get(guess()).status_code == 404
    assert client.get(guess()).status_code == 429
    assert client.get(f"/endorse/{token}/").status_code == 429, "it does not say which was true"
    assert Client(REMOTE_ADDR="192.0.2.2").get(f"/endorse/{token}/").status_code == 200


def test_behind_a_trusted_proxy_the_clients_address_counts(token, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = settings.TRUSTED_PROXY_COUNT = 1
    proxy = Client(REMOTE_ADDR="10.0.0.1")
    for _ in range(LIMIT["times"] + 1):
        last = proxy.get(guess(), headers={"X-Forwarded-For": "8.8.8.8, 192.0.2.1"})
    assert last.status_code == 429
    other = proxy.get(f"/endorse/{token}/", headers={"X-Forwarded-For": "192.0.2.2"})
    assert other.status_code == 200


def test_behind_a_shared_proxy_each_account_counts_by_itself(as_, token, officer, stranger):
    guesser = as_(stranger)
    for _ in range(LIMIT["times"] + 1):
        last = guesser.get(guess())
    assert last.status_code == 429
    assert as_(officer).get(f"/endorse/{token}/").status_code == 200
    assert Client().get(f"/endorse/{token}/").status_code == 200


def test_no_token_lies_in_the_database_the_outbox_or_the_logs(story, token, caplog):
    caplog.set_level(logging.DEBUG)
    outbox.send_due.func()
    Client().get(f"/endorse/{token}/")
    secret = token.partition("-")[2]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert secret not in str(cursor.fetchall()), table
    from portal.security.log_redaction import redact  # noqa: PLC0415

    assert secret not in "\n".join(redact(r.getMessage()) for r in caplog.records)
