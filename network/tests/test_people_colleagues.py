"""Collaboration on one sign-up: inviting, joining, leading and leaving."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from conftest import person
from network.actions import people, sign_ups, tasks
from network.choices import InvitationStatus
from network.models import Collaborator, Event, Invitation, SignUp
from network.readiness import Gap, Readiness
from network.tests.factories import fresh
from portal.mail import outbox
from portal.models import OutboxMessage, User


@pytest.fixture
def priya(db) -> User:
    """A colleague of the officer at Leeming."""
    return person("priya@leeming.gov.uk", first_name="Priya", last_name="Patel")


@pytest.fixture
def draft(story) -> SignUp:
    return story.started()


@pytest.fixture
def invitation(draft, officer) -> Invitation:
    return people.invite(draft, by=officer, email="Priya@Leeming.gov.uk")


@pytest.fixture
def both(draft, priya) -> SignUp:
    """A sign-up that Priya works on too."""
    Collaborator.objects.create(sign_up=draft, user=priya, role="colleague")
    return draft


def of(sign_up: SignUp, name: str, *more) -> str:
    return reverse(f"network:sign_up_{name}", args=[sign_up.reference, *more])


def colleague_of(sign_up: SignUp, user: User) -> str:
    return of(sign_up, "colleague", sign_up.collaborators.get(user=user).pk)


def test_an_invited_colleague_signs_in_with_that_address_says_yes_and_works_on_it(
    as_, draft, officer, priya
):
    as_(officer).post(of(draft, "colleagues"), {"email": "priya@leeming.gov.uk"})
    outbox.send_due.func()
    text = next(m.body for m in mail.outbox if m.to == ["priya@leeming.gov.uk"])
    link = next(word for word in text.split() if "/join/invited/" in word)
    path = link.partition("//")[2].partition("/")[2]

    anonymous = as_().get(f"/{path}")
    assert "Olive Officer is inviting you" in anonymous.content.decode()
    assert (
        anonymous["Referrer-Policy"] == "no-referrer" and "no-store" in anonymous["Cache-Control"]
    )

    browser = as_(priya)
    assert "Olive Officer has invited you" in browser.get("/my/").content.decode()
    assert not draft.collaborators.filter(user=priya).exists()
    pk = Invitation.objects.get().pk
    page = browser.post(reverse("network:answer_invitation", args=[pk]), {"yes": "yes"})
    assert page.url == draft.get_absolute_url()
    assert browser.get(page.url).status_code == 200
    assert as_().get(f"/{path}").status_code == 410
    told = OutboxMessage.objects.get(kind="network.invitation_accepted")
    assert told.to == officer.email


def test_nobody_else_can_answer_an_invitation(as_, invitation, stranger, client):
    address = reverse("network:answer_invitation", args=[invitation.pk])

    assert as_(stranger).post(address, {"yes": "yes"}).status_code == 404
    assert client.post(address, {"yes": "yes"}).url.startswith("/accounts/login/")
    assert as_(stranger).get(address).status_code == 405
    assert Collaborator.objects.count() == 1


def test_an_address_that_is_not_confirmed_answers_nothing(as_, invitation):
    sly = User.objects.create_user("priya@leeming.gov.uk")

    address = reverse("network:answer_invitation", args=[invitation.pk])
    assert as_(sly).post(address, {"yes": "yes"}).status_code == 404


def test_saying_no_ends_the_invitation(as_, invitation, priya):
    as_(priya).post(reverse("network:answer_invitation", args=[invitation.pk]), {"no": "no"})

    invitation.refresh_from_db()
    assert invitation.status == InvitationStatus.REFUSED
    assert Collaborator.objects.count() == 1


def test_inviting_again_kills_the_older_link(as_, draft, officer, invitation):
    old = invitation.token
    again = people.invite(draft, by=officer, email=invitation.email)

    assert again.pk == invitation.pk
    assert as_().get(reverse("network:invited", args=[old])).status_code == 410
    assert as_().get(reverse("network:invited", args=[again.token])).status_code == 200
    assert OutboxMessage.objects.filter(kind="network.invitation").count() == 2


@pytest.mark.parametrize("token", ["x", "1-x", "999999-aaaa", "1-" + "A" * 43, "1-" + "A" * 32])
def test_a_token_that_never_was_one_tells_nothing(as_, invitation, token):
    assert as_().get(reverse("network:invited", args=[token])).status_code == 404


def test_a_link_ends_after_thirty_days(as_, invitation, priya):
    Invitation.objects.update(link_ends_at=timezone.now() - timedelta(minutes=1))
    answer = reverse("network:answer_invitation", args=[invitation.pk])
    page = as_(priya).post(answer, {"yes": "yes"}, follow=True)

    assert "has expired" in page.content.decode()
    assert people.expire_invitations() == 1
    assert Collaborator.objects.count() == 1


def test_taking_an_invitation_back_is_for_who_invited_and_for_the_lead(
    as_, both, officer, priya, stranger
):
    invitation = people.invite(both, by=officer, email="third@leeming.gov.uk")
    address = of(both, "cancel_invitation", invitation.pk)

    assert as_(stranger).post(address).status_code == 404
    refused = as_(priya).post(address)
    assert refused.status_code == 403
    assert "Only the person who invited them, or the lead" in refused.content.decode()
    as_(officer).post(address)
    invitation.refresh_from_db()
    assert invitation.status == InvitationStatus.CANCELLED


def test_the_lead_is_handed_over_and_may_then_leave(as_, both, officer, priya):
    browser = as_(officer)
    browser.post(of(both, "leave"))
    assert fresh(both).lead() == officer  # who leads does not slip away

    browser.post(colleague_of(both, priya), {"lead": "yes"})
    assert fresh(both).lead() == priya
    assert OutboxMessage.objects.get(kind="network.lead_changed").to == priya.email
    assert browser.get(colleague_of(both, priya)).status_code == 403

    browser.post(of(both, "leave"))
    assert browser.get(both.get_absolute_url()).status_code == 404
    assert OutboxMessage.objects.get(kind="network.colleague_left").to == priya.email


def test_only_the_lead_removes_a_colleague_who_is_told(as_, both, officer, priya):
    assert as_(priya).post(colleague_of(both, officer), {"remove": "yes"}).status_code == 403
    assert as_(officer).post(colleague_of(both, officer), {"remove": "yes"}).status_code == 302
    assert both.collaborators.count() == 2

    as_(officer).post(colleague_of(both, priya), {"remove": "yes"})
    assert as_(priya).get(both.get_absolute_url()).status_code == 404
    assert OutboxMessage.objects.get(kind="network.colleague_removed").to == priya.email


def test_reading_any_page_of_colleagues_changes_nothing(as_, both, officer, priya):
    invitation = people.invite(both, by=officer, email="third@leeming.gov.uk")
    events = Event.objects.count()
    for address in [
        of(both, "colleagues"),
        colleague_of(both, priya) + "?lead=yes&remove=yes",
        of(both, "history"),
        reverse("network:invited", args=[invitation.token]) + "?yes=yes",
        "/my/",
    ]:
        assert as_(officer).get(address).status_code == 200
        assert as_(officer).head(address).status_code == 200
    for address in [of(both, "leave"), of(both, "cancel_invitation", invitation.pk)]:
        assert as_(officer).get(address).status_code == 405
    assert Event.objects.count() == events


def test_an_invitation_opened_with_another_address_says_so(as_, invitation, stranger, priya):
    text = as_().get(reverse("network:invited", args=[invitation.token])).content.decode()
    assert "?next=%2Fmy%2F%3Finvited%3D" in text and invitation.token not in text
    back, words = f"/my/?invited={invitation.pk}", "The invitation you opened is not for"
    wrong, right = (as_(user).get(back).content.decode() for user in (stranger, priya))

    assert f"{words} {stranger.email}" in wrong and "Leeming" not in wrong
    assert words not in right and "has invited you to work on Leeming" in right
    assert "No applications yet" in wrong and "No applications yet" not in right


def test_whoever_leads_is_called_as_they_say_about_themselves(as_, draft, officer, priya, both):
    User.objects.update(first_name="", last_name="")
    about = {"job_title": "", "phone": ""}

    def saved_by(user, **answers) -> str:
        someone = User.objects.get(pk=user.pk)
        tasks.save_task(both, "about_you", by=someone, answers=about | answers)
        return str(User.objects.get(pk=user.pk))

    assert saved_by(officer, name="Olive Officer") == "Olive Officer"
    assert saved_by(officer, name="") == "Olive Officer"
    assert saved_by(priya, name="Olive Oyl") == "priya@leeming.gov.uk"
    assert "Olive Officer" in as_(priya).get(of(both, "colleagues")).content.decode()
    assert saved_by(officer, name="O. Officer") == "Olive Officer"  # who chose a name keeps it


@pytest.mark.parametrize("name", ["colleagues", "history"])
def test_a_stranger_finds_no_page_of_colleagues(as_, both, stranger, name):
    assert as_(stranger).get(of(both, name)).status_code == 404
    assert as_(stranger).post(of(both, name), {"email": "x@x.example"}).status_code in {404, 405}


@pytest.mark.parametrize("email", ["", "x", "\x00", "priya@leeming.gov.uk", "a@" + "b" * 300])
def test_who_cannot_be_invited_gets_a_message_at_the_field(as_, both, officer, email):
    page = as_(officer).post(of(both, "colleagues"), {"email": email})

    assert "There is a problem" in page.content.decode()
    assert not Invitation.objects.exists()


def test_invitations_are_few_at_a_time_and_few_a_day(as_, draft, officer):
    browser = as_(officer)
    for number in range(30):
        browser.post(of(draft, "colleagues"), {"email": f"p{number}@leeming.gov.uk"})

    assert Invitation.objects.count() == 10


def test_an_ended_sign_up_takes_its_invitations_along(as_, draft, officer, invitation, priya):
    sign_ups.withdraw(draft, by=officer)

    invitation.refresh_from_db()
    assert invitation.status == InvitationStatus.CANCELLED
    assert as_().get(reverse("network:invited", args=[invitation.token])).status_code == 410
    assert "There is a problem" in as_(officer).post(of(draft, "colleagues"), {}).content.decode()


def test_who_changed_what_is_told_in_words(as_, story, both, officer, priya):
    about = {"name": "Olive Officer", "job_title": "Adviser", "phone": ""}
    for by, title in [(officer, "Adviser"), (priya, "Head of Place")]:
        answers = about | {"job_title": title}
        tasks.save_task(both, "about_you", by=by, answers=answers, is_finished=by == priya)
    text = as_(officer).get(of(both, "history")).content.decode()
    newest, _, oldest = text.partition("Olive Officer saved “About you”")

    assert "Priya Patel saved “About you”" in newest
    assert "Your job title" in newest and "Adviser" in newest and "Head of Place" in newest
    assert "Your name" not in newest  # it did not change
    assert "Marked as finished" in newest and "Not finished yet" in oldest


def test_the_pages_ask_the_same_of_the_database_for_one_and_ten(
    as_, draft, officer, django_assert_num_queries, django_assert_max_num_queries
):
    def more(first: int, last: int) -> None:
        for number in range(first, last):
            someone = person(f"c{number}@leeming.gov.uk")
            Collaborator.objects.create(sign_up=draft, user=someone, role="colleague")
            answers = {"name": str(number), "job_title": "", "phone": ""}
            tasks.save_task(draft, "about_you", by=someone, answers=answers)
            invitation = {"sign_up": draft, "email": f"i{number}@x.example", "by": someone}
            Invitation.objects.create(**invitation).renew_link()

    browser = as_(officer)
    more(0, 1)
    pages = [of(draft, "colleagues"), of(draft, "history"), draft.get_absolute_url()]
    counted = []
    for page in pages:
        browser.get(page)
        with django_assert_max_num_queries(20) as asked:
            browser.get(page)
        counted.append(len(asked))
    more(1, 10)
    for page, count in zip(pages, counted, strict=True):
        with django_assert_num_queries(count):
            browser.get(page)


def test_an_answer_that_is_neither_yes_nor_no_answers_no_invitation(as_, invitation, priya):
    as_(priya).post(reverse("network:answer_invitation", args=[invitation.pk]), {})

    invitation.refresh_from_db()
    assert invitation.status == InvitationStatus.SENT


def test_who_takes_the_lead_tells_about_themselves_and_nothing_is_known_of_their_address(
    both, stranger, officer
):
    about = {"name": "Olive Officer", "job_title": "Adviser", "phone": "01274 000000"}
    tasks.save_task(both, "about_you", by=officer, answers=about, is_finished=True)
    assert fresh(both).email_evidence == "matched"
    Collaborator.objects.create(sign_up=both, user=stranger, role="colleague")
    people.hand_over(both, by=officer, to=stranger)

    now = fresh(both)
    assert (now.email_evidence, now.applicant_name) == ("unknown", "Stan Stranger")
    assert now.applicant_job_title == now.applicant_phone == ""
    assert Gap.ABOUT_YOU in Readiness(now).before_sending


def test_what_was_sent_keeps_the_name_under_which_it_was_sent(story, officer, priya):
    sent = story.submitted()
    Collaborator.objects.create(sign_up=sent, user=priya, role="colleague")
    people.hand_over(sent, by=officer, to=priya)

    assert fresh(sent).applicant_name == "Olive Officer"


@pytest.mark.parametrize("how", ["removed", "left"])
def test_whoever_goes_leaves_no_open_invitation_behind(as_, both, officer, priya, how):
    theirs = people.invite(both, by=priya, email="priya@home.example")
    mine = people.invite(both, by=officer, email="third@leeming.gov.uk")
    if how == "removed":
        people.remove_colleague(both, by=officer, person=priya)
    else:
        people.leave(both, by=priya)

    for invitation in (theirs, mine):
        invitation.refresh_from_db()
    assert (theirs.status, mine.status) == (InvitationStatus.CANCELLED, InvitationStatus.SENT)


def test_after_the_end_a_colleague_can_still_be_removed(as_, both, officer, priya):
    sign_ups.withdraw(both, by=officer)
    page = as_(officer).get(colleague_of(both, priya)).content.decode()
    assert "Make " not in page
    as_(officer).post(colleague_of(both, priya), {"remove": "yes"})

    assert as_(priya).get(both.get_absolute_url()).status_code == 404


def test_only_the_lead_withdraws_and_a_colleague_is_told_so(as_, both, priya, officer):
    address = of(both, "withdraw")
    assert address not in as_(priya).get(both.get_absolute_url()).content.decode()
    for page in (as_(priya).get(address), as_(priya).post(address)):
        assert page.status_code == 403
        assert "Only the lead contact, Olive Officer" in page.content.decode()
    assert fresh(both).is_open

    as_(officer).post(address)
    assert not fresh(both).is_open


def test_one_invitation_that_cannot_be_ended_holds_up_no_other(draft, officer, monkeypatch):
    for name in ("one", "two"):
        people.invite(draft, by=officer, email=f"{name}@leeming.gov.uk")
    Invitation.objects.update(link_ends_at=timezone.now() - timedelta(minutes=1))
    move = Invitation.move_to

    def failing(self, status, **how):
        if self.email.startswith("one"):
            raise RuntimeError
        move(self, status, **how)

    monkeypatch.setattr(Invitation, "move_to", failing)
    assert people.expire_invitations() == 1
    ended = Invitation.objects.get(email__startswith="two")
    assert ended.status == InvitationStatus.EXPIRED
