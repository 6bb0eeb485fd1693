"""Profiles of members: who changes them, what staff read first, and what stays hidden."""

import os
from io import BytesIO

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from conftest import person
from councils.tests.factories import make_council
from network import profile
from network.actions import memberships, people, profiles, reviews, tasks
from network.choices import ProfilePart, RepresentativeRole
from network.models import ChangedMeanwhile, Event, ProfileChange, Refused, SignUp
from portal.mail import outbox
from portal.models import OutboxMessage
from principles.models import Principle

pytestmark = pytest.mark.django_db
PAGE = "/councils/leeming/"
PROFILE = "/my/members/leeming/profile/"
TEXT = f"{PROFILE}text/"
SIGNED = "We are a small place with big halls."
NEW = "We now buy from the village first."


@pytest.fixture
def member(story, manager):
    """Leeming as a member of today, which wrote a text when it applied."""
    sign_up = story.in_review(manager)
    SignUp.objects.update(profile=SIGNED, profile_may_be_published=True)
    return reviews.accept(sign_up, by=manager, announce_at=timezone.now())


@pytest.fixture
def contributor(member):
    """A colleague who may change the profile and does not lead."""
    who = person("cara@leeming.gov.uk", first_name="Cara")
    people.represent(member, who, RepresentativeRole.CONTRIBUTOR)
    return who


@pytest.fixture
def viewer(member):
    """A colleague who may only read."""
    who = person("vera@leeming.gov.uk", first_name="Vera")
    people.represent(member, who, RepresentativeRole.VIEWER)
    return who


def send(member, by, text=NEW, **how):
    answers = {"profile": text}
    return profiles.save_part(member, "text", by=by, answers=answers, send=True, **how)


def links(member, by, **answers):
    return profiles.save_part(member, "links", by=by, answers=answers, send=True)


def said(client, path=PAGE) -> str:
    return client.get(path).content.decode()


# ---- Prose waits for staff ----------------------------------------------------------


def test_profile_of_a_new_member_is_what_it_agreed_to_publish(member, client):
    assert profile.profile_of(member).profile == SIGNED
    assert SIGNED in said(client)


def test_waiting_text_is_nowhere_public_and_the_old_one_stays(member, officer, client):
    send(member, officer)

    public = ["/councils/", PAGE, f"{PAGE}endorsement/", f"{PAGE}endorsement.json"]
    public += ["/community-organisations/?council=leeming", "/api/v1/members"]
    public += ["/api/v1/councils?q=leeming", "/search/?q=village", "/data/members.json"]
    assert [path for path in public if NEW in said(client, path)] == []
    assert SIGNED in said(client)
    assert NEW not in profile.texts_of(member)


def test_published_text_replaces_the_old_one_and_the_record_keeps_what_was_written(
    member, officer, manager, client
):
    change = send(member, officer)
    profiles.publish(change, by=other_manager())

    assert NEW in said(client)
    assert SIGNED not in said(client)
    assert SIGNED in said(client, f"{PAGE}endorsement/")
    assert SignUp.objects.get().profile == SIGNED
    assert profile.texts_of(member)[0] == NEW
    (told,) = OutboxMessage.objects.filter(kind="network.profile_published")
    assert told.to == officer.email


def other_manager():
    return person("nora@network.example", group="Network managers", first_name="Nora")


def test_text_sent_back_stays_hidden_and_tells_author_and_lead_why(
    member, contributor, officer, manager, client
):
    change = send(member, contributor)
    profiles.send_back(change, by=manager, why="Leave out the resident’s name.")

    change.refresh_from_db()
    assert change.status == "sent_back"
    assert change.decided_by == manager
    assert NEW not in said(client)
    mails = OutboxMessage.objects.filter(kind="network.profile_sent_back")
    assert {each.to for each in mails} == {officer.email, contributor.email}
    outbox.send_due.func()
    sent = [each.body for each in mail.outbox if "Please change this" in each.subject]
    assert len(sent) == 2
    assert all("Leave out the resident’s name." in text for text in sent)


def test_nobody_moderates_their_own_change(member, manager):
    people.represent(member, manager, RepresentativeRole.CONTRIBUTOR)
    change = send(member, manager)

    for act in (profiles.publish, lambda it, by: profiles.send_back(it, by=by, why="x")):
        with pytest.raises(PermissionDenied):
            act(change, by=manager)


def test_change_that_was_answered_cannot_be_answered_again(member, officer, manager):
    change = send(member, officer)
    profiles.publish(change, by=manager)

    with pytest.raises(Refused):
        profiles.publish(change, by=manager)
    with pytest.raises(Refused):
        profiles.send_back(change, by=manager, why="x")


def test_newer_text_replaces_the_waiting_one(member, officer, manager):
    first = send(member, officer)
    second = send(member, officer, "We buy from the next village too.")

    assert list(ProfileChange.objects.waiting()) == [second]
    with pytest.raises(Refused):
        profiles.publish(first, by=manager)


def test_changes_of_former_members_do_not_wait_for_staff(member, officer, manager):
    change = send(member, officer)
    member.move_to("withdrawn", by=manager)

    assert not ProfileChange.objects.waiting()
    with pytest.raises(Refused):
        profiles.publish(change, by=manager)


def test_text_that_is_public_already_is_not_sent(member, officer):
    with pytest.raises(Refused, match="nothing to publish"):
        send(member, officer, SIGNED)


def test_draft_is_saved_and_does_not_wait(member, officer):
    answers = {"profile": "Half a thought"}
    profiles.save_part(member, "text", by=officer, answers=answers)

    assert not ProfileChange.objects.waiting()
    assert profile.profile_of(member).profile == SIGNED


def test_discarded_change_no_longer_waits(member, officer):
    send(member, officer)
    profiles.discard(member, "text", by=officer)

    assert not ProfileChange.objects.waiting()
    with pytest.raises(Refused):
        profiles.discard(member, "text", by=officer)


# ---- Links are public at once, and can be put back ----------------------------------


def test_links_are_public_at_once(member, contributor, client):
    links(member, contributor, contact_link="https://leeming.gov.uk/local")

    assert "https://leeming.gov.uk/local" in said(client)
    assert not ProfileChange.objects.waiting()


def test_earlier_links_are_put_back_and_back_again(member, officer, client):
    links(member, officer, contact_link="https://leeming.gov.uk/one")
    second = links(member, officer, contact_link="https://leeming.gov.uk/two")

    profiles.put_back(second, by=officer)
    assert profile.profile_of(member).contact_link == "https://leeming.gov.uk/one"
    profiles.put_back(ProfileChange.objects.published().get(), by=officer)
    assert profile.profile_of(member).contact_link == "https://leeming.gov.uk/two"
    assert not OutboxMessage.objects.filter(kind="network.profile_put_back")


def test_what_was_signed_is_put_back_before_the_first_change(member, officer, manager, client):
    change = send(member, officer)
    profiles.publish(change, by=manager)
    profiles.put_back(change, by=manager)

    assert SIGNED in said(client)
    assert NEW not in said(client)
    (told,) = OutboxMessage.objects.filter(kind="network.profile_put_back")
    assert told.to == officer.email
    with pytest.raises(Refused):
        profiles.put_back(change, by=manager)


def test_every_step_is_in_the_history(member, officer, manager):
    change = send(member, officer)
    profiles.publish(change, by=manager)
    profiles.put_back(change, by=manager)

    events = Event.objects.filter(what__startswith="profile.", membership=member)
    assert [event.what for event in events] == [
        "profile.sent",
        "profile.published",
        "profile.put_back",
    ]
    assert all(event.sentence != event.what.replace(".", ": ") for event in events)


# ---- Two people ---------------------------------------------------------------------


def test_second_of_two_people_overwrites_nothing(member, officer, contributor):
    first = send(member, officer, seen=0)

    with pytest.raises(ChangedMeanwhile) as clash:
        send(member, contributor, "Another text", seen=0)
    assert clash.value.save == first
    assert ProfileChange.objects.get() == first


def test_double_click_saves_once(member, officer):
    first = send(member, officer, seen=0)
    assert send(member, officer, seen=0) == first


def test_clash_shows_both_texts_and_a_way_to_keep_each(member, officer, contributor, as_):
    send(member, officer, "The first text", seen=0)

    page = as_(contributor).post(TEXT, {"profile": "The second text", "version": "0"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "The first text" in text
    assert "The second text" in text
    again = as_(contributor).post(TEXT, {"profile": "The second text", "version": "1"})
    assert again.status_code == 302
    assert ProfileChange.objects.waiting().get().answers["profile"] == "The second text"


# ---- A member without an application ------------------------------------------------


@pytest.fixture
def recorded(manager):
    """A member from before this site, with a lead."""
    made = memberships.record_existing_membership(
        make_council(slug="oldham", name="Oldham"),
        by=manager,
        joined_on=None,
        joined_precision="not_known",
    )
    lead = person("otto@oldham.gov.uk")
    people.represent(made, lead)
    return made


def test_recorded_member_has_a_profile_of_its_own(recorded, manager, client):
    lead = recorded.lead()
    assert not profile.profile_of(recorded)
    answers = {"principle_3": "We pay local groups within a week."}
    change = profiles.save_part(recorded, "practice", by=lead, answers=answers, send=True)
    profiles.publish(change, by=manager)

    assert "We pay local groups within a week." in said(client, "/councils/oldham/")


def test_profile_is_gone_from_the_page_when_the_membership_ends(member, officer, manager, client):
    profiles.publish(send(member, officer), by=manager)
    links(member, officer, contact_email="local@leeming.gov.uk")
    member.move_to("withdrawn", by=manager)

    assert NEW not in said(client)
    assert "local@leeming.gov.uk" not in said(client)


# ---- Pages --------------------------------------------------------------------------


def test_lead_saves_a_draft_comes_back_and_sends_it(member, officer, as_):
    browser = as_(officer)
    page = browser.get(TEXT)
    assert SIGNED in page.content.decode()
    answer = browser.post(TEXT, {"profile": "Half", "version": "0", "draft": "yes"}, follow=True)
    assert "Draft saved" in answer.content.decode()
    page = browser.get(TEXT)
    assert ">\nHalf</textarea>" in page.content.decode()
    sent = {"profile": "Whole", "version": page.context["form"]["version"].value()}
    assert "Sent." in browser.post(TEXT, sent, follow=True).content.decode()
    assert ProfileChange.objects.waiting().get().answers == {"profile": "Whole"}


@pytest.mark.parametrize("part", ProfilePart)
def test_each_part_has_a_page_that_viewers_cannot_open(member, officer, viewer, as_, part):
    assert as_(officer).get(f"{PROFILE}{part}/").status_code == 200
    assert as_(viewer).get(f"{PROFILE}{part}/").status_code == 403
    assert as_(viewer).post(f"{PROFILE}{part}/", {}).status_code == 403


def test_viewer_reads_the_overview_without_ways_to_change_it(member, viewer, officer, as_):
    send(member, officer)
    text = as_(viewer).get(PROFILE).content.decode()
    assert SIGNED in text
    assert "<form" not in text.split("<main")[1].split("</main")[0]


def test_strangers_and_other_councils_see_no_profile_pages(member, recorded, stranger, as_):
    for who in (stranger, recorded.lead()):
        for path in ("", "profile/", "profile/text/", "people/", "offices/"):
            assert as_(who).get(f"/my/members/leeming/{path}").status_code == 404
        for path in ("discard", "put-back"):
            assert as_(who).post(f"{TEXT}{path}/").status_code == 404


def test_contributor_cannot_put_back_and_the_lead_can(member, officer, contributor, as_):
    first = links(member, officer, contact_link="https://leeming.gov.uk/one")
    path, sent = f"{PROFILE}links/put-back/", {"version": first.version}
    assert as_(contributor).post(path, sent).status_code == 403
    assert as_(officer).post(path, {"version": "9"}).status_code == 302
    assert profile.profile_of(member).contact_link
    as_(officer).post(path, sent)
    assert not profile.profile_of(fresh(member)).contact_link


def fresh(member):
    return type(member).objects.get(pk=member.pk)


def test_reopened_page_shows_what_staff_asked_to_change(member, officer, manager, as_):
    profiles.send_back(send(member, officer), by=manager, why="Please say which halls.")
    for path in (PROFILE, TEXT, "/my/members/leeming/"):
        assert "Please say which halls." in as_(officer).get(path).content.decode()


@pytest.mark.parametrize(
    ("part", "answers", "error"),
    [
        ("quote", {"quote": "Well said"}, "Enter the name and role of the person quoted"),
        ("links", {"strategy_link": "https://x.example"}, "Enter the title of the strategy"),
        ("links", {"contact_link": "javascript:alert(1)"}, "Enter a web address"),
        ("logo", {}, "Select a file"),
    ],
)
def test_answers_that_do_not_do_are_refused_beside_the_field(
    member, officer, as_, part, answers, error
):
    page = as_(officer).post(f"{PROFILE}{part}/", answers | {"version": "0"})
    assert page.status_code == 200
    assert error in page.content.decode()
    assert not ProfileChange.objects.exists()


# ---- Staff --------------------------------------------------------------------------

LIST = "/admin/profile-changes/"


def test_manager_reads_before_and_after_and_publishes(member, officer, manager, staff, client):
    change = send(member, officer)
    browser = staff(manager)
    assert "Leeming" in browser.get(LIST).content.decode()
    page = browser.get(f"{LIST}{change.pk}/").content.decode()
    assert SIGNED in page
    assert NEW in page
    answer = browser.post(f"{LIST}{change.pk}/publish/", follow=True)
    assert "Published." in answer.content.decode()
    assert NEW in said(client)


def test_manager_sends_back_with_a_reason(member, officer, manager, staff):
    change = send(member, officer)
    browser = staff(manager)
    blank = browser.post(f"{LIST}{change.pk}/send-back/", {"why": ""})
    assert "Enter what they should change" in blank.content.decode()
    browser.post(f"{LIST}{change.pk}/send-back/", {"why": "Shorter, please."})
    change.refresh_from_db()
    assert (change.status, change.note) == ("sent_back", "Shorter, please.")


def test_manager_puts_back_what_was_public_before(member, officer, manager, staff, client):
    change = send(member, officer)
    profiles.publish(change, by=manager)
    staff(manager).post(f"{LIST}{change.pk}/put-back/")
    assert SIGNED in said(client)


@pytest.mark.usefixtures("another_manager")
def test_manager_with_a_part_reads_it_and_decides_nothing(member, officer, manager, staff):
    people.represent(member, manager, RepresentativeRole.VIEWER)
    change = send(member, officer)
    browser = staff(manager)
    assert "another manager" in browser.get(f"{LIST}{change.pk}/").content.decode()
    assert browser.post(f"{LIST}{change.pk}/publish/")["Location"] == "/admin/"
    assert list(ProfileChange.objects.waiting()) == [change]


def test_staff_see_no_draft(member, officer, manager, staff):
    draft = profiles.save_part(member, "text", by=officer, answers={"profile": "Half"})
    browser = staff(manager)
    assert "Leeming" not in browser.get(LIST).content.decode()
    assert browser.get(f"{LIST}{draft.pk}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 10])
def test_list_of_changes_takes_no_more_queries_for_more_rows(
    member, officer, manager, staff, rows, django_assert_max_num_queries
):
    for number in range(rows):
        send(member, officer, f"Text {number}")
        ProfileChange.objects.waiting().update(status="sent_back")
    browser = staff(manager)
    browser.get(LIST)
    with django_assert_max_num_queries(20):
        browser.get(LIST)


# ---- The logo -----------------------------------------------------------------------


@pytest.fixture
def own_files(settings, tmp_path):
    settings.UPLOADS_ROOT = tmp_path
    return tmp_path


def picture() -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 40), "green").save(drawn, "PNG")
    return SimpleUploadedFile("Our logo.png", drawn.getvalue(), "image/png")


def test_logo_is_public_at_once_and_can_be_taken_away(member, officer, as_, client, own_files):
    path, logo = f"{PROFILE}logo/", f"{PAGE}logo/"
    assert client.get(logo).status_code == 404
    refused = as_(officer).post(path, {"version": "0", "file": picture()})
    assert "Confirm that the network can show the logo" in refused.content.decode()
    as_(officer).post(path, {"version": "0", "file": picture(), "may_be_shown": "on"})

    shown = client.get(logo)
    assert shown["Content-Type"] == "image/png"
    assert f'src="{logo}"' in said(client)
    assert not list(own_files.rglob("*Our*")), "kept under a name of ours"
    as_(officer).post(path, {"version": "1", "remove": "on"})
    assert client.get(logo).status_code == 404
    assert f'src="{logo}"' not in said(client)


def test_files_of_logos_are_not_swept_as_orphans(member, officer, as_, own_files):
    answers = {"version": "0", "file": picture(), "may_be_shown": "on"}
    as_(officer).post(f"{PROFILE}logo/", answers)
    for file in own_files.rglob("*.png"):
        os.utime(file, (0, 0))
    assert tasks.sweep_orphans() == 0


# ---- On the principles' pages -------------------------------------------------------


def test_what_a_member_says_of_a_principle_is_on_that_page_once_it_is_published(
    member, recorded, officer, manager
):
    principle = Principle.objects.get(number=2)
    practice = SignUp.objects.get().practices.create(
        principle=principle, text="When we applied", may_be_published=True
    )
    assert [each.text for each in principle.practices.said_now(principle)] == ["When we applied"]

    answers = {"principle_2": "What we do now"}
    change = profiles.save_part(member, "practice", by=officer, answers=answers, send=True)
    (said,) = principle.practices.said_now(principle)
    assert (said.text, said.is_from_application) == (practice.text, True)
    profiles.publish(change, by=manager)
    (said,) = principle.practices.said_now(principle)
    assert (said.text, said.is_from_application) == ("What we do now", False)

    answers = {"principle_3": "Something else"}
    change = profiles.save_part(member, "practice", by=officer, answers=answers, send=True)
    profiles.publish(change, by=manager)
    assert principle.practices.said_now(principle) == [], "they took it out"
    other = Principle.objects.get(number=3)
    assert [each.text for each in other.practices.said_now(other)] == ["Something else"]


def test_nothing_is_put_back_for_a_former_member(member, officer, manager):
    change = links(member, officer, contact_link="https://leeming.gov.uk/one")
    member.move_to("withdrawn", by=manager)
    with pytest.raises(Refused, match="not a member"):
        profiles.put_back(change, by=manager)


def test_contributor_discards_a_draft_on_its_page_once(member, contributor, as_):
    browser = as_(contributor)
    browser.post(TEXT, {"profile": "Half", "version": "0", "draft": "yes"})
    path = f"{TEXT}discard/"
    assert "Discarded." in browser.post(path, follow=True).content.decode()
    assert "There is nothing to discard" in browser.post(path, follow=True).content.decode()
    assert SIGNED in browser.get(TEXT).content.decode()
