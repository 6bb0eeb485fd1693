"""Confirmations: the yearly question whether a case study is still true, and its answer."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from casestudies.actions import confirmations
from casestudies.choices import CONFIRMATION_TRANSITIONS, ConfirmationStatus, Status
from casestudies.models import CaseStudyPage, Confirmation, NamedContact
from casestudies.tests.factories import CaseStudyPageFactory
from conftest import person
from network import desk
from network.actions import memberships, people
from network.choices import RepresentativeRole
from network.models import Event, Membership, Refused
from network.tests.test_lifecycles import as_table
from portal.mail import outbox
from portal.models import OutboxMessage
from portal.tests.security.test_doors import give_second_factor

S = ConfirmationStatus
LONDON = ZoneInfo("Europe/London")
PUBLISHED = date(2026, 3, 2)
DUE = date(2027, 3, 2)
TOLD = {"told_by": "Robin Reed, by phone", "told_on": date(2027, 3, 1)}


class Clock:
    """A clock that tests move. The site's own time follows it."""

    def __init__(self, monkeypatch):
        self.now = datetime(2026, 3, 2, 9, tzinfo=LONDON)
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def move_to(self, day: date) -> None:
        self.now = datetime(day.year, day.month, day.day, 9, tzinfo=LONDON)

    def ticks_until(self, last: date) -> None:
        """Let every day pass, with two ticks on each."""
        day = timezone.localdate()
        while day < last:
            day += timedelta(days=1)
            self.move_to(day)
            for _ in range(2):
                confirmations.open_due()
                confirmations.carry_on_due()


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def page(clock, case_studies, council) -> CaseStudyPage:
    """Leeming's case study, published on 2 March 2026 and never confirmed."""
    made = CaseStudyPageFactory(
        parent=case_studies, council=council, title="Leeming: keys", slug="keys", live=False
    )
    made.save_revision().publish()
    return CaseStudyPage.objects.get(pk=made.pk)


@pytest.fixture
def member(council, officer) -> Membership:
    """Leeming, a member whose lead is the officer."""
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(made, officer, RepresentativeRole.LEAD)
    return made


@pytest.fixture
def asked(page, member, clock) -> Confirmation:
    """This year's question about the page, sent to the officer."""
    clock.move_to(DUE)
    confirmations.open_due()
    return Confirmation.objects.get()


def again(row):
    return type(row).objects.get(pk=row.pk)


def link_of(row: Confirmation) -> str:
    return reverse("casestudies:still_true", args=[again(row).token])


def mails() -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(kind="casestudies.confirmation").order_by("pk")
    return [(row.to, timezone.localdate(row.created_at).isoformat()) for row in rows]


def test_contact_is_asked_once_a_year_reminded_once_and_then_left_alone(page, member, clock):
    clock.ticks_until(DUE - timedelta(days=1))
    assert not Confirmation.objects.exists()

    clock.ticks_until(date(2028, 3, 1))
    [row] = Confirmation.objects.all()
    assert row.status == S.EXPIRED
    assert mails() == [
        ("olive@leeming.gov.uk", "2027-03-02"),
        ("olive@leeming.gov.uk", "2027-04-01"),
    ]

    clock.ticks_until(date(2028, 3, 3))
    assert [each.asked_on for each in Confirmation.objects.all()] == [date(2028, 3, 2), DUE]
    assert len(mails()) == 3


def test_what_an_hour_of_ticks_missed_is_one_question(page, member, clock):
    clock.move_to(date(2029, 1, 1))
    assert confirmations.open_due() == 1
    assert confirmations.open_due() == 0
    assert len(mails()) == 1


def test_leap_day_publication_is_asked_about_on_28_february(clock, case_studies, member):
    clock.move_to(date(2028, 2, 29))
    made = CaseStudyPageFactory(parent=case_studies, council=member.council, live=False)
    made.save_revision().publish()
    clock.move_to(date(2029, 2, 27))
    assert confirmations.open_due() == 0
    clock.move_to(date(2029, 3, 1))
    assert confirmations.open_due() == 1


def test_someone_with_many_case_studies_gets_three_links_a_day(page, member, clock, case_studies):
    for number in range(4):
        more = CaseStudyPageFactory(
            parent=case_studies, council=member.council, slug=f"more-{number}", live=False
        )
        more.save_revision().publish()
    clock.move_to(DUE)
    assert confirmations.open_due() == 3
    assert confirmations.open_due() == 0
    clock.move_to(DUE + timedelta(days=2))
    assert confirmations.open_due() == 2
    clock.move_to(DUE + timedelta(days=40))
    assert confirmations.carry_on_due() == 3  # reminders are links too
    clock.move_to(DUE + timedelta(days=42))
    assert confirmations.carry_on_due() == 2


def test_second_worker_finds_nothing_left_to_do(asked, page):
    assert not confirmations._open_one(page.pk, "tick", timezone.localdate())
    assert not confirmations._carry_on(asked.pk, "tick")


def test_next_years_question_ends_this_years(page, clock):
    for year in (2027, 2028):
        clock.move_to(date(year, 3, 2))
        confirmations.open_due()
    assert [*Confirmation.objects.order_by("pk").values_list("status", flat=True)] == [
        S.EXPIRED,
        S.NO_CONTACT,
    ]


def test_email_says_who_asks_what_to_do_and_holds_no_stored_token(asked):
    outbox.send_due.func()
    letter = next(m for m in mail.outbox if m.to == ["olive@leeming.gov.uk"])
    assert link_of(asked) in letter.body and "Leeming: keys" in letter.body
    row = OutboxMessage.objects.get(kind="casestudies.confirmation")
    assert again(asked).token not in str(vars(row))


def test_opening_the_link_answers_nothing(asked, client):
    shown = client.get(link_of(asked) + "?answer=ended")
    assert "Is this still true?" in shown.content.decode()
    assert again(asked).status == S.SENT
    assert shown["Cache-Control"].count("no-store")


def test_state_is_public_at_once_and_the_sentence_waits_for_an_editor(
    asked, page, client, editor, as_
):
    said = {"answer": "changed", "sentence": "It is a lease now."}
    thanks = client.post(link_of(asked), said, follow=True).content.decode()
    assert "Changed into something else" in thanks and "An editor will read" in thanks
    shown = client.get("/case-studies/keys/").content.decode()
    assert "Changed into something else. Confirmed by Leeming, March 2027" in shown
    assert "It is a lease now." not in shown
    assert "olive" not in shown.lower()

    confirmations.settle(again(asked), by=editor, publish=True)
    shown = client.get("/case-studies/keys/").content.decode()
    assert "It is a lease now." in shown and "(Leeming, March 2027)" in shown
    assert "olive" not in shown.lower()

    confirmations.settle(again(asked), by=editor, publish=False)
    assert "It is a lease now." not in client.get("/case-studies/keys/").content.decode()


def test_page_says_neutrally_when_the_confirmation_is_old(asked, page, clock):
    confirmations.answer(asked, answer="running")
    assert again(page).status_line == "Running. Confirmed by Leeming, March 2027"
    clock.move_to(date(2028, 6, 1))
    assert again(page).status_line == "Running. Not confirmed since March 2027"


def test_do_not_know_changes_nothing_on_the_page(asked, page):
    before = again(page).status_line
    confirmations.answer(asked, answer="unknown", sentence="Ask the trust.")
    assert again(page).status_line == before
    assert again(page).confirmed_on is None
    assert list(Confirmation.objects.to_read()) == [asked]


def test_what_has_ended_is_not_asked_about_again(asked, clock):
    confirmations.answer(asked, answer="ended")
    clock.ticks_until(date(2028, 6, 1))
    assert Confirmation.objects.count() == 1


def test_second_answer_by_the_same_link_is_refused(asked, client):
    link = link_of(asked)
    client.post(link, {"answer": "running"})
    client.post(link, {"answer": "ended"})
    assert again(asked).answer == "running"
    with pytest.raises(Refused):
        confirmations.answer(asked, answer="ended")
    assert Event.objects.filter(what="confirmation.answered").count() == 1


def test_answer_without_a_choice_keeps_the_sentence(asked, client):
    page = client.post(link_of(asked), {"sentence": "Still going."}).content.decode()
    assert "Select how this work stands today" in page and "Still going." in page
    assert again(asked).status == S.SENT


def test_older_link_is_dead_and_sends_a_new_one_to_the_address_on_file(asked, client, clock):
    old = link_of(asked)
    clock.ticks_until(DUE + timedelta(days=31))
    dead = client.get(old)
    assert dead.status_code == 410 and "Email me a new link" in dead.content.decode()
    sent = client.post(f"{old}new-link/", follow=True)
    assert "Check your inbox" in sent.content.decode()
    assert [to for to, _ in mails()] == ["olive@leeming.gov.uk"] * 3
    assert client.get(link_of(asked)).status_code == 200


def test_link_of_no_one_is_not_found(client, asked):
    assert client.get("/case-studies/still-true/1-x/").status_code == 404
    assert client.post("/case-studies/still-true/1-x/new-link/").status_code == 404


def test_link_of_an_unpublished_case_study_is_over(asked, page, client, clock):
    link = link_of(asked)
    again(page).unpublish()
    assert client.get(link).status_code == 410
    client.post(link, {"answer": "running"})
    assert again(asked).status == S.SENT
    confirmations.carry_on_due()
    assert again(asked).status == S.CANCELLED


def test_without_contact_staff_see_it_and_record_what_they_were_told(page, clock, manager):
    clock.move_to(DUE)
    confirmations.open_due()
    [row] = Confirmation.objects.all()
    assert (row.status, mails()) == (S.NO_CONTACT, [])
    lines = [line.what for panel in desk.panels(manager) for line in panel.lines]
    assert "No one to ask whether “Leeming: keys” is still true" in lines

    confirmations.record_answer(page, by=manager, answer="running", sentence="Yes.", **TOLD)
    row = again(row)
    assert (row.status, row.recorded_by, row.confirmed_on) == (
        S.ANSWERED,
        manager,
        date(2027, 3, 1),
    )
    assert again(page).status_line == "Running. Confirmed by Leeming, March 2027"
    lines = [line.what for panel in desk.panels(manager) for line in panel.lines]
    assert "What the council said of “Leeming: keys”, to read" in lines


def test_answer_about_an_earlier_day_does_not_replace_a_later_one(asked, page, manager):
    confirmations.answer(asked, answer="ended")
    early = TOLD | {"told_on": date(2026, 12, 1)}
    confirmations.record_answer(page, by=manager, answer="running", **early)
    assert again(page).status == Status.ENDED


def test_named_contact_is_asked_in_place_of_the_lead(asked, page, editor):
    old = asked.token
    confirmations.name_contact(page, by=editor, name="Robin", email="Robin@trust.example")
    row = again(asked)
    assert (row.email, row.name) == ("robin@trust.example", "Robin")
    assert not row.opens_with(old) and row.opens_with(row.token)
    assert [to for to, _ in mails()] == ["olive@leeming.gov.uk", "robin@trust.example"]
    confirmations.name_contact(page, by=editor, name="", email="")
    assert again(asked).email == "olive@leeming.gov.uk"
    assert not NamedContact.objects.exists()


def test_contact_that_goes_leaves_no_one_to_ask_and_no_link(page, editor, clock):
    confirmations.name_contact(page, by=editor, name="Robin", email="robin@trust.example")
    clock.move_to(DUE)
    confirmations.open_due()
    row = Confirmation.objects.get()
    old = row.token
    confirmations.name_contact(page, by=editor, name="", email="")
    row = again(row)
    assert (row.status, row.email) == (S.NO_CONTACT, "")
    assert not row.was_link("") and not row.opens_with(old)


def test_bounced_email_is_not_followed_by_a_reminder(asked, clock, editor):
    row = OutboxMessage.objects.get(kind="casestudies.confirmation")
    outbox.mark_bounced(row, "no such person")
    assert again(asked).bounced_at
    clock.ticks_until(DUE + timedelta(days=40))
    assert (again(asked).status, len(mails())) == (S.EXPIRED, 1)


def test_bounce_of_an_older_link_says_nothing_about_the_newest(asked, page, editor):
    old = OutboxMessage.objects.get(kind="casestudies.confirmation")
    confirmations.ask_now(page, by=editor)
    confirmations.handle_bounce(old)
    assert again(asked).bounced_at is None
    again(page).delete()
    confirmations.handle_bounce(old)  # of a case study that is gone: nothing to note


def test_ask_now_opens_sends_again_and_refuses_without_reason(page, editor, member, clock):
    first = confirmations.ask_now(page, by=editor)
    assert confirmations.ask_now(page, by=editor).pk == first.pk
    assert len(mails()) == 2
    confirmations.ask_now(page, by=editor)
    with pytest.raises(Refused):  # the fourth link in a day
        confirmations.ask_now(page, by=editor)
    again(page).unpublish()
    for act in (
        lambda: confirmations.ask_now(page, by=editor),
        lambda: confirmations.record_answer(page, by=editor, answer="running", **TOLD),
    ):
        with pytest.raises(Refused):
            act()


def test_ask_now_without_a_contact_is_refused(page, editor):
    with pytest.raises(Refused):
        confirmations.ask_now(page, by=editor)


def test_new_link_is_refused_once_answered(asked):
    confirmations.answer(asked, answer="running")
    with pytest.raises(Refused):
        confirmations.send_link_on_file(asked, by="holder of an old link")


def test_settle_refuses_what_has_no_answer_or_no_sentence(asked, editor):
    with pytest.raises(Refused):
        confirmations.settle(asked, by=editor, publish=False)
    confirmations.answer(asked, answer="running")
    with pytest.raises(Refused):
        confirmations.settle(asked, by=editor, publish=True)


def test_draft_and_older_revision_do_not_undo_a_confirmation(asked, page):
    draft = again(page)
    draft.summary = "A better summary."
    revision = draft.save_revision()
    confirmations.answer(asked, answer="changed")
    revision.publish()
    after = again(page)
    assert (after.summary, after.status) == ("A better summary.", Status.CHANGED)
    assert after.confirmed_on == DUE

    later = after.get_latest_revision_as_object()
    later.status, later.as_at = Status.RUNNING, "2027-04"
    later.save_revision().publish()
    assert again(page).status_line == "Running, as at April 2027"


def test_history_of_the_page_and_of_the_member_say_it(asked, page, member):
    confirmations.answer(asked, answer="running", sentence="Secret until read.")
    entry = PageLogEntry.objects.get(action="casestudies.confirmed")
    assert entry.message == "The council said how this stands: Running"
    event = member.events.get(what="confirmation.answered")
    assert event.sentence == "Said how the work in a case study stands"
    assert "Secret" not in event.why and "olive" not in str(vars(event)).lower()


PEOPLE = ["stranger", "officer", "manager", "editor", "author", "manager with a part", "closed"]


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("ask_now", {"manager", "editor"}),
        ("name_contact", {"manager", "editor"}),
        ("record_answer", {"manager", "editor"}),
        ("settle", {"manager", "editor"}),
    ],
)
def test_only_editors_and_managers_without_a_part_act(
    act, allowed, asked, page, member, stranger, officer, manager, editor
):
    if act == "settle":
        confirmations.answer(asked, answer="running", sentence="Yes.")
    cast = {"stranger": stranger, "officer": officer, "manager": manager, "editor": editor}
    cast["author"] = person("ann@network.example", group="Authors")
    cast["manager with a part"] = person("mia@network.example", group="Network managers")
    people.represent(member, cast["manager with a part"])
    cast["closed"] = person("cal@network.example", group="Publishers")
    cast["closed"].is_active = False
    calls = {
        "ask_now": lambda by: confirmations.ask_now(page, by=by),
        "name_contact": lambda by: confirmations.name_contact(page, by=by, name="", email=""),
        "record_answer": lambda by: confirmations.record_answer(
            page, by=by, answer="running", **TOLD
        ),
        "settle": lambda by: confirmations.settle(asked, by=by, publish=True),
    }
    for role in PEOPLE:
        if role in allowed:
            calls[act](cast[role])
        else:
            with pytest.raises(PermissionDenied):
                calls[act](cast[role])


def test_editor_who_cannot_publish_cannot_let_a_sentence_through(asked, page):
    ed = person("ed@network.example", group="Editors")
    confirmations.answer(asked, answer="running", sentence="Yes.")
    confirmations.name_contact(page, by=ed, name="Robin", email="robin@trust.example")
    with pytest.raises(PermissionDenied):
        confirmations.settle(asked, by=ed, publish=True)


@pytest.fixture
def staff(as_, editor):
    give_second_factor(editor)
    return as_(editor)


def at(page, rest: str = "") -> str:
    return f"/admin/still-true/{page.pk}/{rest}"


def test_list_shows_how_far_each_is_filters_and_exports(asked, page, staff, client):
    listed = staff.get("/admin/still-true/").content.decode()
    assert "Leeming: keys" in listed and "Asked" in listed
    assert "What councils said of case studies" not in staff.get("/admin/").content.decode()
    for standing, found in [
        ("due", False),
        ("asked", True),
        ("to-read", False),
        ("no-contact", False),
        ("bounced", False),
        ("silent", False),
    ]:
        listed = staff.get("/admin/still-true/results/", {"standing": standing}).content.decode()
        assert ("Leeming: keys" in listed) is found, standing
    sheet = staff.get("/admin/still-true/?export=csv")
    assert b"Leeming: keys" in b"".join(sheet.streaming_content)
    assert client.get("/admin/still-true/").status_code == 302


def test_list_asks_the_same_number_of_queries_for_more_rows(asked, page, staff, case_studies):
    staff.get("/admin/still-true/")
    with CaptureQueriesContext(connection) as first:
        staff.get("/admin/still-true/")
    for number in range(9):
        more = CaseStudyPageFactory(parent=case_studies, slug=f"m{number}")
        Confirmation.objects.create(page=more, asked_on=DUE)
    with CaptureQueriesContext(connection) as ten:
        staff.get("/admin/still-true/")
    assert len(ten) <= len(first)


def test_staff_page_does_each_thing(asked, page, staff):
    assert "We ask once a year" in staff.get(at(page)).content.decode()
    staff.post(at(page, "ask/"))
    assert len(mails()) == 2
    wrong = staff.post(at(page, "contact/"), {"name": "Robin", "email": ""}).content.decode()
    assert "Enter their email address" in wrong
    staff.post(at(page, "contact/"), {"name": "Robin", "email": "robin@trust.example"})
    assert again(asked).email == "robin@trust.example"
    told = {"told_by": "Robin, by phone", "answer": "running", "sentence": "It grew."}
    wrong = staff.post(at(page, "record/"), told | {"told_on": "2099-01-01"}).content.decode()
    assert "Day must be today or in the past" in wrong and "It grew." in wrong
    staff.post(at(page, "record/"), told | {"told_on": "2027-03-01"})
    assert "Publish the sentence" in staff.get(at(page)).content.decode()
    assert "What councils said of case studies, to read" in staff.get("/admin/").content.decode()
    staff.post(at(page, f"answers/{asked.pk}/"), {"publish": "yes"})
    assert again(asked).sentence_is_public
    shown = staff.get(at(page)).content.decode()
    assert "Take it off the page" in shown and "Robin, by phone told" in shown
    refused = staff.post(at(page, "answers/999/"), {"publish": "yes"})
    assert refused.status_code == 404


def test_staff_pages_refuse_who_cannot_edit(asked, page, as_, officer, member):
    mia = person("mia@network.example", group="Network managers")
    give_second_factor(mia)
    people.represent(member, mia)
    browser = as_(mia)
    assert "someone else must handle this" in browser.get(at(page)).content.decode()
    assert browser.post(at(page, "ask/"))["Location"] == "/admin/"  # how the admin refuses
    assert len(mails()) == 1
    assert as_(officer).get(at(page)).status_code == 403


def test_transitions_cover_every_state_and_stand_in_the_docs():
    assert set(CONFIRMATION_TRANSITIONS) == set(ConfirmationStatus)
    docs = (Path(settings.BASE_DIR) / "docs" / "lifecycles.md").read_text()
    assert as_table(ConfirmationStatus, CONFIRMATION_TRANSITIONS) in docs
