"""Emails: right recipient, no rendering fault, and one working link."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from network.actions import reviews, sign_ups
from network.tests.factories import hour_of
from portal.mail import outbox

SIGNERS = ["lena", "cheng"]
LINK = re.compile(r"https?://[^\s<>\"]+")


@pytest.fixture
def letters(story, manager, officer):
    """Every email of one council's journey, and of the ways it can end early."""
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    outbox.send_due.func()
    return list(mail.outbox)


def test_the_story_sends_its_mails_to_the_right_people(letters, officer):
    sent = {(letter.to[0], letter.subject.split(" (")[0]) for letter in letters}
    leeming = "Leeming Borough Council"
    copies = {
        (f"{who}@leeming.gov.uk", f"Your copy: you endorsed Keep it Local for {leeming}")
        for who in SIGNERS
    }

    # The requests were answered before they left, and so did not leave.
    assert len(letters) == len(sent) == 11
    assert sent == {
        (officer.email, "Continue Leeming’s Keep it Local application"),
        *copies,
        *(
            (f"{who}@leeming.gov.uk", "Leeming has sent its Keep it Local application")
            for who in SIGNERS
        ),
        (officer.email, "The leader of Leeming has signed"),
        (officer.email, "The chief executive of Leeming has signed"),
        (officer.email, "We have Leeming’s application"),
        *(
            (to, "Leeming is now a Keep it Local council")
            for to in (officer.email, *(f"{who}@leeming.gov.uk" for who in SIGNERS))
        ),
    }


@pytest.fixture
def asked_letters(story):
    """Emails to the endorsers while their links work."""
    story.asked()
    outbox.send_due.func()
    return list(mail.outbox)


def test_a_request_carries_a_link_that_opens_the_page(asked_letters, client):
    for letter in asked_letters[1:]:
        link = next(found for found in LINK.findall(letter.body) if "/endorse/" in found)
        page = client.get(link.removeprefix(settings.SITE_URL))
        assert page.status_code == 200
        assert "Will you endorse" in page.content.decode()


def test_every_mail_has_text_html_and_links_that_work(letters, client):
    for letter in letters:
        subject = letter.subject
        html, kind = letter.alternatives[0]
        links = set(LINK.findall(letter.body))

        assert subject and "\n" not in subject and len(subject) < 120
        assert kind == "text/html"
        assert "{{" not in letter.body and "{%" not in letter.body and "None" not in letter.body
        assert all(link in html for link in links)
        assert links, subject
        for link in links:
            path = link.removeprefix(settings.SITE_URL)
            assert path != link
            if not path.startswith(("/privacy/", "/contact/")):  # pages of editors
                assert client.get(path).status_code in {200, 302}, link


def test_every_mail_says_who_runs_the_site_and_has_a_stable_id(letters):
    for letter in letters:
        assert "Demonstration: not run by Locality" in letter.body
        assert letter.extra_headers["Message-ID"].startswith("<")


def test_declining_and_withdrawing_tell_the_officer(story, manager, officer):
    sign_up = story.in_review(manager)
    reviews.decline(sign_up, by=manager, reason="It was the wrong council")
    second = story.started()
    sign_ups.withdraw(second, by=officer)
    outbox.send_due.func()

    bodies = [m.body for m in mail.outbox if m.to == [officer.email]]
    assert any("It was the wrong council" in body for body in bodies)
    assert any("has been withdrawn" in body for body in bodies)


def test_an_accepted_council_is_asked_to_keep_it_quiet_until_its_day(story, manager):
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timedelta(days=4)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(later))
    outbox.send_due.func()

    accepted = [m for m in mail.outbox if "has been accepted" in m.subject]
    assert len(accepted) == 3
    assert all("do not publish or post about it before then" in m.body for m in accepted)
    assert not [m for m in mail.outbox if "is now a Keep it Local council" in m.subject]


def test_what_people_typed_is_escaped_in_the_html(story, officer):
    story.council.official_name = "<b>Leeming</b> & Co"
    story.council.save()
    story.started()
    outbox.send_due.func()

    assert "<b>Leeming" not in mail.outbox[0].alternatives[0][0]
