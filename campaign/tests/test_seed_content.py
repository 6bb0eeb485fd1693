"""Management command `seed_content`."""

from io import StringIO

import pytest
from django.core.management import call_command
from wagtail.models import Page, Site

import campaign.seed
from campaign.figures import drawn
from campaign.models import ContentPage, EventPage, HomePage, Newsletter, NewsPage, Supporter
from campaign.tests.factories import band
from casestudies.models import CaseStudyPage
from network.models import Membership
from principles.models import PrinciplePage


def drawings_of(figures):
    studies = CaseStudyPage.objects.listed().prefetch_related("results")
    return drawn(figures, {study.pk: study for study in studies})


def run():
    out = StringIO()
    call_command("seed_content", stdout=out)
    return out.getvalue()


@pytest.fixture
def seeded(content, db) -> str:
    """What the command said when it made the content."""
    return content


def counts():
    return [
        model.objects.count()
        for model in (HomePage, ContentPage, PrinciplePage, CaseStudyPage, Membership, NewsPage)
    ]


def test_seed_makes_every_public_page(seeded, client, settings):
    for path in [
        "/",
        "/principles/",
        "/principles/local-by-default/",
        "/case-studies/",
        "/news/",
        "/events/",
        "/about/",
        "/privacy/",
        "/accessibility/",
        "/contact/",
        "/why-keep-it-local/",
        "/timeline/",
        "/buying-locally-and-the-law/",
        "/what-joining-brings/",
        "/resources/",
        "/resources/the-value-of-small/",
        "/glossary/",
    ]:
        assert client.get(path).status_code == 200, path

    site = Site.objects.get()
    assert site.root_page.specific == HomePage.objects.get()
    assert (site.hostname, site.site_name) == (settings.SITE_HOST, "Keep it Local")
    assert not Page.objects.exact_type(Page).filter(depth__gt=1).exists()
    assert "home page: ready" in seeded
    # One for each page that asked.toml knows: none has lost its slug.
    assert "pages with words that people ask in: 31 new" in seeded
    body = HomePage.objects.get().body
    assert [band.block_type for band in body] == [
        "hero",
        "big_quote",
        "drawn_figures",
        "whats_new",
        "ask_council",
        "calculator_invitation",
        "principles",
        "case_studies",
        "how_to_join",
        "supporters",
    ]
    front = client.get("/").content.decode()
    assert front.count("£2.52") == 1, "said once is enough"
    assert 'href="/case-studies/bradford-spending-with-the-district-first/"' in front
    assert [each.kind for each in drawings_of(body[2].value["figures"])] == [
        "share",
        "pair",
        "count",
    ]


def test_seeded_news_happened_and_names_its_sources(seeded, client):
    items = NewsPage.objects.live()

    assert items.count() == 12
    for page in items:
        assert page.date < page.written_on, page
        assert 'href="http' in page.sources, page
        assert page.topics, page
        assert client.get(page.address).status_code == 200
    first = items.get(slug="first-eleven-councils")
    assert str(first.date) == "2020-03-03"
    assert first.councils.count() == 11
    assert items.get(slug="nhs-west-yorkshire-adopts-keep-it-local").iso_date == "2024-03"
    assert not EventPage.objects.live().exists()


def test_invented_events_are_made_once_and_marked(seeded):
    assert campaign.seed.invent_events() == 2
    assert campaign.seed.invent_events() == 0

    assert not EventPage.objects.real().live().exists()
    assert all("(demonstration)" in page.title for page in EventPage.objects.live())


def test_invented_supporters_are_made_once_and_at_an_address_that_does_not_exist(seeded):
    assert campaign.seed.invent_supporters()
    assert not campaign.seed.invent_supporters()

    found = Supporter.objects.reached()
    assert found.count() == 12
    assert all(each.email.endswith("@demo.example") for each in found)
    newsletter = Newsletter.objects.get()
    assert "(demonstration)" in newsletter.subject
    assert newsletter.entries
    assert newsletter.mailing is None


def test_seed_again_makes_nothing_and_keeps_edits(seeded):
    home = HomePage.objects.get()
    home.body = [band("hero", title="In our editor's words.")]
    home.save_revision().publish()
    about = ContentPage.objects.get(slug="about")
    about.unpublish()
    before = counts()

    out = run()

    home.refresh_from_db()
    about.refresh_from_db()
    assert counts() == before
    assert [block.value["title"] for block in home.body] == ["In our editor's words."]
    assert not about.live
    assert " new" not in out


def test_seed_again_leaves_renamed_moved_and_deleted_pages(seeded, client):
    about, privacy, contact = (
        ContentPage.objects.get(slug=slug) for slug in ("about", "privacy", "contact")
    )
    about.slug = "about-us"
    about.save(clean=False)  # because the admin refuses it
    privacy.move(about, "last-child")
    contact.delete()

    out = run()

    assert " new" not in out
    assert client.get("/about-us/").status_code == 200
    assert client.get("/about-us/privacy/").status_code == 200
    assert ContentPage.objects.live().count() == 8
