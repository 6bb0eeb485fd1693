"""New leaders and chief executives: old endorsements stay, new holders are asked."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import person
from network import record
from network.actions import memberships, offices, people, reviews, signing, wordings
from network.choices import Office
from network.models import (
    Endorsement,
    EndorsementWording,
    Event,
    LaterEndorsement,
    Membership,
    OfficeChange,
    PreElectionPeriod,
    Refused,
)
from network.tests.factories import approve_wording, fresh, hour_of
from portal.mail import outbox
from portal.models import OutboxMessage

LIST = "/my/members/leeming/offices/"
FORM = f"{LIST}leader/"
NOOR = {"name": "Noor Newman", "role": "Interim Leader", "email": "noor@leeming.gov.uk"}
SIGN = {"name": "Noor Newman", "role": "Interim Leader", "has_authority": "on"}


def today():
    return timezone.localdate()


def typed(since=None, held="held", **changes) -> dict[str, object]:
    since = since or today()
    day = {"since_day": since.day, "since_month": since.month, "since_year": since.year}
    return {"held": held, **day, **NOOR} | changes


@pytest.fixture
def member(council, officer, manager):
    """Leeming, an existing member, led by the officer."""
    approve_wording()
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(made, officer)
    return made


@pytest.fixture
def signed_up(story, manager):
    """Leeming, which joined here with both signatures."""
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(today()))
    return fresh(sign_up).membership


def asked(membership, by, **changes) -> OfficeChange:
    given = {"office": Office.LEADER, "since": today(), **NOOR} | changes
    return offices.record_office_change(membership, by=by, **given)


def again(change: OfficeChange) -> OfficeChange:
    return OfficeChange.objects.select_related("membership__council", "wording").get(pk=change.pk)


def link_of(change: OfficeChange) -> str:
    return reverse("network:endorse_again", args=[again(change).token])


def shown(change: OfficeChange) -> dict[str, str]:
    return {"shown": again(change).fingerprint}


def signed(change: OfficeChange) -> LaterEndorsement:
    signing.endorse(again(change), name=NOOR["name"], role=NOOR["role"], **shown(change))
    return LaterEndorsement.objects.get(change=change)


def sent_to(address: str) -> list:
    mail.outbox.clear()
    outbox.send_due.func()
    return [message for message in mail.outbox if message.to == [address]]


# ---- Recording ---------------------------------------------------------------------------
def test_the_lead_records_an_interim_holder_and_they_get_one_link(as_, member, officer):
    browser = as_(officer)
    assert LIST in browser.get("/my/", follow=True).content.decode()
    assert FORM in browser.get(LIST).content.decode()
    page = browser.post(FORM, typed(), follow=True)

    change = OfficeChange.objects.get()
    assert (change.status, change.role, change.since) == ("asked", "Interim Leader", today())
    assert "Noor Newman, Interim Leader" in page.content.decode()
    event = Event.objects.get(what="office_change.recorded")
    assert (event.by, event.office_change, event.membership) == (officer, change, member)
    (letter,) = sent_to(NOOR["email"])
    assert link_of(change) in letter.body and "Olive Officer" in letter.body
    assert change.token not in str(OutboxMessage.objects.values_list("about", "event"))


def test_an_office_can_be_vacant_and_then_nobody_is_asked(as_, member, officer):
    as_(officer).post(FORM, typed(held="vacant", name="", role="", email=""))
    change = OfficeChange.objects.get()

    assert change.status == "vacant"
    assert not OutboxMessage.objects.filter(kind="network.again_request").exists()
    with pytest.raises(Refused):
        offices.ask_office_holder(change, by=officer)
    assert "The role of leader is vacant" in Client().get("/councils/leeming/").content.decode()
    as_(officer).post(FORM, typed())
    assert set(OfficeChange.objects.values_list("status", flat=True)) == {"replaced", "asked"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"held": ""}, "Select what has changed"),
        ({"since_day": "31", "since_month": "2"}, "Date of the change must be a real date"),
        ({"since_year": "1"}, "Year must be between"),
        ({"name": ""}, "Enter their name"),
        ({"role": ""}, "Enter their role"),
        ({"email": "noor"}, "Enter a valid email address"),
        ({"held": "vacant"}, "Select that someone holds the role"),
        ({"name": "x" * 5000}, "at most 120 characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(as_, member, officer, wrong, words):
    page = as_(officer).post(FORM, typed(**wrong))
    assert words in page.content.decode()
    assert 'value="noor' in page.content.decode()
    assert not OfficeChange.objects.exists()


def test_a_day_to_come_or_before_the_signature_on_record_is_no_change(as_, signed_up, officer):
    for day, words in (
        (today() + timedelta(days=1), "must be today or in the past"),
        (today() - timedelta(days=9), "(the last signature) or later"),
    ):
        assert words in as_(officer).post(FORM, typed(day)).content.decode()
    assert not OfficeChange.objects.exists()


def test_recording_the_same_twice_is_once_and_a_correction_kills_the_old_link(member, officer):
    first = asked(member, officer)
    assert asked(member, officer) == first
    assert OutboxMessage.objects.filter(kind="network.again_request").count() == 1
    old = link_of(first)
    second = asked(member, officer, email="noor.newman@leeming.gov.uk")

    assert Client().get(old).status_code == 410
    assert Client().get(link_of(second)).status_code == 200
    assert sent_to(NOOR["email"]) == []


def test_who_may_record(as_, staff, member, officer, stranger, editor, manager):
    contributor = person("cara@leeming.gov.uk")
    people.represent(member, contributor)
    for address in (LIST, FORM):
        for nobody in (stranger, editor, manager):
            assert as_(nobody).get(address).status_code == 404
            assert as_(nobody).post(address, typed()).status_code == 404
        assert as_().get(address).status_code == 302
    assert as_(contributor).get(LIST).status_code == 200
    assert "Record a new" not in as_(contributor).get(LIST).content.decode()
    assert as_(contributor).get(FORM).status_code == 403
    assert as_(contributor).post(LIST, {"ask": "1"}).status_code == 403
    in_admin = [
        reverse("network_staff:office_changes"),
        reverse("network_staff:member_offices", args=["leeming"]),
    ]
    in_admin.append(reverse("network_staff:member_office", args=["leeming", "leader"]))
    for address in in_admin:
        assert staff(editor).get(address).status_code == 302, "back to the admin's first page"
        assert staff(manager).get(address).status_code == 200
    assert not OfficeChange.objects.exists()


def test_staff_record_it_for_a_member_that_nobody_represents(staff, council, manager):
    approve_wording()
    memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    browser = staff(manager)
    form = reverse("network_staff:member_office", args=["leeming", "chief_executive"])
    wrong = browser.post(form, {"held": "held", "since": "2026-02-31", **NOOR})
    assert "Date of the change must be a real date" in wrong.content.decode()
    browser.post(form, {"held": "held", "since": today().isoformat(), **NOOR})
    assert OfficeChange.objects.get().office == "chief_executive"
    assert "Noor Newman" in browser.get(reverse("network_staff:office_changes")).content.decode()


def test_what_is_no_member_of_today_has_no_offices(as_, staff, member, officer, manager):
    for changes in (
        {"announced_at": None},
        {"announced_at": timezone.now(), "status": "withdrawn"},
    ):
        Membership.objects.filter(pk=member.pk).update(**changes)
        assert as_(officer).get(LIST).status_code == 404
        page = reverse("network_staff:member_offices", args=["leeming"])
        assert staff(manager).get(page).status_code == 404
        with pytest.raises(Refused):
            asked(member, officer)


def test_outside_debug_nobody_is_asked_to_sign_what_is_not_approved(as_, council, officer):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(member, officer)
    page = as_(officer).post(FORM, typed(), follow=True).content.decode()
    change = OfficeChange.objects.get()
    assert change.status == "not_asked" and "has not approved its wording" in page
    assert "Another leader has been in office since" in page

    as_(officer).post(LIST, {"ask": change.pk})
    assert again(change).status == "not_asked"
    approve_wording()
    as_(officer).post(LIST, {"ask": change.pk})
    assert again(change).status == "asked"


# ---- The link ----------------------------------------------------------------------------
def test_opening_the_link_signs_nothing_and_only_a_typed_name_does(member, officer):
    change = asked(member, officer)
    page = link_of(change)
    for _ in range(20):
        answer = Client().get(page, headers={"Purpose": "prefetch"})
        Client().head(page)
    text = answer.content.decode()
    assert "Leeming Borough Council" in text and "Wording version 1" in text
    assert answer["Cache-Control"] == "no-store, private" or "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer" and answer["X-Robots-Tag"] == "noindex"
    for bare in ({}, {"sign": "yes"}, {**SIGN, "name": "", "sign": "yes"}, {**SIGN}):
        Client().post(page, {**shown(change), **bare})
    assert not LaterEndorsement.objects.exists()

    check = Client().post(page, shown(change) | SIGN, follow=True)
    assert "Check before you sign" in check.content.decode()
    done = Client().post(page, shown(change) | SIGN | {"sign": "yes"}, follow=True)
    assert "Signed" in done.content.decode()
    endorsement = LaterEndorsement.objects.get()
    wording = EndorsementWording.objects.newest()
    assert (endorsement.name, endorsement.wording, endorsement.wording_hash) == (
        "Noor Newman",
        wording,
        wording.hash,
    )
    assert endorsement.snapshot["council"] == "Leeming Borough Council"
    Client().post(page, shown(change) | SIGN | {"sign": "yes"})
    assert LaterEndorsement.objects.count() == 1


def test_a_page_that_changed_since_it_was_read_is_not_signed(signed_up, officer):
    change = asked(signed_up, officer)
    before = shown(change)
    champion = signed_up.champions.first()
    assert champion.name in Client().get(link_of(change)).content.decode()
    champion.name = "Another Champion"
    champion.save()
    page = Client().post(link_of(change), before | SIGN | {"sign": "yes"}, follow=True)

    assert "This page has changed" in page.content.decode()
    assert not LaterEndorsement.objects.exists()


def test_a_link_dies_with_time_with_the_wording_and_with_the_membership(member, officer, manager):
    change = asked(member, officer)
    page = link_of(change)
    OfficeChange.objects.update(link_ends_at=timezone.now() - timedelta(minutes=1))
    assert Client().get(page).status_code == 410
    OfficeChange.objects.update(link_ends_at=timezone.now() + timedelta(days=1))
    newer = wordings.write_wording(by=manager, text="For {council}, anew.")
    assert Client().get(page).status_code == 200, "a draft is not in force"
    approve_wording(newer)
    assert Client().get(page).status_code == 410
    assert "Send a new link" in Client().get(page).content.decode()

    # The new one asks for the newer wording, at the address on file.
    Client().post(reverse("network:endorse_again_new_link", args=[again(change).token]))
    (letter,) = sent_to(NOOR["email"])
    assert link_of(change) in letter.body and link_of(change) != page
    assert "anew." in Client().get(link_of(change)).content.decode()
    Membership.objects.update(status="withdrawn")
    dead = Client().get(link_of(change))
    assert dead.status_code == 410 and "Send a new link" not in dead.content.decode()


def test_no_other_token_opens_anything_and_new_links_are_rate_limited(signed_up, officer):
    change = asked(signed_up, officer)
    first = Endorsement.objects.first()
    for token in (
        first.request.token,
        first.report_token,
        f"{change.pk}-x",
        f"{change.pk}-{'a' * 43}",
        "again",
        "9" * 400,
    ):
        for name in ("endorse_again", "endorse_again_no", "endorse_again_report"):
            assert Client().get(reverse(f"network:{name}", args=[token])).status_code == 404
    assert Client().get(reverse("network:endorse", args=[change.token])).status_code == 404
    new_link = reverse("network:endorse_again_new_link", args=[again(change).token])
    for _ in range(8):
        assert Client().post(new_link).status_code == 302
    assert OutboxMessage.objects.filter(kind="network.again_request").count() == 3
    other = Client().post(new_link, headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403


def test_a_link_that_ended_is_marked_and_can_be_sent_anew(as_, member, officer):
    change = asked(member, officer)
    old = link_of(change)
    OfficeChange.objects.update(link_ends_at=timezone.now() - timedelta(minutes=1))
    assert offices.expire_again_links() == 1 and offices.expire_again_links() == 0
    as_(officer).post(LIST, {"ask": change.pk})

    assert again(change).status == "asked"
    assert Client().get(old).status_code == 410 and Client().get(link_of(change)).status_code == 200


# ---- The answers -------------------------------------------------------------------------
def test_a_no_is_told_to_the_lead_in_neutral_words_and_is_never_public(as_, member, officer):
    change = asked(member, officer)
    before = Client().get("/councils/leeming/").content
    no = reverse("network:endorse_again_no", args=[again(change).token])
    Client().get(no)
    Client().post(no, {"why": "Not now"})
    assert again(change).status == "asked", "a bare POST says nothing"
    page = Client().post(no, {"is_sure": "on", "why": "Not before the budget"}, follow=True)
    assert "Thank you for your answer" in page.content.decode()

    assert again(change).status == "declined"
    (letter,) = sent_to(officer.email)
    assert "do not want to endorse" in letter.body and "Not before the budget" in letter.body
    assert Client().get("/councils/leeming/").content == before
    public = Client().get("/councils/leeming/endorsement/").content.decode()
    public += Client().get("/councils/leeming/endorsement.json").content.decode()
    assert "The current leader has been asked to endorse." in public
    for word in ("budget", "declined", "wish", "Noor"):
        assert word not in public
    assert offices.remind_of_offices(on=today() + timedelta(days=400)) == 0


def test_a_signature_is_public_once_staff_confirmed_it_beside_the_first(
    as_, staff, signed_up, officer, manager
):
    first = Endorsement.objects.get(office=Office.LEADER)
    snapshot, when = first.snapshot, first.signed_at
    change = asked(signed_up, officer)
    line = "by the leader at the time. The current leader has been asked to endorse."
    endorsement = signed(change)
    mail.outbox.clear()
    outbox.send_due.func()
    told = {m.to[0] for m in mail.outbox}
    assert told >= {NOOR["email"], officer.email} and manager.email not in told  # on the desk
    for page in ("/councils/leeming/", "/councils/leeming/endorsement/"):
        text = Client().get(page).content.decode()
        assert line in text and "Noor" not in text and "Lena Leader" in text

    confirm = reverse("network_staff:confirm_later_signature", args=["leeming", endorsement.pk])
    staff(manager).post(confirm, {"how": ""})
    assert "Noor" not in Client().get("/councils/leeming/").content.decode()
    second = person("max@network.example", group="Network managers")
    staff(second).post(confirm, {"how": "Rang the main number"})
    for page in ("/councils/leeming/", "/councils/leeming/endorsement/"):
        text = Client().get(page).content.decode()
        assert "Noor Newman" in text and "Lena Leader" in text and line not in text
        assert "wording version 1" in text
    data = record.as_data(record.record_of(Membership.objects.get()))
    assert [s["name"] for s in data["signatures"]] == ["Lena Leader", "Cheng Chief"]
    (later,) = data["later_endorsements"]
    assert (later["name"], later["wording_version"]) == ("Noor Newman", 1)
    assert "@" not in str(data)
    first.refresh_from_db()
    assert (first.snapshot, first.signed_at, first.counts) == (snapshot, when, True)


def test_each_endorsement_stands_with_the_wording_that_it_was_given_for(
    signed_up, officer, manager
):
    newer = wordings.write_wording(by=manager, text="{council} endorses the six, anew.")
    approve_wording(newer)
    endorsement = signed(asked(signed_up, officer))
    signing.confirm_signature(endorsement, by=manager, how="Rang")

    page = Client().get("/councils/leeming/endorsement/").content.decode()
    assert "Leeming Borough Council endorses the six, anew." in page
    assert "think about the whole system" in page, "the first wording stays"
    data = record.as_data(record.record_of(Membership.objects.get()))
    assert (
        data["later_endorsements"][0]["wording_sha256"] == newer.hash != data["wording"]["sha256"]
    )


def test_of_a_membership_that_has_ended_nobody_is_said_to_be_asked(signed_up, officer, manager):
    endorsement = signed(asked(signed_up, officer))
    signing.confirm_signature(endorsement, by=manager, how="Rang")
    asked(signed_up, officer, office=Office.CHIEF_EXECUTIVE, name="Cara Chief")
    assert "has been asked" in Client().get("/councils/leeming/").content.decode()
    Membership.objects.update(status="withdrawn")
    text = Client().get("/councils/leeming/").content.decode()

    assert "has been asked" not in text
    assert "Noor Newman" in text, "what was signed stays as history"


def test_this_was_not_me_takes_it_out_of_sight_until_staff_looked_into_it(
    staff, member, officer, manager
):
    endorsement = signed(asked(member, officer))
    signing.confirm_signature(endorsement, by=manager, how="Rang")
    (copy,) = [m for m in sent_to(NOOR["email"]) if "Your copy" in m.subject]
    report = reverse("network:endorse_again_report", args=[endorsement.report_token])
    assert report in copy.body
    Client().get(report)
    Client().post(report, {"name": ""})
    assert "Noor" in Client().get("/councils/leeming/").content.decode()
    Client().post(report, {"name": "Noor Newman", "message": "I was away"})
    assert "Noor" not in Client().get("/councils/leeming/").content.decode()
    assert sent_to(manager.email) and OutboxMessage.objects.filter(
        kind="network.again_reported", to=officer.email
    )

    strike = reverse("network_staff:strike_out_later", args=["leeming", endorsement.pk])
    staff(manager).post(strike, {"why": ""})
    endorsement.refresh_from_db()
    assert endorsement.struck_out_at is None
    staff(manager).post(strike, {"why": "Forged"})
    endorsement.refresh_from_db()
    assert endorsement.struck_out_why == "Forged"
    with pytest.raises(Refused):
        signing.strike_out(endorsement, by=manager, why="Twice")
    # The same holder can be asked afresh, and the struck-out one stays as history.
    afresh = OfficeChange.objects.current().get()
    assert (afresh.status, afresh.name) == ("not_asked", "Noor Newman")
    offices.ask_office_holder(afresh, by=officer)
    signed(afresh)
    assert LaterEndorsement.objects.count() == 2


def test_only_a_manager_without_a_part_in_it_confirms(staff, member, officer, manager):
    endorsement = signed(asked(member, officer))
    confirm = reverse("network_staff:confirm_later_signature", args=["leeming", endorsement.pk])
    people.represent(member, manager)
    staff(manager).post(confirm, {"how": "I know"})
    endorsement.refresh_from_db()
    assert endorsement.confirmed_at is None


def test_a_link_to_report_ends_after_thirty_days(member, officer):
    endorsement = signed(asked(member, officer))
    report = reverse("network:endorse_again_report", args=[endorsement.report_token])
    LaterEndorsement.objects.update(signed_at=timezone.now() - timedelta(days=31))
    assert Client().post(report, {"name": "Noor"}).status_code == 410


# ---- Six months --------------------------------------------------------------------------
def test_the_lead_is_reminded_three_times_at_most_and_nothing_else_happens(member, officer):
    change = asked(member, officer)
    told = []
    for days in range(0, 500, 5):
        told += [days] * offices.remind_of_offices(on=today() + timedelta(days=days))
    assert told == [30, 90, 150]
    assert again(change).status == "asked" and Membership.objects.get().status == "live"
    letters = [m for m in sent_to(officer.email) if "still waiting for" in m.subject]
    assert len(letters) == 3


def test_no_reminder_goes_out_before_an_election_and_staff_get_it_where_nobody_leads(
    council, manager
):
    approve_wording()
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    asked(member, manager)
    day = today() + timedelta(days=40)
    period = PreElectionPeriod.objects.create(name="May", starts_on=day, ends_on=day)
    assert offices.remind_of_offices(on=day) == 0
    period.delete()
    assert offices.remind_of_offices(on=day) == 1
    assert OutboxMessage.objects.get(kind="network.again_reminder").to == manager.email


def test_staff_see_what_is_overdue_and_the_public_reads_no_word_of_it(
    staff, member, officer, manager
):
    change = asked(member, officer)
    page = reverse("network_staff:office_changes")
    overdue = staff(manager).get(page).content.decode().partition("Waiting for an answer, or")[0]
    assert "Noor Newman" not in overdue
    before = Client().get("/councils/leeming/").content
    long_ago = timezone.now() - timedelta(days=184)
    OfficeChange.objects.filter(pk=change.pk).update(recorded_at=long_ago)
    overdue = staff(manager).get(page).content.decode().partition("Waiting for an answer, or")[0]
    assert "Noor Newman" in overdue
    assert Client().get("/councils/leeming/").content == before


def test_letter_to_a_new_holder_says_who_asks_and_replies_go_there(member, officer):
    asked(member, officer)
    (letter,) = sent_to(NOOR["email"])

    assert letter.reply_to == [officer.email]
    for words in ("Olive Officer", "3. Increase local spend", "charity Locality", "switchboard"):
        assert words in letter.body, words


def test_a_mail_that_comes_back_is_told_to_the_lead(as_, member, officer):
    change = asked(member, officer)
    outbox.send_due.func()
    row = OutboxMessage.objects.get(kind="network.again_request")
    outbox.mark_bounced(row, "no such mailbox")

    assert again(change).bounced_at
    assert "We could not deliver our email" in as_(officer).get(LIST).content.decode()
    assert any("could not deliver" in m.subject for m in sent_to(officer.email))


def test_the_pages_ask_as_often_for_many_changes_as_for_few(
    as_, staff, signed_up, officer, manager
):
    pages = [
        (as_(officer), LIST),
        (staff(manager), reverse("network_staff:office_changes")),
        (staff(manager), reverse("network_staff:member_offices", args=["leeming"])),
        (Client(), "/councils/leeming/"),
        (Client(), "/councils/leeming/endorsement/"),
        (Client(), "/councils/leeming/endorsement.json"),
    ]

    def confirmed(**who) -> None:
        endorsement = signed(asked(signed_up, officer, **who))
        signing.confirm_signature(endorsement, by=manager, how="Rang")

    def counted() -> list[int]:
        counts = []
        for browser, page in pages:
            browser.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(page).status_code == 200
            counts.append(len(queries))
        return counts

    confirmed()
    few = counted()
    for n in range(3):
        confirmed(name=f"Noor {n}", email=f"noor{n}@leeming.gov.uk")
        chief = {"name": f"Chief {n}", "email": f"chief{n}@leeming.gov.uk"}
        confirmed(office=Office.CHIEF_EXECUTIVE, **chief)
    many = counted()
    assert many == few
    assert max(many[3:]) <= 15
