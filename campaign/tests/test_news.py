"""News: its list, pages and feed, and that what is not published is nowhere."""

import json
import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from campaign.choices import Exactness, Topic
from campaign.models import NewsCouncil, NewsPage
from campaign.tests.factories import NewsPageFactory
from casestudies.tests.factories import CouncilFactory
from portal.jobs.publishing import publish_scheduled
from portal.models import SiteOperator

URL, FEED = "/news/", "/news/feed/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def make(news_index):
    """Return a function that publishes some news."""

    def made(title, councils=(), **kwargs):
        page = NewsPageFactory(parent=news_index, title=title, **kwargs)
        page.councils = [NewsCouncil(council=council) for council in councils]
        page.save_revision().publish()
        return page

    return made


def listing(client, query=""):
    return client.get(URL + query).context["listing"]


def titles(client, query=""):
    return [page.title for page in listing(client, query).page]


def text(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def everywhere(client):
    """Return all public places that could tell of news, as one text."""
    return "".join(text(client, path) for path in (URL, FEED, "/", "/sitemap.xml"))


def test_list_is_newest_first_by_own_date(client, make):
    make("Second", date=date(2024, 5, 1))
    make("Oldest", date=date(2020, 3, 3))
    make("Newest", date=date(2026, 2, 4))

    assert titles(client) == ["Newest", "Second", "Oldest"]


@pytest.fixture
def three(make):
    bradford, wirral = CouncilFactory(name="Bradford"), CouncilFactory(name="Wirral")
    make("Joined", [bradford, wirral], date=date(2020, 3, 3), topics=[Topic.NETWORK])
    make("Award", [wirral], date=date(2021, 3, 3), topics=[Topic.AWARDS, Topic.NETWORK])
    make("Law", date=date(2021, 2, 4), topics=[Topic.POLICY])
    return bradford, wirral


def test_facets_narrow_or_within_and_across(client, three):
    bradford, wirral = three

    assert titles(client, "?topic=network") == ["Award", "Joined"]
    assert titles(client, "?topic=awards&topic=policy") == ["Award", "Law"]
    assert titles(client, f"?council={wirral.slug}&year=2021") == ["Award"]
    assert titles(client, f"?council={bradford.slug}") == ["Joined"]
    assert titles(client, f"?council={bradford.slug}&topic=policy") == []


def test_counts_leave_own_choices_aside(client, three):
    counts = listing(client, "?year=2021").counts

    assert counts["year"] == {"2021": 2, "2020": 1}
    assert counts["topic"] == {"awards": 1, "network": 1, "policy": 1}


def test_chip_removes_choice_and_form_needs_no_script(client, three):
    response = client.get(f"{URL}?topic=network&year=2021")
    html = response.content.decode()

    assert {chip.label: chip.url for chip in response.context["listing"].chips} == {
        "The network and its councils": "?year=2021",
        "2021": "?topic=network",
    }
    assert re.search(r'value="network" checked', html)
    assert '<meta name="robots" content="noindex">' in html
    assert f'rel="canonical" href="{settings.SITE_URL}/news/?topic=network&amp;year=2021"' in html


@pytest.mark.parametrize("query", ["?topic=moon", "?year=1066", "?council=nowhere", "?page=9"])
def test_what_does_not_exist_is_not_found(client, three, query):
    assert client.get(URL + query).status_code == 404


def test_list_has_pages(client, make, monkeypatch):
    monkeypatch.setattr("campaign.news.NewsListing.PER_PAGE", 2)
    for number in range(3):
        make(f"News {number}", date=date(2026, 1, 1) + timedelta(days=number))

    assert titles(client, "?page=2") == ["News 0"]


def test_empty_list_says_so_and_is_not_in_the_menu(client, news_index):
    html = text(client, URL)

    assert "We have not published any news yet." in html
    assert 'class="nav-link" href="/news/"' not in html


def test_menu_leads_to_news_once_there_is_some(client, make):
    page = make("Joined")
    assert 'class="nav-link" href="/news/"' in text(client, "/")

    NewsPage.objects.get(pk=page.pk).unpublish()

    assert 'class="nav-link" href="/news/"' not in text(client, "/")


def test_what_is_not_public_is_nowhere(client, make, news_index):
    shown = make("Shown news")
    make("Hidden private")
    PageViewRestriction.objects.create(
        page=Page.objects.get(title="Hidden private"), restriction_type="login"
    )
    NewsPage.objects.get(pk=make("Hidden withdrawn").pk).unpublish()
    NewsPageFactory(parent=news_index, title="Hidden draft", live=False).save_revision()
    embargoed = NewsPageFactory(
        parent=news_index,
        title="Hidden embargoed",
        live=False,
        go_live_at=timezone.now() + timedelta(days=1),
        topics=[Topic.HEALTH],
    )
    embargoed.save_revision().publish()

    assert "Hidden" not in everywhere(client).replace("hidden", "")
    assert listing(client).total == 1
    assert listing(client).counts["topic"] == {}
    assert client.get(embargoed.address).status_code == 404
    beside = client.get(shown.address).context
    assert (beside["newer"], beside["older"]) == (None, None)
    assert "Shown news" in everywhere(client)


def test_embargo_ends_by_itself(client, news_index):
    page = NewsPageFactory(parent=news_index, title="Under embargo", live=False)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    assert "Under embargo" not in everywhere(client)

    NewsPage.objects.filter(pk=page.pk).update(go_live_at=timezone.now() - timedelta(minutes=1))
    revision = NewsPage.objects.get(pk=page.pk).scheduled_revision
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = str(timezone.now() - timedelta(minutes=1))
    revision.save()
    assert publish_scheduled() == 1

    assert "Under embargo" in everywhere(client)


def test_page_shows_what_is_known(client, make):
    wirral = CouncilFactory(name="Wirral")
    page = make(
        "Joined",
        [wirral],
        date=date(2024, 3, 1),
        exactness=Exactness.MONTH,
        written_on=date(2026, 11, 30),
        topics=["network"],
        authors="A. Writer",
        body=[("heading", "More")],
        sources="<p>A source</p>",
        is_press_notice=True,
        notes_to_editors="<p>About us</p>",
        press_contact="press@kil.example",
    )
    html = text(client, page.address)

    assert '<time datetime="2024-03">March 2024</time>' in html
    assert "1 March 2024" not in html
    for words in ("30 November 2026", "A. Writer", "A source", "About us", "Press notice"):
        assert words in html
    assert 'href="mailto:press@kil.example"' in html
    assert f'href="{wirral.get_absolute_url()}"' in html
    assert 'href="/news/?topic=network"' in html


def test_notes_for_the_press_belong_to_press_notices_alone(client, make):
    page = make("Joined", notes_to_editors="<p>About us</p>", press_contact="press@kil.example")

    html = text(client, page.address)

    assert "About us" not in html
    assert "press@kil.example" not in html


def test_page_is_a_news_article_for_machines(client, make):
    wirral = CouncilFactory(name="Wirral")
    page = make("Joined", [wirral], date=date(2020, 3, 3), written_on=date(2026, 11, 30))
    SiteOperator.objects.create(name="The Network")
    blocks = re.findall(r'ld\+json">(.*?)</script>', text(client, page.address))
    [article] = [data for data in map(json.loads, blocks) if data["@type"] == "NewsArticle"]

    assert article["headline"] == "Joined"
    assert article["datePublished"].startswith("2026-11-30")
    assert article["publisher"]["name"] == "The Network"
    assert article["about"][0]["name"]
    assert article["dateModified"] >= article["datePublished"]


def test_feed_tells_the_newest(client, make, monkeypatch):
    monkeypatch.setattr("campaign.views.news.NEWEST", 2)
    page = make("Newest", date=date(2026, 6, 30))
    make("Second", date=date(2020, 3, 3), written_on=date(2026, 11, 30))
    make("Third", date=date(2019, 3, 3))
    answer = client.get(FEED)
    feed = ElementTree.fromstring(answer.content)
    entries = {entry.findtext(f"{ATOM}title"): entry for entry in feed.iter(f"{ATOM}entry")}

    assert answer["Content-Type"].startswith("application/atom+xml")
    assert list(entries) == ["Newest", "Second"]
    assert entries["Newest"].findtext(f"{ATOM}published") == "2026-06-30T00:00:00+01:00"
    assert entries["Newest"].find(f"{ATOM}link").get("href") == settings.SITE_URL + page.address
    assert entries["Second"].findtext(f"{ATOM}summary").startswith("3 March 2020: ")
    assert f'title="Keep it Local: news" href="{FEED}"' in text(client, URL)


def test_address_of_the_feed_is_not_free(news_index):
    with pytest.raises(ValidationError, match="already used"):
        NewsPageFactory(parent=news_index, slug="feed")


def test_invented_council_cannot_be_chosen(db):
    invented = CouncilFactory(is_demonstration=True)

    with pytest.raises(ValidationError, match="real council"):
        NewsCouncil(council=invented).clean()


def test_home_page_shows_the_newest_first(client, make):
    for number in range(8):
        make(f"News {number}", date=date(2026, 1, 1 + number))

    shown = re.findall(r">(News \d)</a>", text(client, "/"))

    assert shown == [f"News {number}" for number in (7, 6, 5, 4, 3, 2)]


@pytest.mark.parametrize("path", [URL, FEED, "/", "page"])
def test_queries_do_not_grow(client, make, path):
    def queries():
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    page = make("One", [CouncilFactory()])
    make("Two", [CouncilFactory()])
    make("Three", [CouncilFactory()])
    address = page.address if path == "page" else path
    one = queries()
    for number in range(9):
        make(f"More {number}", [CouncilFactory(), CouncilFactory()], topics=["policy"])
    if path == "page":
        page = NewsPage.objects.get(pk=page.pk)
        page.councils = [NewsCouncil(council=CouncilFactory()) for _ in range(5)]
        page.save_revision().publish()

    assert queries() == one <= 15
