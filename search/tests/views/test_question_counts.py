"""Questions are counted; people are not."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import DatabaseError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.tests.security.test_doors import give_second_factor
from search.engines.words import normalise
from search.models import ASKED_OFTEN, QuestionCount
from search.views import question_counts
from search.views.question_counts import may_be_counted

pytestmark = pytest.mark.django_db
START_WRITER = question_counts._start_writer


@pytest.fixture(autouse=True)
def counted(settings, monkeypatch):
    """Counting is on, and nothing writes but `flush`."""
    settings.COUNT_QUESTIONS = True
    monkeypatch.setattr(question_counts, "_start_writer", lambda: None)
    question_counts.flush()


@pytest.fixture
def ask(rf):
    def ask(text, *, found=True, user=None, method="get", **headers):
        request = getattr(rf, method)("/search/", headers=headers)
        request.user = user or AnonymousUser()
        question_counts.count(request, text, found=found)

    return ask


def rows():
    return {row.question: (row.asked, row.empty) for row in QuestionCount.objects.all()}


def test_a_question_is_counted_however_it_is_typed(ask):
    ask("Asset Transfer")
    ask("asset  transfer?")
    ask("what is asset transfer", found=False)
    assert rows() == {}, "asking writes nothing"
    assert question_counts.flush() == 1
    ask("asset transfer")
    question_counts.flush()
    assert rows() == {"asset transfer": (4, 1)}
    assert question_counts.flush() == 0


@pytest.mark.parametrize(
    "text",
    [
        "olive@leeming.gov.uk",
        "07700 900123",
        "born 1.2.1975 and 03",
        "QQ 12 34 56 C",
        "https://leeming.gov.uk/x",
        "my neighbour john who lives at the corner of mill lane told me that",
        "x" * 61,
        "",
        "?!",
    ],
)
def test_what_may_be_about_somebody_is_never_counted(ask, text):
    ask(text)
    assert question_counts.flush() == 0


@pytest.mark.parametrize(
    "headers", [{"Sec-GPC": "1"}, {"DNT": "1"}, {"Sec-Purpose": "prefetch;prerender"}]
)
def test_who_asks_not_to_be_tracked_and_what_is_fetched_ahead_is_not_counted(ask, headers):
    ask("anchor", **headers)
    assert question_counts.flush() == 0


def test_neither_who_is_signed_in_nor_a_mere_head_is_counted(ask, officer, settings):
    ask("anchor", user=officer)
    ask("anchor", method="head")
    settings.COUNT_QUESTIONS = False
    ask("anchor")
    assert question_counts.flush() == 0


def test_a_flood_of_questions_is_capped(ask, monkeypatch):
    monkeypatch.setattr(question_counts, "MOST", 3)
    for letter in "abcde":
        ask(f"word {letter}x")
    ask("word ax")
    question_counts.flush()
    assert sum(asked for asked, _ in rows().values()) == 4


def test_a_database_that_is_away_costs_counts_and_nothing_else(ask, monkeypatch):
    def away(*args):
        raise DatabaseError("away")

    monkeypatch.setattr(question_counts, "flush", away)
    monkeypatch.setattr(question_counts, "close_old_connections", lambda: None)
    monkeypatch.setattr(question_counts.connection, "close", lambda: None)
    question_counts._write()


def test_one_thread_writes_in_a_minute_whatever_is_asked(ask, monkeypatch):
    class Timer:
        started = []

        def __init__(self, seconds, write):
            self.seconds, self.write = seconds, write

        def start(self):
            self.started.append((self.seconds, self.write, self.daemon))

    monkeypatch.setattr(question_counts, "_start_writer", START_WRITER)
    monkeypatch.setattr(question_counts.threading, "Timer", Timer)
    ask("anchor")
    ask("grants")
    expected = (question_counts.EVERY, question_counts._write, True)
    assert Timer.started == [expected]
    question_counts.flush()
    ask("anchor")
    assert Timer.started == [expected, expected]
    question_counts.flush()


def test_old_and_rare_counts_are_forgotten(db):
    today = timezone.localdate()

    def made(question, days, asked):
        day = today - timedelta(days=days)
        QuestionCount.objects.create(day=day, question=question, asked=asked)

    made("old", 401, 50)
    made("rare", 40, ASKED_OFTEN - 1)
    made("rare but new", 3, 1)
    made("often", 40, ASKED_OFTEN)
    made("often in parts", 40, 1)
    made("often in parts", 1, ASKED_OFTEN)
    assert QuestionCount.objects.forget() == 2
    assert set(rows()) == {"rare but new", "often", "often in parts"}


def test_editors_read_what_was_asked_often_and_in_vain(editor, as_):
    today = timezone.localdate()
    for question, asked, empty in (("anchor", 9, 0), ("zebra", 5, 4), ("rarely", 2, 2)):
        QuestionCount.objects.create(day=today, question=question, asked=asked, empty=empty)
    give_second_factor(editor)
    page = as_(editor).get("/admin/reports/questions/")
    assert [row["question"] for row in page.context["most_asked"]] == ["anchor", "zebra"]
    assert [row["question"] for row in page.context["in_vain"]] == ["zebra"]
    assert "rarely" not in page.content.decode()
    menu = as_(editor).get("/admin/reports/questions/", {"days": "7"})
    assert menu.context["days"] == 7
    assert as_(editor).get("/admin/reports/questions/", {"days": "x\x00"}).status_code in {200, 404}


def test_nobody_else_reads_them(stranger, officer, as_):
    assert as_(stranger).get("/admin/reports/questions/").status_code in {302, 403}
    officer.user_permissions.add(Permission.objects.get(codename="access_admin"))
    give_second_factor(officer)
    assert as_(officer).get("/admin/").status_code == 200
    refused = as_(officer).get("/admin/reports/questions/")
    assert refused.status_code in {302, 403}
    assert "Most asked" not in refused.content.decode()


@given(st.text(max_size=300))
def test_any_text_can_be_compared_and_what_is_counted_fits(text):
    asked = normalise(text)
    assert asked == " ".join(asked.split())
    if may_be_counted(text):
        assert 0 < len(asked) <= 60
        assert "@" not in asked
