"""The announcement kit: what the council agreed to publish, for its own people, to be changed."""

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from docx import Document

from conftest import person
from councils.models import Council
from network.actions import memberships, people, reviews, sign_ups
from network.announcement import LOCAL_QUOTE, PRESS_OFFICE, QUOTE, kit_of
from network.choices import RepresentativeRole
from network.models import (
    Collaborator,
    FormalDecision,
    Membership,
    PreElectionPeriod,
    Representative,
)
from network.tests.factories import fresh, hour_of
from network.tests.test_badges import NAMES, lead_of_another
from network.tests.test_record import ANSWERS, TICKS, WORDS
from principles.models import Principle

KIT, DOCX = "/my/members/leeming/announcement/", "/my/members/leeming/announcement.docx"


@pytest.fixture
def accepted(story, manager):
    """`accepted(days, *ticks)`: Leeming's membership with every answer given."""

    def make(days: int = 5, *ticks: str) -> Membership:
        sign_up = story.in_review(manager)
        reviews.request_changes(sign_up, by=manager, wanted="Your words")
        for task, answers in ANSWERS.items():
            ticked = {name: name in ticks for name in TICKS[task]}
            story.save(fresh(sign_up), task, answers | ticked)
        sign_ups.submit(fresh(sign_up), by=story.officer)
        day = timezone.localdate() + timedelta(days=days)
        return reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(day))

    return make


def all_of(membership: Membership) -> str:
    return "\n".join(text.whole for text in kit_of(membership).texts)


def words_in(docx: bytes) -> str:
    document = Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def test_kit_has_what_may_be_published_and_nothing_else(accepted):
    text = all_of(accepted(5))
    for words in WORDS.values():
        assert not any(said in text for said in words)
    assert QUOTE in text and LOCAL_QUOTE in text and PRESS_OFFICE in text


@pytest.mark.parametrize("tick", WORDS)
def test_each_tick_puts_its_own_answer_into_the_kit(accepted, tick):
    text = all_of(accepted(5, tick))
    for name, words in WORDS.items():
        for said in words:
            assert (said in text) == (name == tick), said
    assert (QUOTE in text) == (tick != "quote_may_be_published")
    assert "Asked Approver" not in text


def test_names_are_those_on_the_record(accepted):
    membership = accepted(5)
    news, notice, _, _, long = kit_of(membership).texts
    for text in (news, notice, long):
        assert "signed by Lena Leader, Leader, and Cheng Chief, Chief Executive." in text.whole
        assert "The councillor champion is Champion Lead councillor, A role." in text.whole
        assert "Champion Senior officer" not in text.whole  # did not agree to be named
        assert "@" not in text.whole
    assert "[" not in long.whole
    assert all(one.name in notice.whole for one in Principle.objects.all())
    assert "/councils/leeming/endorsement/" in news.whole and "Source: " in notice.whole
    assert "Olive" not in all_of(membership)


def test_signature_that_staff_still_check_is_not_named(accepted):
    membership = accepted(5)
    signature = membership.sign_up.endorsements.get(office="leader")
    type(signature).objects.filter(pk=signature.pk).update(reported_at=timezone.now())
    assert "Lena Leader" not in all_of(fresh(membership.sign_up).membership)


@pytest.mark.parametrize("name", NAMES)
def test_posts_fit_whatever_the_councils_name(accepted, name):
    Council.objects.update(
        name=name, official_name=f"{name} Metropolitan Borough Council"[:90], slug="a" * 60
    )
    for text in kit_of(accepted(5)).texts[2:]:
        assert 0 < len(text.whole) <= text.most
        assert text.whole.count("http") == 1 and name in text.whole


def test_rules_before_and_after_the_day_and_on_hold(accepted, manager):
    membership = accepted(5)
    day = timezone.localdate() + timedelta(days=5)
    said = f"{day:%A} {day.day} {day:%B} {day.year} at 9am"
    kit = kit_of(membership)
    assert f"Do not publish or post any of this before {said}." in kit.rules[0]
    assert kit.texts[1].whole.startswith(f"Embargoed until {said}\n")

    memberships.postpone(membership, by=manager, announce_at=None, why="They asked")
    kit = kit_of(fresh(membership.sign_up).membership)
    assert "on hold" in kit.rules[0] and kit.at is None
    assert kit.texts[1].whole.startswith("Not for release")
    assert "Embargo" not in all_of(kit.membership)

    memberships.postpone(membership, by=manager, announce_at=timezone.now(), why="Now")
    kit = kit_of(fresh(membership.sign_up).membership)
    assert "You can publish all of this now." in kit.rules[0] and len(kit.rules) == 1
    assert kit.texts[1].whole.startswith("For immediate release\n")


def test_rules_name_a_pre_election_period_on_the_day(accepted):
    membership = accepted(5)
    today = timezone.localdate()
    period = PreElectionPeriod(name="local elections", starts_on=today, ends_on=today)
    period.save()
    assert not any("pre-election" in rule for rule in kit_of(membership).rules)
    period.ends_on = today + timedelta(days=9)
    period.save()
    assert "(local elections)" in kit_of(membership).rules[-1]


def test_word_file_holds_all_texts(accepted, as_, officer):
    membership = accepted(5, *WORDS)
    answer = as_(officer).get(DOCX)
    assert answer["Content-Disposition"].startswith("attachment")
    words = words_in(answer.content)
    for text in kit_of(membership).texts:
        for paragraph in text.paragraphs:
            assert paragraph in words
    for rule in kit_of(membership).rules:
        assert rule in words
    assert (
        "not Locality’s" in words
        and "Draft." in Document(io.BytesIO(answer.content)).sections[0].footer.paragraphs[0].text
    )


def test_word_file_is_made_of_whatever_was_pasted(accepted, as_, officer):
    membership = accepted(5, "profile_may_be_published")
    sign_up = membership.sign_up
    sign_up.profile = "Vertical\x0btab\n\nand a second paragraph"
    sign_up.save()
    assert "and a second paragraph" in words_in(as_(officer).get(DOCX).content)


@pytest.mark.parametrize("days", [0, 5])
def test_kit_is_for_the_councils_own_people(
    accepted, as_, officer, stranger, editor, manager, days
):
    membership = accepted(days)
    viewer, colleague, gone = (
        person(f"{name}@leeming.gov.uk") for name in ("vic", "colin", "gone")
    )
    Representative.objects.create(
        membership=membership, user=viewer, role=RepresentativeRole.VIEWER
    )
    Representative.objects.create(
        membership=membership,
        user=gone,
        role=RepresentativeRole.VIEWER,
        ended_at=timezone.now(),
        ended_why="Left",
    )
    lead_of_another(stranger)
    Collaborator.objects.create(sign_up=membership.sign_up, user=colleague, role="colleague")
    for path in (KIT, DOCX):
        for who in (officer, viewer, colleague):
            page = as_(who).get(path)
            assert page.status_code == 200
            assert "no-store" in page["Cache-Control"] or "private" in page["Cache-Control"]
        for who in (stranger, gone, editor, manager):
            assert as_(who).get(path).status_code == 404
        assert as_().get(path).status_code == 302


def test_kit_of_no_accepted_council_is_404(council, as_, officer, story, manager):
    for path in (KIT, "/my/members/nowhere/announcement/"):
        assert as_(officer).get(path).status_code == 404
    story.in_review(manager)
    assert as_(officer).get(KIT).status_code == 404


def test_kit_ends_with_the_membership(accepted, as_, officer, manager):
    accepted(0).move_to("withdrawn", by=manager)
    assert as_(officer).get(KIT).status_code == 404


def test_member_from_before_this_site_has_no_kit(council, as_, officer):
    membership = memberships.record_existing_membership(
        council, by="seed_content", joined_on=date(2020, 3, 3), joined_precision="day"
    )
    people.represent(membership, officer, RepresentativeRole.LEAD)
    assert as_(officer).get(KIT).status_code == 404


def test_task_list_leads_to_the_kit_before_and_after(accepted, as_, officer, manager):
    membership = accepted(5)
    page = f"/join/{membership.sign_up.reference}/"
    assert KIT in as_(officer).get(page).content.decode()
    memberships.postpone(membership, by=manager, announce_at=None, why="They asked")
    assert KIT in as_(officer).get(page).content.decode()
    memberships.postpone(membership, by=manager, announce_at=timezone.now(), why="Now")
    assert KIT in as_(officer).get(page).content.decode()


def test_kit_makes_few_queries(accepted, as_, officer, django_assert_max_num_queries):
    accepted(5, *WORDS)
    client = as_(officer)
    for path in (KIT, DOCX):
        client.get(path)
        with django_assert_max_num_queries(15):
            assert client.get(path).status_code == 200


def test_formal_decision_is_told_as_recorded(accepted):
    membership = accepted(5)
    sign_up = membership.sign_up
    sign_up.route = "decision"
    sign_up.save()
    FormalDecision.objects.create(
        sign_up=sign_up, body="cabinet", body_name="The Cabinet", decided_on=date(2026, 5, 4)
    )
    text = all_of(fresh(sign_up).membership)
    assert "The Cabinet decided on 4 May 2026 to endorse the six principles." in text
    assert "Lena Leader" not in text
