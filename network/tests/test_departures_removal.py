"""Removal of a member: grounds, notice, response and a second manager."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import person
from councils.models import Council
from councils.tests.factories import make_council
from network.actions import departures, memberships, people
from network.choices import (
    MembershipStatus,
    RemovalStatus,
    RepresentativeRole,
    WithdrawalStatus,
)
from network.models import Event, Membership, Refused, Removal, RemovalResponse
from network.models.departures import RESPONSES
from network.models.memberships import members
from portal.mail import outbox

PAGE = "/my/members/leeming/removal/"
GROUNDS = "The cabinet resolved to outsource everything to one bidder."


def letters(address: str) -> list[str]:
    outbox.send_due.func()
    return [f"{m.subject}\n{m.body}" for m in mail.outbox if m.to == [address]]


def admin(removal: Removal, name: str = "removal") -> str:
    return reverse(f"network_staff:{name}", args=[removal.pk])


def status_of(removal: Removal) -> str:
    return Removal.objects.get(pk=removal.pk).status


@pytest.fixture
def member(council, officer) -> Membership:
    """Leeming, a member, led by the officer."""
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(made, officer, RepresentativeRole.LEAD)
    return made


@pytest.fixture
def second(db):
    return person("mia@network.example", group="Network managers", first_name="Mia")


@pytest.fixture
def opened(member, manager) -> Removal:
    return departures.open_removal(member, by=manager, grounds=GROUNDS)


@pytest.fixture
def due(opened) -> Removal:
    """A removal whose notice is over."""
    Removal.objects.filter(pk=opened.pk).update(decide_from=timezone.localdate())
    opened.refresh_from_db()
    return opened


def test_a_manager_opens_it_and_the_lead_gets_the_grounds_and_fourteen_days(
    staff, manager, second, officer, member
):
    browser = staff(manager)
    new = reverse("network_staff:open_removal")
    wrong = browser.post(new, {"council": member.council.pk, "grounds": " "})
    assert "Enter the grounds" in wrong.content.decode()
    assert not Removal.objects.exists()
    browser.post(new, {"council": member.council.pk, "grounds": GROUNDS})

    made = Removal.objects.get()
    assert made.decide_from == timezone.localdate() + timedelta(days=14)
    (told,) = letters(officer.email)
    assert GROUNDS in told
    assert PAGE in told
    assert "you can appeal" in told
    assert not letters(second.email)  # it is on her desk


def test_nobody_but_a_manager_opens_reads_or_decides_one(staff, as_, editor, officer, due, client):
    for browser in (staff(editor), as_(officer), client):
        for address in (admin(due), "/admin/removals/", "/admin/removals/new/"):
            assert browser.get(address).status_code in {302, 403}
        browser.post(admin(due, "decide_removal"), {"why": "x", "remove": "yes"})
    assert status_of(due) == RemovalStatus.OPEN


def test_where_nobody_leads_the_first_says_how_the_council_was_told(staff, manager, council):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    new = reverse("network_staff:open_removal")
    typed = {"council": council.pk, "grounds": GROUNDS}
    page = staff(manager).post(new, typed).content.decode()
    assert "This council has no lead contact" in page
    assert GROUNDS in page
    staff(manager).post(new, typed | {"told_how": "A letter to its chief executive"})
    assert Removal.objects.get(membership=member).told_how


def test_who_has_a_part_in_the_council_neither_opens_nor_decides(member, manager, second, due):
    people.represent(member, second)
    with pytest.raises(Refused, match="part in this council"):
        departures.open_removal(member, by=second, grounds=GROUNDS)
    with pytest.raises(PermissionDenied):
        departures.decide_removal(due, by=second, remove=True, why="x")


def test_one_is_open_at_a_time_and_only_for_a_member_in_public(opened, manager, member):
    with pytest.raises(Refused, match="already an open proposal"):
        departures.open_removal(member, by=manager, grounds=GROUNDS)
    unseen = Membership.objects.create(council=make_council(), joined_precision="not_known")
    with pytest.raises(Refused, match="not a public member"):
        departures.open_removal(unseen, by=manager, grounds=GROUNDS, told_how="A letter")


def test_the_lead_responds_more_than_once_and_the_managers_are_told(
    as_, officer, manager, opened, second
):
    browser = as_(officer)
    shown = browser.get(PAGE).content.decode()
    assert GROUNDS in shown
    assert PAGE in browser.get("/my/", follow=True).content.decode()
    assert "Enter your response" in browser.post(PAGE, {"text": " "}).content.decode()
    for text in ("We did not.", "Here are the minutes."):
        browser.post(PAGE, {"text": text})

    assert "Here are the minutes." in browser.get(PAGE).content.decode()
    assert [r.text for r in opened.responses.all()] == ["We did not.", "Here are the minutes."]
    assert len([t for t in letters(second.email) if "has responded" in t]) == 2


def test_a_colleague_and_a_stranger_learn_nothing_of_it(as_, member, opened, stranger, client):
    colleague = person("colin@leeming.gov.uk", first_name="Colin")
    people.represent(member, colleague, RepresentativeRole.CONTRIBUTOR)

    for who, answer in ((colleague, 403), (stranger, 404)):
        for page in (as_(who).get(PAGE), as_(who).post(PAGE, {"text": "x"})):
            assert page.status_code == answer
            assert GROUNDS not in page.content.decode()
        assert PAGE not in as_(who).get("/my/").content.decode()
    assert client.get(PAGE).status_code == 302
    assert not RemovalResponse.objects.exists()


def test_responses_have_an_end_and_none_comes_after_the_decision(opened, officer, due, second):
    for number in range(RESPONSES):
        RemovalResponse.objects.create(removal=opened, by=officer, text=f"{number}")
    with pytest.raises(Refused, match="Contact us instead"):
        departures.respond_to_removal(opened, by=officer, text="One more")
    departures.decide_removal(due, by=second, remove=False, why="Convincing")
    with pytest.raises(Refused, match="decided"):
        departures.respond_to_removal(opened, by=officer, text="Thanks")


def test_nobody_decides_before_the_notice_is_over(staff, second, opened):
    shown = staff(second).get(admin(opened)).content.decode()
    assert "The council can respond first" in shown
    page = staff(second).post(admin(opened, "decide_removal"), {"why": "x", "remove": "yes"})
    assert "The council can respond first" in page.content.decode()
    assert status_of(opened) == RemovalStatus.OPEN


@pytest.mark.usefixtures("another_manager")
def test_the_first_never_decides_not_even_in_the_database(staff, manager, due):
    assert "another manager must decide" in staff(manager).get(admin(due)).content.decode()
    staff(manager).post(admin(due, "decide_removal"), {"why": "x", "remove": "yes"})
    with pytest.raises(PermissionDenied):
        departures.decide_removal(due, by=manager, remove=False, why="x")
    assert status_of(due) == RemovalStatus.OPEN
    with pytest.raises(IntegrityError), transaction.atomic():
        Removal.objects.filter(pk=due.pk).update(decided_by=manager, decided_at=timezone.now())


@pytest.mark.parametrize(
    "wrong", [{"status": "removed"}, {"grounds": ""}, {"decided_at": timezone.now()}]
)
def test_the_database_refuses_one_without_grounds_or_without_who_decided(due, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Removal.objects.filter(pk=due.pk).update(**wrong)


def test_a_second_manager_removes_it_and_the_grounds_are_never_public(
    client, staff, second, officer, due, monkeypatch
):
    heard = []
    monkeypatch.setattr(
        "network.actions.departures.public_changed.send",
        lambda sender, instance: heard.append((sender, connection.in_atomic_block)),
    )
    staff(second).post(
        admin(due, "decide_removal"), {"why": "Nothing was denied.", "remove": "yes"}
    )

    membership = Membership.objects.get()
    assert (membership.status, membership.ended_on) == (
        MembershipStatus.REMOVED,
        timezone.localdate(),
    )
    assert set(heard) == {(Council, True)}  # also while the emails are shown, which is undone
    shown = client.get("/councils/leeming/").content.decode()
    assert f"Member until {timezone.localdate().year}" in shown
    assert "Its membership ended on" in shown
    for private in (GROUNDS, "Nothing was denied", "Removed", "emoval"):
        assert private not in shown
    assert not members(Council.objects.all()).exists()
    told = letters(officer.email)[-1]
    assert "Nothing was denied." in told
    assert "You can appeal until" in told


def test_a_second_manager_drops_it_and_the_council_stays(staff, second, officer, due, client):
    page = staff(second).post(admin(due, "decide_removal"), {"why": "", "remove": "no"})
    assert "Enter the reason" in page.content.decode()
    staff(second).post(admin(due, "decide_removal"), {"why": "Convincing", "remove": "no"})

    assert status_of(due) == RemovalStatus.DROPPED
    assert Membership.objects.get().is_live
    assert "It stays a member" in letters(officer.email)[-1]
    with pytest.raises(Refused):
        departures.decide_removal(due, by=second, remove=True, why="After all")


def test_a_membership_ends_once(member, officer, due, second):
    who = {"office": "leader", "name": "L", "role": "Leader", "email": "l@leeming.gov.uk"}
    today = timezone.localdate()
    leaving = departures.ask_to_leave(member, by=officer, effective_on=today, **who)
    departures.decide_removal(due, by=second, remove=True, why="x")
    leaving.refresh_from_db()
    assert leaving.status == WithdrawalStatus.CANCELLED


def test_it_lapses_where_the_council_leaves_first(member, officer, due, second):
    who = {"office": "leader", "name": "L", "role": "Leader", "email": "l@leeming.gov.uk"}
    today = timezone.localdate()
    leaving = departures.ask_to_leave(member, by=officer, effective_on=today, **who)
    departures.confirm_leaving(leaving, name="L", role="Leader")
    type(leaving).objects.update(ends_on=today)
    departures.leave_due()

    assert status_of(due) == RemovalStatus.LAPSED
    with pytest.raises(Refused):
        departures.decide_removal(due, by=second, remove=True, why="x")


def test_its_events_have_sentences_and_hold_no_grounds(due, second, officer):
    departures.respond_to_removal(due, by=officer, text="No")
    departures.decide_removal(due, by=second, remove=True, why="x")
    events = Event.objects.filter(what__startswith="removal.")
    assert {e.what for e in events} == {"removal.opened", "removal.answered", "removal.removed"}
    for event in events:
        assert event.sentence != event.what.replace("_", " ").replace(".", ": ")
        assert event.why == ""


def test_the_list_costs_the_same_for_many(staff, manager, opened):
    browser = staff(manager)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get("/admin/removals/").status_code == 200
        return len(found)

    queries()
    before = queries()
    for _ in range(4):
        other = memberships.record_existing_membership(
            make_council(), by="test", joined_on=None, joined_precision="not_known"
        )
        departures.open_removal(other, by=manager, grounds=GROUNDS, told_how="A letter")
    assert queries() == before
