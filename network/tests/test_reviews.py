"""Review by staff: access, actions and refusals."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from councils.tests.factories import make_council
from network import permissions
from network.actions import memberships, people, requests, reviews, sign_ups, signing
from network.choices import SignUpStatus
from network.models import (
    AlreadyMember,
    Collaborator,
    EndorsementWording,
    Event,
    InvalidMove,
    Membership,
    Refused,
)
from network.tests.factories import (
    EVIDENCE,
    Story,
    approve_wording,
    fresh,
    hour_of,
    nell,
    typed_hour,
)
from portal.models import OutboxMessage


def address(name: str, *args: object) -> str:
    return reverse(f"network_staff:{name}", args=args)


def test_the_queue_shows_age_owner_and_next_action(staff, story, manager):
    sign_up = story.submitted()
    text = staff(manager).get(address("queue")).content.decode()

    assert sign_up.reference in text
    assert "Us: start the review" in text
    assert "No one" in text


def test_an_editor_may_not_see_the_queue(staff, story, editor):
    sign_up = story.submitted()
    browser = staff(editor)

    # Wagtail answers a refusal in its admin by sending the person to its front page.
    assert browser.get(address("queue")).url == reverse("wagtailadmin_home")
    assert browser.get(address("sign_up", sign_up.reference)).status_code == 302
    assert browser.post(address("take_on", sign_up.reference)).status_code == 302
    assert fresh(sign_up).status == SignUpStatus.SUBMITTED


@pytest.mark.parametrize("who", ["officer", "stranger"])
def test_nobody_else_gets_into_the_admin(as_, story, request, who):
    story.submitted()
    assert as_(request.getfixturevalue(who)).get(address("queue")).status_code == 403
    assert as_().get(address("queue")).url.startswith("/accounts/login/")


def test_a_manager_without_a_second_factor_is_sent_to_set_one_up(as_, manager):
    page = as_(manager).get(address("queue"))

    assert page.url == reverse("mfa_index")


def test_one_page_shows_answers_signatures_checks_and_history(staff, story, manager):
    sign_up = story.in_review(manager)
    text = staff(manager).get(address("sign_up", sign_up.reference)).content.decode()

    for expected in [
        "Lena Leader",
        "Champion Lead councillor",
        "leader, by link",
        "Started the review",
    ]:
        assert expected in text


def test_an_unknown_reference_is_not_found(staff, manager):
    assert staff(manager).get(address("sign_up", "KIL-2026-9999")).status_code == 404


def test_accepting_makes_a_membership_that_is_public_on_its_day(staff, story, manager):
    sign_up = story.in_review(manager)
    day = timezone.localdate() + timedelta(days=10)
    staff(manager).post(address("accept", sign_up.reference), typed_hour(day))

    membership = Membership.objects.get()
    assert fresh(sign_up).status == SignUpStatus.ACCEPTED
    assert membership.announced_at is None
    assert not Membership.objects.announced().exists()
    assert OutboxMessage.objects.filter(kind="network.sign_up_accepted").count() == 3
    assert not OutboxMessage.objects.filter(kind="network.membership_announced").exists()


def test_accepting_for_today_announces_at_once(staff, story, manager):
    sign_up = story.in_review(manager)
    today = timezone.localdate().isoformat()
    staff(manager).post(address("accept", sign_up.reference), typed_hour(today))

    assert Membership.objects.announced().get().council == story.council
    assert OutboxMessage.objects.filter(kind="network.membership_announced").count() == 3
    # One mail says both.
    assert not OutboxMessage.objects.filter(kind="network.sign_up_accepted").exists()


@pytest.mark.parametrize("day", ["", "yesterday", "2020-01-01", "9999-99-99", "9999-12-31", "\x00"])
def test_a_date_that_makes_no_sense_gets_a_message(staff, story, manager, day):
    sign_up = story.in_review(manager)
    page = staff(manager).post(address("accept", sign_up.reference), typed_hour(day))

    assert page.status_code == 200
    assert fresh(sign_up).status == SignUpStatus.IN_REVIEW
    assert not Membership.objects.exists()


def test_declining_needs_a_reason_and_tells_it(staff, story, manager):
    sign_up = story.in_review(manager)
    browser = staff(manager)
    browser.post(address("decline", sign_up.reference), {"reason": ""})
    assert fresh(sign_up).status == SignUpStatus.IN_REVIEW

    browser.post(address("decline", sign_up.reference), {"reason": "The wrong council"})
    assert fresh(sign_up).decision_reason == "The wrong council"
    assert Event.objects.get(what="sign_up.declined").why == "The wrong council"
    assert OutboxMessage.objects.filter(kind="network.sign_up_declined").count() == 3


@pytest.mark.parametrize("act", ["accept", "decline"])
def test_nothing_is_decided_before_somebody_took_it_on(staff, story, manager, act):
    sign_up = story.submitted()
    page = staff(manager).post(address(act, sign_up.reference), {})

    assert page.status_code == 302
    assert page.url == reverse("wagtailadmin_home")
    assert fresh(sign_up).status == SignUpStatus.SUBMITTED


@pytest.mark.usefixtures("another_manager")
def test_a_manager_does_not_decide_on_their_own_sign_up(staff, council, manager):
    sign_up = Story(council, manager).submitted()
    staff(manager).post(address("take_on", sign_up.reference))

    assert fresh(sign_up).status == SignUpStatus.SUBMITTED


@pytest.mark.parametrize("act", ["take_on", "accept", "decline"])
def test_reading_an_acts_address_does_nothing(staff, story, manager, act):
    sign_up = story.submitted()

    assert staff(manager).get(address(act, sign_up.reference)).status_code == 405


def test_a_second_acceptance_makes_no_second_membership(story, manager):
    sign_up = story.in_review(manager)
    today = timezone.localdate()
    reviews.accept(sign_up, by=manager, announce_at=hour_of(today))

    with pytest.raises((InvalidMove, AlreadyMember)):
        reviews.accept(sign_up, by=manager, announce_at=hour_of(today))
    assert Membership.objects.count() == 1


def test_the_tick_announces_on_the_day_once(story, manager):
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timedelta(days=3)
    membership = reviews.accept(sign_up, by=manager, announce_at=hour_of(later))
    assert memberships.announce_due() == 0

    Membership.objects.filter(pk=membership.pk).update(announce_at=timezone.now())
    assert memberships.announce_due() == 1
    assert memberships.announce_due() == 0
    assert Event.objects.get(what="membership.announced").by_label == "tick"


def test_approving_the_wording_records_who(staff, manager):
    shown = {"shown": EndorsementWording.objects.get().hash}
    for nobody in ["  ", "\x00", "x" * 500]:
        staff(manager).post(
            address("approve_wording", 1),
            {"approved_by_name": nobody, "evidence": EVIDENCE} | shown,
        )
    assert not EndorsementWording.objects.get().is_approved

    nell = {"approved_by_name": "Nell, Director", "evidence": EVIDENCE}
    staff(manager).post(address("approve_wording", 1), nell | shown)
    assert EndorsementWording.objects.get().approved_by_name == "Nell, Director"


def test_the_queue_asks_the_same_of_the_database_for_one_and_ten(
    staff, manager, officer, django_assert_num_queries, django_assert_max_num_queries
):
    browser = staff(manager)
    Story(make_council(), officer).submitted()
    browser.get(address("queue"))
    with django_assert_max_num_queries(45) as one:
        browser.get(address("queue"))
    for _ in range(9):
        Story(make_council(), officer).submitted()
    with django_assert_num_queries(len(one)):
        browser.get(address("queue"))


def test_a_manager_ends_a_sign_up_that_nobody_goes_on_with(staff, story, manager):
    sign_up = story.asked()
    browser = staff(manager)
    browser.post(address("end", sign_up.reference), {"reason": ""})
    assert fresh(sign_up).is_open

    browser.post(address("end", sign_up.reference), {"reason": "Started by a stranger"})
    assert fresh(sign_up).status == SignUpStatus.WITHDRAWN
    assert Event.objects.get(what="sign_up.withdrawn").why == "Started by a stranger"
    assert not story.council.sign_ups.open().exists()


def test_a_manager_does_not_end_what_was_sent_to_the_network(staff, story, manager):
    sign_up = story.submitted()
    staff(manager).post(address("end", sign_up.reference), {"reason": "No"})

    assert fresh(sign_up).status == SignUpStatus.SUBMITTED


def test_the_checks_show_who_signed_otherwise_than_asked(staff, story, manager):
    sign_up = story.in_review(manager)
    text = staff(manager).get(address("sign_up", sign_up.reference)).content.decode()
    assert "Both signed with the name and role we asked for" in text

    leader = sign_up.requests.get(office="leader")
    for name, is_met in [(f"Cllr.  {leader.name.upper()}", True), ("Somebody Else", False)]:
        sign_up.requests.filter(pk=leader.pk).update(name=name)
        page = staff(manager).get(address("sign_up", sign_up.reference))
        checks = page.context["checks"]
        assert checks["Both signed with the name and role we asked for"] is is_met


def test_what_was_a_draft_when_it_was_signed_stays_one(client, story, manager, settings):
    settings.DEBUG = True  # only there may a draft be sent
    sign_up = story.filled_in()
    requests.ask_endorsers(sign_up, by=story.officer)
    for request in fresh(sign_up).current_requests():
        shown = fresh(sign_up).fingerprint
        signing.endorse(request, name=request.name, role=request.role, shown=shown)
    sign_ups.submit(fresh(sign_up), by=story.officer)
    reviews.take_on(fresh(sign_up), by=manager)
    reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now())
    settings.DEBUG = False
    approve_wording()
    text = client.get("/councils/leeming/").content.decode()

    assert "the network had not approved this wording" in text
    assert "approved for the network by" not in text


def test_a_council_that_was_abolished_meanwhile_is_not_accepted(story, manager):
    sign_up = story.in_review(manager)
    story.council.ended_on = timezone.localdate() - timedelta(days=1)
    story.council.save()

    with pytest.raises(Refused, match="no longer exists"):
        reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now())


@pytest.mark.usefixtures("another_manager")
def test_a_manager_who_once_worked_on_it_decides_nothing(staff, story, manager):
    sign_up = story.submitted()
    Collaborator.objects.create(sign_up=sign_up, user=manager, role="colleague")
    people.invite(sign_up, by=manager, email="somebody@leeming.gov.uk")
    people.leave(sign_up, by=manager)
    assert not permissions.can_take_on(manager, fresh(sign_up))

    reviews.take_on(fresh(sign_up), by=nell())
    assert not permissions.can_decide(manager, fresh(sign_up))
    page = staff(manager).post(
        address("accept", sign_up.reference), typed_hour(timezone.localdate())
    )
    assert page.status_code != 200 and not Membership.objects.exists()


def test_a_manager_who_was_asked_at_their_second_address_decides_nothing(story, manager):
    sign_up = story.in_review(manager)
    assert permissions.can_decide(manager, fresh(sign_up))
    EmailAddress.objects.create(user=manager, email="Lena@leeming.gov.uk", verified=True)

    assert not permissions.can_decide(manager, fresh(sign_up))
