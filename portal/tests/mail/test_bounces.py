"""Mails that came back: known by the provider's signed events, marked once, acted on once."""

import base64
import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import include, path

from portal.mail import bounces, outbox
from portal.mail.declarations import Mail, Recipients
from portal.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
SECRET = "events:of the provider"
EVENTS = "/mail-events/tracking/"


class Late:
    """These addresses, made when they are asked for: after the settings of the test."""

    def __iter__(self):
        return iter([path("mail-events/", include(bounces.patterns()))])

    def __reversed__(self):
        return iter(self)


urlpatterns = Late()


@pytest.fixture(autouse=True)
def provider(settings):
    settings.MAIL_PROVIDER = "postmark"
    settings.MAIL_WEBHOOK_SECRET = SECRET
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def row(db) -> OutboxMessage:
    return OutboxMessage.objects.create(
        kind="test.mail",
        event="x:1",
        to="Ann@example.org",
        message_id="<1@x>",
        provider_id="883953f4-6105-42a2-a16a-77a8eac79483",
        status=OutboxMessage.Status.SENT,
    )


@pytest.fixture
def acted(monkeypatch) -> list:
    monkeypatch.setattr(outbox, "_bounce_handlers", {})
    done = []
    outbox.register_bounce_handlers({"test.mail": done.append})
    return done


def tell(secret: str | None = SECRET, **changes) -> int:
    event = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 4323372036854775807,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": "ann@example.org",
        "BouncedAt": "2026-11-05T16:33:54.9070259Z",
    }
    return send(json.dumps(event | changes), secret)


def send(body: str | bytes, secret: str | None = SECRET) -> int:
    client = Client(raise_request_exception=False)
    signed = {}
    if secret is not None:
        signed["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    return client.post(EVENTS, body, content_type="application/json", headers=signed).status_code


def test_a_mail_that_came_back_is_marked_and_acted_on(row, acted):
    assert tell() == 200
    row.refresh_from_db()
    assert row.bounced_at is not None
    assert row.bounce_why == "The other mail server refused it"
    assert acted == [row]


@pytest.mark.parametrize("named", ["<1@x>", "1@x"])
def test_our_own_message_id_names_it_too(row, acted, named):
    assert tell(MessageID=named) == 200
    assert acted == [row]


def test_told_twice_is_acted_on_once(row, acted):
    assert [tell(), tell()] == [200, 200]
    before = OutboxMessage.objects.get().bounced_at
    assert tell() == 200
    assert OutboxMessage.objects.get().bounced_at == before
    assert len(acted) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"MessageID": "another"},
        {"MessageID": ""},
        {"MessageID": None},
        {"MessageID": "\0"},
        {"MessageID": "<>"},
        {"Email": "bob@example.org"},
        {"Email": None},
        {"Email": "\0"},
        {"RecordType": "Delivery"},
        {"RecordType": "Open"},
        {"Type": "Transient"},
        {"RecordType": "Never heard of"},
    ],
)
def test_an_event_about_nothing_of_ours_or_no_bounce_changes_nothing(row, acted, changes):
    assert tell(**changes) == 200
    row.refresh_from_db()
    assert (row.bounced_at, acted) == (None, [])


@pytest.mark.parametrize("secret", [None, "", "events:guessed", "events", ":"])
def test_nobody_without_the_secret_is_believed(row, acted, secret):
    assert tell(secret) == 400
    row.refresh_from_db()
    assert (row.bounced_at, acted) == (None, [])


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "{}", '{"MessageID": 7}', b"\xff\0", "7"])
def test_nonsense_is_no_fault_of_ours(row, body):
    assert send(body) in {200, 400}
    assert OutboxMessage.objects.get().bounced_at is None


def test_when_the_act_fails_the_provider_is_asked_to_tell_it_again(row, acted, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setitem(outbox._bounce_handlers, "test.mail", lambda row: 1 / 0)
        assert tell() == 500
    assert OutboxMessage.objects.get().bounced_at is None
    assert tell() == 200
    assert acted == [row]


@pytest.mark.parametrize(("name", "value"), [("MAIL_PROVIDER", ""), ("MAIL_WEBHOOK_SECRET", "")])
def test_without_provider_or_secret_there_is_no_such_address(settings, name, value):
    setattr(settings, name, value)
    assert bounces.patterns() == []


def test_a_provider_that_anymail_does_not_know_stops_the_start(settings):
    settings.MAIL_PROVIDER = "pigeon"
    with pytest.raises(ImproperlyConfigured, match="pigeon"):
        bounces.patterns()


def test_what_the_provider_calls_a_mail_is_kept(settings, monkeypatch):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    made = Mail("test.mail", "Test", Recipients("Ann"), {}, dict, template="footer")
    monkeypatch.setitem(outbox._mails, "test.mail", made)
    for number in range(2):
        made.post("ann@example.org", number)
    assert outbox.send_due.func() == 2
    # This provider numbers what it sends from 0, which is no name.
    assert sorted(OutboxMessage.objects.values_list("provider_id", flat=True)) == ["", "1"]
