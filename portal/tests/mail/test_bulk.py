"""One email to many: each once, under its own Message-ID; pausing, stopping, bounces."""

from smtplib import (
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest
from anymail.exceptions import AnymailRecipientsRefused
from anymail.signals import AnymailTrackingEvent, EventType
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from conftest import person
from portal.jobs import tick
from portal.mail import bounces, bulk, outbox
from portal.mail.declarations import Mail, Recipients, Row
from portal.models import Delivery, Mailing, User

pytestmark = pytest.mark.django_db
Status, Sent = Mailing.Status, Delivery.Status
BOSS = "boss@x.example"


@pytest.fixture
def boss(db) -> User:
    return person(BOSS)


@pytest.fixture
def readers(db) -> list[User]:
    return [User.objects.create_user(f"reader{n}@x.example") for n in range(5)]


@pytest.fixture
def stopped() -> list[tuple[int, bulk.Why]]:
    return []


@pytest.fixture
def greeting(monkeypatch, boss, stopped) -> bulk.BulkMail:
    """An email about a user, to each other user who is active."""
    users = User.objects.all()
    found = bulk.BulkMail(
        Mail(
            "test.greeting",
            "A greeting",
            Recipients("Everyone"),
            about={"boss": Row(users, User), "reader": Row(users, User)},
            context=lambda boss, reader: {},
            template="footer",
        ),
        audience=lambda boss: User.objects.filter(is_active=True).exclude(pk=boss.pk),
        unsubscribe=lambda reader: f"https://x.example/stop/{reader.pk}/",
        stop=lambda reader, why: stopped.append((reader, why)),
    )
    monkeypatch.setattr(bulk, "_kinds", {})
    monkeypatch.setattr(outbox, "_mails", dict(outbox._mails))
    bulk.register(found)
    return found


@pytest.fixture
def mailing(greeting, boss, readers) -> Mailing:
    return bulk.start(greeting, boss, by=boss)


def statuses(mailing: Mailing) -> list[str]:
    return list(mailing.deliveries.order_by("pk").values_list("status", flat=True))


class Server(EmailBackend):
    """A mail server that does something at each email."""

    def __init__(self, at_each):
        super().__init__()
        self.at_each, self.opened, self.closed = at_each, 0, 0

    def open(self):
        self.opened += 1

    def close(self):
        self.closed += 1

    def send_messages(self, messages):
        self.at_each(messages[0])
        return super().send_messages(messages)


@pytest.fixture
def server(monkeypatch):
    """Return a function that makes the mail server do something at each email."""

    def with_(at_each) -> Server:
        made = Server(at_each)
        monkeypatch.setattr(bulk, "get_connection", lambda: made)
        return made

    return with_


def test_each_recipient_gets_it_once_under_a_message_id_of_its_own(mailing, readers, server):
    used = server(lambda message: None)
    assert bulk.send_some.func() == 5
    assert bulk.send_some.func() == 0
    assert [message.to for message in mail.outbox] == [[reader.email] for reader in readers]
    ids = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert ids == set(mailing.deliveries.values_list("message_id", flat=True))
    assert len(ids) == 5
    first = mail.outbox[0].extra_headers
    assert first["List-Unsubscribe"] == f"<https://x.example/stop/{readers[0].pk}/>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (used.opened, used.closed) == (1, 1), "one connection for all"
    mailing.refresh_from_db()
    assert (mailing.status, mailing.recipients) == (Status.FINISHED, 5)
    assert mailing.ended_at
    assert mailing.counts() == {
        "pending": 0,
        "sent": 5,
        "skipped": 0,
        "failed": 0,
        "stopped": 0,
        "came_back": 0,
    }


def test_nothing_is_sent_twice_as_another_mailing(greeting, boss, mailing):
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.start(greeting, boss, by=boss)
    assert Mailing.objects.count() == 1
    assert mailing.deliveries.count() == 5
    assert str(mailing) == f"test.greeting {boss.pk}: Being sent"
    assert str(mailing.deliveries.first()).startswith("Delivery ")


def test_a_row_per_recipient_is_a_rule_of_the_database(mailing):
    first = mailing.deliveries.first()
    with pytest.raises(IntegrityError):
        Delivery.objects.create(mailing=mailing, recipient=first.recipient, message_id="<x>")


def test_rows_are_written_in_groups(
    monkeypatch, greeting, boss, readers, django_assert_num_queries
):
    monkeypatch.setattr(bulk, "ROWS", 2)
    mailing = bulk.start(greeting, boss, by=boss)
    assert mailing.deliveries.count() == mailing.recipients == 5


def test_who_left_after_it_was_begun_does_not_get_it(mailing, readers):
    User.objects.filter(pk=readers[2].pk).update(is_active=False)
    readers[3].delete()
    assert bulk.send_some.func() == 3
    assert statuses(mailing) == [Sent.SENT, Sent.SENT, Sent.SKIPPED, Sent.SKIPPED, Sent.SENT]


def test_pause_ends_before_the_next_email_and_resuming_sends_the_rest(mailing, server):
    def pause_at_second(message):
        if len(mail.outbox) == 1:
            assert bulk.move(mailing, Status.PAUSED)

    server(pause_at_second)
    assert bulk.send_some.func() == 2
    assert statuses(mailing) == [Sent.SENT] * 2 + [Sent.PENDING] * 3
    assert bulk.send_some.func() == 0
    assert bulk.wake() == 0
    assert not mailing.deliveries.filter(status=Sent.PENDING, attempts__gt=0).exists()

    assert bulk.move(mailing, Status.SENDING)
    assert bulk.send_some.func() == 3
    assert len(mail.outbox) == 5


def test_stop_sends_no_more_for_good(mailing, server):
    server(lambda message: len(mail.outbox) == 1 and bulk.move(mailing, Status.STOPPED))
    assert bulk.send_some.func() == 2
    assert statuses(mailing) == [Sent.SENT] * 2 + [Sent.STOPPED] * 3
    mailing.refresh_from_db()
    assert mailing.ended_at
    for status in Status:
        assert not bulk.move(mailing, status)


@pytest.mark.parametrize("before", Status)
def test_a_mailing_moves_only_as_the_table_says(mailing, before):
    for after in Status:
        Mailing.objects.filter(pk=mailing.pk).update(status=before)
        assert bulk.move(mailing, after) == (after in Mailing.TRANSITIONS[before])


def test_a_row_that_another_worker_has_claimed_is_left_to_it(mailing, monkeypatch):
    original = bulk._claim
    monkeypatch.setattr(bulk, "_claim", lambda row: original(row) and original(row))
    assert bulk.send_some.func() == 0
    assert not mail.outbox
    assert set(mailing.deliveries.values_list("attempts", flat=True)) == {1}


def test_other_work_has_its_turn_between_bursts(mailing, monkeypatch, settings):
    monkeypatch.setattr(bulk, "BURST", -1)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    assert bulk.send_some.func() == 1
    waiting = DBTaskResult.objects.get()
    assert (waiting.task_path, waiting.priority) == ("portal.mail.bulk.send_some", -10)
    assert bulk.wake() == 0, "it is queued already"
    assert tick.due_jobs()["bulk emails that go on"]() == 0
    DBTaskResult.objects.all().delete()
    assert tick.due_jobs()["bulk emails that go on"]() == 1


def test_a_server_that_is_down_is_left_alone_and_asked_later(mailing, server, monkeypatch):
    def fail(message):
        raise SMTPServerDisconnected

    server(fail)
    assert bulk.send_some.func() == 0
    assert outbox.is_resting()
    first, *others = mailing.deliveries.order_by("pk")
    assert (first.status, first.attempts, first.last_error) == (
        Sent.PENDING,
        1,
        "SMTPServerDisconnected",
    )
    assert first.next_try_at > timezone.now()
    assert {row.attempts for row in others} == {0}
    assert bulk.send_some.func() == 0

    server(lambda message: None)
    monkeypatch.setattr(outbox, "_rests_until", 0.0)
    assert bulk.send_some.func() == 4
    mailing.deliveries.update(next_try_at=timezone.now())
    assert bulk.send_some.func() == 1
    assert len({m.extra_headers["Message-ID"] for m in mail.outbox}) == 5


@pytest.mark.parametrize(
    "problem", [SMTPDataError(451, b"too many"), SMTPSenderRefused(421, b"later", "a@x.example")]
)
def test_a_server_that_takes_no_more_for_now_is_left_alone(mailing, server, problem):
    def fail(message):
        if len(mail.outbox) == 2:
            raise problem

    server(fail)
    assert bulk.send_some.func() == 2
    assert outbox.is_resting()
    assert mailing.deliveries.filter(attempts=0).count() == 2


def test_an_email_that_the_server_refuses_for_its_words_holds_up_no_other(mailing, server):
    def fail(message):
        if not mail.outbox and message.to == ["reader0@x.example"]:
            raise SMTPDataError(554, b"spam")

    server(fail)
    assert bulk.send_some.func() == 4
    assert not outbox.is_resting()


def test_a_mailing_of_something_deleted_is_stopped_and_others_go_on(greeting, boss, mailing):
    other = person("other@x.example")
    more = bulk.start(greeting, other, by=boss)
    Mailing.objects.filter(pk=mailing.pk).update(about=0)
    assert bulk.send_some.func() == 6
    mailing.refresh_from_db()
    assert mailing.status == Status.STOPPED
    assert more.deliveries.filter(status=Sent.SENT).count() == 6


def test_a_connection_that_cannot_be_opened_is_a_fault_of_each_email(mailing, server):
    used = server(lambda message: (_ for _ in ()).throw(ConnectionRefusedError()))
    used.open = lambda: (_ for _ in ()).throw(ConnectionRefusedError())
    assert bulk.send_some.func() == 0
    assert mailing.deliveries.get(attempts=1).last_error == "ConnectionRefusedError"


def test_an_email_that_fails_again_and_again_is_given_up(mailing, server, caplog):
    def fail(message):
        raise ValueError("to secret@x.example")

    server(fail)
    mailing.deliveries.update(attempts=len(outbox.PAUSES))
    assert bulk.send_some.func() == 0
    assert statuses(mailing) == [Sent.FAILED] * 5
    assert "secret" not in caplog.text
    mailing.refresh_from_db()
    assert mailing.status == Status.FINISHED


@pytest.mark.parametrize(
    ("problem", "status", "came_back"),
    [
        (SMTPRecipientsRefused({"a@x.example": (550, b"no such user")}), Sent.FAILED, True),
        (SMTPRecipientsRefused({"a@x.example": (450, b"try later")}), Sent.PENDING, False),
        (AnymailRecipientsRefused(), Sent.FAILED, True),
    ],
)
def test_an_address_refused_for_ever_gets_no_more(
    mailing, server, stopped, readers, problem, status, came_back
):
    def fail(message):
        if message.to == [readers[0].email]:
            raise problem

    server(fail)
    assert bulk.send_some.func() == 4
    assert statuses(mailing)[0] == status
    assert stopped == ([(readers[0].pk, bulk.Why.BOUNCED)] if came_back else [])


# ---- What the provider tells ---------------------------------------------------------------
def tell(message_id: str, to: str, event_type: str = EventType.BOUNCED) -> None:
    event = AnymailTrackingEvent(event_type=event_type, message_id=message_id, recipient=to)
    bounces.handle_tracking_event(None, event)


@pytest.mark.parametrize(
    ("event_type", "why"),
    [
        (EventType.BOUNCED, bulk.Why.BOUNCED),
        (EventType.REJECTED, bulk.Why.BOUNCED),
        (EventType.COMPLAINED, bulk.Why.COMPLAINED),
        (EventType.UNSUBSCRIBED, bulk.Why.LEFT),
        (EventType.FAILED, None),
    ],
)
def test_an_email_that_came_back_is_marked_once_and_its_reader_gets_no_more(
    mailing, readers, stopped, event_type, why
):
    bulk.send_some.func()
    row = mailing.deliveries.get(recipient=readers[1].pk)
    for _ in range(2):
        tell(row.message_id, readers[1].email.upper(), event_type)
    assert stopped == ([(readers[1].pk, why)] if why else [])
    assert mailing.counts()["came_back"] == 1


def test_the_providers_own_name_of_an_email_is_known(mailing, readers, stopped):
    bulk.send_some.func()
    mailing.deliveries.filter(recipient=readers[1].pk).update(provider_id="abc-1")
    tell("abc-1", readers[1].email)
    assert stopped == [(readers[1].pk, bulk.Why.BOUNCED)]


def test_an_event_about_nobody_or_another_address_changes_nothing(mailing, readers, stopped):
    bulk.send_some.func()
    row = mailing.deliveries.get(recipient=readers[1].pk)
    tell(row.message_id, readers[2].email)
    tell("<unknown@x>", readers[1].email)
    tell(row.message_id, readers[1].email, EventType.DELIVERED)
    readers[1].delete()
    tell(row.message_id, "reader1@x.example")
    Mailing.objects.update(kind="test.of_an_app_that_is_gone")
    tell(row.message_id, "reader1@x.example")
    assert stopped == []
