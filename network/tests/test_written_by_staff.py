"""What staff write on a member's page: its champions, and texts from public sources."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from network.actions import check_ins, memberships, people, profiles
from network.choices import ProfilePart, RepresentativeRole
from network.models import CheckIn, Membership, ProfileChange, Refused
from portal.models import OutboxMessage

pytestmark = pytest.mark.django_db
ONE = "/admin/members/leeming/"
PAGE = f"{ONE}page/"
PUBLIC = "/councils/leeming/"
WORDS = f"{ONE}words/"
SOURCE = {
    "source_title": "Council Plan (Leeming Borough Council)",
    "source_url": "https://leeming.gov.uk/plan",
    "source_date": "March 2024",
}
SAYS = {"profile": "Leeming pays grants for three years."}


@pytest.fixture
def member(council) -> Membership:
    """Leeming, an existing member that nobody acts for."""
    return memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )


@pytest.fixture
def browser(staff, manager):
    return staff(manager)


def said(client, path: str) -> str:
    return client.get(path).content.decode()


# ---- Champions ----------------------------------------------------------------------------
CHAMPION = {
    "held": "held",
    "since": "2024-03-01",
    "name": "Nia New",
    "role": "Cabinet Member",
    "may_be_published": "on",
}


def test_staff_name_replace_end_and_put_back_a_champion_with_dates(member, browser, client):
    address = f"{ONE}champions/political/"
    assert address in said(browser, ONE)
    assert "No one is named now" in said(browser, address)
    assert "Enter their name" in browser.post(address, CHAMPION | {"name": ""}).content.decode()
    assert not member.champions.exists()
    browser.post(address, CHAMPION)
    assert "Nia New" in said(client, PUBLIC)
    browser.post(address, CHAMPION | {"name": "Ola Other", "since": "2025-05-06"})
    browser.post(address, {"held": "vacant", "since": "2026-02-03"})
    assert "Ola Other" not in said(client, PUBLIC)
    times = member.champions.order_by("pk").values_list("name", "since", "until")
    assert list(times) == [
        ("Nia New", date(2024, 3, 1), date(2025, 5, 6)),
        ("Ola Other", date(2025, 5, 6), date(2026, 2, 3)),
    ]
    ola = member.champions.get(name="Ola Other")
    assert "Put Ola Other back" in said(browser, address)
    browser.post(address, {"champion": ola.pk})
    assert "Ola Other" in said(client, PUBLIC)
    browser.post(address, {"champion": "999"})
    assert member.current_champions().get() == ola


def test_champion_since_a_day_to_come_or_for_a_member_that_left_is_refused(member, browser):
    address = f"{ONE}champions/officer/"
    tomorrow = timezone.localdate() + timedelta(days=1)
    browser.post(address, CHAMPION | {"since": tomorrow.isoformat()})
    assert not member.champions.exists()
    Membership.objects.get().move_to("withdrawn", by="test")
    assert browser.post(address, CHAMPION).status_code == 404
    assert browser.get(f"{ONE}champions/mayor/").status_code == 404


# ---- Texts from sources -------------------------------------------------------------------
def test_staff_write_a_part_from_a_source_which_the_page_names(member, manager, browser, client):
    address = f"{PAGE}text/"
    assert address in said(browser, PAGE)
    wrong = browser.post(address, SAYS).content.decode()
    assert "Enter the title of the source" in wrong
    assert "Leeming pays grants" in wrong
    browser.post(address, SAYS | SOURCE)
    change = ProfileChange.objects.get()
    assert (change.by, change.status, change.is_from_us) == (manager, "published", True)
    page = said(client, PUBLIC)
    assert "Leeming pays grants for three years." in page
    assert "We added this from a public source" in page
    assert 'href="https://leeming.gov.uk/plan"' in page
    assert "March 2024" in page
    overview = said(browser, PAGE)
    assert "Written by the network (Mo" in overview
    assert "Council Plan (Leeming Borough Council)" in said(browser, address)
    assert not OutboxMessage.objects.exists()
    listed = b"".join(browser.get("/admin/profile-changes/?export=csv")).decode()
    assert "Us, from a source (Mo" in listed
    event = member.events.get(what="profile.published")
    assert event.by == manager


def test_each_version_is_kept_and_the_one_before_can_be_put_back(member, manager, browser, client):
    write = f"{PAGE}text/"
    browser.post(write, SAYS | SOURCE)
    browser.post(write, {"profile": "Leeming pays grants for four years."} | SOURCE)
    again = {"profile": "Leeming pays grants for four years."} | SOURCE
    assert "nothing to publish" in browser.post(write, again).content.decode()
    assert ProfileChange.objects.count() == 2
    new = ProfileChange.objects.published().get()
    assert new.before().answers["profile"] == SAYS["profile"]
    profiles.put_back(new, by=manager)
    assert "three years" in said(client, PUBLIC)


def test_date_and_principle_parts_can_be_written_too(member, browser, client):
    talk = {"conversation": "held", "conversation_on": "2024-03-01"}
    browser.post(f"{PAGE}conversation/", talk | SOURCE)
    assert ProfileChange.objects.get().answers["conversation_on"] == "2024-03-01"
    browser.post(f"{PAGE}practice/", {"principle_3": "It buys from the village."} | SOURCE)
    assert "It buys from the village." in said(client, PUBLIC)
    assert browser.get(f"{PAGE}logo/").status_code == 404


def test_staff_write_nothing_where_someone_acts_for_the_council(member, manager, browser, officer):
    people.represent(member, officer)
    assert "only the council writes its page" in said(browser, PAGE)
    assert f"{PAGE}text/" not in said(browser, PAGE)
    page = browser.post(f"{PAGE}text/", SAYS | SOURCE).content.decode()
    assert "Ask them to change it" in page
    assert not ProfileChange.objects.exists()


def test_staff_write_nothing_over_the_councils_own_words(member, manager, officer, browser):
    people.represent(member, officer, RepresentativeRole.CONTRIBUTOR)
    sent = profiles.save_part(member, ProfilePart.TEXT, by=officer, answers=SAYS, send=True)
    profiles.publish(sent, by=manager)
    people.stop_representing(member, by=officer)
    with pytest.raises(Refused, match="council wrote this itself"):
        profiles.write_from_source(
            member, ProfilePart.TEXT, by=manager, answers={"profile": "Other"}, **SOURCE
        )
    assert f"{PAGE}text/" not in said(browser, PAGE)
    assert f"{PAGE}quote/" in said(browser, PAGE)


def test_council_that_is_claimed_changes_what_staff_wrote(member, manager, officer, client):
    profiles.write_from_source(member, ProfilePart.TEXT, by=manager, answers=dict(SAYS), **SOURCE)
    people.represent(member, officer)
    sent = profiles.save_part(
        member, ProfilePart.TEXT, by=officer, answers={"profile": "Our own words"}, send=True
    )
    profiles.publish(sent, by=manager)
    page = said(client, PUBLIC)
    assert "Our own words" in page
    assert "public source" not in page


def test_only_managers_write(member, staff, editor, officer):
    for user in (editor, officer):
        browser = staff(user)
        for path in (PAGE, f"{PAGE}text/", f"{ONE}champions/officer/", WORDS):
            assert browser.get(path).status_code in {302, 403}
            assert browser.post(path, SAYS | SOURCE | CHAMPION).status_code in {302, 403, 405}
    assert not ProfileChange.objects.exists()
    assert not member.champions.exists()


def test_page_of_parts_takes_as_many_queries_when_all_are_written(member, browser, manager):
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert browser.get(PAGE).status_code == 200
        return len(made)

    queries()
    none = queries()
    for part in (ProfilePart.TEXT, ProfilePart.QUOTE, ProfilePart.CONVERSATION):
        profiles.write_from_source(member, part, by=manager, answers={"x": "y"}, **SOURCE)
    assert queries() <= none + 1  # who wrote them


# ---- Everything that waits, with one button ------------------------------------------------
@pytest.fixture
def two_texts(member, officer):
    """A text and lines of a check-in, both waiting to be read."""
    people.represent(member, officer)
    profiles.save_part(member, ProfilePart.TEXT, by=officer, answers=dict(SAYS), send=True)
    today = timezone.localdate()
    made = CheckIn.objects.create(membership=member, due_on=today, answer_by=today)
    check_ins.confirm(made, by=officer, answers={"principle_1": "Slowly."})
    return member


def test_one_button_publishes_all_that_a_council_wrote_and_staff_have_read(
    two_texts, browser, client
):
    page = said(browser, WORDS)
    assert "Leeming pays grants" in page
    assert "Slowly." in page
    assert "Publish these 2 texts" in page
    shown = re.search(r'name="shown" value="([\w-]+)"', page)[1]
    browser.post(WORDS, {"shown": shown})
    public = said(client, PUBLIC)
    assert "Leeming pays grants" in public
    assert "Slowly." in public
    assert "Nothing from Leeming is waiting" in said(browser, WORDS)
    browser.post(WORDS, {"shown": ""})
    assert member_events(two_texts, "profile.published") == 1


def member_events(member: Membership, what: str) -> int:
    return member.events.filter(what=what).count()


def test_what_was_not_read_is_not_published(two_texts, officer, manager, browser):
    page = said(browser, WORDS)
    shown = re.search(r'name="shown" value="([\w-]+)"', page)[1]
    other = {"profile": "Something else"}
    profiles.save_part(two_texts, ProfilePart.TEXT, by=officer, answers=other, send=True)
    page = browser.post(WORDS, {"shown": shown}, follow=True).content.decode()
    assert "has sent something else since you opened the page" in page
    assert not ProfileChange.objects.published().exists()
    assert CheckIn.objects.get().lines_public_at is None


def test_change_page_and_check_in_page_lead_to_the_one_button(two_texts, browser):
    change = ProfileChange.objects.get()
    assert WORDS in said(browser, change.staff_url)
    assert WORDS in said(browser, "/admin/check-ins/of/leeming/")
    assert WORDS in said(browser, "/admin/")
