"""Questions: an officer asks a member, we pass it on, and introduce the two after a yes."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import person
from councils.models import CouncilDomain
from councils.tests.factories import make_council
from network import desk
from network.actions import departures, memberships, people, questions
from network.choices import ChampionKind, MembershipStatus, QuestionStatus, RepresentativeRole
from network.models import AskerBlock, Champion, Event, Membership, Question, Refused
from network.models.questions import FROM_ONE_PERSON, TO_ONE_MEMBER, WORDS_KEPT
from portal.mail import outbox
from portal.models import OutboxMessage

ASK = "/councils/leeming/ask/"
WORDS = {"name": "Alex Asker", "job_title": "Commissioner", "text": "How did you split the lots?"}


@pytest.fixture
def member(council, officer) -> Membership:
    """Leeming, a member whose lead is the officer."""
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(made, officer, RepresentativeRole.LEAD)
    return made


@pytest.fixture
def other(db):
    """Another council, which is not a member."""
    made = make_council()
    CouncilDomain.objects.create(council=made, domain="otherford.gov.uk", kind="website")
    return made


@pytest.fixture
def alex(other):
    """An officer of the other council."""
    return person("alex@otherford.gov.uk", first_name="Alex", last_name="Asker")


@pytest.fixture
def question(member, alex, other) -> Question:
    return questions.ask(member, by=alex, council=other, **WORDS)


def again(row):
    return type(row).objects.get(pk=row.pk)


def link_of(row: Question) -> str:
    return reverse("network:answer_question", args=[again(row).token])


def sent() -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(kind__startswith="network.question").order_by("pk")
    return [(row.kind.removeprefix("network."), row.to) for row in rows]


def letters() -> dict[str, object]:
    outbox.send_due.func()
    return {each.to[0]: each for each in mail.outbox}


def test_question_is_passed_on_without_an_address_and_a_yes_introduces_both(
    member, alex, officer, as_, client
):
    browser = as_(alex)
    assert "Ask Leeming a question" in client.get("/councils/leeming/").content.decode()
    done = browser.post(ASK, WORDS, follow=True)
    assert "Question passed on" in done.content.decode()
    row = Question.objects.get()
    assert sent() == [("question", officer.email)]
    body = letters()[officer.email].body
    assert "> How did you split the lots?" in body and "Alex Asker, Commissioner" in body
    assert "alex@otherford.gov.uk" not in body and link_of(row) in body
    assert row.token not in str(OutboxMessage.objects.values())

    shown = client.get(link_of(row))
    assert "How did you split the lots?" in shown.content.decode()
    assert "alex@" not in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    client.post(link_of(row), {"yes": "yes"})
    assert again(row).status == QuestionStatus.INTRODUCED
    assert sent()[1:] == [
        ("question_introduced", alex.email),
        ("question_introduced", officer.email),
    ]
    mail.outbox.clear()
    both = letters()
    for address in (alex.email, officer.email):
        assert alex.email in both[address].body and officer.email in both[address].body
    assert both[alex.email].reply_to == [officer.email]
    assert both[officer.email].reply_to == [alex.email]


def test_a_no_is_told_kindly_without_a_name(question, alex, officer, client):
    client.post(link_of(question), {"no": "no"})
    assert again(question).status == QuestionStatus.DECLINED
    assert sent()[1:] == [("question_declined", alex.email)]
    mail.outbox.clear()
    body = letters()[alex.email].body
    assert "Olive" not in body and officer.email not in body
    assert "You said no" in client.get(link_of(question)).content.decode()


def test_no_answer_in_14_days_is_told_to_both_once(question, alex, officer, client):
    link = link_of(question)
    assert questions.end_unanswered() == 0
    Question.objects.update(link_ends_at=timezone.now() - timedelta(minutes=1))
    assert questions.end_unanswered() == 1
    assert questions.end_unanswered() == 0
    assert again(question).status == QuestionStatus.EXPIRED
    assert sent()[1:] == [("question_expired", alex.email), ("question_ended", officer.email)]
    assert client.get(link).status_code == 410
    client.post(link, {"yes": "yes"})
    assert again(question).status == QuestionStatus.EXPIRED


def test_opening_the_link_answers_nothing_and_a_second_answer_is_refused(question, client):
    client.get(link_of(question) + "?yes=yes")
    client.post(link_of(question), {})
    assert again(question).status == QuestionStatus.SENT
    questions.say_yes(question)
    for act in (questions.say_yes, questions.say_no):
        with pytest.raises(Refused):
            act(question)
    assert len(sent()) == 3
    assert client.get("/my/question/1-x/").status_code == 404


def test_officer_champion_is_asked_before_the_councillor_and_the_lead(member, alex, other):
    for kind, email in (
        (ChampionKind.POLITICAL, "pol@leeming.gov.uk"),
        (ChampionKind.OFFICER, ""),
    ):
        Champion.objects.create(membership=member, kind=kind, name="Pat", role="x", email=email)
    assert again(member).answerer() == ("Pat", "x", "pol@leeming.gov.uk")
    Champion.objects.filter(kind=ChampionKind.OFFICER).update(email="off@leeming.gov.uk")
    assert again(member).answerer()[2] == "off@leeming.gov.uk"


def test_member_without_anyone_to_answer_shows_no_button_and_takes_nothing(
    member, officer, alex, other, client, as_
):
    officer.is_active = False
    officer.save()
    assert "Ask Leeming a question" not in client.get("/councils/leeming/").content.decode()
    page = as_(alex).get(ASK).content.decode()
    assert "does not take questions here at the moment" in page
    with pytest.raises(Refused):
        questions.ask(member, by=alex, council=other, **WORDS)


def test_member_switches_it_off_and_the_button_goes_at_once(member, officer, alex, client, as_):
    assert "Ask Leeming a question" in client.get("/councils/leeming/").content.decode()
    area = as_(officer)
    shown = area.get("/my/members/leeming/questions/").content.decode()
    assert "Stop questions" in shown and "Olive Officer" in shown
    area.post("/my/members/leeming/questions/", {"off": "yes"})
    assert "Ask Leeming a question" not in client.get("/councils/leeming/").content.decode()
    kept = as_(alex).post(ASK, WORDS).content.decode()
    assert "does not take questions" in kept and WORDS["text"] in kept
    area.post("/my/members/leeming/questions/", {"off": "yes"})
    area.post("/my/members/leeming/questions/", {})
    area.post("/my/members/leeming/questions/", {"on": "yes"})
    assert again(member).takes_questions
    said = list(
        Event.objects.filter(what__startswith="membership.q").values_list("what", flat=True)
    )
    assert said == ["membership.questions_off", "membership.questions_on"]


def test_viewer_sees_the_switch_and_cannot_use_it_and_a_stranger_finds_nothing(
    member, stranger, alex, as_
):
    vera = person("vera@leeming.gov.uk")
    people.represent(member, vera, RepresentativeRole.VIEWER)
    address = "/my/members/leeming/questions/"
    assert "Only the lead contact and contributors" in as_(vera).get(address).content.decode()
    assert as_(vera).post(address, {"off": "yes"}).status_code == 403
    assert as_(stranger).get(address).status_code == 404
    assert as_().get(address).status_code == 302


def test_someone_without_a_confirmed_council_address_is_told_how(member, stranger, as_, other):
    page = as_(stranger).get(ASK).content.decode()
    assert "we cannot tell from it that you work for another council" in page
    as_(stranger).post(ASK, WORDS)
    unconfirmed = person("una@home.example")
    EmailAddress.objects.create(user=unconfirmed, email="una@otherford.gov.uk", verified=False)
    as_(unconfirmed).post(ASK, WORDS)
    assert not Question.objects.exists()
    assert as_().get(ASK)["Location"].startswith("/accounts/login")


def test_officer_cannot_ask_their_own_council(member, council, as_):
    olga = person("olga@leeming.gov.uk")
    with pytest.raises(Refused):
        questions.ask(member, by=olga, council=council, **WORDS)
    said = as_(olga).get(ASK).content.decode()
    assert "This is your own council" in said
    assert "we cannot tell" not in said


def test_representative_of_another_member_asks_without_a_known_domain(member, as_):
    theirs = make_council(slug="farford", key="far", name="Farford")
    made = memberships.record_existing_membership(
        theirs, by="test", joined_on=None, joined_precision="not_known"
    )
    rep = person("rep@shared.example")
    people.represent(made, rep, RepresentativeRole.CONTRIBUTOR)
    as_(rep).post(ASK, WORDS)
    row = Question.objects.get()
    assert (row.asker_council, row.evidence) == (theirs, "represents")
    assert (
        "act for"
        in outbox.declared("network.question").render({"question": row, "generation": 1})[1]
    )


def test_officer_of_two_councils_says_for_which_they_ask(member, alex, other, as_):
    second = make_council(slug="farford", key="far", name="Farford")
    CouncilDomain.objects.create(council=second, domain="otherford.gov.uk", kind="website")
    browser = as_(alex)
    asked = browser.get(ASK).context["form"]["council"]
    assert asked.value() is None
    assert asked.field.choices[0] == ("", "Select a council")
    wrong = browser.post(ASK, WORDS).content.decode()
    assert "Select your council" in wrong and WORDS["text"] in wrong
    browser.post(ASK, WORDS | {"council": "leeming"})
    assert not Question.objects.exists()
    browser.post(ASK, WORDS | {"council": "farford"})
    assert Question.objects.get().asker_council == second


@pytest.mark.parametrize("text", ["See https://evil.example/", "WWW.evil.example", "", "\u202e"])
def test_question_with_a_web_address_or_without_words_is_shown_again(text, member, alex, as_):
    page = as_(alex).post(ASK, WORDS | {"text": text}).content.decode()
    assert "There is a problem" in page
    assert not Question.objects.exists()


def test_words_of_a_question_cannot_pass_for_ours(member, alex, other):
    text = "Hello\n\nYour account:\n-- \nSign in now"
    row = questions.ask(member, by=alex, council=other, **WORDS | {"text": text})
    declared = outbox.declared("network.question")
    about = declared.fetch({"question": row.pk, "generation": 1})
    _, body = declared.render(about)
    for line in ("> Your account:", "> --", "> Sign in now"):
        assert line in body


def test_one_person_asks_three_times_in_30_days(member, alex, other, as_):
    for _ in range(FROM_ONE_PERSON):
        row = questions.ask(member, by=alex, council=other, **WORDS)
        questions.say_no(row)
    kept = as_(alex).post(ASK, WORDS).content.decode()
    assert "You have asked 3 questions in the last 30 days" in kept and WORDS["text"] in kept
    Question.objects.update(asked_at=timezone.now() - timedelta(days=30))
    questions.ask(member, by=alex, council=other, **WORDS)


def test_one_member_gets_five_in_30_days(member, other):
    for number in range(TO_ONE_MEMBER):
        questions.ask(member, by=person(f"o{number}@otherford.gov.uk"), council=other, **WORDS)
    with pytest.raises(Refused, match="5 questions in the last 30 days"):
        questions.ask(member, by=person("late@otherford.gov.uk"), council=other, **WORDS)


def test_one_person_has_one_open_question_to_a_member(question, member, alex, other, as_):
    with pytest.raises(Refused, match="not answered yet"):
        questions.ask(member, by=alex, council=other, **WORDS)
    assert "not answered yet" in as_(alex).get(ASK).content.decode()


def test_question_to_a_member_that_has_left_is_closed_and_the_asker_told(
    question, member, alex, manager
):
    today = timezone.localdate()
    departures.end_membership(
        again(member), MembershipStatus.WITHDRAWN, on=today, by=manager, why="x"
    )
    assert questions.end_unanswered() == 1
    assert again(question).status == QuestionStatus.CLOSED
    assert sent()[1:] == [("question_closed", alex.email)]


def test_question_of_a_closed_account_is_closed_without_a_mail(question, alex):
    alex.is_active = False
    alex.save()
    with pytest.raises(Refused):
        questions.say_yes(question)
    assert questions.end_unanswered() == 1
    assert len(sent()) == 1


def test_bounce_is_noted_and_the_asker_hears_after_14_days(question, alex):
    outbox.mark_bounced(OutboxMessage.objects.get(kind="network.question"), "no such person")
    assert again(question).bounced_at
    Question.objects.update(link_ends_at=timezone.now())
    questions.end_unanswered()
    assert ("question_expired", alex.email) in sent()


def test_words_and_people_are_erased_after_90_days_and_numbers_stay(question):
    questions.say_no(question)
    assert questions.erase_old() == 0
    Question.objects.update(ended_at=timezone.now() - WORDS_KEPT)
    assert questions.erase_old() == 1
    assert questions.erase_old() == 0 and not questions._erase(question.pk)
    row = again(question)
    for field in ("text", "asker_name", "asker_job_title", "asker_email", "name", "role", "email"):
        assert getattr(row, field) == ""
    assert (row.by, row.status) == (None, QuestionStatus.DECLINED)


def test_reported_question_is_kept_until_staff_have_settled_it(question, manager):
    questions.say_no(question, report=True)
    Question.objects.update(ended_at=timezone.now() - WORDS_KEPT)
    assert questions.erase_old() == 0
    questions.settle_report(question, by=manager)
    questions.settle_report(question, by=manager)
    assert questions.erase_old() == 1


def test_settling_what_no_one_reported_is_refused(question, manager):
    with pytest.raises(Refused):
        questions.settle_report(question, by=manager)


def test_staff_read_a_question_only_while_a_report_waits_and_stop_its_asker(
    question, manager, alex, member, other, staff, client, as_
):
    browser, address = staff(manager), f"/admin/questions/{question.pk}/"
    assert WORDS["text"] not in browser.get(address).content.decode()
    client.post(link_of(question), {"no": "no", "report": "on"})
    lines = [line.what for panel in desk.panels(manager) for line in panel.lines]
    assert any("reported as abuse" in line for line in lines)
    assert WORDS["text"] in browser.get(address).content.decode()

    wrong = browser.post(address, {"block": "yes", "why": ""}).content.decode()
    assert "Enter the reason" in wrong
    browser.post(address, {"block": "yes", "why": "Spam to three members"})
    assert "Spam to three members" in browser.get(address).content.decode()
    browser.post(address, {"settle": "yes"})
    assert WORDS["text"] not in browser.get(address).content.decode()
    assert "stopped your questions" in as_(alex).get(ASK).content.decode()
    with pytest.raises(Refused):
        questions.ask(member, by=alex, council=other, **WORDS)

    browser.post(address, {"unblock": "yes"})
    questions.unblock_asker(AskerBlock.objects.get(), by=manager)
    questions.ask(member, by=alex, council=other, **WORDS)
    assert browser.get("/admin/questions/999/").status_code == 404


def test_block_closes_questions_that_are_out(question, alex, manager, client):
    questions.block_asker(alex, by=manager, why="x")
    questions.block_asker(alex, by=manager, why="again")
    assert again(question).status == QuestionStatus.CLOSED
    assert client.get(link_of(question)).status_code == 410
    assert AskerBlock.objects.count() == 1


def test_list_counts_without_words_in_the_same_number_of_queries(
    question, manager, other, staff, member
):
    browser = staff(manager)
    listed = browser.get("/admin/questions/").content.decode()
    assert "Leeming" in listed and WORDS["text"] not in listed
    sheet = b"".join(browser.get("/admin/questions/?export=csv").streaming_content)
    assert b"Leeming" in sheet and b"split the lots" not in sheet and b"alex@" not in sheet
    with CaptureQueriesContext(connection) as one:
        browser.get("/admin/questions/")
    for number in range(4):
        questions.ask(member, by=person(f"o{number}@otherford.gov.uk"), council=other, **WORDS)
    with CaptureQueriesContext(connection) as five:
        browser.get("/admin/questions/")
    assert len(five) <= len(one)


def test_history_holds_no_words(question, client):
    client.post(link_of(question), {"no": "no", "report": "on"})
    for event in Event.objects.filter(what__startswith="question."):
        assert "lots" not in event.why
        assert event.sentence != event.what.replace("_", " ").replace(".", ": ")


def test_merged_account_keeps_its_questions_and_its_stop(question, alex, other, manager):
    kept = person("alex.asker@otherford.gov.uk")
    questions.block_asker(alex, by=manager, why="x")
    people.merge_people(kept, alex, by=manager, how="Called")
    assert again(question).by == kept
    assert kept.blocks_as_asker.filter(ended_at=None).exists()


def test_stop_of_the_kept_account_stays_the_only_one(alex, manager):
    kept = person("alex.asker@otherford.gov.uk")
    for account in (alex, kept):
        questions.block_asker(account, by=manager, why="x")
    people.merge_people(kept, alex, by=manager, how="Called")
    assert kept.blocks_as_asker.filter(ended_at=None).count() == 1
