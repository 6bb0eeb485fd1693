"""The admin's first page: each pile with its number, and nothing that is empty."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaign import checks, desk, roles, workflow
from campaign.roles import Role
from campaign.tests.factories import NewsPageFactory
from conftest import person
from portal.tests.security.test_doors import give_second_factor
from search.models import QuestionCount


@pytest.fixture
def author(news_index):
    roles.make()
    workflow.seed()
    return person("ann@kil.example", group=Role.AUTHOR, first_name="Ann")


def piles_of(user):
    return {pile.name: pile for pile in desk.piles(user)}


def shown(as_, user):
    give_second_factor(user)
    html = BeautifulSoup(as_(user).get("/admin/").content, "html.parser")
    return {each["id"]: each.get_text() for each in html.select("h3[id^=desk-]")}


def draft(news_index, by, title="A draft"):
    page = NewsPageFactory(parent=news_index, title=title, live=False, owner=by)
    page.save_revision(user=by)
    return page


def test_nothing_is_shown_if_nothing_waits(as_, editor, home):
    assert shown(as_, editor) == {}
    assert all(pile.count == 0 for pile in desk.piles(editor))


def test_draft_is_its_authors_until_it_is_submitted_then_the_publishers(
    as_, news_index, author, editor
):
    page = draft(news_index, author)
    assert piles_of(author)["drafts"].count == 1
    assert piles_of(author)["drafts"].items[0].text == "A draft"
    assert piles_of(editor)["drafts"].count == 0

    page.get_workflow().start(page, author)

    assert piles_of(author)["drafts"].count == 0
    assert piles_of(author)["approval"].count == 0
    assert shown(as_, editor) == {"desk-approval": "Waiting for you to approve: 1"}


def test_what_is_scheduled_is_shown_with_its_time_and_is_no_draft(news_index, editor):
    page = NewsPageFactory(parent=news_index, title="Embargoed", live=False)
    page.go_live_at = timezone.now() + timedelta(days=3)
    page.save_revision(user=editor).publish()

    piles = piles_of(editor)
    assert piles["drafts"].count == 0
    assert [item.text for item in piles["scheduled"].items] == ["Embargoed"]
    assert f"{timezone.localtime(page.go_live_at):%Y}" in piles["scheduled"].items[0].note


def test_pages_to_check_and_links_that_lead_nowhere_are_counted(as_, news_index, editor):
    long = " ".join(["word"] * 31)
    NewsPageFactory(parent=news_index, title="Due", review_date=timezone.localdate())
    NewsPageFactory(parent=news_index, title="Wordy", summary=long)
    NewsPageFactory(
        parent=news_index, title="Broken", summary=long, sources='<p><a href="/no/">It</a></p>'
    )
    checks.look()

    assert shown(as_, editor) == {
        "desk-reviews": "To check again soon: 1",
        "desk-broken": "Pages with a link that leads nowhere: 1",
        "desk-content": "Pages with content checks to look at: 1",
    }
    assert [item.text for item in piles_of(editor)["broken"].items] == ["Broken"]


def test_searches_without_results_are_for_those_who_may_read_them(news_index, author, editor):
    QuestionCount.objects.add(timezone.localdate(), {"bin day": (4, 4), "rare": (1, 1)})

    assert [item.text for item in piles_of(editor)["in-vain"].items] == ["“bin day”"]
    assert "in-vain" not in piles_of(author)


def test_author_sees_nothing_of_other_peoples_pages(news_index, author, editor):
    draft(news_index, editor, "Not yours")
    NewsPageFactory(parent=news_index, title="Due", review_date=timezone.localdate())
    NewsPageFactory(parent=news_index, sources='<p><a href="/no/">It</a></p>')
    checks.look()

    assert all(pile.count == 0 for pile in desk.piles(author))


def test_manager_without_pages_has_no_desk(as_, manager, home):
    assert shown(as_, manager) == {}


def test_number_of_questions_to_the_database_stays(news_index, editor):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            list(desk.piles(type(editor).objects.get(pk=editor.pk)))
        return len(asked)

    def add(number):
        draft(news_index, editor, f"Draft {number}")
        NewsPageFactory(parent=news_index, review_date=timezone.localdate())
        page = NewsPageFactory(parent=news_index, live=False)
        page.go_live_at = timezone.now() + timedelta(days=3)
        page.save_revision().publish()

    add(0)
    one = queries()
    for number in range(1, 6):
        add(number)

    assert queries() == one
