"""What machines read of a page: title, description, cards, canonical address, JSON-LD."""

import json
import re
from html import unescape

import pytest
from django.conf import settings
from django.template import Context, Template

from portal.models import SiteOperator
from portal.templatetags.head import json_ld

JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def json_ld_of(html: str) -> dict[str, dict]:
    """Return a page's JSON-LD by type."""
    found = [json.loads(text) for text in JSON_LD.findall(html)]
    return {data["@type"]: data for data in found}


def meta_of(html: str) -> dict[str, str]:
    """Return the content of a page's <meta> elements, by name or property."""
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html))


def rendered(source: str, **context) -> str:
    return Template("{% load head %}" + source).render(Context(context))


def test_title_and_description_are_given_to_cards_too():
    html = rendered(
        """{% and_for_cards %}<title>{{ name }} "x" · Keep it Local</title>
        <meta name="description" content="{{ name }}.">{% endand_for_cards %}""",
        name='A "quoted" & <b>',
    )
    escaped = "A &quot;quoted&quot; &amp; &lt;b&gt;"

    assert f'<title>{escaped} "x" · Keep it Local</title>' in html
    assert meta_of(html) == {
        "og:title": f"{escaped} &quot;x&quot;",
        "description": f"{escaped}.",
        "og:description": f"{escaped}.",
    }


@pytest.mark.parametrize(("letters", "is_short"), [(59, True), (60, False)])
def test_long_title_goes_without_the_name_of_the_site(letters, is_short):
    name = "&" * letters
    html = rendered(
        "{% and_for_cards %}<title>{{ name }} · Keep it Local</title>{% endand_for_cards %}",
        name=name,
    )

    (title,) = re.findall("<title>(.*)</title>", html)
    assert title == "&amp;" * letters + (" · Keep it Local" if is_short else "")
    assert len(unescape(title)) <= 75
    assert meta_of(html) == {"og:title": "&amp;" * letters}


def test_page_without_description_has_none_for_cards():
    html = rendered("{% and_for_cards %}<title>A · Keep it Local</title>{% endand_for_cards %}")

    assert meta_of(html) == {"og:title": "A"}


def test_json_ld_cannot_end_its_element():
    html = json_ld({"@type": "Thing", "name": "</script><b>&"})

    assert html.count("</script>") == 1
    assert json_ld_of(html)["Thing"]["name"] == "</script><b>&"
    assert json_ld(None) == ""


@pytest.mark.django_db
def test_page_has_one_canonical_address_without_query(client):
    html = client.get("/multiplier/method/?utm_source=x").content.decode()

    address = f"{settings.SITE_URL}/multiplier/method/"
    assert re.findall(r'<link rel="canonical" href="([^"]*)">', html) == [address]
    assert meta_of(html)["og:url"] == address


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nothing/", "/endorse/1-abc/", "/join/invited/1-abc/"])
def test_address_that_is_lost_or_secret_is_not_canonical(client, path):
    html = client.get(path).content.decode()

    assert "canonical" not in html
    assert "og:url" not in html


@pytest.mark.django_db
def test_card_has_picture_of_its_size(client):
    meta = meta_of(client.get("/multiplier/").content.decode())

    assert meta["og:image"].startswith(settings.SITE_URL)
    assert client.get(meta["og:image"].removeprefix(settings.SITE_URL)).status_code == 200
    assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")
    assert meta["twitter:card"] == "summary_large_image"


@pytest.mark.django_db
def test_breadcrumbs_are_json_ld_too(client, council):
    html = client.get("/councils/leeming/").content.decode()
    items = json_ld_of(html)["BreadcrumbList"]["itemListElement"]

    assert [(item["position"], item["name"]) for item in items] == [(1, "Home"), (2, "Councils")]
    assert items[1]["item"] == f"{settings.SITE_URL}/councils/"


@pytest.mark.django_db
def test_council_is_government_organisation(client, council):
    data = json_ld_of(client.get("/councils/leeming/").content.decode())
    found = data["GovernmentOrganization"]

    assert found["name"] == "Leeming Borough Council"
    assert found["identifier"]["value"] == "E07999999"

    type(council).objects.update(is_demonstration=True)
    html = client.get("/councils/leeming/").content.decode()
    assert "GovernmentOrganization" not in html


@pytest.mark.django_db
def test_organisation_is_claimed_only_once_known():
    assert SiteOperator.current().as_organisation is None

    operator = SiteOperator.objects.create(name="The Network", email="hello@network.example")

    assert operator.as_organisation == {
        "@type": "Organization",
        "name": "The Network",
        "url": f"{settings.SITE_URL}/",
        "email": "hello@network.example",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kind"), [("/favicon.ico", "image/"), ("/apple-touch-icon.png", "image/png")]
)
def test_icons_are_at_the_first_level(client, path, kind):
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)


@pytest.mark.django_db
def test_joining_says_first_that_it_is_a_demonstration(client):
    sentence = "Nothing you enter here reaches Locality."
    for path in ("/join/", "/join/council/"):
        html = client.get(path).content.decode()
        main = html[html.index("</header>") :]
        assert main.index(sentence) < min(main.find(x) % 10**9 for x in ("<input", "<select"))

    SiteOperator.objects.create(name="The Network")

    assert sentence not in client.get("/join/").content.decode()
