"""Staff's lists: found, filtered, sorted, paged, exported; each row once, whatever their number."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from conftest import person
from councils.models import CouncilAlias
from councils.tests.factories import make_council
from network.actions import memberships, reviews, sign_ups
from network.choices import Precision
from network.models import AlreadyMember, Membership, SignUp
from network.tests.factories import Story, fresh, hour_of
from portal.mail import outbox
from portal.models import OutboxMessage

LISTS = ["queue", "members", "history", "log", "withdrawals", "removals"]


def at(name: str, query: str = "") -> str:
    return reverse(f"network_staff:{name}") + query


def references(page) -> list[str]:
    return [row.reference for row in page.context["object_list"]]


@pytest.mark.parametrize("name", LISTS)
def test_only_managers_see_a_list_or_its_part(staff, as_, editor, officer, manager, name):
    for part in (name, f"{name}_results"):
        assert staff(manager).get(at(part)).status_code == 200
        assert staff(manager).post(at(part)).status_code == 405
        assert staff(editor).get(at(part)).url == reverse("wagtailadmin_home")
        assert as_(officer).get(at(part)).status_code == 403
        assert as_().get(at(part)).url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_of_the_database_for_one_and_ten(
    staff, manager, officer, name, django_assert_num_queries, django_assert_max_num_queries
):
    def one_more(number: int) -> None:
        who = person(f"officer{number}@leeming.gov.uk")
        sign_up = Story(make_council(), who).in_review(manager)
        SignUp.objects.update(email_evidence="matched")
        reviews.accept(sign_up, by=manager, announce_at=timezone.now())

    browser = staff(manager)
    one_more(0)
    browser.get(at(name))
    with django_assert_max_num_queries(15) as one:
        browser.get(at(name))
    for number in range(1, 10):
        one_more(number)
    with django_assert_num_queries(len(one)):
        browser.get(at(name))
    with django_assert_max_num_queries(len(one)):
        browser.get(at(name, "?export=csv")).getvalue()


def test_the_queue_shows_what_waits_first_and_the_ended_without_a_cap(staff, manager, officer):
    waiting = Story(make_council(), officer).in_review(manager)
    ended = []
    for number in range(60):
        sign_up = Story(make_council(), person(f"o{number}@leeming.gov.uk")).started()
        sign_ups.withdraw(sign_up, by=sign_up.lead())
        ended.append(sign_up.reference)
    underway = Story(make_council(), officer).started()
    browser = staff(manager)

    first, second = browser.get(at("queue")), browser.get(at("queue", "?p=2"))
    assert references(first)[:2] == [waiting.reference, underway.reference]
    assert sorted(references(first)[2:] + references(second)) == sorted(ended)
    assert references(browser.get(at("queue", "?stage=1"))) == [waiting.reference]
    assert references(browser.get(at("queue", "?stage=2"))) == [underway.reference]
    exported = browser.get(at("queue", "?export=csv&stage=3")).getvalue().decode()
    assert len(exported.splitlines()) == 61


def test_the_queue_finds_by_any_name_person_and_reference_each_once(staff, manager, story):
    sign_up = story.in_review(manager)
    for name in ("Leeming DC", "Leeming Spa", "Old Leeming"):
        CouncilAlias.objects.create(council=story.council, name=name)
    Story(make_council(name="Otherham"), person("o@otherham.gov.uk")).started()
    browser = staff(manager)
    for typed in ["leeming", "Spa", sign_up.reference, "Olive", "olive@leeming"]:
        assert references(browser.get(at("queue", f"?q={typed}"))) == [sign_up.reference], typed
    assert references(browser.get(at("queue", "?q=nothing"))) == []


def test_the_queue_filters_and_sorts(staff, manager, officer):
    mine = Story(make_council(name="Aham", region="london"), officer).in_review(manager)
    other = Story(make_council(name="Zham", region="north_west"), officer).submitted()
    browser, today = staff(manager), timezone.localdate()
    for query, expected in {
        f"?owner={manager.pk}": [mine],
        "?owner=null": [other],
        "?status=submitted": [other],
        "?status=submitted&status=in_review": [mine, other],
        "?region=london": [mine],
        "?route=decision": [],
        f"?submitted_at_from={today}": [mine, other],
        f"?submitted_at_to={today - timedelta(days=2)}": [],
        "?ordering=-council__official_name": [other, mine],
        "?ordering=council__official_name": [mine, other],
        "?ordering=nonsense": [mine, other],
    }.items():
        found = references(browser.get(at("queue", query)))
        assert found == [each.reference for each in expected], query


def test_the_spreadsheet_has_dates_and_words_and_no_formulas(staff, manager, story):
    sign_up = story.in_review(manager)
    type(story.council).objects.update(official_name="=cmd()", name="=cmd()")
    book = staff(manager).get(at("queue", "?export=xlsx"))
    rows = list(load_workbook(BytesIO(b"".join(book.streaming_content))).active.values)

    assert rows[0][:3] == ("Council", "Reference", "Status")
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["Council"] == "'=cmd()"
    assert row["Reference"] == sign_up.reference
    assert row["Sent to us"] == timezone.localdate()
    assert row["Next"] == "Us: decide"


def test_a_list_counts_in_words_of_its_own(staff, manager, officer):
    sign_up = Story(make_council(), officer).in_review(manager)
    SignUp.objects.update(email_evidence="matched")
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())

    for name, words in [
        ("queue", "1 application"),
        ("members", "1 member"),
        ("history", "entries"),
    ]:
        page = staff(manager).get(at(name)).content.decode()
        assert f"{words}\n" in page, name
    for name in ("withdrawals", "removals"):
        assert "sign-up" not in staff(manager).get(at(name)).context["paginator"].items_count_label


def test_members_are_listed_with_their_lead_and_announcement(staff, manager, story, council):
    sign_up = story.in_review(manager)
    day = timezone.localdate() + timedelta(days=9)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(day))
    gone = make_council(name="Goneham")
    memberships.record_existing_membership(
        gone, by="test", joined_on=None, joined_precision="not_known"
    )
    Membership.objects.filter(council=gone).update(status="removed", ended_on=day)
    browser = staff(manager)
    text = browser.get(at("members")).content.decode()
    for expected in [
        "Leeming Borough Council",
        story.officer.email,
        "Due on",
        gone.official_name,
        "Date not known",
    ]:
        assert expected in text

    def named(query: str) -> list[str]:
        return [
            row.council.name for row in browser.get(at("members", query)).context["object_list"]
        ]

    assert named("?is_current=true") == ["Leeming"]
    assert named("?is_current=false") == ["Goneham"]
    assert named("?is_announced=true") == ["Goneham"]
    assert named("?q=leem") == ["Leeming"]
    assert "Member since" not in text, "not before it is announced"
    memberships.postpone(Membership.objects.live().get(), by=manager, announce_at=None, why="x")
    assert "On hold" in browser.get(at("members")).content.decode()
    page = browser.get(reverse("network_staff:member", args=["leeming"])).content.decode()
    assert "Accepted, and not public yet. Announcement: On hold." in page
    assert "Member since" not in page
    sign_ups.withdraw(fresh(sign_up), by=story.officer)
    assert "Withdrawn before it was announced" in browser.get(at("members")).content.decode()


RECORD = {"joined_precision": "year", "joined_on": "2021-01-01", "source_title": "Locality’s list"}


def test_a_manager_records_a_member_from_before_this_site(staff, manager, council, client):
    given = RECORD | {"council": council.pk, "date_means": "named"}
    page = staff(manager).post(at("record_member"), given)
    assert page.url == at("members")
    made = Membership.objects.get()
    assert (made.joined_text, made.source_title) == ("2021", "Locality’s list")
    assert made.since_text == "Named as a member in 2021"
    assert made.events.get(what="membership.recorded").by == manager
    assert client.get("/councils/leeming/").status_code == 200
    form = staff(manager).get(at("record_member")).context["form"]
    assert council not in form.fields["council"].queryset


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"joined_on": ""}, "Enter the date, or select that it is not known"),
        ({"joined_precision": Precision.NOT_KNOWN}, "Clear the date"),
        ({"joined_on": "2999-01-01"}, "must be today or in the past"),
        ({"joined_on": "x"}, "Enter a real date"),
        ({"council": ""}, "Select the council"),
        ({"source_title": "\x07"}, "Enter the source"),
    ],
)
def test_a_member_is_not_recorded_without_what_is_needed(staff, manager, council, typed, said):
    page = staff(manager).post(at("record_member"), RECORD | {"council": council.pk} | typed)
    assert said in page.content.decode()
    assert not Membership.objects.exists()


def test_a_council_with_an_open_application_is_not_recorded(staff, manager, story):
    story.started()
    page = staff(manager).post(at("record_member"), RECORD | {"council": story.council.pk})
    assert "has an open application" in page.content.decode()
    assert not Membership.objects.exists()


def test_a_member_is_recorded_once_and_with_a_date_as_exact_as_said(council):
    with pytest.raises(IntegrityError), transaction.atomic():
        memberships.record_existing_membership(
            council, by="test", joined_on=None, joined_precision="day"
        )
    known = {"by": "test", "joined_on": None, "joined_precision": "not_known"}
    memberships.record_existing_membership(council, **known)
    with pytest.raises(AlreadyMember):
        memberships.record_existing_membership(council, **known)
    assert Membership.objects.count() == 1


def test_nobody_else_records_a_member(staff, as_, editor, officer, council):
    data = RECORD | {"council": council.pk}
    assert staff(editor).post(at("record_member"), data).url == reverse("wagtailadmin_home")
    assert as_(officer).post(at("record_member"), data).status_code == 403
    assert not Membership.objects.exists()


def test_history_reads_in_words(staff, manager, story):
    story.in_review(manager)
    browser = staff(manager)
    text = browser.get(at("history")).content.decode()
    for expected in ["Started the review", "leader, by link", "Leeming", str(manager)]:
        assert expected in text
    assert "sign_up.in_review" not in browser.get(at("history", "?export=csv")).getvalue().decode()
    found = browser.get(at("history", "?what=sign_up.in_review")).context["object_list"]
    assert [event.sentence for event in found] == ["Started the review"]
    assert not browser.get(at("history", "?q=otherham")).context["object_list"]


# The menus; `test_desk` has the first page


def test_an_editor_gets_none_of_that(staff, editor, story):
    story.submitted()
    page = staff(editor).get(reverse("wagtailadmin_home"))
    for path in ("/admin/sign-ups/", "/admin/members/", "/admin/removals/", "/admin/history/"):
        assert path not in page.content.decode()


def test_the_menus_of_a_manager_have_no_dead_end(staff, manager):
    browser = staff(manager)
    page = browser.get(reverse("wagtailadmin_home"))
    text = page.content.decode()
    assert "Search all pages" not in text and "/admin/case_studies/" not in text
    for path in [
        "/admin/sign-ups/",
        "/admin/members/",
        "/admin/access/",
        "/admin/offices/",
        "/admin/leaving/",
        "/admin/removals/",
        "/admin/sign-ups/wordings/",
        "/admin/mail/",
        "/admin/history/",
    ]:
        assert path in text, path
        assert browser.get(path).status_code == 200, path


def test_an_editor_still_finds_case_studies_and_the_search_of_pages(staff, editor):
    text = staff(editor).get(reverse("wagtailadmin_home")).content.decode()
    assert "/admin/case_studies/" in text and "Search all pages" in text


# Emails


def test_emails_are_found_by_council_words_and_recipient(staff, manager, story, council):
    story.in_review(manager)
    other = Story(make_council(name="Otherham"), person("o@otherham.gov.uk"))
    other.started()
    browser = staff(manager)
    about = {row.concerns for row in OutboxMessage.objects.all()}
    assert about == {str(council), str(other.council)}

    def found(query: str) -> set[str]:
        rows = browser.get(f"/admin/mail/{query}").context["object_list"]
        return {row.kind for row in rows} and {row.concerns for row in rows}

    assert found("?q=leeming") == {str(council)}
    assert found(f"?concerns={other.council}") == {str(other.council)}
    assert found("?to=otherham") == {str(other.council)}
    assert found("?q=application+started") == {str(council), str(other.council)}
    assert found("?q=nothing-such") == set()


def test_an_email_says_in_words_what_it_is_about_and_leads_there(staff, manager, story):
    sign_up = story.in_review(manager)
    browser = staff(manager)
    for row in OutboxMessage.objects.all():
        text = browser.get(f"/admin/mail/inspect/{row.pk}/").content.decode()
        assert row.kind not in text and "{" + "'" not in text, row.kind
        assert outbox.title_of(row.kind) in text.replace("&#x27;", "'")
        assert f'href="{sign_up.staff_url}"' in text, row.kind
    row = OutboxMessage.objects.create(kind="gone.kind", event="x", to="a@b.uk", message_id="<x>")
    assert browser.get(f"/admin/mail/inspect/{row.pk}/").status_code == 200
