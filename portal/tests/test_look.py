"""The frame of every page, error pages and built files."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]
BUILT = settings.BASE_DIR / "portal" / "static" / "portal"


def test_error_page_needs_no_context_or_database():
    html = get_template("500.html").render()  # no database here: pytest refuses it
    assert "Sorry, there is a problem with the service" in html
    assert 'lang="en-GB"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nothing/here/", "/councils/nowhere/", "/case-studies/x/"])
@pytest.mark.parametrize("debug", [True, False])
def test_unknown_address_shows_our_page(client, settings, address, debug):
    settings.DEBUG = debug
    response = client.get(address)
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/search/", "/search/?q=x"])
def test_search_page_has_one_search_box(client, address):
    assert client.get(address).content.decode().count('role="search"') == 1


@pytest.mark.django_db
def test_style_guide_is_absent_in_production(client, settings):
    settings.DEBUG = False
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.django_db
def test_style_guide_shows_every_component(client, settings, council):
    settings.DEBUG = True
    response = client.get("/styleguide/")
    assert response.status_code == 200
    used = {template.name for template in response.templates}
    own = settings.BASE_DIR / "templates" / "components"
    guide = (settings.BASE_DIR / "templates/portal/styleguide.html").read_text()
    shown = used | set(re.findall(r'include "([^"]+)"', guide))
    elsewhere = {
        "messages.html",
        "own_form.html",  # holds a CSRF token, and so a cookie
        "case_study_card.html",
        "case_study_figure.html",
        "picture.html",  # by its tag, if the library has a picture
    }
    for path in own.glob("*.html"):
        assert f"components/{path.name}" in shown or path.name in elsewhere, path.name


@pytest.mark.django_db
def test_frame_sets_no_cookie(client, settings):
    settings.DEBUG = True
    response = client.get("/styleguide/")
    assert not response.cookies


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_templates_have_no_inline_style_or_script(path: Path):
    text = path.read_text()
    assert not re.search(r"<[^>]*\sstyle=", text)
    assert "<style" not in text
    assert not re.search(r"<[^>]*\son[a-z]+=", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or "application/json" in script


def test_built_files_request_no_other_site():
    for path in [*BUILT.rglob("*.css"), *BUILT.rglob("*.js")]:
        text = path.read_text()
        addresses = set(re.findall(r"https?://[\w./-]+", text))
        assert {a for a in addresses if not a.startswith("http://www.w3.org/")} == set()
        assert "GDS Transport" not in text
        assert "crown" not in text.lower()


def test_lock_file_has_no_registry_address():
    text = (settings.BASE_DIR / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "https://registry" not in text
