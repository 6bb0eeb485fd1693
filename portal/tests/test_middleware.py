"""NUL bytes in requests, which PostgreSQL does not accept."""

import pytest
from django.conf import settings
from django.http import HttpResponse

from portal.middleware import NoNulMiddleware

pytestmark = pytest.mark.django_db
NUL_COOKIE = r'sessionid="\000abc"'


@pytest.mark.parametrize("path", ["/", "/councils/", "/accounts/login/", "/admin/", "/no-such/"])
def test_cookie_with_nul_is_ignored(client, council, path):
    plain = client.get(path)
    answer = client.get(path, HTTP_COOKIE=NUL_COOKIE)
    assert answer.status_code == plain.status_code < 500
    assert not answer.wsgi_request.session.session_key


def test_other_cookies_stay(rf):
    request = rf.get("/", HTTP_COOKIE=f"{NUL_COOKIE}; csrftoken=abc; seen=1")
    assert "\0" in request.COOKIES["sessionid"], "or this tests nothing"
    NoNulMiddleware(lambda request: HttpResponse())(request)
    assert request.COOKIES == {"csrftoken": "abc", "seen": "1"}


@pytest.mark.parametrize(
    "path", ["/%00", "/principles/%00/", "/councils/%00/", "/admin/%00/", "/static/%00", "/a%00b/"]
)
def test_path_with_nul_is_not_found(client, path):
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 404
        assert "Content-Security-Policy" in answer
        assert "Page not found" in answer.content.decode()


@pytest.mark.parametrize(
    "header", ["HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE"]
)
def test_header_with_nul_is_refused(client, header):
    assert client.get("/multiplier/", **{header: "a\0b"}).status_code == 400


def test_middleware_runs_before_cookies_are_read():
    names = settings.MIDDLEWARE
    ours = names.index("portal.middleware.NoNulMiddleware")
    assert ours < names.index("django.contrib.sessions.middleware.SessionMiddleware")
