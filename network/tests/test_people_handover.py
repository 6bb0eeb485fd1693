"""Handover of a member's lead, by the lead or by staff."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import person
from network.actions import memberships, people
from network.models import AccessRequest, Event, Membership, Refused, Representative
from portal.mail import outbox
from portal.models import OutboxMessage

WHO = {"name": "Priya Patel", "job_title": "Procurement Lead", "message": ""}
PAGE = "/my/members/leeming/people/"


@pytest.fixture
def priya(db):
    return person("priya@leeming.gov.uk", first_name="Priya", last_name="Patel")


@pytest.fixture
def member(council, officer):
    """Leeming, an existing member, led by the officer."""
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(made, officer)
    return made


def roles(member: Membership) -> dict[str, str]:
    return {str(r.user.first_name): r.role for r in member.representatives.current()}


def test_the_lead_lets_another_representative_lead_and_both_are_told(as_, member, officer, priya):
    theirs = people.represent(member, priya)
    browser = as_(officer)
    assert "/my/members/leeming/" in browser.get("/my/", follow=True).content.decode()
    assert "Make Priya Patel the lead contact" in browser.get(PAGE).content.decode()
    page = browser.post(PAGE, {"lead": theirs.pk}, follow=True)

    assert roles(member) == {"Olive": "contributor", "Priya": "lead"}
    event = Event.objects.get(what="membership.lead_changed")
    assert (event.by, event.membership, event.why) == (
        officer,
        member,
        "Priya Patel is now the lead contact",
    )
    assert "Make Priya" not in page.content.decode() and "Make Olive" not in page.content.decode()
    mail.outbox.clear()
    outbox.send_due.func()
    told = {message.to[0]: message for message in mail.outbox}
    assert set(told) == {priya.email, officer.email}
    assert PAGE in told[priya.email].body and "You still have access" in told[officer.email].body


def test_only_the_lead_hands_over_and_strangers_find_no_page(
    as_, staff, member, priya, stranger, editor, manager
):
    mine = people.represent(member, priya)
    assert as_(priya).get(PAGE).status_code == 200
    assert "Make " not in as_(priya).get(PAGE).content.decode()
    assert as_(priya).post(PAGE, {"lead": mine.pk}).status_code == 403
    for browser in (as_(stranger), staff(editor), staff(manager)):
        assert browser.get(PAGE).status_code == 404
        assert browser.post(PAGE, {"lead": mine.pk}).status_code == 404
    assert as_().get(PAGE).status_code == 302
    assert roles(member) == {"Olive": "lead", "Priya": "contributor"}


def test_reading_the_page_or_pressing_nothing_changes_nothing(as_, member, officer, priya):
    people.represent(member, priya)
    before = Event.objects.count()
    for answer in ({}, {"lead": "0"}, {"lead": "x" * 400}, {"lead": "\0"}):
        assert as_(officer).post(PAGE, answer).status_code in {200, 302, 400}
    as_(officer).get(f"{PAGE}?lead=1")

    assert Event.objects.count() == before
    assert roles(member)["Olive"] == "lead"


def test_nobody_hands_over_to_who_leads_or_has_gone_or_for_a_member_that_has_ended(
    member, officer, priya
):
    with pytest.raises(Refused, match="already the lead contact"):
        people.hand_over_member(member, by=officer, to=officer)
    with pytest.raises(Refused, match="does not represent"):
        people.hand_over_member(member, by=officer, to=priya)
    gone = people.represent(member, priya)
    Representative.objects.filter(pk=gone.pk).update(ended_at=timezone.now(), ended_why="left")
    with pytest.raises(Refused, match="does not represent"):
        people.hand_over_member(member, by=officer, to=priya)
    people.represent(member, priya)
    Membership.objects.filter(pk=member.pk).update(status="withdrawn")
    with pytest.raises(Refused, match="has ended"):
        people.hand_over_member(member, by=officer, to=priya)


def test_a_member_that_has_ended_or_is_not_public_yet_has_no_page(as_, member, officer):
    Membership.objects.filter(pk=member.pk).update(announced_at=None)
    assert as_(officer).get(PAGE).status_code == 404
    Membership.objects.filter(pk=member.pk).update(announced_at=timezone.now(), status="withdrawn")
    assert as_(officer).get(PAGE).status_code == 404
    assert PAGE not in as_(officer).get("/my/").content.decode()


def test_staff_let_somebody_in_who_leads_where_the_lead_has_left(
    staff, member, officer, priya, manager
):
    asked = people.ask_access(member, by=priya, **WHO)
    page = reverse("network_staff:access_request", args=[asked.pk])
    staff(manager).post(page, {"lead": "yes"})
    assert roles(member) == {"Olive": "lead"}, "five working days have not passed"

    long_ago = timezone.now() - timedelta(days=20)
    AccessRequest.objects.filter(pk=asked.pk).update(asked_at=long_ago)
    assert "Approve and make them the lead contact" in staff(manager).get(page).content.decode()
    staff(manager).post(page, {"lead": "yes"})
    assert roles(member) == {"Olive": "contributor", "Priya": "lead"}
    sent = OutboxMessage.objects.filter(kind__startswith="network.member_lead")
    assert {message.to for message in sent} == {priya.email, officer.email}


def test_where_nobody_leads_being_let_in_is_leading(staff, council, priya, manager):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    asked = people.ask_access(member, by=priya, **WHO)
    page = reverse("network_staff:access_request", args=[asked.pk])
    assert "make them the lead contact" not in staff(manager).get(page).content.decode()
    staff(manager).post(page, {"lead": "yes"})

    assert roles(member) == {"Priya": "lead"}
    assert not Event.objects.filter(what="membership.lead_changed").exists()


def test_the_page_asks_as_often_for_many_representatives_as_for_few(
    as_, member, officer, priya, stranger, django_assert_num_queries
):
    browser = as_(officer)
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        browser.get(PAGE)
    for someone in (priya, stranger):
        people.represent(member, someone)
    with django_assert_num_queries(len(few)):
        browser.get(PAGE)
