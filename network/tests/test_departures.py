"""Withdrawal of a member: request, confirmation and the day it takes effect."""

import re
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import person
from councils.models import Council
from councils.tests.factories import make_council
from network.actions import departures, memberships, people, reviews, sign_ups
from network.choices import MembershipStatus, RepresentativeRole, WithdrawalStatus
from network.models import Event, Membership, Refused, Withdrawal
from network.models.memberships import members
from network.tests.factories import hour_of
from portal.mail import outbox
from portal.models import OutboxMessage

LEAVE = "/my/members/leeming/leave/"
PAGE = "/councils/leeming/"
WHO = {
    "office": "leader",
    "name": "Lena Leader",
    "role": "Leader of the Council",
    "email": "lena@leeming.gov.uk",
}
SIGNED = {"name": "Lena Leader", "role": "Leader of the Council"}
DECISION = "https://leeming.gov.uk/minutes/12"


def days(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


def typed(effective_on: date | None = None, **changes) -> dict[str, object]:
    day = effective_on or days(0)
    parts = {"day": day.day, "month": day.month, "year": day.year}
    when = {f"effective_on_{part}": value for part, value in parts.items()}
    return when | {"confirmed_by": "signature", "statement": ""} | WHO | changes


def letters(address: str) -> list[str]:
    outbox.send_due.func()
    return [f"{m.subject}\n{m.body}" for m in mail.outbox if m.to == [address]]


def link_in(text: str) -> str:
    return re.findall(r"/endorse/leave/\S+/", text)[-1]


@pytest.fixture
def member(council, officer) -> Membership:
    """Leeming, a member since March 2021, led by the officer."""
    made = memberships.record_existing_membership(
        council, by="test", joined_on=date(2021, 3, 1), joined_precision="month"
    )
    people.represent(made, officer, RepresentativeRole.LEAD)
    return made


@pytest.fixture
def colleague(member):
    made = person("colin@leeming.gov.uk", first_name="Colin")
    people.represent(member, made, RepresentativeRole.CONTRIBUTOR)
    return made


@pytest.fixture
def asked(member, officer) -> Withdrawal:
    return departures.ask_to_leave(
        member, by=officer, effective_on=days(0), statement="We go our own way.", **WHO
    )


@pytest.fixture
def confirmed(asked) -> Withdrawal:
    departures.confirm_leaving(asked, **SIGNED)
    asked.refresh_from_db()
    return asked


@pytest.fixture
def left(confirmed) -> Withdrawal:
    pass_the_days(confirmed)
    assert departures.leave_due() == 1
    return Withdrawal.objects.get(pk=confirmed.pk)


def pass_the_days(withdrawal: Withdrawal) -> None:
    Withdrawal.objects.filter(pk=withdrawal.pk).update(ends_on=days(0))


def status_of(withdrawal: Withdrawal) -> str:
    return Withdrawal.objects.get(pk=withdrawal.pk).status


def at(withdrawal: Withdrawal, name: str = "leave_confirm") -> str:
    return reverse(f"network:{name}", args=[withdrawal.token])


def admin(withdrawal: Withdrawal, name: str = "withdrawal") -> str:
    return reverse(f"network_staff:{name}", args=[withdrawal.pk])


# Asking


def test_the_lead_asks_and_the_office_holder_gets_the_link(as_, officer, manager, member):
    browser = as_(officer)
    assert "Ask for confirmation" in browser.get(LEAVE).content.decode()
    page = browser.post(LEAVE, typed(days(60)), follow=True)

    assert "We are waiting for Lena Leader" in page.content.decode()
    made = Withdrawal.objects.get()
    assert (made.status, made.effective_on, made.asked_by) == ("asked", days(60), officer)
    assert link_in(letters(WHO["email"])[0]) == at(made)
    assert not letters(manager.email)  # it is in the digest
    assert Event.objects.get(what="withdrawal.asked").membership == member


def test_only_the_lead_asks_or_stops_and_a_stranger_learns_nothing(
    as_, officer, colleague, stranger, manager, client, asked
):
    for who in (stranger, manager):
        assert as_(who).get(LEAVE).status_code == 404
        assert as_(who).post(f"{LEAVE}stop/").status_code == 404
    assert client.get(LEAVE).status_code == 302
    page = as_(colleague).get(LEAVE)
    assert (page.status_code, b"Cancel: " in page.content) == (200, False)
    for end in ("", "stop/", "again/"):
        assert as_(colleague).post(LEAVE + end, typed()).status_code == 403
    assert status_of(asked) == WithdrawalStatus.ASKED
    assert as_(officer).get("/my/members/nowhere/leave/").status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"effective_on_year": "20x6"}, "Date must be a real date"),
        ({"effective_on_year": "2999"}, "Year must be between"),
        ({"confirmed_by": ""}, "Select who confirms the request"),
        ({"office": ""}, "Select a role"),
        ({"name": " "}, "Enter their name"),
        ({"email": "olive@leeming.gov.uk"}, "You cannot confirm it yourself"),
        ({"email": "OLIVE@leeming.gov.uk"}, "You cannot confirm it yourself"),
        ({"confirmed_by": "decision"}, "Enter the web address of the decision"),
        ({"confirmed_by": "decision", "decision_url": "javascript:x"}, "Enter a valid URL"),
        ({"statement": "x" * 2001}, "must be 2,000 characters or fewer"),
    ],
)
def test_what_is_typed_wrongly_is_said_and_kept(as_, officer, member, change, words):
    page = as_(officer).post(LEAVE, typed(days(9)) | {"statement": "Kept words."} | change)
    shown = page.content.decode()

    assert page.status_code == 200
    assert words in shown
    assert "statement" in change or "Kept words." in shown
    assert not Withdrawal.objects.exists()


def test_yesterday_is_no_day_to_leave_on(as_, officer, member):
    page = as_(officer).post(LEAVE, typed(days(-1)))
    assert "Date must be today or in the future" in page.content.decode()


def test_of_the_two_ways_only_the_chosen_one_is_kept(as_, officer, member):
    as_(officer).post(LEAVE, typed(confirmed_by="decision", decision_url=DECISION))
    made = Withdrawal.objects.get()
    assert (made.decision_url, made.email, made.link_ends_at) == (DECISION, "", None)
    assert letters(WHO["email"]) == []


def test_two_starts_are_one_and_the_second_sees_where_it_stands(as_, officer, asked):
    page = as_(officer).post(LEAVE, typed(), follow=True)
    assert page.status_code == 200
    assert "Someone has already asked to leave" in page.content.decode()
    assert Withdrawal.objects.count() == 1


def test_the_database_allows_one_open_leaving_a_member(asked):
    def again(**fields):
        row = Withdrawal.objects.get(pk=asked.pk)
        row.pk = None
        for name, value in fields.items():
            setattr(row, name, value)
        with transaction.atomic():
            row.save(force_insert=True)

    with pytest.raises(IntegrityError):
        again()
    for wrong in [
        {"status": "cancelled", "decision_url": DECISION},
        {"status": "cancelled", "email": ""},
        {"status": "done"},
        {"status": "cancelled", "ends_on": days(0)},
        {"status": "cancelled", "statement_checked_at": timezone.now()},
    ]:
        with pytest.raises(IntegrityError):
            again(**wrong)
    again(status="cancelled")


def test_an_accepted_council_that_is_not_announced_is_shown_its_sign_ups_way(
    as_, officer, story, manager
):
    membership = reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(days(3)))

    page = as_(officer).get(LEAVE).content.decode()
    assert reverse("network:sign_up_withdraw", args=[membership.sign_up.reference]) in page
    as_(officer).post(LEAVE, typed())
    assert not Withdrawal.objects.exists()


def test_the_lead_finds_it_on_their_page_and_a_colleague_does_not(as_, officer, colleague):
    assert LEAVE in as_(officer).get("/my/", follow=True).content.decode()
    assert LEAVE not in as_(colleague).get("/my/", follow=True).content.decode()


# Answering behind the link


def test_reading_fetching_and_bare_posts_confirm_nothing(client, asked):
    for _ in range(20):
        client.get(at(asked), headers={"Sec-Purpose": "prefetch"})
    client.head(at(asked))
    client.get(at(asked, "leave_decline"))
    for page, typed in [
        ("leave_confirm", {}),
        ("leave_confirm", {"name": "  ", "role": "Leader"}),
        ("leave_decline", {}),
    ]:
        answer = client.post(at(asked, page), typed, follow=True)
        assert "There is a problem" in answer.content.decode()

    assert status_of(asked) == WithdrawalStatus.ASKED
    assert client.get(at(asked, "leave_new_link")).status_code == 405


def test_a_typed_name_confirms_once_and_a_second_post_shows_that_it_is(client, asked, officer):
    page = client.post(at(asked), SIGNED, follow=True)
    client.post(at(asked), {"name": "Mallory", "role": "Nobody"})
    asked.refresh_from_db()

    assert "Confirmed" in page.content.decode()
    assert (asked.status, asked.confirmed_name) == (WithdrawalStatus.CONFIRMED, "Lena Leader")
    assert asked.ends_on == days(7)
    event = Event.objects.get(what="withdrawal.confirmed")
    assert (event.by_label, event.new) == ("leader, by link", "confirmed")
    assert any("Your copy" in text for text in letters(WHO["email"]))
    assert any("Confirmed: Leeming" in text for text in letters(officer.email))


def test_the_pages_behind_the_link_are_kept_by_nobody(client, asked):
    dead = reverse("network:leave_confirm", args=[asked.token])
    pages = [client.get(at(asked)), client.get(at(asked, "leave_decline"))]
    pages += [client.post(at(asked, "leave_new_link")), client.get(dead)]
    pages.append(client.post(reverse("network:leave_confirm", args=[asked.token]), SIGNED))
    assert [page.status_code for page in pages] == [200, 200, 302, 410, 410]
    for page in pages:
        assert "no-store" in page["Cache-Control"]
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Robots-Tag"] == "noindex"
        assert not page.cookies


def test_a_post_from_another_site_is_refused(client, asked):
    page = client.post(at(asked), SIGNED, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 403
    assert status_of(asked) == WithdrawalStatus.ASKED


def test_a_new_link_kills_the_old_and_its_dead_page_offers_a_new_one(client, as_, officer, asked):
    old = at(asked)
    as_(officer).post(f"{LEAVE}again/")
    asked.refresh_from_db()

    page = client.get(old)
    assert (page.status_code, b"Send a new link" in page.content) == (410, True)
    assert client.post(old, SIGNED).status_code == 410
    assert client.get(at(asked)).status_code == 200
    client.post(f"{old}new-link/")
    assert link_in(letters(WHO["email"])[-1]) != at(asked)


def test_new_links_are_counted(client, asked):
    for _ in range(8):
        page = client.post(at(asked, "leave_new_link"))
        assert page.status_code == 302
    asked.refresh_from_db()
    assert asked.generation == 3


def test_what_never_was_a_link_is_a_404(client, asked, confirmed):
    other_purpose = f"{asked.pk}-{'A' * 43}"
    for token in ("x", "1-", f"{asked.pk + 1}-abc", other_purpose, "9" * 30 + "-a"):
        assert client.get(f"/endorse/leave/{token}/").status_code == 404
        assert client.get(f"/endorse/{confirmed.token}/").status_code == 404


def test_no_token_stands_in_the_outbox_or_the_rows(asked):
    rows = [str(vars(row)) for row in [*OutboxMessage.objects.all(), *Event.objects.all(), asked]]
    assert not any(asked.token.partition("-")[2] in row for row in rows)


def test_the_office_holder_says_no_and_the_council_stays(client, asked, officer, member):
    answer = {"why": "The cabinet has not met", "is_sure": "on"}
    page = client.post(at(asked, "leave_decline"), answer, follow=True)

    assert page.status_code == 410
    assert status_of(asked) == WithdrawalStatus.CANCELLED
    assert any("The cabinet has not met" in text for text in letters(officer.email))
    assert Membership.objects.get(pk=member.pk).is_live


def test_a_link_that_nobody_answered_ends_and_the_council_may_ask_again(client, asked, officer):
    Withdrawal.objects.filter(pk=asked.pk).update(link_ends_at=timezone.now())
    assert client.get(at(asked)).status_code == 410
    assert client.post(at(asked), SIGNED).status_code == 410

    assert [departures.expire_leavings(), departures.expire_leavings()] == [1, 0]
    assert status_of(asked) == WithdrawalStatus.EXPIRED
    departures.ask_to_leave(asked.membership, by=officer, effective_on=days(0), **WHO)


# The days between, and the day


def test_it_is_never_done_sooner_than_seven_days_after_it_was_confirmed(confirmed, client):
    assert confirmed.ends_on == days(7)
    assert departures.leave_due() == 0
    assert "Member since March 2021" in client.get(PAGE).content.decode()
    assert "We go our own way" not in client.get(PAGE).content.decode()


def test_a_later_day_is_kept_to(member, officer):
    later = departures.ask_to_leave(member, by=officer, effective_on=days(40), **WHO)
    departures.confirm_leaving(later, **SIGNED)
    assert Withdrawal.objects.get().ends_on == days(40)


@pytest.mark.parametrize("state", ["asked", "confirmed"])
def test_the_lead_stops_it_until_it_is_done(request, as_, officer, client, state):
    withdrawal = request.getfixturevalue(state)
    link = at(withdrawal)
    page = as_(officer).post(f"{LEAVE}stop/", follow=True).content.decode()

    assert status_of(withdrawal) == WithdrawalStatus.CANCELLED
    assert "was cancelled" in page
    client.post(link, SIGNED)
    Withdrawal.objects.exclude(ends_on=None).update(ends_on=days(0))
    assert departures.leave_due() == 0
    assert Membership.objects.get().is_live
    assert any("Leeming stays in the Keep it Local" in text for text in letters(officer.email))


def test_on_its_day_it_is_gone_from_every_list_at_once_and_its_page_says_so(
    client, confirmed, officer
):
    council = confirmed.council
    for page in (PAGE, "/councils/?status=member"):
        assert "Leeming" in client.get(page).content.decode()
    pass_the_days(confirmed)
    assert departures.leave_due() == 1
    shown = client.get(PAGE).content.decode()

    assert client.get(PAGE).status_code == 200
    assert f"Member 2021 to {days(0).year}" in shown
    assert "in March 2021. It left on" in shown
    assert "It can join again at any time" in shown
    assert "Member since" not in shown
    assert not members(Council.objects.all()).filter(pk=council.pk).exists()
    listed = client.get("/councils/?status=member").content.decode()
    assert "No council" in listed
    found = client.get("/api/v1/councils?q=Leeming").json()["results"][0]
    assert (found["status"], found["joined_on"]) == ("not-yet", None)
    membership = Membership.objects.get()
    assert (membership.status, membership.ended_on) == (MembershipStatus.WITHDRAWN, days(0))
    assert any("has left" in text for text in letters(officer.email))


def test_the_public_record_stays_and_says_when_it_ended(client, left):
    record = client.get(f"{PAGE}endorsement/").content.decode()
    assert "This membership ended on" in record
    told = client.get(f"{PAGE}endorsement.json").json()["membership"]
    assert (told["status"], told["ended_on"]) == ("withdrawn", days(0).isoformat())


def test_nobody_acts_for_it_any_more_and_who_asked_to_is_told(as_, officer, confirmed, stranger):
    people.ask_access(confirmed.membership, by=stranger, name="Stan", job_title="x", message="")
    pass_the_days(confirmed)
    departures.leave_due()

    assert as_(officer).get(LEAVE).status_code == 404
    assert not confirmed.membership.representatives.current().exists()
    assert any("no longer a member" in text for text in letters(stranger.email))


def test_search_and_the_map_hear_of_it_in_the_same_transaction(confirmed, monkeypatch):
    heard = []
    monkeypatch.setattr(
        "network.actions.departures.public_changed.send",
        lambda sender, instance: heard.append((sender, instance.pk, connection.in_atomic_block)),
    )
    pass_the_days(confirmed)
    departures.leave_due()
    assert heard == [(Council, confirmed.council.pk, True)]


def test_a_member_that_has_ended_otherwise_is_not_ended_twice(confirmed):
    confirmed.membership.move_to(MembershipStatus.REMOVED, by="test")
    pass_the_days(confirmed)

    assert departures.leave_due() == 0
    assert Membership.objects.get().status == MembershipStatus.REMOVED


def test_it_joins_anew_and_its_page_keeps_both(client, as_, left, officer):
    start = reverse("network:join_council")
    page = as_(officer).post(start, {"council": "leeming", "start": "yes"})
    assert "/join/KIL-" in page["Location"]
    sign_ups.withdraw(left.council.sign_ups.get(), by=officer)
    memberships.record_existing_membership(
        left.council, by="test", joined_on=days(0), joined_precision="day"
    )

    shown = client.get(PAGE).content.decode()
    assert "Member since" in shown
    assert f"Member 2021 to {days(0).year}" in shown
    assert Membership.objects.count() == 2


def test_the_years_are_as_exact_as_known():
    def years(joined, ended):
        return Membership(joined_on=joined, ended_on=ended).years_text

    first, last = date(2021, 1, 1), date(2026, 2, 2)
    assert years(first, last) == "Member 2021 to 2026"
    assert years(last, last) == "Member in 2026"
    assert years(None, last) == "Member until 2026"
    assert years(first, None) == "Member from 2021"
    assert years(None, None) == "Once a member"


def test_the_page_of_a_council_that_left_costs_the_same_for_many_memberships(client, left):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE).status_code == 200
        return len(found)

    client.get(PAGE)
    before = queries()
    for _ in range(5):
        past = {"status": "withdrawn", "joined_precision": "not_known"}
        Membership.objects.create(council=left.council, announced_at=timezone.now(), **past)
    assert queries() <= before


def test_only_an_ended_membership_has_an_end(member):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=member.pk).update(ended_on=days(0))


def test_the_lead_hears_that_the_mail_came_back_once_and_not_of_an_older_link(asked, officer):
    row = OutboxMessage.objects.get(kind="network.leave_confirm")
    assert outbox.mark_bounced(row, "No such mailbox")
    assert not outbox.mark_bounced(row, "No such mailbox")
    assert len([text for text in letters(officer.email) if "could not be delivered" in text]) == 1
    assert Event.objects.get(what="withdrawal.bounced").why == "No such mailbox"

    departures.send_leave_link(asked, by=officer)
    OutboxMessage.objects.filter(pk=row.pk).update(bounced_at=None)
    outbox.mark_bounced(row, "No such mailbox")
    assert Event.objects.filter(what="withdrawal.bounced").count() == 1


def test_the_letters_go_to_who_leads_now(asked, member, colleague, officer):
    people.hand_over_member(member, by=officer, to=colleague)
    departures.confirm_leaving(asked, **SIGNED)
    assert any("Confirmed: Leeming" in text for text in letters(colleague.email))
    assert not any("Confirmed: Leeming" in text for text in letters(officer.email))


# Staff


@pytest.mark.usefixtures("another_manager")
def test_only_managers_without_a_part_in_it_handle_it(staff, editor, manager, member, asked):
    assert staff(editor).get(admin(asked)).status_code in {302, 403}
    assert staff(manager).get(reverse("network_staff:withdrawals")).status_code == 200
    assert staff(manager).get(f"/admin/leaving/{asked.pk + 1}/").status_code == 404

    people.represent(member, manager)
    assert "another manager must handle this" in staff(manager).get(admin(asked)).content.decode()
    for name in ("stop_leaving", "leave_statement", "confirm_leave_decision"):
        assert staff(manager).post(admin(asked, name), {"why": "x"}).status_code in {302, 403}
    assert status_of(asked) == WithdrawalStatus.ASKED


@pytest.mark.usefixtures("another_manager")
def test_whoever_is_asked_to_confirm_handles_it_from_no_other_address(staff, manager, asked):
    EmailAddress.objects.create(user=manager, email=WHO["email"], verified=True)
    assert "another manager must handle this" in staff(manager).get(admin(asked)).content.decode()


def test_staff_read_the_decision_and_it_is_confirmed(staff, manager, officer, member):
    made = departures.ask_to_leave(member, by=officer, effective_on=days(0), decision_url=DECISION)
    browser = staff(manager)
    assert DECISION in browser.get(admin(made)).content.decode()
    assert browser.post(admin(made, "confirm_leave_decision"), {"how": ""}).status_code == 200
    assert status_of(made) == WithdrawalStatus.ASKED
    browser.post(admin(made, "confirm_leave_decision"), {"how": "Minute 12"})

    made.refresh_from_db()
    assert (made.status, made.decision_read_by) == (WithdrawalStatus.CONFIRMED, manager)
    assert made.ends_on == days(7)
    with pytest.raises(Refused):
        departures.confirm_leave_decision(made, by=manager, how="Again")


def test_a_signature_is_not_confirmed_by_staff(manager, asked):
    with pytest.raises(Refused):
        departures.confirm_leave_decision(asked, by=manager, how="They rang")


def test_a_statement_is_public_once_it_is_checked_and_not_before(client, staff, manager, left):
    assert "We go our own way" not in client.get(PAGE).content.decode()
    assert "Check the statement" in staff(manager).get("/admin/leaving/").content.decode()
    staff(manager).post(admin(left, "leave_statement"), {"publish": "yes", "unlawful_why": ""})

    assert "We go our own way" in client.get(PAGE).content.decode()
    with pytest.raises(Refused):
        departures.check_statement(left, by=manager)


def test_a_statement_is_kept_back_for_a_law_only_and_the_lead_hears_which(
    client, staff, manager, left, officer
):
    page = staff(manager).post(admin(left, "leave_statement"), {"publish": "no"})
    assert "Enter the law that prevents us publishing it" in page.content.decode()
    staff(manager).post(
        admin(left, "leave_statement"), {"publish": "no", "unlawful_why": "It libels."}
    )

    assert "We go our own way" not in client.get(PAGE).content.decode()
    assert any("It libels." in text for text in letters(officer.email))


def test_staff_stop_what_they_doubt_with_a_reason(staff, manager, confirmed, officer):
    page = staff(manager).post(admin(confirmed, "stop_leaving"), {"why": ""})
    assert "Enter the reason" in page.content.decode()
    staff(manager).post(
        admin(confirmed, "stop_leaving"), {"why": "The chief executive knows nothing"}
    )

    assert status_of(confirmed) == WithdrawalStatus.CANCELLED
    assert any("knows nothing" in text for text in letters(officer.email))


def test_every_event_of_it_has_a_sentence(left, manager):
    departures.check_statement(left, by=manager)
    for event in Event.objects.filter(what__startswith="withdrawal."):
        assert event.sentence != event.what.replace("_", " ").replace(".", ": "), event.what


def test_the_list_costs_the_same_for_many(staff, manager, asked, officer):
    browser = staff(manager)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get("/admin/leaving/").status_code == 200
        return len(found)

    queries()
    before = queries()
    for number in range(4):
        other = memberships.record_existing_membership(
            make_council(), by="test", joined_on=None, joined_precision="not_known"
        )
        people.represent(other, officer)
        who = WHO | {"email": f"lena{number}@leeming.gov.uk"}
        departures.ask_to_leave(other, by=officer, effective_on=days(0), **who)
    assert queries() == before
