"""What all views of the open API share: CORS, methods, caching and errors in JSON."""

import json

import pytest
from django.test import Client, RequestFactory

from portal.json_api import answer, json_api, refusal

HTML_PAGE_ELSEWHERE = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}


@json_api("GET", "POST")
def echo(request):
    return answer({"said": request.method}, seconds=60 if request.method == "GET" else 0)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_every_origin_can_read_answer(method):
    response = echo(RequestFactory().generic(method, "/", headers=HTML_PAGE_ELSEWHERE))

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert "Vary" not in response


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "NONSENSE"])
def test_other_method_is_refused_with_allowed_ones(method):
    response = echo(RequestFactory().generic(method, "/"))

    assert response.status_code == 405
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert json.loads(response.content)["errors"][0]["code"] == "E_METHOD"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_preflight_is_answered():
    asked = {**HTML_PAGE_ELSEWHERE, "Access-Control-Request-Headers": "content-type"}

    response = echo(RequestFactory().options("/", headers=asked))

    assert response.status_code == 204
    assert response.content == b""
    assert "POST" in response["Access-Control-Allow-Methods"]
    assert response["Access-Control-Allow-Headers"] == "Content-Type"


def test_answer_is_cached_as_view_says():
    factory = RequestFactory()

    assert echo(factory.get("/"))["Cache-Control"] == "public, max-age=60"
    assert echo(factory.post("/"))["Cache-Control"] == "no-store"


def test_lone_surrogate_breaks_no_answer():
    assert json.loads(refusal(422, "E_X", "\ud800", "\udfff").content)["errors"][0] == {
        "code": "E_X",
        "field": "\udfff",
        "message": "\ud800",
    }


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/no-such-thing", "/api/v1/a/b/?q=1"])
@pytest.mark.django_db
def test_unknown_address_answers_json_404(path):
    client = Client(enforce_csrf_checks=True)
    for response in (client.get(path), client.post(path, headers=HTML_PAGE_ELSEWHERE)):
        assert response.status_code == 404
        assert response.json()["errors"][0]["code"] == "E_NOT_FOUND"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies
