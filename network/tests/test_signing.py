"""Signing by an emailed link: opening changes nothing, and only a typed name signs."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from network.actions import requests, sign_ups, tasks
from network.choices import Office, RequestStatus, SignUpTask
from network.models import Endorsement, EndorsementRequest, Event
from network.tests.factories import CHAMPIONS, fresh
from portal import links
from portal.mail import outbox
from portal.models import OutboxMessage

SIGNATURE = {"name": "Lena Leader", "role": "Leader", "has_authority": "on", "sign": "yes"}


@pytest.fixture
def asked(story) -> EndorsementRequest:
    """The leader's request with a live link."""
    return story.asked().request_of(Office.LEADER)


@pytest.fixture
def signature(asked) -> dict[str, str]:
    """The leader's form data for the page as it is."""
    return SIGNATURE | {"shown": asked.sign_up.fingerprint}


def address(asked: EndorsementRequest) -> str:
    return reverse("network:endorse", args=[asked.token])


def test_the_page_shows_the_wording_the_champions_and_what_becomes_public(client, asked):
    text = client.get(address(asked)).content.decode()

    assert "On behalf of Leeming Borough Council, we endorse" in text
    assert "Champion Lead councillor" in text
    assert "What becomes public" in text
    assert "Draft" not in text.split("<main")[1]


def test_reading_heading_and_prefetching_sign_nothing(client, asked):
    before = Event.objects.count()
    for _ in range(20):
        client.get(address(asked), headers={"Sec-Purpose": "prefetch"})
        client.head(address(asked))

    assert Event.objects.count() == before
    assert not Endorsement.objects.exists()


@pytest.mark.parametrize("missing", ["name", "role", "has_authority"])
def test_a_post_that_lacks_anything_signs_nothing(client, asked, signature, missing):
    data = {key: value for key, value in signature.items() if key != missing}
    page = client.post(address(asked), data, follow=True)

    assert "There is a problem" in page.content.decode()
    assert not Endorsement.objects.exists()


def test_a_typed_name_signs_once_and_binds_to_what_was_shown(client, asked, signature):
    page = client.post(address(asked), signature)
    again = client.post(address(asked), signature | {"name": "Somebody Else"})

    signed = Endorsement.objects.get()
    assert page.status_code == 302
    assert again.status_code == 200
    assert "was signed on" in again.content.decode()
    assert (signed.name, signed.role, signed.office) == ("Lena Leader", "Leader", "leader")
    assert signed.wording_hash == signed.wording.hash
    assert signed.snapshot["council"] == "Leeming Borough Council"
    assert len(signed.snapshot["champions"]) == 2
    assert fresh(asked.sign_up).request_of(Office.LEADER).status == RequestStatus.SIGNED


def test_the_signatory_gets_a_copy_and_the_officer_hears_who_is_waited_for(
    client, asked, signature, officer
):
    client.post(address(asked), signature)
    outbox.send_due.func()
    sent = {m.to[0]: m for m in mail.outbox if "ndorse" in m.subject or "has signed" in m.subject}

    assert "Keep it Local principles" in sent["lena@leeming.gov.uk"].body
    assert "waiting for the chief executive" in sent[officer.email].body


def test_a_typed_name_stays_on_one_line(client, asked, signature):
    client.post(address(asked), signature | {"name": "Lena\r\n\nGo to\x85evil.example\u2028now"})

    assert Endorsement.objects.get().name == "Lena Go to evil.example now"


def test_nothing_is_signed_that_was_not_on_the_page(client, asked, signature, officer):
    other = CHAMPIONS | {"political_name": "Somebody Else"}
    tasks.save_task(asked.sign_up, SignUpTask.CHAMPIONS, by=officer, answers=other)
    page = client.post(address(asked), signature, follow=True)

    assert not Endorsement.objects.exists()
    text = page.content.decode()
    assert "has changed since you opened it" in text
    assert "Somebody Else" in text
    assert 'value="Lena Leader"' in text

    read_again = signature | {"shown": fresh(asked.sign_up).fingerprint}
    client.post(address(asked), read_again)
    assert "Somebody Else" in str(Endorsement.objects.get().snapshot)


@pytest.mark.parametrize("shown", ["", "x", "0" * 64])
def test_a_post_that_does_not_say_what_was_read_signs_nothing(client, asked, shown):
    client.post(address(asked), SIGNATURE | {"shown": shown})

    assert not Endorsement.objects.exists()


def test_the_tick_says_that_an_old_link_has_ended_and_asking_sends_a_new_one(asked, officer):
    past = timezone.now() - timedelta(seconds=1)
    EndorsementRequest.objects.filter(pk=asked.pk).update(link_ends_at=past)

    assert requests.expire_links() == 1
    assert requests.expire_links() == 0
    assert fresh(asked.sign_up).request_of(Office.LEADER).status == RequestStatus.EXPIRED

    requests.ask_endorsers(asked.sign_up, by=officer)
    assert fresh(asked.sign_up).request_of(Office.LEADER).status == RequestStatus.SENT


def test_a_post_from_another_site_signs_nothing(client, asked, signature):
    page = client.post(
        address(asked),
        signature,
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    )

    assert page.status_code == 403
    assert not Endorsement.objects.exists()


def test_the_page_is_kept_by_nobody_and_names_its_address_to_nobody(client, asked):
    page = client.get(address(asked))

    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert not page.cookies


@pytest.mark.parametrize(
    ("status", "method", "end", "headers"),
    [
        (200, "get", "", {}),
        (301, "get", "for-them", {}),
        (302, "post", "", {}),
        (403, "post", "", {"Sec-Fetch-Site": "cross-site"}),
        (404, "get", "nowhere/", {}),
        (405, "put", "", {}),
        (405, "get", "new-link/", {}),
        (400, "get", "", {"X-Nul": "a\0b"}),
    ],
)
def test_answer_behind_a_link_is_private_with_every_status(
    client, asked, status, method, end, headers
):
    answer = getattr(client, method)(address(asked) + end, headers=headers)

    assert answer.status_code == status
    assert_private(answer)


def test_dead_link_a_guess_and_a_fault_are_private_too(client, asked, monkeypatch):
    token = asked.token
    requests.cancel_request(asked, by=asked.sign_up.lead())
    dead = client.get(f"/endorse/{token}/")
    wrong = [client.get(f"/ENDORSE/1-{'x' * 43}/") for _ in range(31)]
    client.raise_request_exception = False
    monkeypatch.setattr("portal.security.token_guessing.is_spent", lambda *a, **k: 1 / 0)
    fault = client.get(f"/endorse/{token}/")

    assert [dead.status_code, wrong[0].status_code, wrong[-1].status_code] == [410, 404, 429]
    assert fault.status_code == 500
    for answer in (dead, wrong[0], wrong[-1], fault):
        assert_private(answer)


def assert_private(answer) -> None:
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies


def test_typed_words_come_back_encrypted_for_this_link_alone(client, asked):
    sent = client.post(address(asked), {"name": "Lena Leader", "role": "", "shown": "x" * 64})
    other = fresh(asked.sign_up).request_of(Office.CHIEF_EXECUTIVE)
    elsewhere = client.get(f"{address(other)}?{sent.url.partition('?')[2]}")
    here = client.get(sent.url)

    assert sent.status_code == 302 and "Lena" not in sent.url
    assert 'value="Lena Leader"' in here.content.decode()
    assert "Lena Leader" not in elsewhere.content.decode()
    assert not Endorsement.objects.exists() and not here.cookies


def test_typed_words_too_long_for_an_address_are_shown_at_once(client, asked):
    name = "".join(chr(0x4E00 + number) for number in range(4000))
    page = client.post(address(asked), {"name": name, "role": "Leader"})

    assert page.status_code == 200
    assert name in page.content.decode()


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA", "\u00e9", "a" * 4000])
def test_words_that_no_page_sealed_are_ignored(client, asked, sealed):
    page = client.get(address(asked), {"typed": sealed})

    assert page.status_code == 200
    assert "There is a problem" not in page.content.decode()


def test_page_says_who_asks_what_it_is_and_how_to_check(client, asked, officer):
    text = client.get(address(asked)).content.decode()
    title = "Will you endorse Keep it Local for Leeming Borough Council?"

    assert f"<title>{title}" in text and f">{title}</h1>" in text
    for words in [
        "Olive Officer, Adviser",
        f'href="mailto:{officer.email}"',
        asked.sign_up.reference,
        "campaign of the charity Locality",
        'href="/principles/local-spend/"',
        "through the council’s switchboard",
        "is on a domain we recognise for Leeming Borough Council",
    ]:
        assert words in text, words


def test_page_warns_of_an_officer_whose_address_is_not_known(client, asked):
    type(asked.sign_up).objects.update(email_evidence="unknown")

    assert "We do not recognise olive@leeming.gov.uk" in client.get(address(asked)).content.decode()


def test_answered_page_says_how_to_reach_the_officer_and_a_cancelled_link_does_not(
    client, asked, officer
):
    client.post(reverse("network:endorse_no", args=[asked.token]), {"is_sure": "on"})
    assert f"mailto:{officer.email}" in client.get(address(asked)).content.decode()

    other = fresh(asked.sign_up).request_of(Office.CHIEF_EXECUTIVE)
    where = address(other)
    requests.cancel_request(other, by=officer)
    dead = client.get(where)
    assert dead.status_code == 410
    assert officer.email not in dead.content.decode()


@pytest.mark.parametrize("token", ["1", "x", "1-", "-x", "999999-abc", "1-" + "a" * 500, "٣-abc"])
def test_what_never_was_a_link_is_not_found(client, asked, token):
    assert client.get(f"/endorse/{token}/").status_code == 404


def test_another_requests_mac_does_not_open_this_request(client, asked):
    other = fresh(asked.sign_up).request_of(Office.CHIEF_EXECUTIVE)
    mac = other.token.partition("-")[2]

    assert client.get(f"/endorse/{asked.pk}-{mac}/").status_code == 404


def test_a_token_made_for_another_purpose_does_not_open(client, asked):
    token = links.make("supporter", pk=asked.pk, generation=asked.generation)

    assert client.get(f"/endorse/{token}/").status_code == 404


def test_a_link_ends_after_thirty_days_and_offers_a_new_one(client, asked, signature):
    past = timezone.now() - timedelta(seconds=1)
    EndorsementRequest.objects.filter(pk=asked.pk).update(link_ends_at=past)
    page = client.get(address(asked))
    signed = client.post(address(asked), signature)

    assert page.status_code == signed.status_code == 410
    assert "Send a new link" in page.content.decode()
    assert not Endorsement.objects.exists()


def test_a_dead_link_sends_a_new_one_to_the_address_on_file_only(client, asked):
    old = asked.token
    requests.send_new_link(asked, by=asked.sign_up.lead())
    page = client.post(reverse("network:endorse_new_link", args=[old]), follow=True)

    newest = OutboxMessage.objects.filter(kind="network.endorsement_request").order_by("-pk")[0]
    assert "Check your inbox" in page.content.decode()
    assert newest.to == "lena@leeming.gov.uk"
    assert newest.about["generation"] == 2


def test_asking_for_new_links_is_limited(client, asked):
    old = asked.token
    for _ in range(8):
        client.post(reverse("network:endorse_new_link", args=[old]))

    letters = OutboxMessage.objects.filter(kind="network.endorsement_request")
    assert letters.filter(about__request=asked.pk).count() == 3


def test_no_token_stands_in_any_row(client, asked):
    outbox.send_due.func()
    token = asked.token

    for message in OutboxMessage.objects.all():
        assert token not in str(vars(message))
    assert token.partition("-")[2] in mail.outbox[-1].body or any(
        token in m.body for m in mail.outbox
    )


def test_a_mail_of_an_older_generation_is_not_sent(asked):
    outbox.send_due.func()
    mail.outbox.clear()
    row = OutboxMessage.objects.get(event=f"endorsement_request:{asked.pk}:1")
    OutboxMessage.objects.filter(pk=row.pk).update(status="pending", next_try_at=timezone.now())
    EndorsementRequest.objects.filter(pk=asked.pk).update(generation=2)
    outbox.send_due.func()

    row.refresh_from_db()
    assert row.status == OutboxMessage.Status.CANCELLED
    assert mail.outbox == []


def test_only_signatures_for_the_pinned_wording_count(story):
    sign_up = story.signed()
    assert sign_up.is_endorsed()

    later = type(sign_up.wording).objects.create(version=2, text="Another wording")
    sign_up.wording = later
    sign_up.save()

    assert not fresh(sign_up).is_endorsed()


def test_a_signature_that_was_struck_out_does_not_count(story):
    sign_up = story.signed()
    Endorsement.objects.filter(office=Office.LEADER).update(
        struck_out_at=timezone.now(), struck_out_why="Not signed by the leader"
    )

    assert not fresh(sign_up).is_endorsed()


def test_nothing_is_signed_after_the_sign_up_was_withdrawn(client, story, officer):
    sign_up = story.asked()
    asked = sign_up.request_of(Office.LEADER)
    sign_ups.withdraw(sign_up, by=officer)
    page = client.post(address(asked), SIGNATURE)

    assert page.status_code == 410
    assert not Endorsement.objects.exists()


def test_signed_page_says_what_follows_until_it_is_decided(client, story, officer):
    sign_up = story.signed()
    signed = address(sign_up.request_of(Office.LEADER))
    follows = "again with the network’s decision"

    assert follows in client.get(signed).content.decode()
    sign_ups.withdraw(sign_up, by=officer)
    assert follows not in client.get(signed).content.decode()
