"""Pages of the yearly check-in, of the council and of staff."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network.actions import check_ins, memberships, people
from network.choices import CheckInStatus, MembershipStatus, RepresentativeRole
from network.models import CheckIn, Membership
from portal.models import OutboxMessage

PAGE = "/my/members/leeming/check-in/"
LIST = "/admin/check-ins/"
STAFF = f"{LIST}of/leeming/"
TICKS = {"offices": "on", "champions": "on", "profile": "on"}
WHOLE = TICKS | {"conversation": "same", "case_study": "none", "send": "yes"}


@pytest.fixture
def member(council, officer) -> Membership:
    """Leeming, an existing member whose check-in is due in 30 days."""
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(made, officer)
    made.next_check_in_on = timezone.localdate() + timedelta(days=30)
    made.save()
    return made


@pytest.fixture
def due(member) -> CheckIn:
    check_ins.open_due()
    return CheckIn.objects.get()


def hidden(page) -> dict[str, str]:
    form = page.context["form"]
    return {name: str(form[name].value()) for name in ("version", "shown")}


def test_a_lead_confirms_where_nothing_has_changed(due, officer, as_):
    browser = as_(officer)
    page = browser.get(PAGE)
    text = page.content.decode()
    assert "Is this still true?" in text and "We do not have a name" in text
    done = browser.post(PAGE, WHOLE | hidden(page), follow=True)
    assert done.redirect_chain == [(PAGE, 302)]
    text = done.content.decode()
    assert "Thank you" in text and "Olive Officer confirmed it on" in text
    assert CheckIn.objects.get().status == CheckInStatus.CONFIRMED
    assert Membership.objects.get().status == MembershipStatus.LIVE


def test_what_is_missing_is_asked_for_by_name(due, officer, as_):
    text = as_(officer).post(PAGE, {"send": "yes"}).content.decode()
    for words in (
        "Confirm “The champions are right”, or change what is wrong first",
        "Select what stage your community conversation is at",
        "Select whether you have a case study this year",
    ):
        assert words in text
    summary = text.split("There is a problem")[1]
    assert summary.index("The leader and the chief") < summary.index("what stage your community")
    one = WHOLE | {"case_study": "one"}
    assert "Enter what the case study would be about" in (
        as_(officer).post(PAGE, one).content.decode()
    )
    assert CheckIn.objects.get().status == CheckInStatus.OPEN


def test_saved_half_way_it_is_there_for_a_colleague(due, officer, as_, member):
    typed = {"principle_2": "Two neighbourhood teams.", "conversation": "held", "save": "yes"}
    browser = as_(officer)
    browser.post(PAGE, typed | hidden(browser.get(PAGE)))
    cara = person("cara@leeming.gov.uk")
    people.represent(member, cara)
    text = as_(cara).get(PAGE).content.decode()
    assert "Two neighbourhood teams." in text and "Olive Officer saved answers on" in text
    assert 'value="held" class="govuk-radios__input" id="id_conversation_2"' in text or (
        "checked" in text
    )


def test_two_people_see_each_others_answers(due, officer, as_, member):
    cara = person("cara@leeming.gov.uk", first_name="Cara")
    people.represent(member, cara)
    old = hidden(as_(officer).get(PAGE))
    as_(cara).post(PAGE, {"principle_1": "Hers", "save": "yes"} | old)
    page = as_(officer).post(PAGE, {"principle_1": "His", "save": "yes"} | old)
    text = page.content.decode()
    assert "What they saved" in text and "Hers" in text and "His" in text
    as_(officer).post(PAGE, {"principle_1": "His", "save": "yes"} | hidden(page))
    assert CheckIn.objects.get().answers == {"principle_1": "His"}


def test_what_changed_since_the_page_was_opened_is_read_again(due, officer, as_, council):
    browser = as_(officer)
    old = hidden(browser.get(PAGE))
    Membership.objects.update(joined_on=timezone.localdate(), joined_precision="year")
    page = browser.post(PAGE, WHOLE | {"principle_4": "Kept"} | old)
    text = page.content.decode()
    assert "Someone changed what you were confirming" in text and "Kept" in text
    assert not page.context["form"]["profile"].value()
    assert CheckIn.objects.get().status == CheckInStatus.OPEN
    browser.post(PAGE, WHOLE | hidden(page))
    assert CheckIn.objects.get().status == CheckInStatus.CONFIRMED


def test_a_text_that_is_too_long_is_kept_and_nothing_is_lost(due, officer, as_):
    page = as_(officer).post(PAGE, {"save": "yes", "principle_1": "x" * 501})
    assert "x" * 501 in page.content.decode() and CheckIn.objects.get().version == 0


def test_a_viewer_reads_and_cannot_send(due, member, as_):
    vera = person("vera@leeming.gov.uk")
    people.represent(member, vera, RepresentativeRole.VIEWER)
    text = as_(vera).get(PAGE).content.decode()
    assert "You can read it here" in text and "Send check-in" not in text
    assert as_(vera).post(PAGE, WHOLE).status_code == 403
    assert as_(vera).post(f"{PAGE}more-time/").status_code == 403


def test_others_get_404(due, stranger, editor, manager, as_):
    other = memberships.record_existing_membership(
        make_council(), by="test", joined_on=None, joined_precision="not_known"
    )
    lou = person("lou@elsewhere.example")
    people.represent(other, lou)
    for who in (stranger, editor, manager, lou):
        assert as_(who).get(PAGE).status_code == 404
        assert as_(who).post(PAGE, WHOLE).status_code == 404
        assert as_(who).post(f"{PAGE}more-time/").status_code == 404
    assert as_().get(PAGE)["Location"].startswith("/accounts/")


def test_with_nothing_open_the_page_says_when(member, officer, as_):
    text = as_(officer).get(PAGE).content.decode()
    assert "There is nothing to confirm now" in text and "first check-in is on" in text
    assert as_(officer).post(PAGE, WHOLE).status_code == 200


def test_a_colleague_who_sends_second_sees_that_it_is_done(due, officer, as_, member):
    old = hidden(as_(officer).get(PAGE))
    check_ins.confirm(due, by=officer, answers={})
    assert "Thank you" in as_(officer).post(PAGE, WHOLE | old).content.decode()


def test_more_time_is_one_button(due, officer, as_):
    text = as_(officer).get(PAGE).content.decode()
    assert "Take 60 more days" in text
    done = as_(officer).post(f"{PAGE}more-time/", {"why": "A restructure"}, follow=True)
    assert "You have until" in done.content.decode()
    assert "Take 60 more days" not in done.content.decode()
    again = as_(officer).post(f"{PAGE}more-time/", follow=True).content.decode()
    assert "You cannot take more time yourself" in again
    long = as_(officer).post(f"{PAGE}more-time/", {"why": "x" * 301}, follow=True)
    assert "300 characters or fewer" in long.content.decode()


@pytest.mark.parametrize(
    ("status", "words"), [("paused", "The membership is paused"), ("overdue", "is overdue")]
)
def test_the_page_says_how_the_membership_is(due, officer, as_, status, words):
    Membership.objects.update(status=status)
    assert words in as_(officer).get(PAGE).content.decode()


# Staff


def test_the_list_shows_each_standing(due, member, manager, staff, council):
    memberships.record_existing_membership(
        make_council(name="Unclaimed", official_name="Unclaimed Council"),
        by="test",
        joined_on=None,
        joined_precision="not_known",
    )
    browser = staff(manager)

    def listed(standing: str) -> set[str]:
        page = browser.get(f"{LIST}?standing={standing}").content.decode()
        return {name for name in ("Leeming Borough", "Unclaimed Council") if name in page}

    assert listed("") == {"Leeming Borough", "Unclaimed Council"}
    assert listed("due") == {"Leeming Borough"}
    assert listed("unclaimed") == {"Unclaimed Council"}
    assert listed("overdue") == listed("paused") == listed("extended") == set()
    check_ins.extend(due, by=member.lead())
    assert listed("extended") == {"Leeming Borough"}
    check_ins.confirm(CheckIn.objects.get(), by=member.lead(), answers={"principle_1": "x"})
    assert listed("to-read") == {"Leeming Borough"} and listed("due") == set()


def test_the_list_has_the_same_queries_for_one_and_ten(
    due, manager, staff, django_assert_max_num_queries
):
    def queries() -> int:
        browser = staff(manager)
        browser.get(LIST)
        with django_assert_max_num_queries(40) as counted:
            browser.get(LIST)
        return len(counted)

    before = queries()
    for number in range(9):
        made = memberships.record_existing_membership(
            make_council(), by="test", joined_on=None, joined_precision="not_known"
        )
        people.represent(made, person(f"p{number}@x.example"))
        Membership.objects.update(next_check_in_on=timezone.localdate())
    check_ins.open_due()
    assert CheckIn.objects.count() == 10
    assert queries() == before


def test_staff_read_what_was_said_and_make_the_lines_public(due, member, manager, staff, officer):
    check_ins.save_answers(due, by=officer, answers={"case_study_about": "School meals"})
    browser = staff(manager)
    assert "School meals" in browser.get(STAFF).content.decode()
    check_ins.confirm(
        CheckIn.objects.get(), by=officer, answers={"conversation": "held", "principle_1": "Slow."}
    )
    page = browser.get(STAFF).content.decode()
    assert "Slow." in page and "Confirmed on" in page and "Held" in page
    words = "/admin/members/leeming/words/"
    assert words in page
    browser.post(words, {"shown": f"c{CheckIn.objects.get().pk}"})
    assert CheckIn.objects.get().lines_public_at
    assert "Public since" in browser.get(STAFF).content.decode()


def test_staff_give_more_time_and_read_the_email_first(due, manager, staff):
    until = timezone.localdate() + timedelta(days=100)
    browser = staff(manager)
    browser.post(f"{STAFF}more-time/", {"until": until.isoformat(), "why": "They told us why"})
    assert CheckIn.objects.get().answer_by == until
    assert OutboxMessage.objects.filter(kind="network.check_in_extended").count() == 1
    for wrong in ({"until": "", "why": "x"}, {"until": timezone.localdate(), "why": "x"}):
        browser.post(f"{STAFF}more-time/", wrong)
    assert CheckIn.objects.get().answer_by == until


def test_staff_record_a_check_in_by_phone(due, manager, staff):
    browser = staff(manager)
    page = browser.get(f"{STAFF}by-phone/")
    given = WHOLE | hidden(page)
    refused = browser.post(f"{STAFF}by-phone/", given).content.decode()
    assert "Enter who told you" in refused
    stale = given | {"shown": "older", "spoke_to": "Olive, Adviser"}
    assert "Someone changed what you were" in (
        browser.post(f"{STAFF}by-phone/", stale).content.decode()
    )
    browser.post(f"{STAFF}by-phone/", given | {"spoke_to": "Olive, Adviser"})
    found = CheckIn.objects.get()
    assert (found.spoke_to, found.confirmed_by) == ("Olive, Adviser", manager)
    assert "Olive, Adviser told" in browser.get(STAFF).content.decode()
    assert browser.get(f"{STAFF}by-phone/").status_code == 404


@pytest.mark.usefixtures("another_manager")
def test_editors_strangers_and_managers_with_a_part_are_kept_out(due, member, editor, staff):
    mixed = person("pat@network.example", group="Network managers")
    people.represent(member, mixed)
    posts = ["more-time/", "by-phone/"]
    for who in (editor, mixed):
        for path in posts:
            page = staff(who).post(f"{STAFF}{path}")
            assert page.status_code == 404 or page["Location"] == "/admin/"
    for path in (LIST, STAFF, f"{STAFF}by-phone/"):
        assert staff(editor).get(path)["Location"] == "/admin/"
    assert "another manager must handle this" in staff(mixed).get(STAFF).content.decode()


def test_staff_find_no_page_of_a_council_that_is_no_member(council, manager, staff):
    assert staff(manager).get(STAFF).status_code == 404


# In public


def test_the_public_learns_of_a_pause_and_of_nothing_else(due, council, client):
    page = f"/councils/{council.slug}/"
    data = f"{page}endorsement.json"
    for status, known in [("check_in_due", "live"), ("overdue", "live"), ("paused", "paused")]:
        Membership.objects.update(status=status)
        text = client.get(page, headers={"cache-control": "no-cache"}).content.decode()
        assert ("Membership paused until Leeming confirms" in text) == (status == "paused")
        assert "overdue" not in text and "check-in" not in text
        told = client.get(data, headers={"cache-control": "no-cache"}).json()
        assert told["membership"]["status"] == known


def test_lines_are_on_the_public_page_once_staff_have_read_them(
    due, officer, manager, council, client
):
    check_ins.confirm(due, by=officer, answers={"principle_5": "Fewer grants than planned."})
    page = f"/councils/{council.slug}/"
    text = client.get(page).content.decode()
    assert "Fewer grants" not in text and "Leeming last confirmed this page in" in text
    check_ins.publish_lines(CheckIn.objects.get(), by=manager)
    assert "Fewer grants than planned." in client.get(page).content.decode()


def test_the_account_page_asks_who_can_confirm(due, member, officer, as_):
    vera = person("vera@leeming.gov.uk")
    people.represent(member, vera, RepresentativeRole.VIEWER)
    waits = "Confirm the yearly check-in"
    first = f"/my/members/{due.membership.council.slug}/"
    assert as_(officer).get("/my/")["Location"] == first  # they have to do with no other council
    assert waits in as_(officer).get(first).content.decode()
    assert waits not in as_(vera).get(first).content.decode()
    check_ins.confirm(due, by=officer, answers={})
    assert waits not in as_(officer).get(first).content.decode()
