"""Review dates: which pages are due, who is told on Mondays, and the report."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from campaign import reviews
from campaign.models import ContentPage
from campaign.tests.factories import ContentPageFactory, NewsPageFactory
from casestudies.tests.factories import CaseStudyPageFactory
from conftest import person
from portal.jobs.tick import due_jobs
from portal.mail import outbox
from portal.models import OutboxMessage
from portal.tests.security.test_doors import give_second_factor
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

JOB = "people told of pages to check again"
MONDAY = datetime(2099, 11, 30, 9, tzinfo=UTC)  # after all that this test run makes


@pytest.fixture
def monday(monkeypatch):
    """It is a Monday morning."""
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)


@pytest.fixture
def rita(db):
    return person("rita@kil.example", first_name="Rita", group="Editors")


def test_pages_of_every_type_are_due_by_their_day_and_drafts_are_not(
    home, news_index, case_study_index
):
    day = date(2026, 11, 30)
    index = PrincipleIndexPageFactory(parent=home)
    made = [
        ContentPageFactory(parent=home, title="B", slug="b", review_date=day),
        NewsPageFactory(parent=news_index, title="A", review_date=day - timedelta(1)),
        CaseStudyPageFactory(parent=case_study_index, title="C", review_date=day),
        PrinciplePageFactory(parent=index, number=1, review_date=day - timedelta(2)),
    ]
    ContentPageFactory(parent=home, title="D", slug="d", review_date=day, live=False)
    ContentPageFactory(parent=home, title="E", slug="e", review_date=day + timedelta(1))
    ContentPageFactory(parent=home, title="F", slug="f")

    found = [page.pk for page in reviews.due(day)]

    assert found == [made[3].pk, made[1].pk, made[0].pk, made[2].pk]


def test_one_question_whatever_the_number_of_types(home, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(reviews.due(date(2026, 11, 30)))


def test_on_monday_the_reviewer_is_told_once_and_publishers_of_the_rest(
    home, monday, rita, editor, django_assert_num_queries
):
    for slug, reviewer in (("law", rita), ("plan", rita), ("none", None)):
        ContentPageFactory(
            parent=home,
            slug=slug,
            title=f"The {slug}",
            reviewer=reviewer,
            review_date=date(2099, 12, 1),
        )
    gone = person("gone@kil.example", is_active=False)
    ContentPageFactory(
        parent=home, slug="left", title="The left", reviewer=gone, review_date=date(2099, 12, 1)
    )

    assert due_jobs()[JOB]() == 2
    with django_assert_num_queries(1):  # whether it ran this Monday, which the cache knows
        assert due_jobs()[JOB]() == 0
    cache.clear()  # as it may be at any time
    due_jobs()[JOB]()
    assert OutboxMessage.objects.count() == 2
    outbox.send_due.func()

    told = {message.to[0]: message for message in mail.outbox}
    assert told["rita@kil.example"].subject == "2 pages to check again"
    body = told["rita@kil.example"].body
    assert "The law, by 1 December 2099" in body and "The none" not in body
    assert "/admin/reports/reviews/" in body
    assert "The none" in told[editor.email].body and "The left" in told[editor.email].body


@pytest.mark.parametrize(
    "now", [MONDAY.replace(hour=5), MONDAY + timedelta(days=1), MONDAY - timedelta(days=1)]
)
def test_nobody_is_told_at_other_times(home, monkeypatch, rita, now):
    monkeypatch.setattr(timezone, "now", lambda: now)
    ContentPageFactory(
        parent=home, slug="law", title="Law", reviewer=rita, review_date=date(2026, 1, 1)
    )

    assert due_jobs()[JOB]() == 0


def test_email_is_not_sent_if_pages_were_checked_before_it_left(home, monday, rita):
    page = ContentPageFactory(
        parent=home, slug="law", title="Law", reviewer=rita, review_date=date(2099, 12, 1)
    )
    due_jobs()[JOB]()
    ContentPage.objects.filter(pk=page.pk).update(review_date=date(2100, 12, 1))

    outbox.send_due.func()

    assert mail.outbox == []


def test_report_lists_by_date_and_names_the_reviewer(as_, editor, home, rita):
    give_second_factor(editor)
    desk = as_(editor)
    today = timezone.localdate()
    for title, days, reviewer in (("Late", -1, rita), ("Soon", 20, None), ("Far", 90, None)):
        ContentPageFactory(
            parent=home,
            title=title,
            slug=title.lower(),
            reviewer=reviewer,
            review_date=today + timedelta(days),
        )

    def listed(query=""):
        html = desk.get(f"/admin/reports/reviews/results/?{query}").content.decode()
        return [title for title in ("Late", "Soon", "Far", "Keep it Local") if f">{title}<" in html]

    assert listed() == ["Late", "Soon", "Far", "Keep it Local"]
    assert listed("due=overdue") == ["Late"]
    assert listed("due=soon") == ["Late", "Soon"]
    assert listed("due=never") == ["Keep it Local"]
    assert listed(f"reviewer={rita.pk}") == ["Late"]
    html = desk.get("/admin/reports/reviews/").content.decode()
    assert html.index(">Late<") < html.index(">Soon<") < html.index(">Keep it Local<")
    assert "Rita" in html and ", overdue" in html
    csv = desk.get("/admin/reports/reviews/?export=csv").getvalue().decode()
    assert "Rita" in csv and "Late" in csv


def test_form_offers_staff_alone_as_reviewers(as_, editor, rita, officer, home):
    give_second_factor(editor)
    page = ContentPageFactory(parent=home, slug="ours", title="Ours")

    html = as_(editor).get(f"/admin/pages/{page.pk}/edit/").content.decode()

    assert f'<option value="{rita.pk}"' in html
    assert f'<option value="{officer.pk}"' not in html
