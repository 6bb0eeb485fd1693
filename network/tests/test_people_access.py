"""Requests for access: answered by the lead or staff, without naming anyone."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from conftest import person
from councils.choices import Kind
from councils.tests.factories import make_council
from network import permissions
from network.actions import memberships, people, reviews, sign_ups
from network.choices import AccessStatus
from network.models import (
    AccessRequest,
    Collaborator,
    Event,
    Membership,
    Refused,
    Representative,
)
from network.tests.factories import fresh, hour_of, nell
from portal.mail import outbox
from portal.models import OutboxMessage

WHO = {"name": "Priya Patel", "job_title": "Procurement Lead", "message": "Ask Olive"}


@pytest.fixture
def priya(db):
    return person("priya@leeming.gov.uk", first_name="Priya", last_name="Patel")


@pytest.fixture
def member(council):
    """Leeming, an existing member that no one represents."""
    return memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )


def ask(slug: str) -> str:
    return reverse("network:join_ask_access", args=[slug])


def staffs_page(asked: AccessRequest) -> str:
    return reverse("network_staff:access_request", args=[asked.pk])


def test_who_asks_to_work_on_a_sign_up_learns_no_name_and_the_lead_decides(
    as_, story, officer, priya
):
    sign_up = story.started()
    browser = as_(priya)
    pages = [browser.get("/join/council/?council=leeming"), browser.get(ask("leeming"))]
    pages.append(browser.post(ask("leeming"), WHO, follow=True))
    for page in pages:
        text = page.content.decode()
        assert "Olive" not in text.replace("Ask Olive", "") and officer.email not in text
        assert sign_up.reference not in text

    asked = AccessRequest.objects.get()
    assert asked.email_evidence == "matched"
    assert OutboxMessage.objects.get(kind="network.access_asked").to == officer.email

    answer = reverse("network:access", args=[asked.pk])
    assert browser.get(answer).status_code == 404
    assert "Procurement Lead" in as_(officer).get(answer).content.decode()
    assert not Collaborator.objects.filter(user=priya).exists()
    as_(officer).post(answer, {"yes": "yes"})
    assert browser.get(sign_up.get_absolute_url()).status_code == 200
    assert OutboxMessage.objects.get(kind="network.access_granted").to == priya.email


def test_asking_twice_is_asking_once(as_, story, priya):
    story.started()
    for _ in range(2):
        as_(priya).post(ask("leeming"), WHO)

    assert AccessRequest.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="network.access_asked").count() == 1


def test_an_answer_is_given_once(as_, story, officer, priya):
    story.started()
    as_(priya).post(ask("leeming"), WHO)
    answer = reverse("network:access", args=[AccessRequest.objects.get().pk])
    as_(officer).post(answer, {"no": "no"})
    page = as_(officer).post(answer, {"yes": "yes"}, follow=True)

    assert "already been answered" in page.content.decode()
    assert AccessRequest.objects.get().status == AccessStatus.REFUSED
    assert not Collaborator.objects.filter(user=priya).exists()
    assert OutboxMessage.objects.get(kind="network.access_refused").to == priya.email


def test_staff_answer_for_a_member_that_nobody_represents(
    as_, staff, member, priya, manager, stranger
):
    page = as_(priya).get("/join/council/?council=leeming")
    assert "Represent your council" in page.content.decode()
    as_(priya).post(ask("leeming"), WHO)
    asked = AccessRequest.objects.get()
    assert OutboxMessage.objects.get(kind="network.access_asked").to == manager.email

    listed = staff(manager).get(reverse("network_staff:access_requests")).content.decode()
    assert "Priya Patel" in listed.partition("Waiting for the lead contact")[0]
    staff(manager).post(staffs_page(asked), {"called": "yes"})
    staff(manager).post(staffs_page(asked), {"yes": "yes"})
    led = Representative.objects.get()
    assert (led.user, led.role, led.membership) == (priya, "lead", member)
    assert Event.objects.filter(what="access_request.called_back").exists()
    assert "Leeming Borough Council" in as_(priya).get("/my/", follow=True).content.decode()

    # From now on its lead decides.
    as_(stranger).post(ask("leeming"), WHO)
    second = AccessRequest.objects.get(user=stranger)
    staff(manager).post(staffs_page(second), {"yes": "yes"})
    assert Representative.objects.count() == 1
    as_(priya).post(reverse("network:access", args=[second.pk]), {"yes": "yes"})
    assert Representative.objects.get(user=stranger).role == "contributor"


def test_a_body_that_is_no_council_but_a_member_can_be_represented(as_, priya, db):
    body = make_council(slug="nhs-body", kind=Kind.OTHER_BODY)
    memberships.record_existing_membership(
        body, by="test", joined_on=None, joined_precision="not_known"
    )

    page = as_(priya).get("/join/council/?council=nhs-body")
    assert "Represent your council" in page.content.decode()
    as_(priya).post(ask("nhs-body"), WHO)
    assert AccessRequest.objects.get().membership.council == body


def test_staff_step_in_after_five_working_days_and_nobody_answers_their_own(
    story, officer, priya, manager
):
    sign_up = story.started()
    asked = people.ask_access(sign_up, by=priya, **WHO)
    day = timezone.localdate()
    table = {
        (officer, 0): True,
        (manager, 0): False,
        (manager, 20): True,
        (priya, 20): False,
    }
    for (user, later), may in table.items():
        today = day + timedelta(days=later)
        assert permissions.can_answer_access(user, asked, today) is may, (user, later)

    own = people.ask_access(sign_up, by=manager, **WHO)
    assert not permissions.can_answer_access(manager, own, day + timedelta(days=20))


def test_an_embargo_is_not_broken_by_asking(as_, story, manager, priya):
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timedelta(days=9)
    membership = reviews.accept(sign_up, by=manager, announce_at=hour_of(later))
    text = as_(priya).get(ask("leeming")).content.decode()
    assert "work on Leeming’s application" in text and "represent" not in text
    as_(priya).post(ask("leeming"), WHO)

    people.grant_access(AccessRequest.objects.get(), by=story.officer)
    assert membership.representatives.get(user=priya).role == "contributor"


def test_who_signed_up_represents_the_member_from_acceptance_on(story, manager, officer, priya):
    sign_up = story.in_review(manager)
    Collaborator.objects.create(sign_up=sign_up, user=priya, role="colleague")
    membership = reviews.accept(sign_up, by=manager, announce_at=timezone.now())

    roles = dict(membership.representatives.values_list("user__email", "role"))
    assert roles == {officer.email: "lead", priya.email: "contributor"}


def test_the_pages_for_staff_are_for_network_managers(as_, staff, member, priya, editor, client):
    asked = people.ask_access(member, by=priya, **WHO)
    for address in [reverse("network_staff:access_requests"), staffs_page(asked)]:
        assert staff(editor).get(address).url == "/admin/"  # Wagtail's way to say no
        assert client.get(address).status_code == 302
        assert as_(priya).get(address).status_code in {302, 403}
    staff(editor).post(staffs_page(asked), {"yes": "yes"})
    assert not Representative.objects.exists()


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 15, "9" * 30])
def test_a_request_that_is_none_is_not_found(staff, manager, pk):
    assert staff(manager).get(f"/admin/access/{pk}/").status_code == 404
    assert staff(manager).get(f"/my/access/{pk}/").status_code == 404


def test_the_list_of_who_asks_asks_the_same_of_the_database_for_one_and_ten(
    staff, member, manager, django_assert_num_queries, django_assert_max_num_queries
):
    browser = staff(manager)
    address = reverse("network_staff:access_requests")

    def more(first, last):
        for number in range(first, last):
            asker = person(f"a{number}@leeming.gov.uk")
            people.ask_access(member, by=asker, **WHO)

    more(0, 1)
    browser.get(address)
    with django_assert_max_num_queries(30) as one:
        browser.get(address)
    more(1, 10)
    with django_assert_num_queries(len(one)):
        browser.get(address)


def test_staff_let_somebody_lead_where_whoever_leads_does_not_answer(
    staff, story, officer, priya, manager
):
    sign_up = story.started()
    asked = people.ask_access(sign_up, by=priya, **WHO)
    staff(manager).post(staffs_page(asked), {"lead": "yes"})
    assert sign_up.lead() == officer  # five working days are not over

    AccessRequest.objects.update(asked_at=timezone.now() - timedelta(days=20))
    staff(manager).post(staffs_page(asked), {"lead": "yes"})
    assert sign_up.lead() == priya
    assert sign_up.collaborators.filter(user=officer, role="colleague").exists()
    assert OutboxMessage.objects.get(kind="network.lead_changed").to == priya.email


def test_who_is_in_already_is_told_so(as_, officer, member):
    people.represent(member, officer)
    text = as_(officer).post(ask("leeming"), WHO).content.decode()

    assert "You already have access for Leeming" in text
    assert not AccessRequest.objects.exists()


def test_staff_are_told_once_of_whom_nobody_answers(story, priya, manager):
    people.ask_access(story.started(), by=priya, **WHO)
    assert people.tell_staff_who_waits() == 0

    AccessRequest.objects.update(asked_at=timezone.now() - timedelta(days=20))
    assert [people.tell_staff_who_waits() for _ in range(2)] == [1, 0]
    told = OutboxMessage.objects.get(kind="network.access_asked", to=manager.email)
    mail.outbox.clear()
    outbox.send_due.func()
    text = next(m.body for m in mail.outbox if m.to == [told.to])
    assert "has not answered within 5 working days" in text and "/admin/access/" in text


def test_a_post_that_says_neither_yes_nor_no_answers_nothing(
    as_, staff, story, officer, priya, manager
):
    sign_up = story.started()
    asked = people.ask_access(sign_up, by=priya, **WHO)
    page = as_(officer).post(reverse("network:access", args=[asked.pk]), {})
    assert ">Approve<" in page.content.decode()

    AccessRequest.objects.update(asked_at=timezone.now() - timedelta(days=20))
    page = staff(manager).post(staffs_page(asked), {})
    assert ">Approve<" in page.content.decode()
    asked.refresh_from_db()
    assert asked.status == AccessStatus.OPEN


def test_nobody_says_of_themselves_that_staff_rang_the_council(staff, story, member, manager):
    own = people.ask_access(member, by=manager, **WHO)
    browser = staff(manager)

    assert "I called the main number" not in browser.get(staffs_page(own)).content.decode()
    browser.post(staffs_page(own), {"called": "yes"})
    own.refresh_from_db()
    assert own.email_evidence == "unknown"


def test_a_manager_who_works_on_a_sign_up_does_not_ring_for_its_colleagues(
    staff, story, priya, manager
):
    sign_up = story.started()
    Collaborator.objects.create(sign_up=sign_up, user=manager, role="colleague")
    asked = people.ask_access(sign_up, by=priya, **WHO)
    staff(manager).post(staffs_page(asked), {"called": "yes"})

    asked.refresh_from_db()
    assert asked.email_evidence == "matched"


def test_whom_staff_rang_and_let_lead_is_known_to_work_there(story, officer, stranger, manager):
    sign_up = story.started()
    asked = people.ask_access(sign_up, by=stranger, **WHO)
    people.record_asker_call_back(asked, by=manager)
    with pytest.raises(PermissionDenied):  # the lead still has time to answer
        people.grant_the_lead(asked, by=manager)
    asked.asked_at -= timedelta(days=9)
    asked.save(update_fields=["asked_at"])
    people.grant_the_lead(asked, by=manager)

    assert fresh(sign_up).email_evidence == "called_back"


def test_who_asked_hears_when_the_sign_up_ends_before_an_answer(story, officer, priya):
    sign_up = story.started()
    people.ask_access(sign_up, by=priya, **WHO)
    sign_ups.withdraw(sign_up, by=officer)
    mail.outbox.clear()
    outbox.send_due.func()

    told = next(m for m in mail.outbox if m.to == [priya.email])
    assert "is closed" in told.subject and "/join/" in told.body


def test_who_is_let_in_during_the_embargo_finds_what_their_mail_speaks_of(
    as_, story, manager, officer, priya
):
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timedelta(days=9)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(later))
    asked = people.ask_access(fresh(sign_up), by=priya, **WHO)
    people.grant_access(asked, by=officer)

    assert sign_up.reference in as_(priya).get("/my/").content.decode()


def test_an_acceptance_leaves_no_invitation_with_a_dead_button(as_, story, manager, officer, priya):
    sign_up = story.in_review(manager)
    invitation = people.invite(sign_up, by=officer, email=priya.email)
    reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now())

    invitation.refresh_from_db()
    assert invitation.status == "cancelled"


def test_who_came_to_lead_what_they_asked_for_is_told_who_answers(as_, story, officer, priya):
    sign_up = story.started()
    asked = people.ask_access(sign_up, by=priya, **WHO)
    Collaborator.objects.create(sign_up=sign_up, user=priya, role="colleague")
    people.hand_over(sign_up, by=officer, to=priya)
    text = as_(priya).get(reverse("network:access", args=[asked.pk])).content.decode()

    assert "You made this request yourself" in text and "Answered" not in text


def test_who_asked_finds_on_their_own_page_that_nobody_has_answered_yet(
    as_, story, officer, priya, member
):
    people.ask_access(member, by=priya, **WHO)
    browser = as_(priya)
    text = browser.get("/my/").content.decode()
    assert "To represent Leeming Borough Council: sent on" in text
    assert "No applications yet" not in text
    assert "no answer yet" not in as_(officer).get("/my/").content.decode()

    people.refuse_access(AccessRequest.objects.get(), by=nell())
    assert "no answer yet" not in browser.get("/my/").content.decode()


def test_nobody_asks_for_access_to_what_has_ended(story, officer, priya):
    sign_up = story.started()
    sign_ups.withdraw(sign_up, by=officer)
    member = memberships.record_existing_membership(
        story.council, by="test", joined_on=None, joined_precision="not_known"
    )
    Membership.objects.update(status="removed")
    for ended in (sign_up, member):
        with pytest.raises(Refused, match="This has ended"):
            people.ask_access(ended, by=priya, name="P", job_title="x", message="")
    assert not AccessRequest.objects.exists()


def test_an_old_request_gives_no_access_to_a_membership_that_has_ended(council, manager, priya):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    asked = people.ask_access(member, by=priya, name="P", job_title="x", message="")
    Membership.objects.update(status="removed")
    with pytest.raises(Refused, match="has ended"):
        people.grant_access(asked, by=manager)
    assert not member.representatives.exists()
