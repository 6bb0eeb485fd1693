"""The snippet's page, and oEmbed: what others paste, and what they get for it."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from multiplier.calculator.examples import EXAMPLE
from multiplier.embed.snippets import HEIGHTS, height_for

BUILDER = "/multiplier/embed/"
SITE = settings.SITE_URL
pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


def codes(page: str) -> list[str]:
    return [unescape(code) for code in re.findall(r"<textarea[^>]*data-copy[^>]*>([^<]*)<", page)]


def oembed(client, url, **more):
    return client.get("/oembed/", {"url": url, **more})


# ---- The builder ---------------------------------------------------------------------------


def test_nothing_chosen_gives_the_plainest_code(client):
    with_script, frame, link = codes(text(client.get(BUILDER)))

    assert frame == (
        f'<iframe data-keepitlocal="multiplier" src="{SITE}/embed/multiplier/v1/"'
        ' title="Local multiplier calculator, Keep it Local"'
        f' width="640" height="{height_for(640)}" loading="lazy"'
        ' style="border: 0; width: 100%"></iframe>'
    )
    assert with_script == f'{frame} <script async src="{SITE}/embed/v1.js"></script>'
    assert link == f"{SITE}/embed/multiplier/v1/"


def test_what_is_chosen_is_in_the_code_and_in_the_preview(client):
    chosen = {"theme": "dark", "accent": "#FC6", "area": "Ely", "view": "council", "r1": "5,000"}
    page = text(client.get(BUILDER, {**chosen, "width": "320", "lang": "en"}))

    query = "theme=dark&amp;accent=ffcc66&amp;view=council&amp;area=Ely&amp;r1=5%2C000"
    assert f'src="/embed/multiplier/v1/?{query}"' in page
    frame = codes(page)[1]
    assert f'src="{SITE}/embed/multiplier/v1/?{unescape(query)}"' in unescape(frame)
    assert 'title="Local multiplier calculator, Keep it Local: Ely"' in frame
    assert f'height="{HEIGHTS["quick"][320]}"' in frame


def test_short_answer_is_offered_and_goes_into_the_code_and_through_oembed(client):
    assert "Short: the sentence, the figure and the picture" in text(client.get(BUILDER))
    link = codes(text(client.get(BUILDER, {"result": "short"})))[2]

    assert link == f"{SITE}/embed/multiplier/v1/?result=short"
    assert f'src="{link}"' in oembed(client, link).json()["html"]


def test_the_table_of_lines_calls_its_first_number_the_income(client):
    link = codes(text(client.get(BUILDER, {"how": "guided", "r1": "9"})))[2]

    assert link.endswith("?how=guided&income=9")


def test_an_accent_that_cannot_be_read_is_refused_with_a_shade_that_can(client):
    page = text(client.get(BUILDER, {"accent": "#ffcc00", "area": "Ely"}))

    assert "There is a problem" in page
    assert "#ffcc00 is hard to read in the light theme: its contrast is 1.4 to 1" in page
    assert 'value="#ffcc00"' in page
    better = re.search(r"The nearest shade that works is (#[0-9a-f]{6})", page)[1]
    assert codes(page)[2] == f"{SITE}/embed/multiplier/v1/?area=Ely"
    assert "There is a problem" not in text(client.get(BUILDER, {"accent": better}))
    assert "There is a problem" not in text(client.get(BUILDER, {"accent": "fc0", "theme": "dark"}))


def test_what_is_no_colour_is_told_how_to_write_one(client):
    assert "6 digits or letters" in text(client.get(BUILDER, {"accent": "red"}))


def test_code_in_the_area_stays_text(client):
    area = '"><script>alert(1)</script>'
    page = client.get(BUILDER, {"area": area}).content.decode()

    assert "<script>alert" not in page
    assert "<script>alert" not in codes(page)[1]


def test_the_webmaster_finds_the_policy_and_the_heights(client):
    page = text(client.get(BUILDER))

    assert f"frame-src {SITE};" in page
    assert f"script-src {SITE}/embed/v1.js;" in page
    for heights in HEIGHTS.values():
        for height in heights.values():
            assert f"<td>{height}</td>" in page


@given(
    st.dictionaries(
        st.sampled_from(["theme", "accent", "lang", "view", "area", "how", "r1", "width"]),
        st.text(max_size=100),
    )
)
@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_breaks_the_builder(client, query):
    assert client.get(BUILDER, query).status_code == 200


# ---- oEmbed --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/multiplier/", "/embed/multiplier/v1/", BUILDER])
def test_each_page_leads_to_its_frame(client, path):
    page = client.get(path, {"theme": "dark"}).content.decode()
    for kind in ("json", "xml"):
        link = re.search(
            rf'<link rel="alternate" type="[a-z]+/{kind}\+oembed" href="([^"]+)"', page
        )
        answer = client.get(unescape(link[1]).removeprefix(SITE))
        assert answer.status_code == 200
        assert answer["Content-Type"].split(";")[0].endswith(kind)


def test_page_without_a_frame_leads_to_none(client):
    assert b"+oembed" not in client.post("/multiplier/", EXAMPLE).content
    for name in ("compare", "shift", "check"):
        assert b"+oembed" not in client.get(f"/multiplier/{name}/").content, name


def test_the_answer_is_a_frame_with_a_title_and_a_height(client):
    answer = oembed(client, f"{SITE}/multiplier/")

    told = answer.json()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert (told["version"], told["type"], told["width"]) == ("1.0", "rich", 760)
    assert told["height"] == height_for(760)
    assert f'src="{SITE}/embed/multiplier/v1/"' in told["html"]
    assert f'title="{told["title"]}"' in told["html"]
    assert told["html"].startswith("<iframe ")
    assert told["html"].endswith("></iframe>"), "WordPress takes nothing but a frame"


def test_what_the_pasted_address_says_is_kept_and_nothing_else(client):
    query = "theme=dark&accent=fc6&area=Ely&r1=5&how=quick&onload=x&id=1"
    told = oembed(client, f"{SITE}/embed/multiplier/v1/?{query}").json()

    said = unescape(re.search(r'src="([^"]+)"', told["html"])[1])
    assert said == f"{SITE}/embed/multiplier/v1/?accent=ffcc66&theme=dark&area=Ely&r1=5"
    assert told["title"] == "Local multiplier calculator, Keep it Local: Ely"


def test_the_limits_that_are_asked_for_are_kept(client):
    told = oembed(client, f"{SITE}/multiplier/", maxwidth="400", maxheight="500").json()
    assert (told["width"], told["height"]) == (400, 500)
    assert 'height="500"' in told["html"]
    silly = oembed(client, f"{SITE}/multiplier/", maxwidth="x", maxheight="9" * 9).json()
    assert silly["width"] == 760


def test_xml_says_the_same(client):
    json = oembed(client, f"{SITE}/multiplier/").json()
    root = ElementTree.fromstring(oembed(client, f"{SITE}/multiplier/", format="xml").content)

    assert {part.tag: part.text for part in root} == {name: str(v) for name, v in json.items()}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"url": f"{SITE}/multiplier/", "format": "yaml"}, 501),
        ({"url": "https://evil.example/multiplier/"}, 404),
        ({"url": f"{SITE}.evil.example/multiplier/"}, 404),
        ({"url": f"{SITE}/councils/leeds/"}, 404),
        ({"url": "javascript:alert(1)//localhost:8000/multiplier/"}, 404),
        ({"url": "http://[/multiplier/"}, 404),
    ],
)
def test_anything_else_is_refused_in_words(client, query, status):
    answer = client.get("/oembed/", query)

    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/plain")


@given(st.text(max_size=60), st.text(max_size=60))
@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_breaks_oembed(client, path, query):
    for url in (f"{path}{query}", f"{SITE}/{path}?{query}", f"{SITE}/multiplier/?{query}"):
        assert oembed(client, url).status_code in (200, 404)


def test_nobody_learns_of_a_page_by_asking(client):
    known = oembed(client, f"{SITE}/case-studies/draft/")
    assert known.content == oembed(client, f"{SITE}/case-studies/nothing/").content
