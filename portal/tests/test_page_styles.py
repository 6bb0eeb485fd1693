"""The stylesheet of a page: what can have an effect on it, and nothing that nobody signed."""

import json

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.templatetags.static import static
from django.test import RequestFactory

from portal import page_styles
from portal.page_styles import Sheet, address_for, sheet

WHOLE = {
    "names": [".box", ".box--wide", ".picked", ".shown", "h1", "table"],
    "scripts": {
        "reader": [".shown", "table"],
        "council-picker": [".picked"],
        "govuk-radios": [".box--wide"],
    },
    "rules": [
        {"around": [], "selectors": [], "body": "@font-face{src:url(../fonts/a.woff2)}"},
        {"around": [], "selectors": [["h1", ["h1"]], [".box", [".box"]]], "body": "color:red"},
        {
            "around": ["@media print", "@supports (display: grid)"],
            "selectors": [[".box--wide:hover", [".box--wide"]]],
            "body": "top:0",
        },
        {"around": ["@media print"], "selectors": [[".box h1", [".box", "h1"]]], "body": "top:1px"},
        {"around": ["@media print"], "selectors": [[".shown", [".shown"]]], "body": "top:2px"},
        {"around": [], "selectors": [["table", ["table"]]], "body": "top:3px"},
        {"around": [], "selectors": [[".picked", [".picked"]]], "body": "top:4px"},
    ],
}
FONT = f"@font-face{{src:url({static('portal/fonts/a.woff2')})}}"


@pytest.fixture
def whole() -> Sheet:
    return Sheet(json.dumps(WHOLE))


def styles(whole: Sheet, html: str) -> str:
    return whole.text_for(whole.names_of(html.encode())).removeprefix(FONT)


@pytest.mark.parametrize(
    ("html", "rules"),
    [
        ("<p>", ""),
        ('<p class="boxed">', ""),
        ('<p class="a box">', ".box{color:red}"),
        ("<H1>", ""),
        ("<h1>", "h1{color:red}"),
        (
            '<h1><b class="box">',
            "h1,.box{color:red}@media print{.box h1{top:1px}}",
        ),
        (
            '<p class="box--wide">',
            "@media print{@supports (display: grid){.box--wide:hover{top:0}}}",
        ),
        (
            '<script src="/static/js/reader.0123456789ab.js">',
            "@media print{.shown{top:2px}}table{top:3px}",
        ),
        ('<script src="/static/js/reader-of.js">', ""),
        ("<input data-autocomplete>", ".picked{top:4px}"),
        (
            '<div data-module="govuk-radios">',
            "@media print{@supports (display: grid){.box--wide:hover{top:0}}}",
        ),
    ],
)
def test_sheet_has_the_rules_of_what_a_page_has_or_can_get(whole, html, rules):
    assert styles(whole, html) == rules


def test_rules_keep_their_order_and_share_what_is_around_them(whole):
    html = '<h1 class="box shown"><script src="/js/reader.js">'
    assert styles(whole, html) == (
        "h1,.box{color:red}@media print{.box h1{top:1px}.shown{top:2px}}table{top:3px}"
    )


def test_page_leads_to_its_own_sheet_and_pages_alike_share_one(client, db):
    pages = [client.get(path).content.decode() for path in ("/nowhere/", "/nobody/")]
    addresses = {page.split('rel="stylesheet" href="')[1].split('"')[0] for page in pages}
    assert len(addresses) == 1
    answer = client.get(addresses.pop())
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert answer.is_kept
    assert ".header" in answer.content.decode()
    assert ".calc" not in answer.content.decode()
    assert len(answer.content) < len(page_styles.SOURCE.read_bytes()) / 10


def test_nobody_else_can_ask_for_a_sheet(client, db):
    signature, packed = address_for(b"<h1>").removesuffix(".css").split("/")[-2:]
    other = address_for(b"<h2>").removesuffix(".css").split("/")[-1]
    for forged in (f"{signature}/{other}", f"{'0' * 16}/{packed}", "x/y", f"{signature}/é"):
        answer = client.get(f"/styles/{forged}.css")
        assert answer.status_code == 302, forged
        assert answer.url == static(page_styles.WHOLE)


def test_address_changes_with_the_sheet(monkeypatch, whole):
    before = address_for(b"<h1>")
    monkeypatch.setattr(page_styles, "sheet", lambda: whole)
    page_styles._signature.cache_clear()
    assert address_for(b"<h1>") != before
    page_styles._signature.cache_clear()


def test_only_html_is_changed():
    link = f'<link href="{static(page_styles.WHOLE)}">'
    for response in (
        HttpResponse(link, content_type="text/plain"),
        StreamingHttpResponse([link.encode()]),
        HttpResponse("<p>No link</p>"),
    ):
        made = page_styles.PageStylesMiddleware(lambda request, made=response: made)
        got = made(RequestFactory().get("/"))
        assert b"/styles/" not in b"".join(got)


def test_built_rules_need_only_classes_and_elements():
    assert all(name[0] == "." or name.isalnum() for name in sheet().bits)
    assert not [name for name in sheet().bits if name[0].isdigit()]
