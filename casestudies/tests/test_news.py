"""The feed of case studies and the page of all corrections."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from casestudies.models import CaseStudyPage, Correction
from casestudies.tests.factories import CaseStudyPageFactory, CouncilFactory
from portal.models import SiteOperator

FEED, CORRECTIONS = "/case-studies/feed/", "/case-studies/corrections/"
ATOM = "{http://www.w3.org/2005/Atom}"
NOTE = "We said 47%; the council’s own figure is 41%."


@pytest.fixture
def bradford(case_studies):
    page = CaseStudyPageFactory(
        parent=case_studies, title="Bradford: first", summary="They did & it < worked."
    )
    page.save_revision().publish()
    return page


def corrected(page, note=NOTE, day=date(2026, 11, 30)):
    draft = CaseStudyPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.corrections = [*draft.corrections.all(), Correction(day=day, note=note)]
    draft.save_revision().publish()


def read(client):
    answer = client.get(FEED)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content)


def entries(client):
    """Return title, link and id of each entry."""
    return [
        (e.findtext(f"{ATOM}title"), e.find(f"{ATOM}link").get("href"), e.findtext(f"{ATOM}id"))
        for e in read(client).iter(f"{ATOM}entry")
    ]


def test_feed_is_a_valid_atom_feed_about_the_list(client, bradford):
    feed = read(client)

    for name in ("id", "title", "updated", "subtitle"):
        assert feed.findtext(f"{ATOM}{name}")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == settings.SITE_URL + FEED
    assert links["alternate"] == f"{settings.SITE_URL}/case-studies/"
    [entry] = feed.iter(f"{ATOM}entry")
    for name in ("id", "title", "updated", "published", "summary"):
        assert entry.findtext(f"{ATOM}{name}")
    assert "They did &amp; it &lt; worked." in entry.findtext(f"{ATOM}summary")


def test_feed_holds_no_character_that_xml_cannot(client, bradford):
    """One line break pasted from Word would fail the feed for all its readers."""
    bradford.title = bradford.summary = "Pasted\x0bhere"
    bradford.save_revision().publish()
    corrected(bradford, note="We said\x0bso.")
    SiteOperator.objects.create(name="The\x0bNetwork")

    text = "".join(read(client).itertext())

    for words in ("Pasted here", "We said so.", "The Network"):
        assert words in text


def test_feed_names_who_runs_the_site_only_if_known(client, bradford):
    assert read(client).findtext(f"{ATOM}author/{ATOM}name") == "Keep it Local portal"

    SiteOperator.objects.create(name="The Network")

    assert read(client).findtext(f"{ATOM}author/{ATOM}name") == "The Network"


def test_each_correction_is_an_entry(client, bradford):
    corrected(bradford)

    page = f"{settings.SITE_URL}/case-studies/{bradford.slug}/"
    assert {title: link for title, link, _ in entries(client)} == {
        "Bradford: first": page,
        "Correction of 30 November 2026: Bradford: first": f"{page}#corrections",
    }
    assert NOTE in client.get(FEED).content.decode()


def test_entry_is_the_same_after_a_new_version(client, bradford):
    corrected(bradford)
    before = entries(client)
    draft = CaseStudyPage.objects.get(pk=bradford.pk).get_latest_revision_as_object()
    draft.title = "Bradford: first of all"
    draft.save_revision().publish()
    after = entries(client)

    assert sorted(name for *_, name in before) == sorted(name for *_, name in after)
    assert len({name for *_, name in after}) == 2


def test_entry_is_the_same_after_the_secret_key_has_changed(client, bradford, settings):
    corrected(bradford)
    before = entries(client)
    settings.SECRET_KEY = "another"

    assert entries(client) == before


def test_only_what_is_public_and_real_is_told(client, case_studies, bradford):
    invented = CouncilFactory(is_demonstration=True)
    hidden = [
        CaseStudyPageFactory(parent=case_studies, title="Hidden demo", council=invented),
        CaseStudyPageFactory(parent=case_studies, title="Hidden private"),
        CaseStudyPageFactory(parent=case_studies, title="Hidden withdrawn"),
    ]
    for page in hidden:
        page.save_revision().publish()
        corrected(page, note="Hidden note")
    PageViewRestriction.objects.create(page=hidden[1], restriction_type="login")
    CaseStudyPage.objects.get(pk=hidden[2].pk).unpublish()
    waiting = CaseStudyPageFactory(parent=case_studies, title="Hidden until later", live=False)
    waiting.go_live_at = timezone.now() + timedelta(days=1)
    waiting.save_revision().publish()
    draft = CaseStudyPage.objects.get(pk=bradford.pk).get_latest_revision_as_object()
    draft.corrections = [Correction(note="Hidden draft of a correction")]
    draft.save_revision()

    for address in (FEED, CORRECTIONS):
        assert "Hidden" not in client.get(address).content.decode()


def test_feed_is_short(client, case_studies, monkeypatch):
    monkeypatch.setattr("casestudies.views.news.NEWEST", 3)
    for _ in range(5):
        CaseStudyPageFactory(parent=case_studies).save_revision().publish()

    assert len(entries(client)) == 3


def test_corrections_are_listed_newest_first(client, case_studies, bradford):
    assert "not had to correct" in client.get(CORRECTIONS).content.decode()

    corrected(bradford)
    corrected(bradford, note="Older note.", day=date(2026, 1, 2))
    html = client.get(CORRECTIONS).content.decode()

    assert html.index(NOTE) < html.index("Older note.")
    assert "<strong>30 November 2026</strong>" in html
    assert f'href="/case-studies/{bradford.slug}/#corrections"' in html
    assert 'id="corrections"' in client.get(f"/case-studies/{bradford.slug}/").content.decode()


def test_pages_point_readers_to_the_feed(client, bradford):
    title = "Keep it Local: case studies"
    link = f'<link rel="alternate" type="application/atom+xml" title="{title}" href="{FEED}">'

    for address in ("/case-studies/", CORRECTIONS):
        assert link in client.get(address).content.decode()


@pytest.mark.parametrize("address", [FEED, CORRECTIONS])
def test_queries_do_not_grow(client, case_studies, address):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    def add():
        page = CaseStudyPageFactory(parent=case_studies)
        page.save_revision().publish()
        corrected(page)

    add()
    queries()
    one = queries()
    for _ in range(9):
        add()
    queries()  # reads the menu again, because pages changed

    assert queries() == one <= 8
