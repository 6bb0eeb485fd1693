"""The desk: what waits, what is due, what is in doubt; on the first page and in the menu."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network import desk, permissions
from network.actions import departures, memberships, notes, people, reviews, signing, wordings
from network.choices import Office
from network.models import Absence, AccessRequest, Endorsement, Membership, SignUp, periods
from network.tests.factories import ENDORSERS, Story, hour_of
from portal.models import OutboxMessage

HOME = "/admin/"


def lines(user, title: str) -> list[str]:
    """Return the lines of a panel as they read; none if it is not there."""
    panel = next((each for each in desk.panels(user) if each.title == title), None)
    return [f"{line.title}: {line.what}" for line in panel.lines] if panel else []


def accepted(council, officer, manager, days: int = 5) -> Membership:
    sign_up = Story(council, officer).in_review(manager)
    SignUp.objects.update(email_evidence="matched")
    day = timezone.localdate() + timedelta(days=days)
    return reviews.accept(sign_up, by=manager, announce_at=hour_of(day))


def existing(council) -> Membership:
    return memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )


@pytest.fixture
def other(db):
    """A second manager."""
    return person("nora@network.example", group="Network managers", first_name="Nora")


@pytest.fixture
def other_lead(db):
    """Who leads another application."""
    return person("n@newham.gov.uk")


def test_empty_desk_says_so_and_shows_nothing_else(staff, manager):
    shown = {panel.title: panel.empty for panel in desk.panels(manager)}
    assert list(shown) == ["Waiting for us", "Due this fortnight"]
    page = staff(manager).get(HOME).content.decode()
    assert all(words in page for words in shown.values())


def test_applications_wait_oldest_first_with_what_is_next_and_for_how_long(
    staff, manager, officer, monkeypatch
):
    old = Story(make_council(name="Oldham"), officer).submitted()
    new = Story(make_council(name="Newham"), person("n@newham.gov.uk")).in_review(manager)
    sent = timezone.now() - timedelta(days=15)
    SignUp.objects.filter(pk=old.pk).update(submitted_at=sent)
    days = periods.working_days_between(timezone.localdate(sent), timezone.localdate())
    first, second = desk.panels(manager)[0].lines
    assert first.what == f"Start the review. With us for {days} working days"
    assert first.address == old.staff_url and first.is_late
    assert second.address == new.staff_url and not second.is_late
    page = staff(manager).get(HOME).content.decode()
    assert f'href="{old.staff_url}"' in page and ">Late<" in page


@pytest.mark.parametrize(
    ("since", "today", "said"),
    [
        (date(2026, 11, 30), date(2026, 11, 30), "since today"),
        (date(2026, 11, 28), date(2026, 11, 29), "since the last working day"),
        (date(2026, 11, 27), date(2026, 11, 30), "for 1 working day"),
        (date(2026, 12, 24), date(2026, 12, 30), "for 2 working days"),
    ],
)
def test_ages_count_working_days(since, today, said):
    assert desk._for_days(since, today) == said


def test_someone_elses_review_is_on_their_desk_alone_until_they_are_away(
    manager, other, officer, council
):
    Story(council, officer).in_review(other)
    assert not lines(manager, desk.WAITING) and lines(other, desk.WAITING)
    today = timezone.localdate()
    away = Absence.objects.create(user=other, since=today, until=today, deputy=manager)
    [line] = lines(manager, desk.WAITING)
    assert "(for Nora, who is away)" in line
    Absence.objects.filter(pk=away.pk).update(since=today - timedelta(days=2), until=today)
    assert lines(manager, desk.WAITING)
    Absence.objects.update(since=today - timedelta(2), until=today - timedelta(days=1))
    assert not lines(manager, desk.WAITING)


def test_announcements_are_due_or_on_hold_or_in_doubt(manager, council, officer):
    made = accepted(council, officer, manager)
    [line] = lines(manager, desk.SOON)
    assert f"Announcement, {made.announce_text}" in line
    assert not lines(manager, desk.DOUBT)
    signature = Endorsement.objects.get(request__office=Office.LEADER)
    signing.report_signature(signature, name="Lena Leader", message="Not me")
    assert set(lines(manager, desk.DOUBT)) == {
        "Leeming: Confirm the signature of Lena Leader",
        "Leeming: Someone says that the leader’s signature was not theirs. Remove it, or confirm "
        "that it was.",
    }
    signing.confirm_signature(signature, by=manager, how="I called")
    assert not lines(manager, desk.DOUBT)
    memberships.postpone(made, by=manager, announce_at=None, why="x")
    assert lines(manager, desk.SOON) == ["Leeming: Announcement, on hold: no day and time are set"]


def test_announcement_after_the_fortnight_is_not_due_yet(manager, council, officer, other_lead):
    accepted(council, officer, manager, days=desk.FORTNIGHT.days)
    assert len(lines(manager, desk.SOON)) == 1
    far = accepted(make_council(name="Newham"), other_lead, manager, days=15)
    assert len(lines(manager, desk.SOON)) == 1 and desk.numbers(manager)["announcements"] == 2
    signature = Endorsement.objects.filter(sign_up=far.sign_up).first()
    signing.report_signature(signature, name="Lena Leader", message="Not me")
    assert any("not theirs" in line for line in lines(manager, desk.DOUBT))


def test_more_announcements_than_are_shown_counts_only_those_of_the_fortnight(
    manager, council, officer, other_lead, monkeypatch
):
    monkeypatch.setattr(desk, "SHOWN", 1)
    accepted(council, officer, manager, days=20)
    accepted(make_council(name="Newham"), other_lead, manager, days=30)
    [soon] = [each for each in desk.panels(manager) if each.title == desk.SOON]
    assert not soon.lines and soon.more == 0
    for each in Membership.objects.all():
        each.announce_at = timezone.now() + timedelta(days=3)
        each.save()
    [soon] = [each for each in desk.panels(manager) if each.title == desk.SOON]
    assert len(soon.lines) == 1 and soon.more == 1


def test_signature_by_an_assistant_waits_to_be_confirmed(manager, council, officer):
    sign_up = Story(council, officer).asked()
    who = {name: ENDORSERS[Office.LEADER][name] for name in ("name", "role")}
    assistant = signing.Assistant("Ann Assistant", "By phone", timezone.localdate())
    signing.endorse(
        sign_up.request_of(Office.LEADER), **who, shown=sign_up.fingerprint, assistant=assistant
    )
    assert lines(manager, desk.DOUBT) == ["Leeming: Confirm the signature of Lena Leader"]


def test_next_steps_are_due_this_fortnight_and_late_after_their_day(manager, council):
    today = timezone.localdate()

    def step(words: str, days: int) -> None:
        day = today + timedelta(days=days)
        notes.write_note(council, by=manager, next_step=words, next_step_on=day)

    step("Soon", 14)
    step("Later", 15)
    step("Yesterday", -1)
    found = desk.panels(manager)[1].lines
    assert [(line.what.split(",")[0], line.is_late) for line in found] == [
        ("Yesterday", True),
        ("Soon", False),
    ]
    assert found[0].address == reverse("network_staff:member", args=[council.slug])


def test_leaving_and_removals_wait_and_come(manager, other, council, officer):
    member, today = existing(council), timezone.localdate()
    people.represent(member, officer)
    departures.ask_to_leave(
        member, by=officer, effective_on=today, decision_url="https://x.example/"
    )
    departures.open_removal(member, by=other, grounds="x")
    [soon] = [line for line in lines(manager, desk.SOON) if "decided" in line]
    assert "A proposal to end a membership can be decided" in soon
    member.removals.update(decide_from=today)
    found = lines(manager, desk.WAITING)
    assert {line.split(",")[0] for line in found} == {
        "Leeming: Leaving: something to check",
        "Leeming: A proposal to end a membership",
    }
    assert not any("proposal" in line for line in lines(other, desk.WAITING))  # she opened it
    leaving = member.withdrawals.get()
    departures.confirm_leave_decision(leaving, by=manager, how="I read it")
    assert any("Leaves the network" in line for line in lines(manager, desk.SOON))


def test_access_requests_wait_for_staff_where_no_one_leads_or_answers(manager, council, officer):
    member = existing(council)
    asker = person("asker@leeming.gov.uk")
    people.ask_access(member, by=asker, name="Ann Asker", job_title="x", message="")
    assert lines(manager, desk.ACCESS) == ["Leeming: Ann Asker asks for access, since today"]
    people.represent(member, officer)
    assert not lines(manager, desk.ACCESS)
    long_ago = timezone.now() - timedelta(days=14)
    AccessRequest.objects.update(asked_at=long_ago)
    [line] = lines(manager, desk.ACCESS)
    assert "working days" in line


@pytest.mark.parametrize("days", range(12))
def test_access_requests_come_to_staff_on_the_very_day_they_may_answer(
    manager, council, officer, days
):
    member = existing(council)
    people.represent(member, officer)
    asked = people.ask_access(
        member, by=person("asker@leeming.gov.uk"), name="Ann", job_title="x", message=""
    )
    AccessRequest.objects.update(asked_at=timezone.now() - timedelta(days=days))
    asked = AccessRequest.objects.with_leads().get(pk=asked.pk)
    assert bool(lines(manager, desk.ACCESS)) == permissions.can_answer_access(manager, asked)


def test_wording_waits_for_another_manager_and_failed_mail_for_anyone(
    manager, other, council, officer
):
    made = wordings.write_wording(by=other, text="For {council}")
    wordings.approve_wording(made, by=other, approved_by_name="N", evidence="Minutes, 1 March")
    assert lines(manager, desk.WORDING) == ["Wording: An approval to confirm"]
    assert not lines(other, desk.WORDING)
    Story(council, officer).started()
    OutboxMessage.objects.update(status="failed")
    [line] = lines(manager, desk.MAIL)
    assert "Leeming: Application started" in line


def test_more_than_ten_of_a_kind_are_counted(staff, manager, council):
    today = timezone.localdate()
    for number in range(12):
        notes.write_note(council, by=manager, next_step=f"Step {number}", next_step_on=today)
    panel = desk.panels(manager)[1]
    assert (len(panel.lines), panel.more) == (10, 2)
    page = staff(manager).get(HOME).content.decode()
    assert "And 2 more." in page and "Contact log (12)" in page


def test_menu_gives_each_entry_its_number_and_none_without(staff, manager, council, officer):
    browser = staff(manager)
    assert "Applications (" not in browser.get(HOME).content.decode()
    Story(council, officer).submitted()
    page = browser.get(reverse("network_staff:members")).content.decode()
    assert "Applications (1)" in page and "Members (" not in page


def test_editor_gets_no_desk_and_no_numbers(staff, editor, council, officer):
    Story(council, officer).submitted()
    page = staff(editor).get(HOME).content.decode()
    assert desk.WAITING not in page and "Applications" not in page


def test_desk_asks_the_same_for_one_and_ten(staff, manager, other, django_assert_num_queries):
    def one_more(number: int) -> None:
        who = person(f"officer{number}@x.gov.uk")
        Story(make_council(), who).submitted()
        made = accepted(make_council(), who, manager)
        Endorsement.objects.filter(sign_up=made.sign_up).update(reported_at=timezone.now())
        member = existing(make_council())
        people.ask_access(member, by=person(f"a{number}@x.uk"), name="A", job_title="x", message="")
        notes.write_note(
            member.council, by=manager, next_step="x", next_step_on=timezone.localdate()
        )
        OutboxMessage.objects.filter(event__startswith="access_asked").update(status="failed")

    one_more(0)
    with django_assert_num_queries(4):
        desk.panels(manager)
    for number in range(1, 10):
        one_more(number)
    with django_assert_num_queries(4):
        desk.panels(manager)
    browser = staff(manager)
    browser.get(HOME)
    with CaptureQueriesContext(connection) as queries:
        browser.get(HOME)
    asked = [each["sql"] for each in queries if each["sql"].startswith("SELECT")]
    assert len(asked) <= 15, "\n".join(each[:120] for each in asked)
