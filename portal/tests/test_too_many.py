"""The page for too many tries says so in our words."""

from django.template.loader import render_to_string
from django.test import RequestFactory


def test_the_page_for_too_many_tries_stands_in_our_frame(db):
    request = RequestFactory().get("/")
    text = render_to_string("429.html", request=request)

    assert "Please wait a little" in text
    assert "Keep it Local" in text
