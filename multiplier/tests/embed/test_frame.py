"""The calculator on other sites: permanent addresses, headers, looks, what is filled in."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from multiplier.calculator.examples import EXAMPLE
from multiplier.embed import accents
from multiplier.embed.accents import THEMES
from multiplier.embed.frame import ancestors
from portal.models import SiteOperator
from portal.security.log_redaction import redact

FRAME = "/embed/multiplier/v1/"
LOADER = "/embed/v1.js"
STATIC = settings.BASE_DIR / "portal" / "static" / "portal"
SHEET = (STATIC / "css" / "embed.css").read_text()
SCRIPT = (STATIC / "js" / "embed-frame.js").read_text()
QUICK = {"view": "provider", "area": "Ely", "how": "quick", "r1": "10", "r2": "8", "r3": "6.40"}
COLOUR = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
theme = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def text(response) -> str:
    return " ".join(response.content.decode().split())


# ---- Addresses that other people's pages rely on -------------------------------------------


@pytest.mark.parametrize("address", [FRAME, LOADER, "/embed/v1/accent/light/0c5549.css"])
def test_the_permanent_addresses_answer(client, address):
    response = client.get(address)

    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_frame_asks_the_database_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        client.get(FRAME)
        client.post(FRAME, EXAMPLE)


def test_the_frame_is_the_same_for_everyone(client, stranger, as_):
    assert as_(stranger).get(FRAME).content == client.get(FRAME).content


@pytest.mark.parametrize("ask", ["get", "post"])
def test_the_frame_may_be_framed(client, ask):
    response = getattr(client, ask)(FRAME, QUICK)

    ancestors = " ".join(settings.EMBED_ANCESTORS)
    assert f"frame-ancestors {ancestors}" in response["Content-Security-Policy"]
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response


def test_our_own_preview_may_frame_it_whoever_else_may():
    assert ancestors(["*"]) == ["*"]
    assert ancestors(["https://a.example"]) == ["'self'", "https://a.example"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/multiplier/", "/multiplier/embed/", "/multiplier/embed/terms/"])
def test_no_other_page_may_be_framed(client, path):
    response = client.get(path)

    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_the_first_view_weighs_at_most_40_kilobytes(client):
    page = client.get(FRAME)

    linked = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.content.decode()))
    assert linked == {
        "/static/portal/css/embed.css",
        "/static/portal/js/embed-frame.js",
        "/static/portal/img/mark.svg",
    }
    files = [STATIC / name.removeprefix("/static/portal/") for name in linked]
    weight = len(page.content) + sum(file.stat().st_size for file in files)
    loader = len(client.get(LOADER).content)
    assert weight + loader <= 40_000


def test_the_frame_is_titled_and_links_back_in_a_new_tab(client):
    page = text(client.get(FRAME))

    assert "Local multiplier calculator, Keep it Local</title>" in page
    for path in ("/multiplier/", "/multiplier/embed/terms/"):
        assert f'href="{settings.SITE_URL}{path}" target="_blank" rel="noopener"' in page


def test_the_sheet_has_system_fonts_and_no_unit_of_the_frames_height():
    assert "@font-face" not in SHEET
    assert not re.search(r"\d(?:[sld]?vh|[sld]?vmin|[sld]?vmax|[sld]?vb)\b", SHEET)


# ---- Who may send the form -----------------------------------------------------------------


def test_a_frame_sandboxed_without_allow_same_origin_may_send_and_read():
    client = Client(enforce_csrf_checks=True)
    response = client.post(FRAME, QUICK, HTTP_ORIGIN="null", HTTP_SEC_FETCH_SITE="cross-site")

    assert response.status_code == 200
    assert "more was spent again in Ely" in text(response)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert not response.cookies


def test_another_sites_page_may_not(client, db):
    for headers in ({"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}):
        assert client.post(FRAME, QUICK, **headers).status_code == 403


def test_an_answer_is_kept_in_no_cache(client):
    assert client.post(FRAME, QUICK)["Cache-Control"] == "no-store"
    assert client.get(FRAME)["Cache-Control"] == "max-age=300"


# ---- What an address fills in --------------------------------------------------------------


def test_an_address_fills_in_the_calculators_fields(client):
    query = {
        "view": "council",
        "area": "Ely & <b>",
        "how": "guided",
        "staff_amount": "£5",
        "x": "y",
    }
    page = text(client.get(FRAME, query))

    assert f'value="{escape("Ely & <b>")}"' in page
    assert "<b>" not in page
    assert re.search(r'name="view" value="council"[^>]* checked', page)
    assert 'name="how" value="guided"' in page
    assert 'name="staff_amount" value="£5"' in page
    assert "There is a problem" not in page


def test_local_is_another_name_of_area(client):
    assert 'name="area" value="Ely"' in text(client.get(FRAME, {"local": "Ely"}))
    assert 'name="area" value="Hull"' in text(client.get(FRAME, {"local": "Ely", "area": "Hull"}))


def test_three_numbers_come_first_where_nothing_is_said(client):
    assert 'name="how" value="quick"' in text(client.get(FRAME))


def test_the_answer_keeps_the_look_and_no_figure_in_its_address(client):
    page = text(client.get(FRAME, {"theme": "dark", "accent": "ffcc66", "r1": "123456"}))

    action = re.search(r'<form class="calc"[^>]* action="([^"]+)"', page)[1]
    assert action == "/embed/multiplier/v1/?accent=ffcc66&amp;theme=dark#answer_sentence"


# ---- The short answer ----------------------------------------------------------------------


def test_short_result_is_the_sentence_the_figure_and_the_picture(client):
    page = text(client.post(f"{FRAME}?result=short&theme=dark", QUICK))
    whole = text(client.post(f"{FRAME}?theme=dark", QUICK))

    assert "more was spent again in Ely" in page and "£2.44" in page
    assert page.count('<svg class="flow') == 2
    for part in ("<table", "After two rounds", "How it is calculated"):
        assert part in whole and part not in page
    action = "/embed/multiplier/v1/?result=short&amp;theme=dark#answer_sentence"
    assert f'action="{action}"' in page
    for name, value in QUICK.items():
        assert f'value="{value}"' in page, name


def test_short_result_leads_to_the_whole_one_without_typing_again(client):
    page = text(client.post(f"{FRAME}?result=short&accent=0c5549", QUICK))

    button = 'form="multiplier_form" formaction="/embed/multiplier/v1/?accent=0c5549#answer_more"'
    assert button in page and 'id="multiplier_form"' in page
    assert 'id="answer_more"' in text(client.post(f"{FRAME}?accent=0c5549", QUICK))


def test_short_result_says_its_range_and_its_warnings(client):
    page = text(
        client.post(f"{FRAME}?result=short", {**EXAMPLE, "supplier_again": "50 (40 to 60)"})
    )
    over = text(client.post(f"{FRAME}?result=short", {**EXAMPLE, "income": "400,000"}))

    assert "Range £1.92 to £1.94, because some figures are unknown" in page
    assert "More was spent than came in" in over


def test_result_of_another_name_is_whole(client):
    assert "<table" in text(client.post(f"{FRAME}?result=tiny", QUICK))


@given(
    st.dictionaries(
        st.sampled_from(["theme", "accent", "lang", "area", "view", "r1", "how", "tax_local"]),
        st.text(max_size=120),
    )
)
@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_breaks_the_frame(client, query):
    assert client.get(FRAME, query).status_code == 200


# ---- Themes and accents --------------------------------------------------------------------


@theme
def test_each_theme_is_in_the_sheet_with_the_grounds_that_accents_are_measured_on(client, theme):
    assert f'data-theme="{theme.name}"' in text(client.get(FRAME, {"theme": theme.name}))
    if theme.name == "light":
        rules = re.search(r":root\{([^}]*)\}", SHEET)[1]
    else:
        rules = re.search(rf"\[data-theme={theme.name}\]\{{([^}}]*)\}}", SHEET)[1]
    found = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]+)", rules))
    assert {accents.read(found[name]) for name in ("paper", "white") if name in found} <= set(
        theme.grounds
    )
    assert accents.passes(theme.accent, theme)


def test_a_theme_that_is_unknown_is_light(client):
    assert 'data-theme="light"' in text(client.get(FRAME, {"theme": "pink"}))


def test_an_accent_is_a_sheet_of_its_own_with_ink_that_can_be_read_on_it(client):
    page = text(client.get(FRAME, {"accent": "#7a1f5c"}))
    sheet = "/embed/v1/accent/light/7a1f5c.css"

    assert f'<link rel="stylesheet" href="{sheet}">' in page
    response = client.get(sheet)
    assert "--accent:#7a1f5c;--accent-ink:#ffffff;" in response.content.decode()
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Type"] == "text/css"


@pytest.mark.parametrize("accent", ["ffcc00", "nonsense", "#12345", "٣٣٣٣٣٣"])
def test_an_accent_that_cannot_be_read_is_left_out(client, accent):
    assert "/accent/" not in text(client.get(FRAME, {"accent": accent}))


@pytest.mark.parametrize("name", ["light/ffcc00", "light/x", "pink/0c5549", "light/0c55490"])
def test_there_is_no_sheet_for_it_either(client, db, name):
    assert client.get(f"/embed/v1/accent/{name}.css").status_code == 404


@theme
@given(colour=COLOUR)
def test_the_nearest_shade_can_be_read_and_so_can_its_ink(theme, colour):
    better = accents.nearest(colour, theme)

    assert accents.passes(better, theme)
    assert better == colour or not accents.passes(colour, theme)
    assert accents.contrast(better, accents.ink_on(better)) >= 4.5


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#abcdef", "#abcdef", 1)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert accents.contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert accents.contrast(one, other) == accents.contrast(other, one)


# ---- The loader ----------------------------------------------------------------------------


def test_the_loader_is_small_cached_for_an_hour_and_asked_for_anew_by_its_mark(client):
    response = client.get(LOADER)

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "public" in response["Cache-Control"]
    assert "max-age=3600" in response["Cache-Control"]
    assert len(response.content) < 6_000
    assert client.get(LOADER, HTTP_IF_NONE_MATCH=response["ETag"]).status_code == 304
    assert "MIT License" in response.content.decode()


# ---- Logs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/embed/multiplier/v1/?area=Secretshire",
        "/multiplier/embed/?area=Secretshire",
        "/oembed/?url=https%3A%2F%2Fkil.example%2Fembed%2Fmultiplier%2Fv1%2F%3Farea%3DSecretshire",
    ],
)
def test_no_log_holds_what_an_address_fills_in(path):
    assert "Secretshire" not in redact(f'"GET {path} HTTP/1.1" 200')


# ---- The statements ------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_statements_name_whom_to_ask_once_that_is_known(client):
    address = "/multiplier/embed/terms/"
    unknown = text(client.get(address))
    SiteOperator.objects.create(name="Keepers", email="ask@keepers.example")
    known = text(client.get(address))

    for mark in ("terms", "privacy", "accessibility", "contact"):
        assert f'id="{mark}"' in unknown
    assert "We do not have an email address yet" in unknown
    assert 'href="mailto:ask@keepers.example"' in known
