"""Tests of the pages that are kept before Django."""

import threading
import time

import pytest
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from wagtail.contrib.redirects.models import Redirect
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page

from portal import page_cache
from portal.models import OutboxMessage, Picture, SiteOperator
from portal.page_cache import PageCache, Remembered, generation, keep

BODY = b"<p>Hello</p>" * 100


class Site:
    """A stand-in for Django that counts its answers, with a cache before it."""

    def __init__(self, **options):
        self.made = 0
        self.now = 1
        self.change = lambda response: None
        self.cache = PageCache(self.answer, look=lambda: (self.now,), **options)
        self.cache._watcher = threading.current_thread()  # the test looks, when it wants to
        self.cache.refresh()

    def answer(self, environ, start_response):
        """Answer as a view that is kept for the parameters `q` and `page`."""
        self.made += 1
        request = RequestFactory().get("/", query_params={"q": ""})
        response = keep(request, HttpResponse(BODY), "q", "page")
        self.change(response)
        headers = [*response.items(), *(("Set-Cookie", "x") for _ in response.cookies)]
        start_response(f"{response.status_code} X", headers)
        return response

    def ask(self, path="/", query="", method="GET", **environ):
        """Return the status, headers and body of an answer."""
        told = []
        environ = {"HTTP_HOST": "a", "wsgi.url_scheme": "http"} | environ
        environ |= {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": method}
        body = b"".join(self.cache(environ, lambda *words: told.append(words)))
        return told[0][0], dict(told[0][1]), body


def test_second_answer_comes_from_memory_with_its_length_and_mark():
    site = Site()
    site.ask()
    status, headers, body = site.ask()
    assert (site.made, status, body) == (1, "200 OK", BODY)
    assert headers["Content-Length"] == str(len(BODY))
    assert headers["ETag"].startswith('"')


def test_head_is_answered_without_body_and_fills_nothing():
    site = Site()
    site.ask(method="HEAD")
    assert not site.cache._kept
    site.ask()
    _, headers, body = site.ask(method="HEAD")
    assert (site.made, body, headers["Content-Length"]) == (2, b"", str(len(BODY)))


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_same_mark_is_answered_with_304(encoding):
    site = Site()
    site.ask()
    _, headers, _ = site.ask(HTTP_ACCEPT_ENCODING=encoding)
    status, again, body = site.ask(
        HTTP_ACCEPT_ENCODING=encoding, HTTP_IF_NONE_MATCH=f"W/{headers['ETag']}"
    )
    assert (status, body, again["ETag"]) == ("304 Not Modified", b"", headers["ETag"])


def test_gzip_is_sent_to_who_takes_it_with_another_mark():
    site = Site()
    site.ask()
    _, plain, _ = site.ask()
    _, zipped, body = site.ask(HTTP_ACCEPT_ENCODING="br, gzip")
    assert zipped["Content-Encoding"] == "gzip"
    assert len(body) < len(BODY)
    assert zipped["ETag"] != plain["ETag"]


def test_parameters_in_another_order_are_the_same_page_and_hosts_are_not():
    site = Site()
    site.ask(query="q=a&page=2")
    site.ask(query="page=2&q=a")
    assert site.made == 1
    site.ask(query="page=2&q=b")
    site.ask(query="page=2&q=a", HTTP_HOST="b")
    assert site.made == 3


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_COOKIE": "sessionid=x"},
        {"HTTP_COOKIE": "messages=x"},
        {"HTTP_COOKIE": "__Host-csrftoken=x"},
        {"HTTP_AUTHORIZATION": "Basic x"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"method": "POST"},
    ],
)
def test_signed_in_and_odd_requests_go_through_django(environ):
    site = Site()
    site.ask()
    site.ask(**environ)
    site.ask(**environ)
    assert site.made == 3


def _cookie(response):
    response.set_cookie("a", "b")


def _error(response):
    response.status_code = 404


def _private(response):
    response["Cache-Control"] = "private"


def _nonce(response):
    response["Content-Security-Policy"] = "script-src 'nonce-abc'"


def _language(response):
    response["Vary"] = "Accept-Language"


@pytest.mark.parametrize("change", [_cookie, _error, _private, _nonce, _language])
def test_answer_for_one_person_or_of_an_error_is_not_kept(change):
    site = Site()
    site.change = change
    site.ask()
    assert not site.cache._kept


def test_unknown_parameter_is_not_kept():
    request = RequestFactory().get("/?q=a&other=1")
    assert not hasattr(keep(request, HttpResponse(), "q"), "is_kept")


def test_least_lately_asked_goes_when_room_is_full():
    site = Site()
    site.ask()
    site.cache.room = 10 * site.cache.used
    for number in range(20):
        site.ask(f"/{number}/")
        site.ask("/0/")
    assert site.cache.used <= site.cache.room
    made = site.made
    site.ask("/0/")
    assert site.made == made
    site.ask("/1/")
    assert site.made == made + 1


def test_change_makes_copies_stale_and_failing_look_does_not():
    def fail():
        raise OperationalError

    site = Site()
    site.ask()
    site.cache.look = fail
    site.cache.refresh()
    site.ask()
    assert site.made == 1
    site.cache.look = lambda: (2,)
    site.cache.refresh()
    site.ask()
    assert site.made == 2


def test_change_while_page_is_made_leaves_it_stale():
    site = Site()

    def change(response):
        site.now = 2
        site.cache.refresh()

    site.change = change
    site.ask()
    site.ask()
    assert site.made == 2


def test_sixty_four_clients_on_stale_page_make_it_once():
    site = Site()
    site.ask()
    site.now = 2
    site.cache.refresh()
    site.change = lambda response: time.sleep(0.2)
    bodies = []
    threads = [threading.Thread(target=lambda: bodies.append(site.ask()[2])) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.made == 2
    assert bodies == [BODY] * 64


def test_error_of_filler_lets_the_next_one_fill():
    site = Site()

    def fail(response):
        raise ValueError

    site.change = fail
    with pytest.raises(ValueError):
        site.ask()
    site.change = lambda response: None
    assert site.ask()[2] == BODY


def test_what_the_public_sees_changes_the_generation(db):
    home = Page.objects.filter(depth=2).get().specific
    changes = {
        "setting": lambda: SiteOperator(name="We").save(),
        "redirect": lambda: Redirect.objects.create(old_path="/a", redirect_link="/b"),
        "publishing": lambda: home.save_revision().publish(),
        "image": lambda: _image(),
        "withdrawal": lambda: home.unpublish(),
    }
    for name, do in changes.items():
        before = generation()
        do()
        assert generation() != before, name


def _image():
    return Picture.objects.create(title="A", file=get_test_image_file())


def test_change_that_is_undone_leaves_the_generation(db):
    before = generation()
    with transaction.atomic():
        SiteOperator(name="We").save()
        transaction.set_rollback(True)
    assert generation() == before


def test_email_in_the_outbox_leaves_the_generation(db):
    before = generation()
    OutboxMessage.objects.create(kind="a", event="b", to="a@b.example", message_id="c")
    assert generation() == before


def test_midnight_in_london_changes_the_generation(db):
    from datetime import date  # noqa: PLC0415
    from unittest.mock import patch  # noqa: PLC0415

    before = generation()
    with patch("portal.page_cache.timezone.localdate", return_value=date(2030, 1, 1)):
        assert generation() != before


def test_what_was_asked_for_is_read_anew_before_a_visitor_waits(monkeypatch):
    monkeypatch.setattr(Remembered, "seen", ("before",))
    read, never = [], []
    wanted = Remembered(lambda: read.append("read") or len(read), 0)
    page_cache._all_remembered.remove(wanted)  # of no other test
    monkeypatch.setattr(page_cache, "_all_remembered", [wanted])
    Remembered(lambda: never.append("read"), 0)
    assert wanted() == wanted() == 1
    wanted.forget()  # as when this process changed it

    Remembered.look(("after",))

    assert (read, never) == (["read", "read"], [])
    assert wanted() == 2
