"""Content checks that are kept: when pages are checked again, and the report of them."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaign import checks, roles
from campaign.checks import PageCheck
from campaign.roles import Role
from campaign.tests.factories import ContentPageFactory, NewsPageFactory
from conftest import person
from portal.jobs.tick import due_jobs
from portal.models import PageChange
from portal.tests.security.test_doors import give_second_factor

LONG = " ".join(["word"] * 31)


@pytest.fixture
def desk(as_, editor):
    give_second_factor(editor)
    return as_(editor)


@pytest.fixture
def wanting(news_index):
    """News with a long sentence and a link that leads nowhere, published."""
    page = NewsPageFactory(
        parent=news_index,
        title="Wanting",
        summary=LONG,
        sources='<p><a href="/nowhere/">The minutes</a></p>',
    )
    page.save_revision().publish()
    return page


def test_job_checks_public_pages_once_and_keeps_what_it_finds(wanting, home):
    draft = ContentPageFactory(parent=home, slug="draft", title="Draft", live=False)

    assert due_jobs()["pages checked"]() == PageCheck.objects.count()
    assert not PageCheck.objects.filter(page=draft).exists()
    kept = PageCheck.objects.get(page=wanting)
    assert (kept.number, kept.kinds) == (2, ",broken,sentence,")
    assert kept.problems[1]["path"] == "sources"
    assert PageCheck.objects.get(page=home).number == 0
    assert checks.look() == 0


def test_pages_that_are_kept_for_readers_stay_kept(wanting):
    before = PageChange.objects.count()

    assert checks.look() > 0

    assert PageChange.objects.count() == before


def test_page_is_checked_again_once_published_or_a_day_later(wanting):
    checks.look()
    wanting.summary, wanting.sources = "Short.", ""
    wanting.save_revision().publish()

    assert checks.look() == 1
    assert PageCheck.objects.get(page=wanting).number == 0

    PageCheck.objects.filter(page=wanting).update(at=timezone.now() - timedelta(days=1))
    assert checks.look() == 1


def test_report_lists_pages_with_a_link_to_each_place_and_filters_and_exports(desk, wanting):
    checks.look()

    html = BeautifulSoup(desk.get("/admin/reports/content/").content, "html.parser")
    links = {a.get_text(): a["href"] for a in html.select("table.listing td li a")}
    assert links["Sources"] == f"/admin/pages/{wanting.pk}/edit/#:w:contentpath=sources"

    def listed(query):
        return "Wanting" in desk.get(f"/admin/reports/content/results/?{query}").content.decode()

    assert listed("kind=broken") and not listed("kind=picture")
    assert listed(f"content_type={wanting.content_type_id}")
    csv = desk.get("/admin/reports/content/?export=csv").getvalue().decode()
    assert "Wanting" in csv and "leads to /nowhere/" in csv


def test_report_shows_nothing_of_pages_that_its_reader_cannot_edit(as_, wanting, manager):
    checks.look()
    roles.make()
    author = person("ann@kil.example", group=Role.AUTHOR)
    for user in (author, manager):
        give_second_factor(user)

    assert "Wanting" not in as_(author).get("/admin/reports/content/").content.decode()
    assert as_(manager).get("/admin/reports/content/").status_code == 302
    assert "Content checks" not in as_(manager).get("/admin/").content.decode()


def test_report_asks_the_database_the_same_for_more_pages(desk, wanting, news_index):
    def queries():
        checks.look()
        with CaptureQueriesContext(connection) as asked:
            desk.get("/admin/reports/content/")
        return len(asked)

    queries()
    one = queries()
    for number in range(9):
        NewsPageFactory(parent=news_index, title=f"Also {number}", summary=LONG)

    assert queries() == one
