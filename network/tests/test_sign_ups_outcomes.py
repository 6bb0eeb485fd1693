"""Everyone with a part in a sign-up hears what became of it, once each."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from conftest import person
from network import permissions
from network.actions import memberships, people, reviews, sign_ups
from network.choices import SignUpTask
from network.models import Champion, Endorsement
from network.tests.factories import CHAMPIONS, fresh, hour_of
from portal.mail import outbox
from portal.models import OutboxMessage

TODAY = timezone.localdate
OFFICERS, SIGNATORIES, CHAMPION = (
    {"olive@leeming.gov.uk", "kim@leeming.gov.uk"},
    {"lena@leeming.gov.uk", "cheng@leeming.gov.uk"},
    {"pat@leeming.gov.uk"},
)
AGREED = CHAMPIONS | {"political_email": "pat@leeming.gov.uk", "political_may_be_told": True}


@pytest.fixture
def in_review(story, manager, officer):
    """A sign-up with a colleague and a champion who agreed to be told."""
    sign_up = story.in_review(manager)
    kim = person("kim@leeming.gov.uk", first_name="Kim", last_name="Colleague")
    people.accept_invitation(people.invite(sign_up, by=officer, email=kim.email), by=kim)
    Champion.objects.filter(sign_up=sign_up, kind="political").update(email="pat@leeming.gov.uk")
    return fresh(sign_up)


def told(kind: str) -> list[str]:
    return sorted(OutboxMessage.objects.filter(kind=f"network.{kind}").values_list("to", flat=True))


def letters(subject: str) -> dict[str, str]:
    """What each person got with this in the subject, by address."""
    mail.outbox.clear()
    outbox.send_due.func()
    return {m.to[0]: m.body for m in mail.outbox if subject in m.subject}


EVERYONE = sorted(OFFICERS | SIGNATORIES | CHAMPION)


def test_acceptance_and_announcement_tell_everyone_once(in_review, manager):
    later = TODAY() + timedelta(days=5)
    membership = reviews.accept(in_review, by=manager, announce_at=hour_of(later))
    assert told("sign_up_accepted") == EVERYONE
    bodies = letters("has been accepted")
    assert "Dear Lena Leader," in bodies["lena@leeming.gov.uk"]
    assert "you endorsed Keep it Local as leader" in bodies["lena@leeming.gov.uk"]
    assert "Hello Olive Officer," in bodies["olive@leeming.gov.uk"]
    assert "Ask" not in bodies["olive@leeming.gov.uk"]
    for who, body in bodies.items():
        assert f"{membership.announce_text}. Until then nothing is public" in body, who
        assert "do not publish or post about it before then" in body, who
        assert ("/my/members/leeming/announcement/" in body) == (who in OFFICERS)
        assert ("/badge.svg" in body and "they are not Locality’s" in body) == (who not in OFFICERS)
        assert ("/join/KIL-" in body) == (who in OFFICERS)
        assert ("olive@leeming.gov.uk" in body) == (who not in OFFICERS)

    membership.announce_at = hour_of(TODAY())
    membership.save()
    memberships.announce_due()
    memberships.announce_due()
    assert told("membership_announced") == EVERYONE
    for who, body in letters("is now a Keep it").items():
        assert "/councils/leeming/endorsement/" in body and "Thank you" in body
        assert ("/councils/leeming/certificate/" in body) == (who not in OFFICERS)
        assert ("/my/members/leeming/announcement/" in body) == (who in OFFICERS)


def test_acceptance_for_today_sends_one_mail_that_says_both(in_review, manager):
    reviews.accept(in_review, by=manager, announce_at=hour_of(TODAY()))
    assert told("sign_up_accepted") == []
    bodies = letters("is now a Keep it Local council")
    assert sorted(bodies) == EVERYONE
    assert all("accepted and announced" in body for body in bodies.values())


def test_one_address_with_several_parts_gets_one_mail(in_review, manager):
    Champion.objects.filter(sign_up=in_review).update(email="Lena@leeming.gov.uk")
    reviews.decline(in_review, by=manager, reason="Not yet")
    assert told("sign_up_declined") == sorted(OFFICERS | SIGNATORIES)


def test_decline_gives_reason_to_officers_and_signatories_only(in_review, manager):
    reviews.decline(in_review, by=manager, reason="Hold the conversation first")
    bodies = letters("our decision")
    assert sorted(bodies) == EVERYONE
    for who, body in bodies.items():
        assert ("Hold the conversation first" in body) == (who not in CHAMPION)


def test_decline_taken_back_tells_everyone_who_heard_of_it(in_review, manager):
    reviews.decline(in_review, by=manager, reason="Not yet")
    letters("")
    reviews.take_back_decline(fresh(in_review), by=manager, why="It had been published")
    bodies = letters("under review again")
    assert sorted(bodies) == EVERYONE
    for who, body in bodies.items():
        assert ("It had been published" in body) == (who not in CHAMPION)
        assert ("/join/KIL-" in body) == (who in OFFICERS)


def test_withdrawal_and_end_tell_everyone(in_review, story, officer):
    sign_ups.withdraw(in_review, by=officer)
    assert told("sign_up_withdrawn") == EVERYONE
    assert all(
        "Nothing has been made public" in b
        for b in letters("Keep it Local application withdrawn").values()
    )


def test_expiry_tells_signatories_too(story, monkeypatch):
    sign_up = story.signed()
    since = timezone.now() - timedelta(days=200)
    type(sign_up).objects.filter(pk=sign_up.pk).update(touched_at=since, idle_warnings=2)
    sign_ups.remind_idle()
    fortnight = timezone.now() + timedelta(days=15)
    monkeypatch.setattr(timezone, "now", lambda: fortnight)
    assert sign_ups.expire_idle() == 1
    assert told("sign_up_expired") == sorted({"olive@leeming.gov.uk"} | SIGNATORIES)


def test_moved_announcement_tells_everyone_and_today_announces(in_review, manager):
    later = TODAY() + timedelta(days=5)
    membership = reviews.accept(in_review, by=manager, announce_at=hour_of(later))
    letters("")
    new_day = later + timedelta(days=2)
    memberships.postpone(membership, by=manager, announce_at=hour_of(new_day), why="The election")
    membership.refresh_from_db()
    bodies = letters("a new announcement time")
    assert sorted(bodies) == EVERYONE
    assert all(
        "The election" in b and f"on {membership.announce_text}" in b for b in bodies.values()
    )

    memberships.postpone(membership, by=manager, announce_at=None, why="A by-election")
    bodies = letters("the announcement is on hold")
    assert sorted(bodies) == EVERYONE and all("We’ll tell you" in b for b in bodies.values())

    memberships.postpone(membership, by=manager, announce_at=hour_of(TODAY()), why="They asked us")
    membership.refresh_from_db()
    assert membership.announced_at
    assert OutboxMessage.objects.filter(kind="network.announcement_moved").count() == 2 * len(
        EVERYONE
    )
    bodies = letters("is now a Keep it Local council")
    assert sorted(bodies) == EVERYONE
    assert not any("do not publish" in body for body in bodies.values())


def test_moving_a_doubtful_announcement_to_today_promises_no_day(in_review, manager):
    later = TODAY() + timedelta(days=5)
    membership = reviews.accept(in_review, by=manager, announce_at=hour_of(later))
    Endorsement.objects.filter(office="leader").update(reported_at=timezone.now())
    letters("")
    memberships.postpone(membership, by=manager, announce_at=hour_of(TODAY()), why="They asked us")
    membership.refresh_from_db()
    assert membership.announced_at is None
    bodies = letters("a new announcement time").values()
    assert bodies and all("as soon as we have resolved a last question" in body for body in bodies)
    assert not any("until then" in body for body in bodies)


def test_champion_address_needs_their_agreement(as_, story, officer):
    sign_up = story.started()
    address = f"/join/{sign_up.reference}/champions/"
    answers = {k: "on" if v is True else v for k, v in AGREED.items() if v is not False}
    page = as_(officer).post(address, answers | {"version": "0", "political_may_be_told": ""})
    assert "Confirm that they agree, or remove their email address" in page.content.decode()
    page = as_(officer).post(address, answers | {"version": "0", "political_email": ""})
    assert "Enter their email address, or clear the box below it" in page.content.decode()
    assert not Champion.objects.exclude(email="").exists()

    assert as_(officer).post(address, answers | {"version": "0"}).status_code == 302
    assert Champion.objects.exclude(email="").get().email == "pat@leeming.gov.uk"
    shown = as_(officer).get(address).content.decode()
    assert 'value="pat@leeming.gov.uk"' in shown


def test_champion_address_is_never_public(in_review, manager, client):
    Champion.objects.filter(sign_up=in_review).update(may_be_published=True)
    reviews.accept(in_review, by=manager, announce_at=hour_of(TODAY()))
    for page in (
        "/councils/leeming/",
        "/councils/leeming/endorsement/",
        "/councils/leeming/endorsement.json",
        "/api/v1/councils?q=leeming",
    ):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "pat@leeming.gov.uk" not in answer.content.decode(), page


def test_replaced_champion_is_told_nothing_more(story):
    sign_up = story.signed()
    story.save(sign_up, SignUpTask.CHAMPIONS, AGREED)
    other = AGREED | {"political_name": "Someone Else", "political_email": "se@leeming.gov.uk"}
    story.save(fresh(sign_up), SignUpTask.CHAMPIONS, other)
    assert {c.email for c in Champion.objects.all()} == {"", "se@leeming.gov.uk"}
    sign_ups.withdraw(fresh(sign_up), by=story.officer)
    assert "pat@leeming.gov.uk" not in told("sign_up_withdrawn")
    assert "se@leeming.gov.uk" in told("sign_up_withdrawn")


def test_sending_again_gives_the_applicant_a_receipt_each_time(in_review, manager, officer):
    for _ in range(2):
        reviews.request_changes(fresh(in_review), by=manager, wanted="The name")
        sign_ups.submit(fresh(in_review), by=officer)
    assert told("sign_up_sent_again") == [officer.email] * 2
    body = letters("We have your changes for Leeming")[officer.email]
    assert "Your job title: Adviser" in body


def test_other_champions_are_told_once_on_sending_with_before_and_after(story, officer):
    sign_up = story.signed()
    story.save(sign_up, SignUpTask.CHAMPIONS, CHAMPIONS | {"officer_name": "Wrongly Typed"})
    story.save(fresh(sign_up), SignUpTask.CHAMPIONS, CHAMPIONS | {"officer_name": "New Name"})
    assert told("champions_changed") == []
    sign_ups.submit(fresh(sign_up), by=officer)
    assert told("champions_changed") == sorted(SIGNATORIES)
    body = letters("different Keep it Local champions")["lena@leeming.gov.uk"]
    before, after = body.split("Now:")
    assert "Officer champion: Champion Senior officer" in before and "New Name" not in before
    assert "Officer champion: New Name" in after and "Wrongly" not in body


def test_corrected_role_is_not_another_champion(story, officer):
    sign_up = story.signed()
    story.save(sign_up, SignUpTask.CHAMPIONS, CHAMPIONS | {"officer_role": "Director"})
    sign_ups.submit(fresh(sign_up), by=officer)
    assert told("champions_changed") == []


def test_earlier_label_on_a_signed_page_is_not_another_champion(story, officer, manager, client):
    sign_up = story.signed()
    for signed in sign_up.endorsements.all():
        for champion, label in zip(
            signed.snapshot["champions"], ["Lead councillor", "Senior officer"], strict=True
        ):
            champion["kind"] = label
        signed.save()
    assert not any(signed.has_other_champions for signed in fresh(sign_up).endorsements.all())
    sign_ups.submit(fresh(sign_up), by=officer)
    assert told("champions_changed") == []
    reviews.take_on(fresh(sign_up), by=manager)
    reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now())
    named = client.get("/councils/leeming/endorsement.json").json()["champions_named"]
    assert [(c["kind"], c["name"]) for c in named] == [
        ("Lead councillor", "Champion Lead councillor"),
        ("Senior officer", ""),
    ]


def test_other_champions_are_not_told_again_on_the_second_sending(story, officer, manager):
    sign_up = story.signed()
    other = CHAMPIONS | {"officer_name": "New Name"}
    story.save(sign_up, SignUpTask.CHAMPIONS, other)
    sign_ups.submit(fresh(sign_up), by=officer)
    reviews.take_on(fresh(sign_up), by=manager)
    reviews.request_changes(fresh(sign_up), by=manager, wanted="The role")
    story.save(fresh(sign_up), SignUpTask.CHAMPIONS, other | {"officer_role": "Director"})
    sign_ups.submit(fresh(sign_up), by=officer)
    assert told("champions_changed") == sorted(SIGNATORIES)


def test_manager_named_as_champion_by_address_cannot_decide(in_review, manager):
    assert permissions.can_decide(manager, fresh(in_review))
    Champion.objects.filter(sign_up=in_review, kind="officer").update(email=manager.email.upper())
    assert not permissions.can_decide(manager, fresh(in_review))
