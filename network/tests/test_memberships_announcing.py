"""Time between acceptance and announcement, and signatures the public sees."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import make_aware

from councils.tests.factories import make_council
from network.actions import memberships, requests, reviews, sign_ups, signing, tasks
from network.choices import MembershipStatus, Office, Route, SignUpTask
from network.models import Endorsement, Event, Membership, Refused, SignUp
from network.models.events import NEWS
from network.readiness import Readiness
from network.tests.factories import ENDORSERS, Story, fresh, hour_of, typed_hour
from portal.mail import outbox

RECORD = "/councils/leeming/endorsement/"


def days(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


def bodies(address: str) -> list[str]:
    outbox.send_due.func()
    return [str(m.body) for m in mail.outbox if m.to == [address]]


def signature_of(sign_up: SignUp, office: Office = Office.LEADER) -> Endorsement:
    return sign_up.endorsements.get(office=office)


@pytest.fixture
def embargoed(story, manager) -> Membership:
    """An accepted sign-up, to be announced in 3 days."""
    return reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(days(3)))


def due(membership: Membership) -> None:
    Membership.objects.filter(pk=membership.pk).update(announce_at=hour_of(days(0)))


def test_a_questioned_signature_is_public_nowhere_until_staff_have_looked_into_it(
    client, story, manager
):
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(days(0)))
    signing.report_signature(signature_of(sign_up), name="Lena", message="")
    pages = [RECORD, f"{RECORD[:-1]}.json", "/councils/leeming/"]

    for page in pages:
        assert "Lena Leader" not in client.get(page).content.decode()
    assert "while the network checks it" in client.get(RECORD).content.decode()
    assert client.get(pages[1]).json()["signatures_in_question"] == 1

    signing.confirm_signature(signature_of(sign_up), by=manager, how="Rang her")
    for page in pages:
        assert "Lena Leader" in client.get(page).content.decode()


def test_a_council_that_endorses_by_decision_alone_publishes_no_signature(story, officer):
    sign_up = story.signed()
    route = {"route": Route.DECISION}
    tasks.save_task(sign_up, SignUpTask.ROUTE, by=officer, answers=route)

    assert fresh(sign_up).public_endorsements() == []


@pytest.mark.parametrize("what", ["struck out", "reported"])
def test_what_became_doubtful_is_not_announced_and_the_managers_are_told_once(
    client, embargoed, manager, what
):
    signature = signature_of(embargoed.sign_up)
    if what == "reported":
        signing.report_signature(signature, name="Lena", message="")
    else:
        signing.strike_out(signature, by=manager, why="Forged")
    due(embargoed)

    assert [memberships.announce_due(), memberships.announce_due()] == [0, 0]
    assert client.get(RECORD).status_code == 404
    assert len([b for b in bodies(manager.email) if "We have not announced it" in b]) == 1


def test_a_signature_that_staff_confirmed_is_announced(embargoed, manager):
    signing.report_signature(signature_of(embargoed.sign_up), name="Lena", message="")
    signing.confirm_signature(signature_of(embargoed.sign_up), by=manager, how="Rang her")
    due(embargoed)

    assert memberships.announce_due() == 1


@pytest.mark.parametrize("day", ["", "later"])
def test_staff_hold_an_announcement_or_move_it_and_the_applicant_hears_why(
    staff, embargoed, manager, officer, day
):
    address = reverse("network_staff:postpone", args=[embargoed.sign_up.reference])
    typed = typed_hour(days(9) if day else "", "14:30") | {"why": "The leader asked us"}
    staff(manager).post(address, typed)
    embargoed.refresh_from_db()

    moved_to = make_aware(datetime.combine(days(9), time(14, 30)))
    assert embargoed.announce_at == (moved_to if day else None)
    assert embargoed.joined_on == days(9 if day else 3)
    what = "membership.postponed" if day else "membership.held"
    assert Event.objects.get(what=what).why == "The leader asked us"
    assert any("The leader asked us" in body for body in bodies(officer.email))
    page = staff(manager).get(reverse("network_staff:sign_up", args=[embargoed.sign_up.reference]))
    assert ("to be announced on" if day else "announcement on hold") in page.content.decode()


def test_an_announcement_moves_neither_without_a_reason_nor_once_it_is_public(
    staff, embargoed, manager
):
    address = reverse("network_staff:postpone", args=[embargoed.sign_up.reference])
    page = staff(manager).post(address, typed_hour("") | {"why": " "})
    assert "Enter the reason" in page.content.decode()

    memberships.announce(embargoed, by=manager)
    with pytest.raises(Refused, match="already public"):
        memberships.postpone(embargoed, by=manager, announce_at=None, why="Too late")


def test_one_person_does_not_sign_for_both(story: Story, officer, manager):
    sign_up = story.asked()
    for office in Office:
        request = sign_up.request_of(office)
        signing.endorse(request, name="LENA leader", role="Both", shown=fresh(sign_up).fingerprint)
    sign_ups.submit(sign_up, by=officer)
    reviews.take_on(fresh(sign_up), by=manager)

    with pytest.raises(Refused, match="in the same name"):
        reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(0)))


def test_nobody_is_named_instead_who_signs_in_the_other_office(story, officer):
    sign_up = story.signed(Office.LEADER)
    request = sign_up.request_of(Office.CHIEF_EXECUTIVE)
    who = ENDORSERS[Office.LEADER]
    proposal = {"name": who["name"].upper(), "role": "Interim", "email": who["email"]}
    signing.not_the_right_person(request, **proposal)

    with pytest.raises(Refused, match="2 different people"):
        requests.ask_instead(fresh(sign_up).request_of(Office.CHIEF_EXECUTIVE), by=officer)


OWN_WORDS = {
    "profile": "A market town and its dale.",
    "strategy_title": "Leeming Together 2030",
    "strategy_link": "https://leeming.gov.uk/together",
    "quote": "We spend where we live.",
    "quote_by": "Lena Leader, Leader of the Council",
    "quote_approved_by": "Private Secretary",
}
PUBLISHED = {f"{what}_may_be_published": True for what in ("profile", "strategy", "quote")}


def test_a_members_own_words_stand_on_its_page_once_it_is_announced(client, embargoed, manager):
    SignUp.objects.update(**OWN_WORDS, **PUBLISHED)
    address = embargoed.council.get_absolute_url()
    before = client.get(address).content.decode()
    assert not [text for text in OWN_WORDS.values() if text in before]

    memberships.announce(embargoed, by=manager)
    page = client.get(address).content.decode()
    approved_by = OWN_WORDS["quote_approved_by"]
    assert [text for text in OWN_WORDS.values() if text not in page] == [approved_by]

    SignUp.objects.update(quote_approved_by="")  # nobody approved that it is quoted
    assert "We spend where we live." not in client.get(address).content.decode()


def test_a_council_that_left_speaks_no_more_on_its_page(client, embargoed, manager):
    SignUp.objects.update(**OWN_WORDS, **PUBLISHED)
    memberships.announce(embargoed, by=manager)
    Membership.objects.update(status=MembershipStatus.WITHDRAWN)
    page = client.get(embargoed.council.get_absolute_url()).content.decode()
    assert "A market town and its dale." not in page


def test_a_struck_out_signature_is_asked_for_again_before_the_announcement(
    as_, embargoed, manager, officer, client
):
    sign_up, browser = embargoed.sign_up, as_(officer)
    signing.strike_out(signature_of(sign_up), by=manager, why="Forged")
    assert any("You can ask the leader again" in body for body in bodies(officer.email))
    assert "ask them" in browser.get(sign_up.get_absolute_url()).content.decode()
    due(embargoed)
    Membership.objects.update(joined_on=days(-1))
    assert Readiness(fresh(sign_up)).next_action == "The council: a signature is missing"

    requests.save_endorser(sign_up, by=officer, office=Office.LEADER, **ENDORSERS[Office.LEADER])
    ask = reverse("network:sign_up_ask", args=[sign_up.reference])
    browser.post(ask, {"send": "yes", "message": ""})
    asked = fresh(sign_up).request_of(Office.LEADER)
    assert client.get(reverse("network:endorse", args=[asked.token])).status_code == 200
    assert memberships.announce_due() == 0
    assert "We are waiting for" in browser.get(sign_up.get_absolute_url()).content.decode()

    shown = fresh(sign_up).fingerprint
    signing.endorse(asked, name="Lena Leader", role="Leader", shown=shown)
    assert memberships.announce_due() == 0
    assert "Us: confirm the new signature" in Readiness(fresh(sign_up)).next_action
    new = sign_up.endorsements.get(office=Office.LEADER, struck_out_at=None)
    assert "signed after we had accepted the council" in new.doubt
    signing.confirm_signature(new, by=manager, how="Rang her")
    assert memberships.announce_due() == 1
    assert Membership.objects.get().joined_on == days(0)
    assert not fresh(sign_up).may_ask


def test_nobody_signs_any_more_once_it_is_announced(client, embargoed, manager, officer):
    memberships.announce(embargoed, by=manager)
    signing.strike_out(signature_of(embargoed.sign_up), by=manager, why="Forged")

    assert not fresh(embargoed.sign_up).may_ask
    with pytest.raises(Refused):
        who = ENDORSERS[Office.LEADER]
        requests.save_endorser(embargoed.sign_up, by=officer, office=Office.LEADER, **who)


def test_the_list_of_what_ended_asks_the_same_of_the_database_for_one_and_ten(
    staff, manager, officer, django_assert_num_queries, django_assert_max_num_queries
):
    def accepted() -> None:
        sign_up = Story(make_council(), officer).in_review(manager)
        sign_up.email_evidence = "called_back"
        sign_up.save()
        reviews.accept(sign_up, by=manager, announce_at=hour_of(days(3)))

    browser, queue = staff(manager), reverse("network_staff:queue")
    accepted()
    browser.get(queue)
    with django_assert_max_num_queries(40) as one:
        browser.get(queue)
    for _ in range(4):
        accepted()
    with django_assert_num_queries(len(one)):
        browser.get(queue)


def test_an_accepted_council_withdraws_until_it_is_announced(
    as_, staff, embargoed, manager, officer, client
):
    sign_up, browser = embargoed.sign_up, as_(officer)
    assert "Withdraw this application" in browser.get(sign_up.get_absolute_url()).content.decode()
    browser.post(reverse("network:sign_up_withdraw", args=[sign_up.reference]))
    due(embargoed)

    assert Membership.objects.get().status == MembershipStatus.WITHDRAWN
    assert memberships.announce_due() == 0
    assert client.get(RECORD).status_code == 404
    text = browser.get(sign_up.get_absolute_url()).content.decode()
    assert "withdrawn before we announced it" in text and "We’ll announce your council" not in text
    review = reverse("network_staff:sign_up", args=[sign_up.reference])
    text = staff(manager).get(review).content.decode()
    assert "withdrawn by the council" in text and "Move or hold" not in text
    assert sign_ups.start_sign_up(sign_up.council, by=officer).status == "draft"


def test_a_council_that_is_announced_is_not_withdrawn_by_its_sign_up(embargoed, manager, officer):
    memberships.announce(embargoed, by=manager)

    with pytest.raises(Refused, match="has been announced"):
        sign_ups.withdraw(embargoed.sign_up, by=officer)


def test_the_morning_email_says_that_a_council_has_withdrawn(story, manager, officer):
    sign_ups.withdraw(story.in_review(manager), by=officer)

    told = Event.objects.filter(what__in=NEWS)
    assert [event.sentence for event in told][-1] == "Withdrew the application"
