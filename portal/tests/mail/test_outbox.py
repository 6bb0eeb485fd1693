"""One mail an event, at least once, never a token at rest (DESIGN section 5, point 8)."""

import logging
import re
import socket
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template import engines
from django.utils import timezone

from portal.mail import letters, outbox
from portal.mail.declarations import Mail, Recipients
from portal.models import OutboxMessage

pytestmark = pytest.mark.django_db
Status = OutboxMessage.Status
SECRET = "17-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def registered(monkeypatch, kind="test.mail", **changes) -> Mail:
    """A mail that only this test sends."""
    given = {"about": {}, "context": dict, "template": "footer"} | changes
    made = Mail(kind, f"The mail {kind}", Recipients("Ann"), **given)
    monkeypatch.setitem(outbox._mails, kind, made)
    return made


@pytest.fixture(autouse=True)
def known(monkeypatch):
    registered(monkeypatch)


@pytest.fixture
def says(monkeypatch):
    """`says("Subject: ...")` is what the template of each letter says."""

    def replace(text):
        template = engines["django"].from_string(
            f"{{% autoescape off %}}{text}{{% endautoescape %}}"
        )
        real = letters.render_to_string

        def rendered(name, context):
            ours = name == "emails/test.txt"
            return template.render(context) if ours else real(name, context)

        monkeypatch.setattr(letters, "render_to_string", rendered)

    return replace


def post(event="test:1", kind="test.mail") -> OutboxMessage:
    outbox.post(kind, to="ann@example.org", event=event, about={})
    return OutboxMessage.objects.get(event=event)


def send_all() -> int:
    return outbox.send_due.func()


def make_due() -> None:
    outbox._rests_until = 0.0
    OutboxMessage.objects.update(next_try_at=timezone.now())


def break_mail(monkeypatch, problem: Exception):
    def refuse(self, *args, **kwargs):
        raise problem

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)


def test_an_event_that_is_told_twice_is_one_row_and_one_mail():
    assert post() == post()
    assert OutboxMessage.objects.count() == 1
    assert [send_all(), send_all()] == [1, 0]
    assert len(mail.outbox) == 1


def test_a_kind_that_nobody_registered_is_refused_at_once():
    with pytest.raises(KeyError):
        post("x", "test.nobody")
    assert not OutboxMessage.objects.exists()


def test_what_is_rolled_back_is_never_sent(django_capture_on_commit_callbacks):
    capture = django_capture_on_commit_callbacks(execute=True)
    with capture as callbacks, pytest.raises(RuntimeError), transaction.atomic():
        post()
        raise RuntimeError
    assert (callbacks, send_all(), mail.outbox) == ([], 0, [])


def test_mail_leaves_after_the_commit_and_not_before(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post()
        assert mail.outbox == []
    assert len(mail.outbox) == 1


def test_a_claimed_row_is_taken_by_nobody_else():
    post()
    assert outbox._claim() is not None
    assert outbox._claim() is None


def test_of_two_workers_who_see_the_same_row_one_takes_it(monkeypatch):
    row = post()
    real, nested = OutboxMessage.objects.filter, []

    def filter_and_let_another_in(*args, **kwargs):
        found = real(*args, **kwargs)
        if not nested:  # the other worker comes between our look and our taking
            nested.append(True)
            pks = list(found.values_list("pk", flat=True))
            nested.append(outbox._claim())
            assert pks == [row.pk]
        return found

    monkeypatch.setattr(OutboxMessage.objects, "filter", filter_and_let_another_in)
    assert outbox._claim() is None
    assert nested[1] == row


def test_a_crash_after_the_servers_yes_repeats_under_the_same_message_id(monkeypatch):
    post()
    with monkeypatch.context() as patch:

        def die(row, **changes):
            raise SystemExit("power cut")

        patch.setattr(outbox, "_record", die)
        with pytest.raises(SystemExit):
            send_all()
    assert send_all() == 0, "claimed by the dead worker, for a while"
    with monkeypatch.context() as patch:
        later = timezone.now() + outbox.CLAIM
        patch.setattr(outbox.timezone, "now", lambda: later)
        assert send_all() == 1
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second == OutboxMessage.objects.get().message_id


def test_pauses_grow_and_then_the_row_fails_where_staff_see_it(monkeypatch):
    break_mail(monkeypatch, ConnectionRefusedError())
    row = post()
    pauses = []
    for _ in outbox.PAUSES:
        make_due()
        send_all()
        row.refresh_from_db()
        assert row.status == Status.PENDING
        pauses.append(row.next_try_at - timezone.now())
    assert pauses == sorted(pauses)
    assert pauses[-1] > timedelta(hours=23)
    make_due()
    send_all()
    row.refresh_from_db()
    assert (row.status, row.last_error) == (Status.FAILED, "ConnectionRefusedError")
    make_due()
    assert send_all() == 0


def test_a_mail_that_came_through_at_last_keeps_no_error(monkeypatch):
    post()
    with monkeypatch.context() as patch:
        break_mail(patch, TimeoutError())
        send_all()
    make_due()
    assert send_all() == 1
    row = OutboxMessage.objects.get()
    assert (row.status, row.last_error, row.attempts) == (Status.SENT, "", 2)
    assert row.sent_at is not None


def test_a_mail_that_is_no_longer_true_is_cancelled(monkeypatch):
    registered(monkeypatch, holds=lambda: False)
    post()
    assert send_all() == 0
    assert OutboxMessage.objects.get().status == Status.CANCELLED
    assert mail.outbox == []


def test_the_text_of_an_error_is_neither_stored_nor_logged(monkeypatch, caplog):
    break_mail(monkeypatch, RuntimeError(f"rejected: /endorse/{SECRET}/"))
    post()
    caplog.set_level(logging.DEBUG)
    for _ in range(len(outbox.PAUSES) + 1):
        make_due()
        send_all()
    stored = str(OutboxMessage.objects.values().get())
    assert SECRET not in stored + caplog.text
    assert "RuntimeError" in caplog.text


def test_a_row_whose_writer_is_gone_keeps_no_other_waiting():
    first = post("test:1")
    OutboxMessage.objects.update(kind="gone.with.an.app")
    post("test:2")
    assert send_all() == 1
    first.refresh_from_db()
    assert (first.status, first.last_error) == (Status.PENDING, "KeyError")


def test_one_bad_mail_keeps_no_other_waiting(monkeypatch):
    registered(monkeypatch, "test.bad", context=lambda: 1 / 0)
    post("bad", "test.bad")
    post("good")
    assert send_all() == 1


def test_text_and_html_say_the_same(monkeypatch, says):
    says("Subject: {{ who }}\n\n{{ who }} says <b>yes</b>.\nOn two lines.\n\n\n\nBye & thanks.")
    registered(monkeypatch, template="test", context=lambda: {"who": "Tom & Jerry <tom@x>"})
    post()
    send_all()
    (message,) = mail.outbox
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert message.subject == "Tom & Jerry <tom@x>"
    assert "Tom & Jerry <tom@x> says <b>yes</b>.\nOn two lines.\n\nBye & thanks." in message.body
    assert "<p>Tom &amp; Jerry &lt;tom@x&gt; says &lt;b&gt;yes&lt;/b&gt;.<br>On two" in html
    assert "<p>Bye &amp; thanks.</p>" in html
    assert "<title>Tom &amp; Jerry &lt;tom@x&gt;</title>" in html
    assert "Demonstration: not run by Locality" in message.body
    assert "Demonstration: not run by Locality" in html


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Hello.\n\nContinue the application:\n{}\n\nBye", "Continue the application"),
        ("Hello.\n\nContinue the application:\n\n{}", "Open the page"),
        ("{}", "Open the page"),
    ],
)
def test_link_alone_becomes_button_with_its_address_below(text, label):
    link = f"{settings.SITE_URL}/join/KIL-2026-0001/?a=1&b=2"
    html = letters.as_html("s", text.format(link))
    shown = link.replace("&", "&amp;")
    assert f'<a class="button" href="{shown}">{label}</a>' in html
    assert f'<br><a href="{shown}">{shown}</a></p>' in html


def test_mail_has_one_button_for_the_first_labelled_link():
    ours = settings.SITE_URL
    html = letters.as_html("s", f"{ours}/a/\n\nRead it:\n{ours}/b/\n\nRead more:\n{ours}/c/")
    assert re.findall(r'class="button" href="([^"]+)">([^<]+)<', html) == [
        (f"{ours}/b/", "Read it")
    ]
    assert f'<p><a href="{ours}/a/">{ours}/a/</a></p>' in html
    assert f'<p>Read more:<br><a href="{ours}/c/">{ours}/c/</a></p>' in html


def test_code_alone_is_shown_large():
    assert '<p><span class="code">012345</span></p>' in letters.as_html("s", "Enter:\n\n012345")


def test_signature_separator_is_a_footer_in_html():
    html = letters.as_html("s", "Hello.\n\n-- \nKeep it Local\nRun by us.\n")
    assert '<p class="footer">Keep it Local<br>Run by us.</p>' in html
    assert "-- " not in html


def test_a_link_within_a_sentence_ends_before_the_full_stop():
    link = f"{settings.SITE_URL}/my"
    assert f'See <a href="{link}">{link}</a>. Bye' in letters.as_html("s", f"See {link}. Bye")


@pytest.mark.parametrize(
    "typed",
    [
        "https://evil.example/",
        f"{settings.SITE_URL}.evil.example/",
        f"{settings.SITE_URL}@evil.example/",
        'https://evil.example/"onclick="x',
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("around", ["{}", "Ann {} Smith", "Sign here:\n{}"])
def test_an_address_that_somebody_typed_becomes_no_link(typed, around):
    html = letters.as_html("s", f"Dear all,\n\n{around.format(typed)}\n\nBye")
    assert "<a" not in html


def test_a_name_with_newlines_adds_no_header(monkeypatch, says):
    says("Subject: {{ who }} asks\n\nHello.")
    registered(
        monkeypatch,
        template="test",
        context=lambda: {"who": "Ann\r\nBcc: all@example.org\r\n\r\nBuy now"},
    )
    post()
    send_all()
    raw = mail.outbox[0].message().as_string()
    headers = raw.partition("\n\n")[0]
    assert "Subject: Ann\n" in headers + "\n"
    assert "\nBcc:" not in headers
    assert mail.outbox[0].recipients() == ["ann@example.org"]


@pytest.mark.parametrize("name", ["\x85Bcc: a@b.c", "\u2028Bcc: a@b.c", "\x0bBcc: a@b.c"])
def test_no_other_line_break_adds_a_header_either(monkeypatch, says, name):
    says("Subject: {{ who }} asks\n\nHello.")
    registered(monkeypatch, template="test", context=lambda: {"who": f"Ann{name}"})
    post()
    assert send_all() == 1
    assert "\nBcc" not in mail.outbox[0].message().as_string().partition("\n\n")[0]


def test_every_mails_template_leaves_escaping_to_the_html():
    found = sorted((settings.BASE_DIR / "templates" / "emails").glob("*.txt"))
    assert len(found) > 5
    for path in found:
        text = path.read_text().strip()
        assert text.startswith("{% autoescape off %}"), path.name
        assert text.endswith("{% endautoescape %}"), path.name
        if path.name != "footer.txt":
            assert text.removeprefix("{% autoescape off %}").startswith("Subject: "), path.name


def test_a_rehearsal_shows_what_would_leave_and_undoes_it(django_capture_on_commit_callbacks):
    post("known")
    with django_capture_on_commit_callbacks() as woken:
        letters_ = outbox.rehearse(lambda: [post("known"), post("new")])

    assert [letter.to for letter in letters_] == ["ann@example.org"]  # the known one has left
    assert [row.event for row in OutboxMessage.objects.all()] == ["known"]
    assert woken == [] and not outbox.is_rehearsing()


def test_a_rehearsal_leaves_out_what_would_not_be_true(monkeypatch):
    registered(monkeypatch, "test.untrue", holds=lambda: False)
    assert outbox.rehearse(lambda: post("new", "test.untrue")) == []


def test_a_rehearsal_that_is_refused_leaves_nothing_behind():
    def refuse() -> None:
        post("new")
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        outbox.rehearse(refuse)
    assert not OutboxMessage.objects.exists() and not outbox.is_rehearsing()


def test_mail_server_that_hangs_is_waited_for_once(settings, monkeypatch):
    for number in range(3):
        post(event=f"test:{number}")
    with socket.socket() as silent:  # accepts, and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.setblocking(False)
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_TIMEOUT = 0.2
        assert [outbox.send_due.func() for _ in range(3)] == [0, 0, 0]
        silent.accept()
        with pytest.raises(BlockingIOError):
            silent.accept()
    tried = OutboxMessage.objects.exclude(attempts=0)
    assert [row.last_error for row in tried] == ["SMTPServerDisconnected"]

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutboxMessage.objects.update(next_try_at=timezone.now())
    assert outbox.send_due.func() == 0, "it rests"
    monkeypatch.setattr(outbox, "_rests_until", 0.0)
    assert outbox.send_due.func() == 3


def test_address_that_is_refused_stops_no_other_mail(monkeypatch):
    post(event="test:1")
    post(event="test:2")
    sent = EmailMultiAlternatives.send

    def refuse_the_first(self, *args):
        monkeypatch.setattr(EmailMultiAlternatives, "send", sent)
        raise SMTPRecipientsRefused({"ann@example.org": (550, b"unknown")})

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse_the_first)
    assert outbox.send_due.func() == 1


class ProviderRefuses(OSError):
    """As django-anymail's, which is an OSError whatever the provider's API answered."""

    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


@pytest.mark.parametrize(
    ("problem", "is_down"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (ProviderRefuses(503), True),
        (ProviderRefuses(401), True),
        (ProviderRefuses(429), True),
        (ProviderRefuses(400), False),
        (ProviderRefuses(422), False),
        (SMTPRecipientsRefused({}), False),
        (ValueError(), False),
    ],
)
def test_refused_address_is_told_from_server_that_is_down(problem, is_down):
    assert outbox.server_is_down(problem) is is_down
