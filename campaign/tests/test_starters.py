"""Starter pages: drafts that whoever can write such pages can copy."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from campaign import desk, roles, seed
from campaign.models import EventPage, NewsPage
from campaign.roles import Role
from casestudies.models import CaseStudyPage
from conftest import person
from portal.content_checks import Kind, problems
from portal.tests.security.test_doors import give_second_factor


@pytest.fixture
def starters(home, news_index, event_index, case_study_index):
    assert seed.starters(home) == 4
    roles.make()
    return {page.slug: page.specific for page in Page.objects.filter(slug__startswith="starter-")}


def copy(client, page, title):
    data = {"new_title": title, "new_slug": "our-own", "new_parent_page": page.get_parent().pk}
    return client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data)


def test_starters_are_drafts_that_nobody_else_sees(client, starters, home):
    assert set(starters) == {
        "starter-landing-page",
        "starter-news-item",
        "starter-event",
        "starter-case-study",
    }
    for page in starters.values():
        assert not page.live
        assert client.get(page.get_url()).status_code == 404
    assert "Starter" not in client.get("/news/").content.decode()
    assert seed.starters(home) == 0


def test_starters_have_only_their_brackets_to_look_at_and_open_in_the_form(as_, editor, starters):
    give_second_factor(editor)
    staff = as_(editor)
    for page in starters.values():
        found = problems(page)
        assert {each.kind for each in found} == {Kind.STARTER}
        assert "summary" in {each.path for each in found} or page.slug == "starter-landing-page"
        assert staff.get(f"/admin/pages/{page.pk}/edit/").status_code == 200


@pytest.mark.parametrize(
    ("slug", "model"),
    [
        ("starter-news-item", NewsPage),
        ("starter-event", EventPage),
        ("starter-case-study", CaseStudyPage),
    ],
)
def test_author_copies_a_starter_and_owns_the_copy(as_, starters, slug, model):
    author = person("ann@kil.example", group=Role.AUTHOR)
    give_second_factor(author)

    assert copy(as_(author), starters[slug], "Our own").status_code == 302

    made = model.objects.get(slug="our-own")
    assert (made.title, made.owner, made.live) == ("Our own", author, False)
    assert as_(author).get(f"/admin/pages/{made.pk}/edit/").status_code == 200


def test_author_copies_no_other_page_and_no_landing_page(as_, starters, home):
    author = person("ann@kil.example", group=Role.AUTHOR)
    give_second_factor(author)
    before = Page.objects.count()

    news = starters["starter-news-item"]
    news.live = True  # an ordinary page of somebody else's
    news.save()
    copy(as_(author), news, "Copied")
    copy(as_(author), starters["starter-landing-page"], "Copied")

    assert Page.objects.count() == before


def test_first_page_offers_the_starters_that_one_can_copy(as_, editor, starters):
    author = person("ann@kil.example", group=Role.AUTHOR)

    assert [item.text for item in desk.starters(author)] == ["case study", "event", "news item"]
    give_second_factor(author)
    first_page = as_(author).get("/admin/").content.decode()
    assert "Start a new news item" in first_page
    assert "Start a new landing page" not in first_page
    assert len(desk.starters(editor)) == 4
