"""What staff see before anything leaves: the very emails, and nothing is done until they say so."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from conftest import person
from network.actions import memberships, people, reviews, wordings
from network.choices import SignUpStatus
from network.models import Event, Membership, Removal, SignUp
from network.tests.factories import approve_wording, fresh, typed_hour
from portal.mail import outbox
from portal.mail.declarations import SAMPLE_TOKEN
from portal.models import OutboxMessage


@pytest.fixture
def browser(as_, manager):
    """The manager's browser, which confirms nothing by itself."""
    Authenticator.objects.create(user=manager, type="totp", data={"secret": "x"})
    return as_(manager)


def at(name: str, *args: object) -> str:
    return reverse(f"network_staff:{name}", args=args)


ACTS = {
    "accept": typed_hour(timezone.localdate()),
    "decline": {"reason": "The wrong council"},
    "request_changes": {"is_champions": "on", "note_champions": "Name both in full"},
}


@pytest.mark.parametrize("act", ACTS)
def test_act_shows_what_would_leave_and_does_it_only_once_confirmed(browser, story, manager, act):
    sign_up = story.in_review(manager)
    outbox.send_due.func()
    mail.outbox.clear()
    events = Event.objects.count()
    address = at(act, sign_up.reference)
    page = browser.post(address, ACTS[act])

    letters = page.context["letters"]
    text = page.content.decode()
    assert letters and story.officer.email in text and "Nothing has been done yet" in text
    assert (fresh(sign_up).status, Event.objects.count()) == (SignUpStatus.IN_REVIEW, events)
    assert not OutboxMessage.objects.filter(status="pending").exists()

    entered = dict(page.context["entered"])
    assert entered == ACTS[act]
    done = browser.post(address, entered | {"confirmed": page.context["fingerprint"]})
    assert done.status_code == 302
    outbox.send_due.func()
    sent = [(m.subject, m.body, m.to) for m in mail.outbox]
    assert sent == [(subject, body, to) for _, _, subject, body, to in letters]


def test_a_fingerprint_of_other_emails_does_nothing_and_shows_them_again(browser, story, manager):
    sign_up = story.in_review(manager)
    address = at("decline", sign_up.reference)
    shown = browser.post(address, {"reason": "One"}).context["fingerprint"]
    for confirmed in [shown, "", "x"]:
        page = browser.post(address, {"reason": "Two", "confirmed": confirmed})
        assert "Something has changed since you looked" in page.content.decode()
    assert fresh(sign_up).status == SignUpStatus.IN_REVIEW


def test_a_date_that_was_changed_after_the_check_is_shown_again(browser, story, manager):
    sign_up = story.in_review(manager)
    address = at("decline", sign_up.reference)
    shown = browser.post(address, {"reason": "Met on 1/2/2026"}).context["fingerprint"]
    page = browser.post(address, {"reason": "Met on 1/3/2026", "confirmed": shown})

    assert "Something has changed since you looked" in page.content.decode()
    assert fresh(sign_up).status == SignUpStatus.IN_REVIEW


def test_going_back_keeps_what_was_typed(browser, story, manager):
    sign_up = story.in_review(manager)
    page = browser.post(at("decline", sign_up.reference), {"reason": "Typed long", "change": "yes"})

    assert "Typed long" in page.content.decode()
    assert fresh(sign_up).status == SignUpStatus.IN_REVIEW


@pytest.mark.parametrize("reason", ["", "   ", "\x07\x08", "\u202e\u200b", "\x00", "...", "\r\n"])
@pytest.mark.parametrize("act", ["decline", "end"])
def test_a_reason_without_words_is_refused(browser, story, manager, act, reason):
    sign_up = story.in_review(manager) if act == "decline" else story.asked()
    page = browser.post(at(act, sign_up.reference), {"reason": reason})

    assert "Enter the reason" in page.content.decode() or "Null characters" in page.content.decode()
    assert fresh(sign_up).is_open and "fingerprint" not in page.context


def test_hidden_signs_are_taken_out_of_a_reason(staff, story, manager):
    sign_up = story.in_review(manager)
    staff(manager).post(at("decline", sign_up.reference), {"reason": "No\x07 \u202eway\r\n\r\nYes"})

    assert fresh(sign_up).decision_reason == "No way\n\nYes"


def test_a_refusal_is_said_before_anything_is_shown(browser, story, manager):
    sign_up = story.in_review(manager)
    SignUp.objects.update(email_evidence="unknown")
    page = browser.post(at("accept", sign_up.reference), ACTS["accept"])

    assert "Not done." in page.content.decode()
    assert not Membership.objects.exists()


def test_links_of_emails_that_are_only_shown_open_nothing(browser, story, manager):
    sign_up = story.asked()
    newer = person("nora@network.example", group="Network managers")
    text = sign_up.wording.text + " Together."
    made = wordings.write_wording(by=newer, text=text)
    approve_wording(made)
    page = browser.post(at("move_wording", sign_up.reference), {"why": "A better one"})

    asked = [text for _, _, _, text, _ in page.context["letters"] if "/endorse/" in text]
    assert len(asked) == 2 and all(f"/endorse/{SAMPLE_TOKEN}/" in text for text in asked)


def test_removing_shows_the_email_first(browser, council, officer, manager):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(member, officer)
    grounds = {"council": council.pk, "grounds": "It said so in writing"}
    page = browser.post(at("open_removal"), grounds)
    assert "It said so in writing" in page.content.decode() and not Removal.objects.exists()
    again = browser.post(at("open_removal"), grounds | {"change": "yes"})
    assert "It said so in writing" in again.content.decode() and not Removal.objects.exists()

    browser.post(at("open_removal"), grounds | {"confirmed": page.context["fingerprint"]})
    removal = Removal.objects.get()
    Removal.objects.update(
        opened_by=person("nora@network.example"),
        decide_from=timezone.localdate(),
        opened_at=timezone.now() - timedelta(days=20),
    )
    decide = at("decide_removal", removal.pk)
    page = browser.post(decide, {"why": "Nothing was said", "remove": "yes"})
    assert f"End the membership of {council}" in page.content.decode()
    assert Removal.objects.get().is_open
    shown = {"confirmed": page.context["fingerprint"]}
    browser.post(decide, {"why": "Nothing was said", "remove": "no"} | shown)  # not what was shown
    assert Removal.objects.get().is_open
    browser.post(decide, {"why": "Nothing was said", "remove": "yes"} | shown)
    assert Removal.objects.get().status == "removed"


def test_a_decline_is_taken_back_and_can_be_said_again(staff, story, manager):
    sign_up = story.in_review(manager)
    browser = staff(manager)
    browser.post(at("decline", sign_up.reference), {"reason": "Too early"})
    page = browser.get(at("sign_up", sign_up.reference)).content.decode()
    assert "Take back the decline" in page
    browser.post(at("take_back", sign_up.reference), {"why": "It was published"})

    again = fresh(sign_up)
    assert (again.status, again.decided_at, again.decision_reason) == ("in_review", None, "")
    assert again.is_signed()
    assert OutboxMessage.objects.filter(kind="network.decline_taken_back").count() == 3
    outbox.send_due.func()
    bodies = [m.body for m in mail.outbox if m.to == [story.officer.email]]
    assert any("It was published" in body for body in bodies)
    assert not any("Too early" in body for body in bodies)  # no longer true when mail left

    browser.post(at("decline", sign_up.reference), {"reason": "Still too early"})
    assert OutboxMessage.objects.filter(kind="network.sign_up_declined").count() == 6


def test_a_decline_is_not_taken_back_once_the_council_has_started_again(staff, story, manager):
    sign_up = story.in_review(manager)
    reviews.decline(sign_up, by=manager, reason="x")
    story.started()
    page = staff(manager).post(at("take_back", sign_up.reference), {"why": "Sorry"})

    assert "since started another application" in page.content.decode()
    assert fresh(sign_up).status == SignUpStatus.DECLINED


def test_a_decline_is_not_taken_back_once_the_council_is_a_member(staff, story, manager, council):
    sign_up = story.in_review(manager)
    reviews.decline(sign_up, by=manager, reason="x")
    memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    page = staff(manager).post(at("take_back", sign_up.reference), {"why": "Sorry"})

    assert "is already a member" in page.content.decode()
    assert fresh(sign_up).status == SignUpStatus.DECLINED
