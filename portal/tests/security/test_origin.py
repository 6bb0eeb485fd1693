import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from portal.security.origin import is_same_origin, same_site_post


@same_site_post
def echo(request, word="yes"):
    return HttpResponse(word)


def post(**headers):
    names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return RequestFactory().post("/multiplier/", **names)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"origin": "http://testserver"},
        {"referer": "http://testserver/multiplier/"},
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {},
    ],
)
def test_post_from_own_page_or_none_is_accepted(headers):
    assert echo(post(**headers), word="done").content == b"done"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "http://testserver"},
        {"origin": "https://evil.example"},
        {"origin": "https://testserver"},
        {"origin": "http://testserver:8080"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "null"},
        {"referer": "https://evil.example/http://testserver/"},
        {"referer": "nonsense"},
    ],
)
def test_post_from_other_site_is_refused(headers):
    with pytest.raises(PermissionDenied):
        echo(post(**headers))


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"origin": "null"}, True),
        ({"origin": "null", "sec_fetch_site": "cross-site"}, False),
        ({"origin": "null", "referer": "https://evil.example/"}, False),
        ({"origin": "https://evil.example"}, False),
    ],
)
def test_null_origin_is_accepted_behind_token(headers, taken):
    assert is_same_origin(post(**headers), null_says_nothing=True) == taken


def test_get_from_other_site_is_accepted():
    request = RequestFactory().get("/multiplier/", HTTP_SEC_FETCH_SITE="cross-site")

    assert echo(request).content == b"yes"
    assert not is_same_origin(request)


def test_view_needs_no_csrf_token_and_keeps_name():
    assert echo.csrf_exempt
    assert echo.__name__ == "echo"
