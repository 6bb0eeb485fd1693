"""NUL bytes in requests, search engines, and capitals in addresses."""

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import OperationalError
from django.http import HttpResponse

from portal import context
from portal.middleware import NoNulMiddleware
from portal.models import SiteOperator

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


# ---- Search engines -----------------------------------------------------------------------

EVERYWHERE = ["/", "/multiplier/", "/councils/", "/councils/leeming/", "/no-such-page/"]
EVERYWHERE += ["/robots.txt", "/sitemap.xml", "/api/v1/openapi.json", "/accounts/login/"]
EVERYWHERE += ["/embed/multiplier/v1/", "/embed/v1.js", "/static/portal/css/site.css"]
EVERYWHERE += ["/favicon.ico", "/admin/", "/media/none.png", "/healthz", "/readyz"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_demonstration_keeps_every_page_and_file_from_search_engines(client, council, path):
    assert client.get(path)["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", ["/multiplier/", "/councils/leeming/", "/robots.txt"])
def test_site_that_someone_runs_can_be_found(client, council, path):
    SiteOperator.objects.create(name="The Network")

    assert "X-Robots-Tag" not in client.get(path)


def test_site_without_database_is_not_indexed(client, monkeypatch):
    def fail() -> None:
        raise OperationalError

    monkeypatch.setattr(context.site_operator, "read", fail)
    context.site_operator.held = (None, SiteOperator())

    assert finders.find("portal/css/site.css")
    assert client.get("/static/portal/css/site.css")["X-Robots-Tag"] == "noindex"


# ---- Capitals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "small"),
    [
        ("/councils/Leeming/?from=X%20Y", "/councils/leeming/?from=X%20Y"),
        ("/Councils/", "/councils/"),
        ("/MULTIPLIER/?View=A", "/multiplier/?View=A"),
        ("/Join/", "/join/"),
        ("/Search/?q=Leeds", "/search/?q=Leeds"),
    ],
)
def test_capitals_redirect_and_keep_query(client, council, path, small):
    answer = client.get(path)

    assert (answer.status_code, answer["Location"]) == (301, small)


@pytest.mark.parametrize(
    "path",
    ["/No-Such-Page/", "/endorse/1-AbC/", "/join/KIL-2026-9999/", "/admin/Nothing/", "/api/v1/X"],
)
def test_capitals_that_lead_nowhere_or_are_private_stay(client, path):
    assert client.get(path).status_code in {302, 404}


def test_form_sent_to_capitals_is_not_found(client):
    assert client.post("/MULTIPLIER/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [True, False])
def test_more_than_a_thousand_parameters_are_refused(client, settings, debug):
    settings.DEBUG = debug
    query = "&".join(f"a{number}=1" for number in range(1000))
    assert client.get(f"/councils/?{query}").status_code == 200
    assert client.get(f"/councils/?{query}&q=1").status_code == 400
