"""What people see while the database or the disk is unwell."""

import errno
import html

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory

from campaign.navigation import navigation
from network.tests.factories import Story
from portal import context
from portal.faults import is_outage, server_error, unavailable


@pytest.fixture
def visitor():
    """A client that gets the page of an error, as a browser does."""
    return Client(raise_request_exception=False)


@pytest.fixture
def outage(db):
    """Return a context in which every query fails."""

    def refuse(execute, sql, params, many, context):
        raise OperationalError("the database system is shutting down")

    return lambda: connection.execute_wrapper(refuse)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (OperationalError("database is locked"), True),
        (InterfaceError("connection already closed"), True),
        (DatabaseError("file is not a database"), True),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EROFS, "Read-only file system"), True),
        (ProgrammingError("no such column"), False),
        (FileNotFoundError(errno.ENOENT, "no such file"), False),
        (ValueError(), False),
        (None, False),
    ],
)
def test_outage_is_told_from_fault_of_ours(problem, expected):
    assert is_outage(problem) is expected


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("address", ["/councils/", "/", "/principles/", "/councils/bradford/"])
def test_page_is_503_with_retry_after_during_outage(visitor, outage, settings, debug, address):
    settings.DEBUG = debug
    with outage():
        answer = visitor.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "no-store" in answer["Cache-Control"]
    assert "Content-Security-Policy" in answer
    assert "We cannot show this page just now" in answer.content.decode()


def test_api_says_503_in_its_own_format(visitor, outage):
    with outage():
        answer = visitor.get("/api/v1/councils")
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["code"] == "E_UNAVAILABLE"


@pytest.mark.parametrize("debug", [True, False])
def test_what_an_officer_typed_comes_back_and_can_be_sent_again(
    council, officer, as_, outage, settings, debug
):
    settings.DEBUG = debug
    sign_up = Story(council, officer).started()
    address = f"/join/{sign_up.reference}/about-you/"
    typed = {"name": "Olive <Officer>", "job_title": "Adviser & more", "phone": "", "version": "0"}
    signed_in = as_(officer)
    signed_in.raise_request_exception = False
    with outage():
        answer = signed_in.post(address, typed)

    page = answer.content.decode()
    assert answer.status_code == 503
    assert f'action="{address}"' in page
    for name, value in typed.items():
        assert f'name="{name}" value="{html.escape(value)}"' in page
    assert "What you typed is still here" in page
    assert signed_in.post(address, typed).status_code == 302
    sign_up.refresh_from_db()
    assert sign_up.collaborators.get(user=officer)


def test_nothing_of_an_account_comes_back(visitor, outage):
    with outage():
        answer = visitor.post("/accounts/login/", {"login": "a@b.example", "password": "a secret"})
    assert answer.status_code == 503
    assert "a secret" not in answer.content.decode()
    assert "a@b.example" not in answer.content.decode()


def test_form_with_a_file_asks_for_it_again(outage):
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    data = {"rights": "These are ours", "file": SimpleUploadedFile("a.png", b"x")}
    request = RequestFactory().post("/join/KIL-2026-1234/logo/", data)
    page = unavailable(request).content.decode()
    assert "choose the file again" in page
    assert "These are ours" in page
    assert "<form" not in page


def test_fault_of_ours_is_500_and_gives_back_what_was_typed():
    request = RequestFactory().post("/join/KIL-2026-1234/about-you/", {"name": "Olive Officer"})
    answer = server_error(request)
    assert answer.status_code == 500
    assert "Olive Officer" in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/multiplier/",
        "/multiplier/compare/",
        "/multiplier/method/",
        "/multiplier/result/?of=check&method=1&claimed=2.52",
        "/multiplier/embed/",
        "/embed/multiplier/v1/",
        "/multiplier/spend/",
    ],
)
def test_multiplier_works_without_database(visitor, outage, address):
    navigation.held = (None, navigation.held[1])
    with outage():
        assert visitor.get(address).status_code == 200


def test_multiplier_is_worked_out_without_database(visitor, outage):
    from multiplier.calculator.examples import EXAMPLE  # noqa: PLC0415

    with outage():
        answer = visitor.post("/multiplier/", EXAMPLE)
    assert answer.status_code == 200
    assert "makes" in answer.content.decode()


def test_menu_is_as_it_was_last_read_during_outage(visitor, outage, db):
    before = visitor.get("/multiplier/").content
    for each in (navigation, context.site_operator):
        each.forget()
    with outage():
        assert visitor.get("/multiplier/").content == before
