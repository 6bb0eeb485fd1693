"""Staff's pages about announcements: what waits, one preview of all, and every door to it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from network.actions import cohorts, signing
from network.announcement_preview import OF_COUNCIL, PAGES
from network.models import Cohort, Event, Membership
from network.models.periods import PreElectionPeriod
from network.tests.factories import typed_hour
from network.tests.test_cohorts import cohort, days, public, waiting  # noqa: F401 (fixtures)
from portal.models import OutboxMessage

LIST = "/admin/announcements/"


def page_of(found: Cohort, what: str = "") -> str:
    return f"{found.staff_url}{what}"


def text(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_staff_put_councils_together_after_seeing_the_emails(staff, manager, waiting):  # noqa: F811
    chosen = waiting(3)
    browser = staff(manager)
    shown = text(browser, LIST)
    assert all(each.council.official_name in shown for each in chosen)
    assert all(each.announce_text in shown for each in chosen)
    typed = typed_hour(timezone.localdate(days(5)), "10:30") | {
        "memberships": [chosen[0].pk, chosen[2].pk],
        "name": "Spring 2027",
        "why": "We announce on one day",
    }
    first = Client.post(browser, LIST, typed).content.decode()
    assert "at 10:30am, as “Spring 2027”" in first and not Cohort.objects.exists()
    answer = browser.post(LIST, typed)
    made = Cohort.objects.get()
    assert answer.url == made.staff_url
    assert {each.pk for each in made.waiting} == {chosen[0].pk, chosen[2].pk}
    assert made.waiting[0].announce_text.endswith("at 10:30am")
    shown = text(browser, LIST)
    assert "Spring 2027" in shown and made.staff_url in shown


def test_what_staff_entered_wrongly_is_said_and_kept(staff, manager, waiting):  # noqa: F811
    chosen = waiting(2)
    typed = typed_hour("2027-03-28", "01:30") | {"memberships": [each.pk for each in chosen]}
    page = staff(manager).post(LIST, typed | {"name": "Spring", "why": "x"}).content.decode()
    assert "The clocks change at that time" in page and 'value="Spring"' in page
    assert 'value="2027-03-28"' in page and 'value="01:30"' in page
    assert not Cohort.objects.exists()
    typed |= typed_hour(timezone.localdate(), "00:00") | {"name": "Spring", "why": "x"}
    page = staff(manager).post(LIST, typed).content.decode()
    assert "still to come" in page and 'value="Spring"' in page
    assert "You typed" not in page  # the form has it, with the councils that were chosen


def test_council_of_the_managers_own_is_left_out_with_a_reason_and_nothing_is_lost(
    staff,
    manager,
    cohort,  # noqa: F811
    waiting,  # noqa: F811
):
    chosen = waiting(2)
    Event.objects.record("sign_up.about_you", by=manager, sign_up=chosen[0].sign_up)
    own = chosen[0].council.name
    typed = typed_hour(timezone.localdate(days(5)), "10:30") | {
        "memberships": [each.pk for each in chosen],
        "name": "Spring",
        "why": "A better day",
    }
    page = staff(manager).post(LIST, typed).content.decode()
    assert f"You have a part in {own}" in page and "A better day" in page
    added = staff(manager).post(page_of(cohort, "add/"), typed).content.decode()
    assert f"You have a part in {own}" in added
    assert not Cohort.objects.exclude(pk=cohort.pk).exists()


def test_hour_that_is_over_is_refused_in_words_and_the_reason_is_kept(
    staff,
    manager,
    cohort,  # noqa: F811
):
    typed = typed_hour("2026-01-05", "09:00") | {"why": "A clash with the budget debate"}
    page = staff(manager).post(page_of(cohort, "move/"), typed).content.decode()
    assert "still to come" in page
    assert "A clash with the budget debate" in page and "[&#x27;2026-01-05" not in page
    held = {"announce_at_0": "", "announce_at_1": "", "why": "A clash"}
    page = Client.post(staff(manager), page_of(cohort, "move/"), held).content.decode()
    assert "Hold the announcement of Spring" in page and "the announcement is on hold" in page


def test_page_of_a_cohort_shows_all_that_becomes_public_and_changes_nothing(
    staff,
    manager,
    cohort,  # noqa: F811
    client,
):
    councils = [each.council for each in cohort.waiting]
    PreElectionPeriod.objects.create(
        name="local elections", starts_on=timezone.localdate(), ends_on=days(30).date()
    )
    before = [client.get(each.get_absolute_url()).content for each in councils]
    events, mails = Event.objects.count(), OutboxMessage.objects.count()
    shown = text(staff(manager), cohort.staff_url)
    assert "0 now, 3 then" in shown
    assert cohort.waiting[0].announce_text in shown
    assert shown.count("pre-election period (local elections)") == 3
    for each in councils:
        assert f"{each.name}: Keep it Local council. Member since" in shown
        assert f"{each.name} is now a Keep it Local council" in shown  # the email's subject
    assert public() == 0
    assert (Event.objects.count(), OutboxMessage.objects.count()) == (events, mails)
    assert [client.get(each.get_absolute_url()).content for each in councils] == before


def test_previews_look_as_the_pages_will_and_nobody_else_sees_them(
    staff,
    manager,
    cohort,  # noqa: F811
    client,
):
    one = cohort.waiting[0].council
    browser = staff(manager)
    pages = {
        name: client.get(reverse(address, args=[one.slug]))
        for name, (_, address) in OF_COUNCIL.items()
    }
    assert [answer.status_code for answer in pages.values()] == [200, 404, 404, 404]
    kept = {name: client.get(address).content for name, (_, address) in PAGES.items()}
    for name in OF_COUNCIL:
        answer = browser.get(page_of(cohort, f"preview/{name}/{one.slug}/"))
        assert answer.status_code == 200, name
        assert "no-store" in answer["Cache-Control"]
        assert "Keep it Local" in answer.content.decode()
    since = f"Member since {cohort.waiting[0].joined_text}"
    assert since in text(browser, page_of(cohort, f"preview/council/{one.slug}/"))
    for name in PAGES:
        assert browser.get(page_of(cohort, f"preview/{name}/")).status_code in {200, 404}, name
    directory = text(browser, page_of(cohort, "preview/directory/"))
    assert "3 councils" in directory
    for name, (_, address) in PAGES.items():
        assert client.get(address).content == kept[name], name
    assert client.get(one.get_absolute_url()).content == pages["council"].content
    for wrong in ("preview/certificate/", "preview/council/leeming/", "preview/admin/"):
        assert browser.get(page_of(cohort, wrong)).status_code == 404


def test_preview_of_a_cohort_remembers_nothing_for_the_next_visitor(
    staff,
    manager,
    cohort,  # noqa: F811
    client,
):
    address = "/councils/?view=map"
    before = client.get(address).content
    text(staff(manager), page_of(cohort, "preview/map/"))
    text(staff(manager), cohort.staff_url)
    assert client.get(address).content == before


def test_council_that_is_not_ready_says_why_and_the_others_go(
    staff,
    manager,
    cohort,  # noqa: F811
):
    first = cohort.waiting[0]
    signature = first.sign_up.endorsements.get(office="leader")
    signing.report_signature(signature, name="Lena", message="")
    browser = staff(manager)
    shown = text(browser, cohort.staff_url)
    assert "2 can be announced" in shown and "Not ready:" in shown
    assert "Not ready." in text(browser, LIST)
    assert f"{first.council.name} is now a Keep it Local council" not in shown
    browser.post(page_of(cohort, "announce/"))
    assert public() == 2
    assert Membership.objects.to_announce().get().pk == first.pk
    assert "Public already" in text(browser, cohort.staff_url)


def test_staff_move_hold_add_and_take_out(staff, manager, cohort, waiting):  # noqa: F811
    browser, (late,) = staff(manager), waiting(1)
    typed = typed_hour(timezone.localdate(days(9)), "14:00") | {"why": "The hall"}
    browser.post(page_of(cohort, "move/"), typed)
    assert Cohort.objects.get().waiting[0].announce_text.endswith("at 2pm")
    browser.post(page_of(cohort, "add/"), {"memberships": [late.pk], "why": "It asked"})
    late.refresh_from_db()
    assert late.cohort == cohort and late.announce_text.endswith("at 2pm")
    browser.post(page_of(cohort, f"take-out/{late.pk}/"), {"why": "Its leader is away"})
    late.refresh_from_db()
    assert late.cohort is None and late.announce_at is None
    browser.post(page_of(cohort, "move/"), typed_hour("") | {"why": "An election"})
    assert Cohort.objects.get().announce_at is None
    assert "on hold: no day and time are set" in text(browser, cohort.staff_url)
    wrong = browser.post(page_of(cohort, "move/"), typed_hour("") | {"why": " "})
    assert "Enter the reason" in wrong.content.decode()
    assert browser.post(page_of(cohort, f"take-out/{late.pk}/"), {"why": "x"}).status_code == 404


@pytest.mark.parametrize("what", ["", "preview/home/", "preview/council/{slug}/"])
def test_only_managers_see_a_cohort(staff, as_, cohort, what, officer, editor, stranger):  # noqa: F811
    address = page_of(cohort, what.format(slug=cohort.waiting[0].council.slug))
    assert as_().get(address).status_code == 302
    for who in (officer, stranger):
        assert as_(who).get(address).status_code in {302, 403}
    assert staff(editor).get(address).status_code in {302, 403}
    assert as_().post(page_of(cohort, "announce/")).status_code == 302
    assert staff(editor).post(page_of(cohort, "announce/")).status_code in {302, 403}
    assert public() == 0


def test_manager_with_a_part_looks_and_does_not_decide(staff, manager, cohort):  # noqa: F811
    sign_up = cohort.waiting[0].sign_up
    Event.objects.record("sign_up.started", by=manager, sign_up=sign_up)
    browser = staff(manager)
    shown = text(browser, cohort.staff_url)
    assert "another network manager must decide" in shown and "Announce now" not in shown
    assert browser.post(page_of(cohort, "announce/")).url == "/admin/"  # with a message
    assert public() == 0


def test_public_cohort_and_an_unknown_one(staff, manager, cohort):  # noqa: F811
    cohorts.announce_cohort(cohort, by=manager)
    browser = staff(manager)
    shown = text(browser, cohort.staff_url)
    assert "Public already" in shown and "Announce now" not in shown
    assert browser.get("/admin/announcements/999999/").status_code == 404
    assert "No council waits" in text(browser, LIST)


def test_list_asks_the_same_for_one_and_ten(
    staff,
    manager,
    waiting,  # noqa: F811
    django_assert_num_queries,
    django_assert_max_num_queries,
):
    browser = staff(manager)
    waiting(2)
    browser.get(LIST)
    with django_assert_max_num_queries(30) as few:
        browser.get(LIST)
    waiting(5)
    with django_assert_num_queries(len(few)):
        browser.get(LIST)
