"""The page of allauth's rate limits."""

from django.template.loader import render_to_string
from django.test import RequestFactory


def test_too_many_requests_page_has_our_frame(db):
    request = RequestFactory().get("/")
    text = render_to_string("429.html", request=request)

    assert "Too many attempts" in text
    assert "Keep it Local" in text
