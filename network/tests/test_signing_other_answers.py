"""Other answers to an emailed link: check first, as an assistant, no, not me, report."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from network.actions import requests, reviews, sign_ups, signing, tasks
from network.choices import Office, RequestStatus, SignUpTask
from network.models import Endorsement, EndorsementRequest, Event, Refused
from network.tests.factories import CHAMPIONS, approve_wording, fresh, hour_of
from portal import links
from portal.mail import outbox
from portal.models import OutboxMessage

TODAY = timezone.localdate()
DAY = {f"agreed_on_{part}": str(getattr(TODAY, part)) for part in ("day", "month", "year")}
FOR_THEM = DAY | {
    "name": "Lena Leader",
    "role": "Leader",
    "assistant_name": "Ash Assistant",
    "agreed_how": "In a meeting, after reading it",
    "has_authority": "on",
    "sign": "yes",
}


@pytest.fixture
def asked(story) -> EndorsementRequest:
    """The leader's request with a live link."""
    return story.asked().request_of(Office.LEADER)


def address(asked: EndorsementRequest, name: str = "endorse") -> str:
    return reverse(f"network:{name}", args=[asked.token])


def state(asked: EndorsementRequest) -> str:
    return EndorsementRequest.objects.get(pk=asked.pk).status


def letters_to(address: str) -> list[str]:
    mail.outbox.clear()
    outbox.send_due.func()
    return [m.body for m in mail.outbox if m.to == [address]]


def test_what_was_typed_is_shown_before_it_signs(client, asked):
    typed = {"name": "Lena Leader", "role": "Leader", "has_authority": "on"}
    shown = {"shown": asked.sign_up.fingerprint}
    sent = client.post(address(asked), typed | shown)
    check = client.get(sent.url)
    change = client.get(sent.url + "&change=yes")

    assert sent.status_code == 302 and "Lena" not in sent.url
    assert "Nothing is signed yet" in check.content.decode()
    assert 'value="Lena Leader"' in change.content.decode()
    assert "Enter your full name to sign" in change.content.decode()
    assert not Endorsement.objects.exists()


@pytest.mark.parametrize("name", ["endorse", "endorse_for_them", "endorse_no", "endorse_not_me"])
def test_a_scanner_that_presses_every_button_answers_nothing(client, asked, name):
    for data in [{}, {"shown": asked.sign_up.fingerprint}, {"sign": "yes"}, {"why": ""}]:
        page = client.post(address(asked, name), data, follow=True)
        assert "There is a problem" in page.content.decode()
    client.head(address(asked, name))
    client.get(address(asked, name), headers={"Sec-Purpose": "prefetch"})

    assert state(asked) == RequestStatus.SENT
    assert not Endorsement.objects.exists()


@pytest.mark.parametrize("name", ["endorse_for_them", "endorse_no", "endorse_not_me"])
def test_every_page_behind_the_link_is_as_private_as_the_first(client, asked, name):
    page = client.get(address(asked, name))

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert not page.cookies
    assert (
        client.get(f"/endorse/999-{'x' * 43}/{name.removeprefix('endorse_')}/").status_code == 404
    )


def test_saying_no_is_told_in_neutral_words_and_ends_it(client, asked, officer):
    page = client.post(
        address(asked, "endorse_no"), {"is_sure": "on", "why": "Not before the budget"}, follow=True
    )

    assert "Thank you for your answer" in page.content.decode()
    assert state(asked) == RequestStatus.DECLINED
    (told,) = [b for b in letters_to(officer.email) if "do not want to endorse" in b]
    assert "Not before the budget" in told
    assert "refus" not in told.lower() and "reject" not in told.lower()
    # The answer stands: the old form signs nothing any more.
    client.post(address(asked), {"name": "L", "role": "L", "has_authority": "on", "sign": "yes"})
    assert not Endorsement.objects.exists()


def test_not_me_proposes_and_asks_nobody_until_the_officer_does(client, as_, asked, officer):
    proposal = {"name": "Rita Right", "role": "Leader", "email": "Rita@leeming.gov.uk"}
    client.post(address(asked, "endorse_not_me"), {"is_sure": "on"} | proposal)
    assert state(asked) == RequestStatus.WRONG_PERSON
    assert letters_to("rita@leeming.gov.uk") == []
    browser, reference = as_(officer), asked.sign_up.reference
    page = browser.get(reverse("network:sign_up_sign_off", args=[reference]))
    assert "Rita Right" in page.content.decode()

    browser.post(reverse("network:sign_up_ask_instead", args=[reference, "leader"]))
    named = fresh(asked.sign_up).request_of(Office.LEADER)
    assert (named.name, named.email) == ("Rita Right", "rita@leeming.gov.uk")
    assert named.status == RequestStatus.NOT_SENT
    assert letters_to("rita@leeming.gov.uk") == []

    browser.post(reverse("network:sign_up_ask", args=[reference]), {"send": "yes"})
    assert len(letters_to("rita@leeming.gov.uk")) == 1


def test_half_a_proposal_gets_a_message_and_keeps_what_was_typed(client, asked):
    data = {"is_sure": "on", "name": "Rita Right"}
    text = client.post(address(asked, "endorse_not_me"), data, follow=True).content.decode()

    assert "Enter their email address" in text
    assert 'value="Rita Right"' in text
    assert state(asked) == RequestStatus.SENT


def test_an_assistant_is_recorded_and_staff_confirm_before_they_accept(
    client, story, asked, manager
):
    page = client.post(
        address(asked, "endorse_for_them"),
        FOR_THEM | {"shown": asked.sign_up.fingerprint},
        follow=True,
    )
    assert "filled in by Ash Assistant" in page.content.decode()
    signed = Endorsement.objects.get()
    assert (signed.assistant_name, str(signed.agreed_on)) == ("Ash Assistant", str(TODAY))
    assert Event.objects.get(new="signed").by_label == "leader, by an assistant"
    letters_to("lena@leeming.gov.uk")
    assert any("was endorsed in your name" in m.subject for m in mail.outbox)

    other = fresh(asked.sign_up).request_of(Office.CHIEF_EXECUTIVE)
    shown = fresh(asked.sign_up).fingerprint
    signing.endorse(other, name=other.name, role=other.role, shown=shown)
    sign_up = fresh(asked.sign_up)
    sign_ups.submit(sign_up, by=story.officer)
    reviews.take_on(fresh(sign_up), by=manager)
    today = timezone.localdate()
    with pytest.raises(Refused, match="assistant"):
        reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(today))

    signing.confirm_signature(signed, by=manager, how="Rang her office")
    reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(today))
    assert "Signed on behalf of" in client.get("/councils/leeming/endorsement/").content.decode()
    for path in ("/councils/leeming/", "/councils/leeming/endorsement/"):
        text = client.get(path).content.decode()
        assert "Signed on behalf of" in text and "Ash Assistant" not in text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("assistant_name", "", "Enter your own name"),
        ("agreed_how", " ", "Enter how they agreed"),
        # Four years on, so that 29 February stays a day.
        ("agreed_on_year", str(TODAY.year + 4), "must be today or in the past"),
        ("agreed_on_year", "1", "Year must be between"),
        ("agreed_on_month", "13", "must be a real date"),
        ("assistant_name", "lena leader", "sign for yourself"),
    ],
)
def test_an_assistant_who_leaves_something_out_signs_nothing(client, asked, field, value, message):
    data = FOR_THEM | {"shown": asked.sign_up.fingerprint, field: value}
    page = client.post(address(asked, "endorse_for_them"), data, follow=True)

    assert message in page.content.decode()
    assert not Endorsement.objects.exists()


@pytest.fixture
def signed(story) -> Endorsement:
    return story.signed().endorsements.get(office=Office.LEADER)


def report_of(signed: Endorsement) -> str:
    return reverse("network:endorse_report", args=[signed.report_token])


def test_this_was_not_me_tells_staff_and_stops_acceptance(client, signed, story, manager, officer):
    client.get(report_of(signed))
    client.head(report_of(signed))
    client.post(report_of(signed), {"name": " "})
    assert not Endorsement.objects.exclude(reported_at=None).exists()

    data = {"name": "Lena Leader", "message": "I was on leave"}
    client.post(report_of(signed), data)
    again = client.post(report_of(signed), data, follow=True)
    assert "Thank you for telling us" in again.content.decode()
    assert OutboxMessage.objects.filter(kind="network.signature_reported").count() == 1
    assert OutboxMessage.objects.filter(kind="network.signature_questioned").count() == 1
    assert Event.objects.get(what="endorsement.reported").why == "I was on leave"

    sign_up = fresh(signed.sign_up)
    sign_ups.submit(sign_up, by=officer)
    reviews.take_on(fresh(sign_up), by=manager)
    with pytest.raises(Refused, match="not theirs"):
        reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now())
    signing.confirm_signature(signed, by=manager, how="Rang her: it was her after all")
    reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now())


def test_report_after_a_confirmation_counts_again(signed, officer, manager):
    assert signing.report_signature(signed, name="Lena", message="Not me")
    assert not signing.report_signature(signed, name="Lena", message="Not me, again")
    signing.confirm_signature(signed, by=manager, how="Rang her: it was her")
    signed.refresh_from_db()
    assert not signed.is_disputed

    assert signing.report_signature(signed, name="Lena", message="It was not")
    signed.refresh_from_db()
    assert signed.is_disputed and signed.needs_confirming
    sign_ups.submit(fresh(signed.sign_up), by=officer)
    reviews.take_on(fresh(signed.sign_up), by=manager)
    with pytest.raises(Refused, match="not theirs"):
        reviews.accept(fresh(signed.sign_up), by=manager, announce_at=timezone.now())


def test_the_copys_link_is_of_its_own_purpose_and_ends(client, signed):
    other_purpose = links.make("endorse", pk=signed.pk, generation=0)
    assert client.get(reverse("network:endorse_report", args=[other_purpose])).status_code == 404
    assert client.get(f"/endorse/{signed.report_token}/").status_code == 404

    long_ago = timezone.now() - timedelta(days=31)
    Endorsement.objects.filter(pk=signed.pk).update(signed_at=long_ago)
    assert client.post(report_of(signed), {"name": "Lena Leader"}).status_code == 410
    signed.refresh_from_db()
    assert signed.reported_at is None


def test_the_copy_carries_the_privacy_notice_and_a_link_that_opens(client, signed):
    (copy,) = letters_to("lena@leeming.gov.uk")[-1:]

    assert signed.report_token in copy
    assert "/privacy/" in copy
    assert signed.report_token not in str(list(OutboxMessage.objects.values()))
    assert client.get(report_of(signed)).status_code == 200


@pytest.mark.parametrize("then", [{}, {"sign": "yes"}])
@pytest.mark.parametrize("name", ["Lena Leader", ""])
def test_a_page_that_changed_says_so_whatever_was_pressed(client, asked, officer, then, name):
    typed = {"name": name, "role": "Leader", "has_authority": "on"}
    typed |= {"shown": asked.sign_up.fingerprint} | then
    other = CHAMPIONS | {"political_name": "Somebody Else"}
    tasks.save_task(asked.sign_up, SignUpTask.CHAMPIONS, by=officer, answers=other)

    page = client.post(address(asked), typed, follow=True)
    assert "has changed since you opened it" in page.content.decode()
    assert not Endorsement.objects.exists()


def test_a_page_that_changes_while_it_is_signed_says_so(client, asked, officer, monkeypatch):
    def champions_change_first(request, **how):
        other = CHAMPIONS | {"political_name": "Somebody Else"}
        tasks.save_task(asked.sign_up, SignUpTask.CHAMPIONS, by=officer, answers=other)
        return really(request, **how)

    really = signing.endorse
    monkeypatch.setattr(signing, "endorse", champions_change_first)
    typed = {"name": "Lena Leader", "role": "Leader", "has_authority": "on", "sign": "yes"}
    shown = asked.sign_up.fingerprint
    page = client.post(address(asked), typed | {"shown": shown}, follow=True)

    assert page.status_code == 200
    assert "has changed since you opened it" in page.content.decode()
    assert "Somebody Else" in page.content.decode()


def test_both_pages_show_the_champions_and_how_the_council_endorses(client, asked):
    typed = {"name": "Lena Leader", "role": "Leader", "has_authority": "on"}
    typed |= {"shown": asked.sign_up.fingerprint}

    for page in [client.get(address(asked)), client.post(address(asked), typed, follow=True)]:
        text = page.content.decode()
        assert "Leader and chief executive sign" in text
        assert "Champion Lead councillor" in text


@pytest.mark.parametrize("name", ["endorse", "endorse_no", "endorse_new_link"])
def test_a_browser_that_hides_where_it_comes_from_is_answered(client, asked, name):
    page = client.post(address(asked, name), {}, headers={"Origin": "null"})
    assert page.status_code == 302

    strange = client.post(address(asked, name), {}, headers={"Origin": "https://evil.example"})
    assert strange.status_code == 403


def test_who_asks_again_with_a_dead_link_kills_no_live_one(client, asked):
    old = asked.token
    requests.send_new_link(asked, by=asked.sign_up.lead())
    asked.refresh_from_db()
    live = asked.token
    client.post(reverse("network:endorse_new_link", args=[old]))
    asked.refresh_from_db()

    assert asked.token == live
    letters = letters_to("lena@leeming.gov.uk")
    assert len([text for text in letters if live in text]) == 2


def test_after_a_mail_came_back_a_new_link_may_go_to_the_same_address(as_, asked, officer):
    EndorsementRequest.objects.filter(pk=asked.pk).update(bounced_at=timezone.now())
    sign_up = fresh(asked.sign_up)
    where = reverse("network:sign_up_sign_off", args=[sign_up.reference])
    again = reverse("network:sign_up_send_again", args=[sign_up.reference, "leader"])

    assert again in as_(officer).get(where).content.decode()
    as_(officer).post(again)
    asked.refresh_from_db()
    assert asked.bounced_at is None


def test_a_mail_that_is_given_up_is_told_like_one_that_came_back(asked, officer, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise SMTPRecipientsRefused({})

    monkeypatch.setattr(outbox, "PAUSES", [])
    with monkeypatch.context() as down:
        down.setattr(EmailMultiAlternatives, "send", refuse)
        outbox.send_due.func()
    asked.refresh_from_db()

    assert asked.bounced_at
    assert Event.objects.get(what="endorsement_request.bounced", endorsement_request=asked).why == (
        "It could not be delivered"
    )
    assert OutboxMessage.objects.filter(kind="network.endorsement_bounced").count() == 2


def test_what_is_said_of_a_reported_signature_is_true_after_acceptance_too(
    client, story, manager, officer
):
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(TODAY))
    signed = sign_up.endorsements.get(office=Office.LEADER)
    where = reverse("network:endorse_report", args=[signed.report_token])
    before = client.get(where).content.decode()
    after = client.post(where, {"name": "Lena"}, follow=True).content.decode()

    outbox.send_due.func()
    letters = [m.body for m in mail.outbox if "may not be theirs" in m.body]
    letters += [m.body for m in mail.outbox if "says that it was not theirs" in m.body]
    assert len(letters) == 2
    for words in [before, after, *letters]:
        assert "be accepted" not in words and "accept the application" not in words
    assert "not be shown in public" in before
    assert "do not show the signature in public" in after


def test_an_elected_mayor_is_called_so_wherever_the_office_is_named(
    client, as_, story, officer, manager
):
    approve_wording()
    sign_up = story.filled_in()
    about = {"governance": "mayor", "profile": "", "strategy_title": "", "strategy_link": ""}
    story.save(sign_up, SignUpTask.ABOUT_COUNCIL, about)
    requests.ask_endorsers(fresh(sign_up), by=officer)
    browser = as_(officer)
    pages = ["sign_up", "sign_up_sign_off", "sign_up_endorsers", "sign_up_check"]
    for name in pages:
        page = browser.get(reverse(f"network:{name}", args=[sign_up.reference]))
        assert "Elected mayor" in page.content.decode(), name
    asked = fresh(sign_up).request_of(Office.LEADER)
    assert "Elected mayor, Leeming" in client.get(address(asked)).content.decode()

    for office in Office:
        asked = fresh(sign_up).request_of(office)
        shown = fresh(sign_up).fingerprint
        signing.endorse(asked, name=asked.name, role=asked.role, shown=shown)
    assert Event.objects.filter(by_label="elected mayor, by link").exists()
    letters_to(officer.email)
    assert any("The elected mayor of Leeming has signed" in m.subject for m in mail.outbox)
    sign_ups.submit(fresh(sign_up), by=officer)
    reviews.take_on(fresh(sign_up), by=manager)
    reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now())
    assert "<dt>Elected mayor</dt>" in client.get("/councils/leeming/").content.decode()
    record = client.get("/councils/leeming/endorsement.json").json()
    offices = [signature["office"] for signature in record["signatures"]]
    assert offices == ["Elected mayor", "Chief executive"]
