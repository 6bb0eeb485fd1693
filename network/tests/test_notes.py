"""The staff-only log of every council: written, done, erased; seen by nobody else."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import person
from councils.models import Council
from councils.tests.factories import make_council
from network.actions import memberships, notes, people, reviews
from network.choices import Interest
from network.models import Event, Note, Refused, SignUp
from network.models.notes import with_log
from network.tests.factories import Story
from portal.jobs import tick

SECRET = "The leader is wobbling about wombats"


def at(name: str, *args: object) -> str:
    return reverse(f"network_staff:{name}", args=args)


@pytest.fixture
def note(manager, council) -> Note:
    """An entry about Leeming with a next step that is due today."""
    return notes.write_note(
        council,
        by=manager,
        text=SECRET,
        who="Priya Patel, Head of Communities",
        stage=Interest.INTERESTED,
        next_step="Call back",
        next_step_on=timezone.localdate(),
    )


def test_log_says_stage_last_contact_and_next_step_of_every_council(manager, council, note):
    other, today = make_council(name="Otherham"), timezone.localdate()
    notes.write_note(council, by=manager, text="No change of stage")
    notes.write_note(council, by=manager, text="Long ago", stage="on_hold", on=date(2020, 1, 1))
    found = {each.pk: each for each in with_log(Council.objects.all())}
    assert found[council.pk].interest == Interest.INTERESTED
    assert found[council.pk].last_contact == found[council.pk].next_step_on == today
    assert (found[other.pk].interest, found[other.pk].last_contact) == (None, None)


def test_next_step_is_due_until_it_is_done(manager, note):
    today = timezone.localdate()
    assert list(Note.objects.due_by(today)) == [note]
    assert not Note.objects.due_by(today - timedelta(days=1))
    notes.do_next_step(note, by=manager)
    assert not Note.objects.due_by(today)
    with pytest.raises(Refused, match="done already"):
        notes.do_next_step(note, by=manager)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Enter what was said"),
        ({"text": "x", "next_step": "Call"}, "next step and its day"),
        ({"text": "x", "next_step_on": date(2030, 1, 1)}, "next step and its day"),
    ],
)
def test_entry_that_says_nothing_or_half_is_refused(manager, council, given, said):
    with pytest.raises(Refused, match=said):
        notes.write_note(council, by=manager, **given)


def test_erased_entry_keeps_who_and_when_and_no_words(manager, council, note):
    notes.erase_note(note, by=manager, why="She asked us to")
    note.refresh_from_db()
    assert (note.text, note.who, note.next_step, note.next_step_on) == ("", "", "", None)
    assert (note.by, note.stage) == (manager, Interest.INTERESTED)
    assert Event.objects.get(what="note.erased").why == "She asked us to"
    with pytest.raises(Refused, match="erased already"):
        notes.erase_note(note, by=manager, why="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(text="Back again")


def test_words_are_erased_after_six_years(note, manager, council):
    young = notes.write_note(council, by=manager, text="Young")
    Note.objects.filter(pk=note.pk).update(written_at=timezone.now() - timedelta(days=2191))
    assert tick.due_jobs()["old log entries erased"]() == 1
    assert notes.erase_old_notes() == 0
    assert not notes._erase_old(Note.objects.exclude(erased_at=None).first().pk)  # by two at once
    note.refresh_from_db()
    young.refresh_from_db()
    assert (note.text, young.text) == ("", "Young")


@pytest.mark.parametrize("who", ["officer", "editor", "stranger"])
def test_nobody_but_managers_writes_the_log(request, council, who):
    with pytest.raises(PermissionDenied):
        notes.write_note(council, by=request.getfixturevalue(who), text="x")


# The pages


def test_only_managers_see_the_page_of_a_council_and_its_log(
    staff, as_, manager, editor, officer, stranger, council, note
):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(member, officer)
    page = at("member", council.slug)
    assert SECRET in staff(manager).get(page).content.decode()
    for address in (page, at("log"), at("log") + "?export=csv", at("log_results")):
        assert staff(editor).get(address).url == reverse("wagtailadmin_home")
        for user in (officer, stranger):
            assert as_(user).get(address).status_code == 403
        assert as_().get(address).url.startswith("/accounts/login/")
    assert staff(manager).get(at("member", "nowhere")).status_code == 404
    for name, args in [
        ("write_note", [council.slug]),
        ("next_step_done", [council.slug, note.pk]),
        ("erase_note", [council.slug, note.pk]),
    ]:
        assert staff(manager).get(at(name, *args)).status_code == 405
        given = {"text": "x", "why": "x", "on": timezone.localdate()}
        assert staff(editor).post(at(name, *args), given).url == reverse("wagtailadmin_home")
        assert as_(officer).post(at(name, *args), given).status_code == 403
    note.refresh_from_db()
    assert (Note.objects.count(), note.is_to_do, note.erased_at) == (1, True, None)


def test_manager_writes_does_and_erases_an_entry(staff, manager, council):
    browser, today = staff(manager), timezone.localdate()
    given = {"on": today, "who": "Priya Patel", "text": "=cmd()", "stage": "in_touch"}
    given |= {"next_step": "Call back", "next_step_on": today + timedelta(days=3)}
    page = browser.post(at("write_note", council.slug), given)
    assert page.url == at("member", council.slug)
    made = Note.objects.get()
    assert (made.by, made.council, made.stage) == (manager, council, "in_touch")
    shown = browser.get(page.url).content.decode()
    assert (
        "Priya Patel" in shown and "Call back" in shown and "Stage of interest: In touch" in shown
    )
    listed = browser.get(at("log") + "?interest=in_touch").context["object_list"]
    assert [each.pk for each in listed] == [council.pk]
    assert not browser.get(at("log") + "?interest=on_hold").context["object_list"]
    assert browser.get(at("log") + "?q=priya").context["object_list"]
    browser.post(at("next_step_done", council.slug, made.pk))
    browser.post(at("erase_note", council.slug, made.pk), {"why": "She asked us to"})
    made.refresh_from_db()
    assert made.done_by == manager and made.erased_at


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": ""}, "Enter what was said"),
        ({"on": "2999-01-01"}, "Date must be today or in the past"),
        ({"on": "1999-01-01"}, "Year must be 2000 or later"),
        ({"next_step": "Call"}, "Enter the day of the next step"),
        ({"next_step_on": "2999-01-01"}, "Enter the next step"),
        ({"next_step": "Call", "next_step_on": "2001-01-01"}, "must be today or in the future"),
        ({"on": "x"}, "Enter a real date"),
    ],
)
def test_entry_that_is_wrong_is_shown_again_as_typed(staff, manager, council, typed, said):
    given = {"on": timezone.localdate(), "text": "Said", "who": "Priya Patel"} | typed
    page = staff(manager).post(at("write_note", council.slug), given)
    assert page.status_code == 200
    assert said in page.content.decode() and "Priya Patel" in page.content.decode()
    assert not Note.objects.exists()


def test_entry_of_another_council_is_not_found(staff, manager, note):
    other = make_council()
    browser = staff(manager)
    for name in ("next_step_done", "erase_note"):
        assert browser.post(at(name, other.slug, note.pk), {"why": "x"}).status_code == 404


def test_step_that_is_done_twice_says_so(staff, manager, council, note):
    browser = staff(manager)
    browser.post(at("next_step_done", council.slug, note.pk))
    page = browser.post(at("next_step_done", council.slug, note.pk))
    assert "This next step is done already." in page.content.decode()


def test_log_is_in_nothing_that_others_read(
    client, as_, officer, council, note, manager, editor, staff
):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(member, officer)
    for path in [
        council.get_absolute_url(),
        "/councils/",
        "/councils/?q=wombats",
        "/search/?q=wombats",
        "/api/v1/councils?q=leeming",
        "/api/v1/members",
        "/api/v1/search?q=wombats",
        "/data/members.csv",
        "/data/councils.json",
    ]:
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert SECRET.encode() not in body and b"Priya" not in body, path
    mine = as_(officer)
    for path in ["/my/", f"/my/members/{council.slug}/"]:
        assert SECRET not in mine.get(path, follow=True).content.decode(), path
    for path in ["/admin/", "/admin/councils/"]:
        assert SECRET not in staff(editor).get(path, follow=True).content.decode(), path


def asked(browser, address: str) -> int:
    """Return how much a page of the admin reads from the database."""
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return sum(each["sql"].startswith("SELECT") for each in queries)


def test_page_of_a_council_asks_the_same_for_one_and_ten(staff, manager, council, officer):
    sign_up = Story(council, officer).in_review(manager)
    SignUp.objects.update(email_evidence="matched")
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    browser, page = staff(manager), at("member", council.slug)

    def one_more(number: int) -> None:
        today = timezone.localdate()
        step = {"next_step": "Call", "next_step_on": today}
        notes.write_note(council, by=manager, text="Said", sign_up=sign_up, **step)
        asker = person(f"asker{number}@leeming.gov.uk")
        people.ask_access(sign_up, by=asker, name="Ann", job_title="x", message="")

    one_more(0)
    asked(browser, page)
    one, every_page = asked(browser, page), asked(browser, at("record_member"))
    for number in range(1, 10):
        one_more(number)
    assert asked(browser, page) == one
    assert one - every_page <= 15


def test_log_lists_councils_with_a_next_step_first(staff, manager, council, note):
    first, last = make_council(name="Aham"), make_council(name="Zham")
    tomorrow = timezone.localdate() + timedelta(days=1)
    notes.write_note(last, by=manager, next_step="x", next_step_on=tomorrow)
    rows = staff(manager).get(at("log")).context["object_list"]
    assert [row.name for row in rows] == [council.name, last.name, first.name]


def test_register_leads_to_the_page_of_a_council(staff, manager, council):
    page = staff(manager).get(f"/admin/councils/inspect/{council.pk}/")
    assert f'href="{at("member", council.slug)}"' in page.content.decode()


def test_page_of_a_member_shows_people_offices_champions_and_mails(
    staff, manager, officer, council
):
    sign_up = Story(council, officer).in_review(manager)
    SignUp.objects.update(email_evidence="matched")
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    page = staff(manager).get(at("member", council.slug)).content.decode()
    for said in [
        officer.email,
        "Lena Leader",
        "Champion Lead councillor",
        "Announced: public now",
        "Announced the membership",
        sign_up.reference,
        "Member since",
    ]:
        assert said in page, said
