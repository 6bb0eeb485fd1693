"""The member area: its first page, people with access, and champions from and to a date."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network import member_area, permissions
from network.actions import memberships, offices, people, reviews
from network.choices import ChampionKind, InvitationStatus, Office, RepresentativeRole
from network.models import Event, Invitation, Refused
from portal.mail import outbox
from portal.models import OutboxMessage

pytestmark = pytest.mark.django_db
MEMBER = "/my/members/leeming/"
PEOPLE, CHAMPIONS = f"{MEMBER}people/", f"{MEMBER}offices/"
PAGE = "/councils/leeming/"


@pytest.fixture
def member(story, manager):
    """Leeming as a member of today, led by the officer."""
    sign_up = story.in_review(manager)
    return reviews.accept(sign_up, by=manager, announce_at=timezone.now())


@pytest.fixture
def cara(db):
    return person("cara@leeming.gov.uk", first_name="Cara", last_name="Colleague")


def said(client, path) -> str:
    return client.get(path).content.decode()


def letters() -> dict[str, str]:
    """Return what was mailed since, by recipient."""
    mail.outbox.clear()
    outbox.send_due.func()
    return {each.to[0]: each.subject + each.body for each in mail.outbox}


# ---- First page ---------------------------------------------------------------------


def test_first_page_lists_what_needs_doing_before_the_areas(member, officer, as_, cara):
    people.ask_access(member, by=cara, name="Cara Colleague", job_title="x", message="")
    today = timezone.localdate()
    offices.record_office_change(member, by=officer, office=Office.LEADER, since=today)
    text = said(as_(officer), MEMBER)

    assert text.index("Answer Cara Colleague’s request") < text.index("What you look after")
    assert "Tell us who the new leader is" in text
    assert "Give the public a contact" in text
    assert "Invite a colleague" in text
    for address in ("profile/", "offices/", "people/", "leave/"):
        assert f'href="{MEMBER}{address}"' in text
    assert 'href="/councils/leeming/endorsement/"' in text


def test_viewer_is_asked_to_do_nothing(member, as_, cara):
    people.represent(member, cara, RepresentativeRole.VIEWER)
    assert "Nothing at the moment" in said(as_(cara), MEMBER)
    assert "KIL-" not in said(as_(cara), MEMBER), "they do not work on the application"


def test_every_line_leads_to_a_page_that_its_reader_can_open(member, officer, as_, cara):
    people.ask_access(member, by=cara, name="Cara", job_title="x", message="")
    offices.record_office_change(
        member, by=officer, office=Office.LEADER, since=timezone.localdate()
    )
    lines = member_area.to_do(type(member).objects.get(), officer)
    assert len(lines) == 4
    for line in lines:
        assert as_(officer).get(line.address).status_code == 200


def test_account_of_someone_with_one_council_opens_that_council(member, officer, as_):
    assert as_(officer).get("/my/")["Location"] == MEMBER
    assert as_(officer).get("/my/?account").status_code == 200


def test_account_of_someone_with_more_lists_it_all(member, officer, as_):
    other = memberships.record_existing_membership(
        make_council(), by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(other, officer)
    text = said(as_(officer), "/my/")
    assert f'href="{MEMBER}"' in text
    assert f"/my/members/{other.council.slug}/" in text


@pytest.mark.parametrize("rows", [1, 10])
def test_first_page_takes_no_more_queries_for_more_people(
    member, officer, as_, rows, django_assert_max_num_queries
):
    for number in range(rows):
        who = person(f"p{number}@leeming.gov.uk")
        people.represent(member, who, RepresentativeRole.VIEWER)
    browser = as_(officer)
    browser.get(MEMBER)
    with django_assert_max_num_queries(28):
        browser.get(MEMBER)


# ---- People -------------------------------------------------------------------------


def invite(browser, email="cara@leeming.gov.uk", role="contributor"):
    return browser.post(PEOPLE, {"email": email, "role": role}, follow=True)


def test_lead_invites_a_colleague_who_accepts_and_both_are_told(member, officer, as_, cara):
    assert "Invitation sent to cara@leeming.gov.uk" in invite(as_(officer)).content.decode()
    letter = letters()["cara@leeming.gov.uk"]
    assert "Olive Officer" in letter
    path = next(line for line in letter.split() if "/join/invited/" in line)
    path = "/" + path.split("/", 3)[3]
    assert "Will you represent Leeming?" in said(as_(cara), path)
    assert not member.representatives.filter(user=cara).exists(), "opening it changes nothing"

    found = Invitation.objects.get()
    answer = as_(cara).post(f"/join/invitations/{found.pk}/", {"yes": "yes"})
    assert answer["Location"] == MEMBER
    assert member.representatives.current().get(user=cara).role == "contributor"
    assert "Cara Colleague now represents Leeming" in letters()[officer.email]
    assert as_(cara).get(path).status_code == 410


def test_invitation_stands_in_the_account_of_who_was_invited(member, officer, as_, cara):
    people.invite_representative(
        member, by=officer, email=cara.email, role=RepresentativeRole.VIEWER
    )
    assert "invited you to represent Leeming Borough Council" in said(as_(cara), "/my/")


def test_stranger_cannot_answer_somebody_elses_invitation(member, officer, as_, stranger, cara):
    found = people.invite_representative(
        member, by=officer, email=cara.email, role=RepresentativeRole.VIEWER
    )
    answer = as_(stranger).post(f"/join/invitations/{found.pk}/", {"yes": "yes"})
    assert answer.status_code == 404
    assert member.representatives.count() == 1


def test_no_one_is_invited_to_lead_or_without_a_role(member, officer, as_):
    for role in ("lead", "", "boss"):
        page = invite(as_(officer), role=role)
        assert not Invitation.objects.exists()
    assert "Select what they can do" in page.content.decode() or page.status_code == 200


def test_second_invitation_to_an_address_replaces_the_first(member, officer):
    first = people.invite_representative(
        member, by=officer, email="x@leeming.gov.uk", role=RepresentativeRole.VIEWER
    )
    old = first.token
    second = people.invite_representative(
        member, by=officer, email="X@leeming.gov.uk", role=RepresentativeRole.CONTRIBUTOR
    )
    assert first.pk == second.pk
    assert second.role == "contributor"
    assert not second.opens_with(old)


def test_invitations_are_refused_where_they_make_no_sense(member, officer, cara):
    people.represent(member, cara)
    with pytest.raises(Refused, match="already has access"):
        people.invite_representative(
            member, by=officer, email=cara.email, role=RepresentativeRole.VIEWER
        )
    for number in range(people.OPEN_INVITATIONS):
        people.invite_representative(
            member, by=officer, email=f"x{number}@x.example", role=RepresentativeRole.VIEWER
        )
    with pytest.raises(Refused, match="Cancel one first"):
        people.invite_representative(
            member, by=officer, email="y@x.example", role=RepresentativeRole.VIEWER
        )


def test_lead_cancels_an_invitation_and_its_link_dies(member, officer, as_, cara):
    found = people.invite_representative(
        member, by=officer, email=cara.email, role=RepresentativeRole.VIEWER
    )
    as_(officer).post(f"{MEMBER}invitations/{found.pk}/cancel/")
    found.refresh_from_db()
    assert found.status == InvitationStatus.CANCELLED
    assert as_(cara).get(f"/join/invited/{found.token}/").status_code == 410


def test_contributor_invites_nobody_and_cancels_nothing(member, officer, as_, cara):
    people.represent(member, cara)
    found = people.invite_representative(
        member, by=officer, email="x@x.example", role=RepresentativeRole.VIEWER
    )
    assert invite(as_(cara)).status_code == 403
    assert as_(cara).post(f"{MEMBER}invitations/{found.pk}/cancel/").status_code == 403


def test_lead_changes_a_role_and_takes_access_away_and_they_are_told(member, officer, as_, cara):
    who = people.represent(member, cara)
    browser = as_(officer)
    browser.post(PEOPLE, {"viewer": who.pk})
    assert member.representatives.current().get(user=cara).role == "viewer"
    assert "You are now a viewer" in letters()[cara.email]
    browser.post(PEOPLE, {"viewer": who.pk})
    assert Event.objects.filter(what="membership.role_changed").count() == 1
    browser.post(PEOPLE, {"remove": who.pk})
    assert not member.representatives.current().filter(user=cara).exists()
    assert "You no longer represent Leeming" in letters()[cara.email]
    assert as_(cara).get(MEMBER).status_code == 404
    page = browser.post(PEOPLE, {"remove": who.pk}, follow=True)
    assert "no longer represents the council" in page.content.decode()


def test_lead_cannot_be_changed_or_removed(member, officer):
    mine = member.representatives.get(user=officer)
    with pytest.raises(Refused):
        people.remove_representative(mine, by=officer)
    with pytest.raises(Refused):
        people.change_role(mine, by=officer, role=RepresentativeRole.VIEWER)


def test_contributor_gives_up_access_and_the_lead_is_told(member, officer, as_, cara):
    people.represent(member, cara)
    page = as_(cara).post(f"{PEOPLE}stop/", follow=True)
    assert "You no longer have access for Leeming" in page.content.decode()
    assert "Cara Colleague no longer represents" in letters()[officer.email]


def test_lead_cannot_give_up_access(member, officer, as_):
    page = as_(officer).post(f"{PEOPLE}stop/", follow=True)
    assert "You are the lead contact" in page.content.decode()
    assert member.lead() == officer


def test_access_that_was_taken_away_counts_as_a_part_in_the_council(member, officer, manager):
    people.represent(member, manager, RepresentativeRole.VIEWER)
    who = member.representatives.get(user=manager)
    people.remove_representative(who, by=officer)
    assert OutboxMessage.objects.filter(kind="network.representative_removed").exists()
    assert not permissions.can_look_after(manager, member)


# ---- Champions ----------------------------------------------------------------------

NEW = {"held": "held", "name": "Nia New", "role": "Cabinet Member", "may_be_published": "on"}


def since(day: date) -> dict[str, str]:
    return {"since_day": str(day.day), "since_month": str(day.month), "since_year": str(day.year)}


def test_new_champion_is_public_at_once_and_the_earlier_one_is_kept(member, officer, as_, client):
    today = timezone.localdate()
    browser = as_(officer)
    browser.post(f"{MEMBER}champions/political/", NEW | since(today))

    page = said(client, PAGE)
    assert "Nia New" in page
    assert "Champion Lead councillor" not in page.split("Champions</h2>")[1].split("</section>")[0]
    earlier = member.earlier_champions().get()
    assert (earlier.name, earlier.until) == ("Champion Lead councillor", today)
    assert "Champion Lead councillor" in said(browser, CHAMPIONS)
    record = said(client, f"{PAGE}endorsement/")
    assert "Champion Lead councillor" in record, "as on the page they signed"


def test_earlier_champion_is_put_back(member, officer, as_, client):
    as_(officer).post(f"{MEMBER}champions/political/", NEW | since(timezone.localdate()))
    earlier = member.earlier_champions().get()
    as_(officer).post(CHAMPIONS, {"champion": earlier.pk})

    names = [c.name for c in member.published_champions()]
    assert names == ["Champion Lead councillor"]
    with pytest.raises(Refused):
        offices.put_back_champion(earlier, by=officer)


def test_champion_without_consent_is_not_named(member, officer, as_, client):
    told = {name: value for name, value in NEW.items() if name != "may_be_published"}
    as_(officer).post(f"{MEMBER}champions/political/", told | since(timezone.localdate()))
    assert "Nia New" not in said(client, PAGE)


def test_same_name_again_corrects_the_role(member, officer):
    before = member.current_champions().get(kind=ChampionKind.POLITICAL)
    offices.name_champion(
        member,
        by=officer,
        kind=ChampionKind.POLITICAL,
        since=timezone.localdate(),
        name=before.name.upper(),
        role="Deputy Leader",
        may_be_published=True,
    )
    now = member.current_champions().get(kind=ChampionKind.POLITICAL)
    assert (now.pk, now.role) == (before.pk, "Deputy Leader")


def test_vacancy_leaves_no_champion_named(member, officer, as_, client):
    as_(officer).post(
        f"{MEMBER}champions/political/", {"held": "vacant"} | since(timezone.localdate())
    )
    assert not member.current_champions().filter(kind="political").exists()
    assert "the names of its champions" in said(client, PAGE)


@pytest.mark.parametrize(
    ("answers", "days", "error"),
    [
        (NEW, 1, "Date must be today or in the past"),
        (NEW, -900, "the one before began"),
        ({"held": "held"}, 0, "Enter their name"),
        ({"held": "vacant", "name": "Nia"}, 0, "leave the name blank"),
        ({}, 0, "Select who the champion is"),
    ],
)
def test_champion_that_does_not_do_is_refused(member, officer, as_, answers, days, error):
    day = timezone.localdate() + timedelta(days=days)
    page = as_(officer).post(f"{MEMBER}champions/political/", answers | since(day))
    assert error in page.content.decode()
    assert not member.earlier_champions().exists()


def test_contributor_reads_champions_and_changes_none(member, as_, cara):
    people.represent(member, cara)
    assert as_(cara).get(CHAMPIONS).status_code == 200
    assert as_(cara).get(f"{MEMBER}champions/political/").status_code == 403
    assert as_(cara).post(CHAMPIONS, {"champion": "1"}).status_code == 403


def test_vacancy_where_no_one_was_named_changes_nothing(member, officer):
    member.champions.all().delete()
    today = timezone.localdate()
    offices.name_champion(member, by=officer, kind=ChampionKind.OFFICER, since=today)
    assert not member.champions.exists()


def test_champion_is_put_back_where_no_one_is_named(member, officer):
    today = timezone.localdate()
    offices.name_champion(member, by=officer, kind=ChampionKind.OFFICER, since=today)
    offices.put_back_champion(member.earlier_champions().get(), by=officer)
    assert member.current_champions().filter(kind=ChampionKind.OFFICER).exists()


def test_champions_of_applications_cannot_be_put_back(story, officer):
    champion = story.filled_in().champions.first()
    with pytest.raises(Refused):
        offices.put_back_champion(champion, by=officer)


def test_lead_of_an_ended_membership_invites_nobody(member, officer):
    type(member).objects.update(status="withdrawn")
    with pytest.raises(Refused, match="has ended"):
        people.invite_representative(
            member, by=officer, email="x@x.example", role=RepresentativeRole.VIEWER
        )


def test_what_someone_gave_up_goes_to_nobody_where_nobody_leads(member, cara):
    people.represent(member, cara)
    member.representatives.exclude(user=cara).update(ended_at=timezone.now(), ended_why="x")
    people.stop_representing(member, by=cara)
    assert not OutboxMessage.objects.filter(kind="network.representative_left").exists()


def test_changing_the_access_of_someone_who_has_gone_is_refused(member, officer, cara):
    who = people.represent(member, cara)
    people.remove_representative(who, by=officer)
    with pytest.raises(Refused, match="no longer has access"):
        people.remove_representative(who, by=officer)
