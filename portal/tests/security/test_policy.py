"""Security headers: scripts, frames, permissions, caching and cookies."""

import re

import pytest
from django.test import Client
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from portal.tests.security.test_doors import give_second_factor

pytestmark = pytest.mark.django_db
PUBLIC = ["/councils/", "/councils/leeming/", "/multiplier/", "/search/", "/search/?q=leeming"]
PUBLIC += ["/search/suggest/?q=lee", "/healthz", "/robots.txt", "/sitemap.xml", "/no-such-page/"]
PUBLIC += ["/embed/multiplier/v1/", "/", "/join/", "/multiplier/method/", "/api/v1/openapi.json"]
PUBLIC += ["/multiplier/spend/", "/multiplier/embed/", "/multiplier/embed/terms/"]
PUBLIC += ["/oembed/?url=http://localhost:8000/multiplier/"]


def policy(answer) -> dict[str, list[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_sets_no_cookie(client, council, path):
    answer = client.get(path)
    assert answer.status_code in {200, 404}
    assert not answer.cookies


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_runs_only_own_scripts(client, council, path):
    found = policy(client.get(path))
    assert found["default-src"] == ["'self'"]
    assert found.get("script-src", ["'self'"]) == ["'self'"]
    assert found.get("style-src", ["'self'"]) == ["'self'"]
    assert found["object-src"] == ["'none'"]
    assert found["form-action"] == ["'self'"]
    assert found["base-uri"] == ["'none'"]
    text = str(found)
    assert "nonce-" not in text
    assert "unsafe" not in text


@pytest.mark.parametrize("path", [path for path in PUBLIC if not path.startswith("/embed")])
def test_page_cannot_be_framed(client, council, path):
    answer = client.get(path)
    assert answer["X-Frame-Options"] == "DENY"
    assert policy(answer)["frame-ancestors"] == ["'none'"]


def test_only_embedded_calculator_can_be_framed(client, settings):
    answer = client.get("/embed/multiplier/v1/")
    assert "X-Frame-Options" not in answer
    assert policy(answer)["frame-ancestors"] == settings.EMBED_ANCESTORS


@pytest.mark.parametrize("path", [*PUBLIC, "/accounts/login/", "/admin/login/"])
def test_small_headers_are_on_every_answer(client, council, path):
    answer = client.get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    for sensor in ("camera", "geolocation", "microphone", "payment"):
        assert f"{sensor}=()" in answer["Permissions-Policy"]


def test_admin_has_fresh_nonce_and_frames_only_itself(as_, editor):
    give_second_factor(editor)
    client = as_(editor)
    nonces = []
    for _ in range(2):
        answer = client.get("/admin/")
        found = policy(answer)
        assert found["frame-ancestors"] == ["'self'"]
        (nonce,) = (word for word in found["script-src"] if "nonce-" in word)
        nonces.append(nonce)
        assert "'unsafe-inline'" not in found["script-src"]
        assert found["default-src"] == ["'self'"]
    assert nonces[0] != nonces[1]


def test_only_wagtails_widget_scripts_get_nonce(as_, editor):
    from wagtail.models import Page  # noqa: PLC0415

    give_second_factor(editor)
    home = Page.objects.get(depth=2)
    answer = as_(editor).get(f"/admin/pages/{home.pk}/copy/")
    html = answer.content.decode()
    (nonce,) = re.findall(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
    given = re.findall(r'<script nonce="([^"]+)">', html)
    assert set(given) <= {nonce}
    for body in re.findall(r"<script>(.*?)</script>", html, re.DOTALL):
        assert "Chooser(" not in body


@pytest.fixture
def home(db):
    from campaign.tests.factories import HomePageFactory  # noqa: PLC0415

    return HomePageFactory()


@pytest.fixture
def desk(as_, editor):
    give_second_factor(editor)
    return as_(editor)


def test_admin_page_is_sent_whole_although_nonces_make_it_longer(desk, home):
    for path in [f"add/campaign/contentpage/{home.pk}/", f"{home.pk}/edit/"]:
        answer = desk.get(f"/admin/pages/{path}")
        assert b'<script nonce="' in answer.content, "or this tests nothing"
        assert int(answer["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize("path", ["edit/preview/?in_preview_panel=true", "view_draft/"])
def test_preview_can_be_framed_by_admin_and_checked(desk, home, path):
    typed = {"title": "Home", "slug": home.slug, "body": streamfield([])}
    typed |= {"comments": inline_formset([])}
    desk.post(f"/admin/pages/{home.pk}/edit/preview/", nested_form_data(typed))
    answer = desk.get(f"/admin/pages/{home.pk}/{path}")
    found = policy(answer)

    assert answer.status_code == 200
    assert found["frame-ancestors"] == ["'self'"]
    assert found["style-src-elem"] == ["'self'", "'unsafe-inline'"]
    assert "script-src" not in found, "scripts stay as strict as in public"
    assert "wagtail-userbar" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_staff_see_userbar_that_no_cache_keeps(desk, home):
    answer = desk.get("/")

    assert "wagtail-userbar" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert policy(answer)["frame-ancestors"] == ["'none'"]
    assert "X-Frame-Options" in answer


def test_public_page_has_no_userbar(client, as_, officer, home):
    for visitor in (client, as_(officer)):
        answer = visitor.get("/")
        assert "wagtail-userbar" not in answer.content.decode()
        assert "style-src-elem" not in policy(answer)
        assert policy(answer)["frame-ancestors"] == ["'none'"]


def test_page_with_form_forbids_caching(officer):
    answer = Client().get("/accounts/login/")
    assert "no-store" in answer["Cache-Control"]
