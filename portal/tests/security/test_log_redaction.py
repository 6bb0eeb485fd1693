"""Log redaction (DESIGN section 5, point 13)."""

import io
import logging
import logging.config
import re
import string

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from portal import links
from portal.security.log_redaction import RedactionFilter, redact

TOKEN = "17-" + "aB3_-" * 8 + "xyz"
PRINTABLE = st.text(string.ascii_letters + string.digits + "%-_.~!$&'()*+,;=:@\"", min_size=12)


@pytest.fixture
def logged(monkeypatch):
    """Return a function that returns what the handlers of settings.LOGGING wrote."""
    stream = io.StringIO()
    before = {name: list(logging.getLogger(name).handlers) for name in ("", "django")}
    logging.config.dictConfig(settings.LOGGING)
    ours = [h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler]
    for handler in ours:
        monkeypatch.setattr(handler, "stream", stream)
    for handler in logging.getLogger("django.server").handlers:
        monkeypatch.setattr(handler, "stream", stream)
    yield stream.getvalue
    for name, handlers in before.items():
        logging.getLogger(name).handlers = handlers


@pytest.mark.parametrize(
    "text",
    [
        f"/endorse/{TOKEN}/",
        f"/endorse/{TOKEN}/new-link/",
        f"/endorse//{TOKEN}",
        f"/my/emails/stop/{TOKEN}/",
        f"/supporters/link/unsubscribe/{TOKEN}/",
        f"/supporters/link/preferences/{TOKEN}/erase/",
        f"/case-studies/still-true/{TOKEN[:9]}/new-link/",
        f"/my/question/{TOKEN[:9]}/",
        f"/Endorse/{TOKEN}",
        f'"GET /endorse/{TOKEN}?x HTTP/1.1" 200',
        f"https://kil.example/endorse/{TOKEN}",
        f"Reverse for 'endorse' with arguments '('{TOKEN}',)' not found",
    ],
)
def test_redact_removes_every_form_of_link(text):
    assert TOKEN not in redact(text)
    assert "aB3" not in redact(text)


@pytest.mark.parametrize(
    "path",
    [
        "/multiplier/",
        "/multiplier",
        "/embed/multiplier/v1/",
        "/search/",
        "/search",
        "/search/suggest/",
        "/api/v1/search",
        "/api/v1/multiplier/shift",
    ],
)
@given(typed=PRINTABLE)
def test_redact_removes_typed_input(path, typed):
    line = redact(f'"GET {path}?q={typed} HTTP/1.1" 200 512')
    assert line.startswith(f'"GET {path}?')
    assert typed not in line
    assert "HTTP/1.1" in line


@given(st.integers(1, 10**12), st.integers(0, 50), st.text(" \n\t\"'(),:=", max_size=3))
def test_redact_removes_bare_token(pk, generation, around):
    token = links.make("endorse", pk=pk, generation=generation)
    mac = token.partition("-")[2]
    assert mac not in redact(f"problem {around}{token}{around} here")


@given(st.text())
def test_redact_never_raises_and_is_idempotent(text):
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "GET /councils/?q=leeds&page=2",
        "Mail 17 will be tried again: TimeoutError",
        "<0b8c4f4e-2f6e-4a7e-9d53-1c1f5a6b7c8d@kil.example>",
        "KIL-2026-0042",
    ],
)
def test_redact_keeps_public_text(text):
    assert redact(text) == text


def test_exception_message_is_redacted(logged):
    try:
        raise ValueError(f"no page for /endorse/{TOKEN}/")
    except ValueError:
        logging.getLogger("portal.jobs").exception("The job %r failed", "mails sent")
    assert "ValueError" in logged()
    assert "Traceback" in logged()
    assert TOKEN not in logged()


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [False, True])
def test_failing_page_logs_fault_without_link(logged, monkeypatch, settings, debug):
    settings.DEBUG = debug

    def break_down(token):
        raise RuntimeError(f"cannot read {token}")

    monkeypatch.setattr(links, "row_of", break_down)
    answer = Client(raise_request_exception=False).get(f"/endorse/{TOKEN}/")
    assert answer.status_code == 500
    assert "RuntimeError" in logged()
    assert TOKEN not in logged()


@pytest.mark.django_db
def test_failing_search_logs_fault_without_words(logged, monkeypatch):
    from search import views  # noqa: PLC0415

    def break_down(*args, **kwargs):
        raise RuntimeError("engine on fire")

    monkeypatch.setattr(views, "find", break_down, raising=False)
    Client(raise_request_exception=False).get("/search/?q=my+private+words")
    assert "private" not in logged()


def test_development_server_lines_are_redacted(logged):
    line = f"GET /endorse/{TOKEN}/ HTTP/1.1"
    logging.getLogger("django.server").info('"%s" %s %s', line, 200, 512)
    assert "GET /endorse/..." in logged()
    assert TOKEN not in logged()


def test_every_handler_redacts():
    for name, handler in settings.LOGGING["handlers"].items():
        assert "redaction" in handler["filters"], name
    assert settings.LOGGING["loggers"]["django"]["handlers"] == [], (
        "Django's own handler, which is on in DEBUG, knows no discretion"
    )
    assert not settings.ADMINS, "a mail of a fault would hold the path"


def test_web_server_writes_no_access_log():
    served = (settings.BASE_DIR / "portal/management/commands/serve.py").read_text()
    assert "--access-log" not in served


def test_a_record_stays_on_one_line():
    record = logging.LogRecord("portal", 30, "", 0, "refused %s", ("/a\r\n2026 forged",), None)
    RedactionFilter().filter(record)
    assert record.getMessage() == "refused /a\\r\\n2026 forged"


def test_a_line_has_its_time_with_its_zone(settings):
    plain = settings.LOGGING["formatters"]["plain"]
    made = logging.Formatter(plain["format"], plain["datefmt"], plain["style"])
    record = logging.LogRecord("portal", 30, "", 0, "x", None, None)
    assert re.match(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING portal: x", made.format(record)
    )
