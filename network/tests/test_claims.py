"""Claims: staff invite an officer to act for an existing member."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from conftest import person
from network.actions import claims, departures, memberships, people
from network.choices import EmailEvidence, InvitationStatus, MembershipStatus, RepresentativeRole
from network.models import Claim, Event, Membership, Refused
from portal.mail import outbox
from portal.models import OutboxMessage

ROBIN = {
    "name": "Robin Reed",
    "job_title": "Head of Communities",
    "email": "robin@leeming.gov.uk",
    "verified_how": "Called the main number and asked",
}
PAGE = "/admin/claims/leeming/"


@pytest.fixture
def existing(council) -> Membership:
    """Leeming, an existing member that no one acts for."""
    return memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )


@pytest.fixture
def robin(db):
    return person(ROBIN["email"], first_name="Robin", last_name="Reed")


@pytest.fixture
def claim(existing, manager) -> Claim:
    return claims.invite_to_claim(existing, by=manager, **ROBIN)


def link_of(claim: Claim) -> str:
    return reverse("network:claim", args=[Claim.objects.get(pk=claim.pk).token])


def answer_of(claim: Claim) -> str:
    return reverse("network:answer_claim", args=[claim.pk])


def again(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def test_an_officer_says_yes_becomes_the_lead_and_the_years_begin(claim, robin, as_, manager):
    outbox.send_due.func()
    letter = next(m for m in mail.outbox if m.to == [ROBIN["email"]])
    assert link_of(claim) in letter.body and "Robin Reed" in letter.body
    stranger = as_().get(link_of(claim))
    assert "Sign in with the email address we sent the invitation to" in stranger.content.decode()

    browser = as_(robin)
    asked = browser.get(link_of(claim), follow=True)
    assert asked.redirect_chain == [(answer_of(claim), 302)]
    done = browser.post(answer_of(claim), {"yes": "yes"})
    assert done["Location"] == "/my/members/leeming/"
    membership = Membership.objects.get()
    today = timezone.localdate()
    assert membership.lead() == robin and membership.claimed_on == today
    assert membership.next_check_in_on == membership.check_in_after(today)
    assert not Membership.objects.unclaimed().exists()
    told = OutboxMessage.objects.filter(kind__startswith="network.claim_")
    assert sorted((row.kind, row.to) for row in told) == [
        ("network.claim_accepted", manager.email),
        ("network.claim_welcome", robin.email),
    ]


def test_opening_the_link_answers_nothing(claim, robin, as_):
    as_(robin).get(link_of(claim) + "?yes=yes", follow=True)
    assert again(claim).status == InvitationStatus.SENT
    assert not Membership.objects.get().representatives.exists()


def test_someone_else_cannot_answer_and_learns_nothing(claim, stranger, as_):
    browser = as_(stranger)
    assert browser.post(answer_of(claim), {"yes": "yes"}).status_code == 404
    there = browser.get(answer_of(claim), follow=True).content.decode()
    not_there = browser.get("/my/claims/999999/", follow=True).content.decode()
    assert "not for stan@elsewhere.example" in there and "Leeming" not in there
    assert there.split("<main")[1] == not_there.split("<main")[1]
    assert "sent the invitation to another email address" in (
        browser.get(link_of(claim)).content.decode()
    )
    assert again(claim).status == InvitationStatus.SENT


def test_the_wrong_person_says_who_is_right_and_staff_are_told(claim, robin, as_, manager):
    as_(robin).post(answer_of(claim), {"no": "no", "why": "Ask Priya, Head of Policy"})
    assert again(claim).status == InvitationStatus.REFUSED
    row = OutboxMessage.objects.get(kind="network.claim_refused")
    assert row.to == manager.email
    assert (
        "Ask Priya"
        in outbox.declared(row.kind).render(outbox.declared(row.kind).fetch(row.about))[1]
    )
    assert not Membership.objects.get().is_claimed


def test_an_expired_link_says_so_and_staff_send_a_new_one(claim, robin, as_, manager):
    old = link_of(claim)
    Claim.objects.update(link_ends_at=timezone.now() - timedelta(days=1))
    assert claims.expire_claims() == 1
    assert as_(robin).get(old).status_code == 410
    with pytest.raises(Refused):
        claims.accept_claim(claim, by=robin)
    claims.send_claim_again(claim, by=manager)
    assert as_(robin).get(old).status_code == 410
    assert as_(robin).get(link_of(claim)).status_code == 302
    claims.accept_claim(claim, by=robin)
    assert Membership.objects.get().lead() == robin


def test_a_second_invitation_cancels_the_first(claim, existing, manager, robin, as_):
    claims.invite_to_claim(existing, by=manager, **ROBIN | {"email": "priya@leeming.gov.uk"})
    assert again(claim).status == InvitationStatus.CANCELLED
    assert as_(robin).get(link_of(claim)).status_code == 410


def test_an_address_of_another_domain_is_kept_as_unknown(existing, manager):
    made = claims.invite_to_claim(existing, by=manager, **ROBIN | {"email": "Robin@Gmail.com"})
    assert made.email == "robin@gmail.com" and made.email_evidence == EmailEvidence.UNKNOWN
    assert Event.objects.get(what="claim.sent").by == manager


def test_a_member_with_a_lead_cannot_be_claimed(existing, manager, claim, robin, officer):
    people.represent(existing, officer)
    with pytest.raises(Refused, match="already"):
        claims.invite_to_claim(existing, by=manager, **ROBIN)
    with pytest.raises(Refused):
        claims.accept_claim(claim, by=robin)
    with pytest.raises(Refused):
        claims.send_claim_again(claim, by=manager)


def test_someone_with_access_becomes_the_lead(existing, manager, robin, officer):
    people.represent(existing, officer)
    people.represent(existing, robin)
    existing.representatives.filter(user=officer).update(ended_at=timezone.now(), ended_why="x")
    made = claims.invite_to_claim(existing, by=manager, **ROBIN)
    claims.accept_claim(made, by=robin)
    assert existing.representatives.get(user=robin).role == RepresentativeRole.LEAD


def test_a_claim_ends_with_the_membership(claim, existing, manager, robin):
    departures.end_membership(
        existing, MembershipStatus.REMOVED, on=timezone.localdate(), by=manager, why="x"
    )
    assert again(claim).status == InvitationStatus.CANCELLED


def test_an_answered_claim_cannot_be_sent_again(claim, manager, robin):
    claims.refuse_claim(claim, by=robin)
    with pytest.raises(Refused):
        claims.send_claim_again(claim, by=manager)


def test_a_bounce_is_told_to_the_manager_once(claim, manager):
    row = OutboxMessage.objects.get(kind="network.claim")
    outbox.mark_bounced(row, "No such address")
    outbox.mark_bounced(row, "No such address")
    assert again(claim).bounced_at
    assert OutboxMessage.objects.filter(kind="network.claim_bounced").count() == 1


def test_a_manager_who_has_left_is_not_told_but_the_others_are(claim, manager, robin):
    other = person("nadia@network.example", group="Network managers")
    manager.is_active = False
    manager.save()
    claims.refuse_claim(claim, by=robin)
    assert [r.to for r in OutboxMessage.objects.filter(kind="network.claim_refused")] == [
        other.email
    ]


# Staff's page


def test_staff_read_the_email_before_it_leaves(existing, manager, staff):
    browser = staff(manager)
    page = browser.get(PAGE).content.decode()
    assert "leeming.gov.uk" in page and "Invite an officer" in page
    assert browser.post(f"{PAGE}invite/", ROBIN)["Location"] == PAGE
    page = browser.get(PAGE).content.decode()
    assert "Robin Reed, Head of Communities" in page and "Send a new link" in page
    browser.post(f"{PAGE}answer/", {"again": "yes"})
    browser.post(f"{PAGE}answer/", {"cancel": "yes"})
    assert Claim.objects.get().status == InvitationStatus.CANCELLED
    assert (
        "No invitation is out"
        in browser.post(f"{PAGE}answer/", {"cancel": "yes"}, follow=True).content.decode()
    )


def test_staff_are_warned_of_an_address_of_another_domain(existing, manager, as_, staff):
    form = ROBIN | {"email": "robin@gmail.com"}
    browser = staff(manager)
    page = super(type(browser), browser).post(f"{PAGE}invite/", form).content.decode()
    assert "not on a domain that we know of this council" in page
    assert not Claim.objects.exists()


def test_staff_must_say_how_they_know(existing, manager, staff):
    page = staff(manager).post(f"{PAGE}invite/", ROBIN | {"verified_how": "…"}).content.decode()
    assert "Enter how you know" in page and not Claim.objects.exists()


@pytest.mark.usefixtures("another_manager")
def test_a_manager_with_a_part_in_the_council_cannot_invite(existing, staff):
    mixed = person("pat@network.example", group="Network managers")
    people.represent(existing, mixed)
    existing.representatives.update(ended_at=timezone.now(), ended_why="x")
    browser = staff(mixed)
    assert "another manager must handle this" in browser.get(PAGE).content.decode()
    assert browser.post(f"{PAGE}invite/", ROBIN)["Location"] == "/admin/"
    assert not Claim.objects.exists()


def test_an_editor_does_not_see_it(existing, editor, staff):
    assert staff(editor).get(PAGE)["Location"] == "/admin/"
    assert staff(editor).post(f"{PAGE}answer/", {"again": "yes"})["Location"] == "/admin/"


def test_the_account_page_offers_the_open_invitation(claim, robin, stranger, as_):
    assert answer_of(claim) in as_(robin).get("/my/").content.decode()
    assert answer_of(claim) not in as_(stranger).get("/my/").content.decode()
    claims.accept_claim(claim, by=robin)
    assert answer_of(claim) not in as_(robin).get("/my/").content.decode()
    assert as_(robin).get(answer_of(claim))["Location"] == "/my/"


def test_a_bounce_of_an_answered_invitation_is_told_to_no_one(claim, robin):
    row = OutboxMessage.objects.get(kind="network.claim")
    claims.accept_claim(claim, by=robin)
    outbox.mark_bounced(row, "No such address")
    assert not OutboxMessage.objects.filter(kind="network.claim_bounced").exists()
