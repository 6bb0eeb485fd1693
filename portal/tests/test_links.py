"""Tokens of emailed links."""

import base64
import hashlib
import hmac
import itertools
import secrets
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import links

ANYTHING = st.text(st.characters(exclude_categories=[]))  # lone surrogates too


def test_tokens_differ_by_purpose_row_and_generation():
    every = itertools.product(["endorse", "supporter", "endorse\n1"], range(12), range(12))
    tokens = [links.make(purpose, pk=pk, generation=g) for purpose, pk, g in every]
    assert len(set(tokens)) == len(tokens)
    assert len({token.partition("-")[2] for token in tokens}) == len(tokens)


def test_token_has_all_256_bits(settings):
    mac = links.make("endorse", pk=7, generation=2).removeprefix("7-")
    message = b"endorse\n7\n2"
    whole = hmac.digest(settings.LINK_KEY.encode(), message, hashlib.sha256)
    assert base64.urlsafe_b64decode(mac + "=") == whole
    assert len(whole) * 8 == 256


def test_token_is_url_safe_and_names_row():
    token = links.make("endorse", pk=2**40, generation=3)
    assert token.replace("-", "").replace("_", "").isalnum()
    assert token.isascii()
    assert links.row_of(token) == 2**40


def test_token_is_valid_only_for_its_own_row():
    token = links.make("endorse", pk=7, generation=2)
    assert links.is_valid(token, "endorse", pk=7, generation=2)
    assert not links.is_valid(token, "supporter", pk=7, generation=2)
    assert not links.is_valid(token, "endorse", pk=8, generation=2)
    assert not links.is_valid(token, "endorse", pk=7, generation=3)
    mac = token.partition("-")[2]
    assert not links.is_valid(f"8-{mac}", "endorse", pk=8, generation=2)
    assert not links.is_valid(f"07-{mac}", "endorse", pk=7, generation=2)
    assert not links.is_valid(token[:-1], "endorse", pk=7, generation=2)


def test_was_valid_knows_old_and_not_future_tokens():
    old = links.make("endorse", pk=7, generation=1)
    assert links.was_valid(old, "endorse", pk=7, generation=3)
    future = links.make("endorse", pk=7, generation=4)
    assert not links.was_valid(future, "endorse", pk=7, generation=3)
    unsent = links.make("endorse", pk=7, generation=0)
    assert not links.was_valid(unsent, "endorse", pk=7, generation=3)


def test_tokens_are_compared_in_constant_time(monkeypatch):
    compared = []
    real = hmac.compare_digest

    def watched(given, expected):
        compared.append((given, expected))
        return real(given, expected)

    monkeypatch.setattr(links.hmac, "compare_digest", watched)
    token = links.make("endorse", pk=7, generation=1)
    assert links.is_valid(token, "endorse", pk=7, generation=1)
    assert compared == [(token.encode(), token.encode())]


@given(ANYTHING | st.builds("{}-{}".format, st.integers(), ANYTHING))
def test_garbage_never_raises_or_opens(token):
    pk = links.row_of(token)
    assert pk is None or 0 <= pk < 2**63
    assert not links.is_valid(token, "endorse", pk=pk or 1, generation=1)
    assert not links.was_valid(token, "endorse", pk=pk or 1, generation=3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "token", ["x", "1-", "-", "1-\x00", "99999999999999999999-x", "1-é", "٣-x"]
)
@pytest.mark.parametrize("end", ["", "new-link/"])
def test_garbage_in_address_is_404(client, token, end):
    method = client.post if end else client.get
    assert method(f"/endorse/{token}/{end}").status_code == 404


def test_new_key_ends_every_link(settings):
    token = links.make("endorse", pk=7, generation=1)
    settings.LINK_KEY = "another"
    assert not links.is_valid(token, "endorse", pk=7, generation=1)
    assert not links.was_valid(token, "endorse", pk=7, generation=9)


def test_link_key_differs_from_session_key(settings):
    """Check that the keys differ, so that losing one does not reveal the other's secrets."""
    token = links.make("endorse", pk=7, generation=1)
    settings.SECRET_KEY = "another"
    assert links.is_valid(token, "endorse", pk=7, generation=1)


@given(ANYTHING.filter(lambda text: text.isprintable()))
def test_sealed_text_opens_with_its_token_alone(text):
    token = links.make("endorse", pk=1, generation=1)
    other = links.make("endorse", pk=1, generation=2)
    sealed = links.seal(token, text)

    assert links.unseal(token, sealed) == (text if sealed else None)
    assert links.unseal(other, sealed) is None
    assert not sealed or sealed.replace("-", "").replace("_", "").rstrip("=").isalnum()


def test_sealed_text_is_not_readable_and_ends_after_two_hours(monkeypatch):
    sealed = links.seal("1-x", "name=Lena+Leader")
    assert b"Lena" not in base64.urlsafe_b64decode(sealed)

    now = time.time()
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: now + 2 * 3600 + 1)
    assert links.unseal("1-x", sealed) is None


def test_text_too_long_for_an_address_is_not_sealed():
    assert links.seal("1-x", secrets.token_hex(4000)) == ""
