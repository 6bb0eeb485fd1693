"""Members on a day of the past: what is known, what is not, and the same answer each time."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.timezone import make_aware

from councils.choices import Kind
from councils.tests.factories import make_council
from network.actions import departures, memberships, reviews
from network.choices import MembershipStatus
from network.members_on_day import COLUMNS, day_of, members_on
from network.models import Membership
from network.seed import seed
from network.tests.factories import hour_of

API, CSV, STAFF = "/api/v1/members", "/data/members.csv", "/admin/members/on-a-day/"
RECORDED = datetime(2026, 11, 1, 12)


def member(name: str = "Leeming", *, ended_on: date | None = None, status="live", **facts):
    """Record a member on 1 November 2026."""
    slug = name.lower().replace(" ", "-")
    of = {key: facts.pop(key) for key in ("kind", "is_demonstration") if key in facts}
    facts = {"joined_on": None, "joined_precision": "not_known", "date_means": "joined"} | facts
    made = memberships.record_existing_membership(
        make_council(slug=slug, name=name, **of), by="test", **facts
    )
    Membership.objects.filter(pk=made.pk).update(
        announced_at=make_aware(RECORDED), status=status, ended_on=ended_on
    )
    return made


def on(day: date) -> dict[str, str]:
    """Return who was a member on a day: their names, and "yes" or "not known"."""
    return {row["council"]: row["member"] for row in members_on(day).rows()}


EXACT = {"joined_on": date(2024, 3, 15), "joined_precision": "day"}
MONTH = {"joined_on": date(2024, 3, 15), "joined_precision": "month"}
YEAR = {"joined_on": date(2024, 3, 15), "joined_precision": "year"}
NAMED = EXACT | {"date_means": "named"}
UNDATED: dict = {}
YES, PERHAPS, NO = "yes", "not known", None
CASES = [
    (EXACT, date(2024, 3, 14), NO),
    (EXACT, date(2024, 3, 15), YES),
    (MONTH, date(2024, 2, 29), NO),
    (MONTH, date(2024, 3, 1), PERHAPS),
    (MONTH, date(2024, 3, 31), PERHAPS),
    (MONTH, date(2024, 4, 1), YES),
    (YEAR, date(2023, 12, 31), NO),
    (YEAR, date(2024, 1, 1), PERHAPS),
    (YEAR, date(2024, 12, 31), PERHAPS),
    (YEAR, date(2025, 1, 1), YES),
    (NAMED, date(2019, 6, 30), NO),
    (NAMED, date(2019, 7, 1), PERHAPS),
    (NAMED, date(2024, 3, 14), PERHAPS),
    (NAMED, date(2024, 3, 15), YES),
    (UNDATED, date(2019, 6, 30), NO),
    (UNDATED, date(2026, 10, 31), PERHAPS),
    (UNDATED, date(2026, 11, 1), YES),
]


@pytest.mark.parametrize(("facts", "day", "expected"), CASES)
@pytest.mark.django_db
def test_day_counts_as_exactly_as_the_date_is_known(facts, day, expected):
    member(**facts)
    assert on(day).get("Leeming") == expected


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["withdrawn", "removed", "ended_by_reorganisation"])
def test_ended_membership_counts_until_the_day_before_its_end(status):
    member(**EXACT, status=status, ended_on=date(2025, 6, 1))
    assert on(date(2025, 5, 31)) == {"Leeming": "yes"}
    assert on(date(2025, 6, 1)) == {}


@pytest.mark.django_db
def test_membership_that_ended_on_a_day_we_do_not_know_is_not_known():
    member(**EXACT, status="withdrawn")
    assert on(date(2025, 6, 1)) == {"Leeming": "not known"}
    [row] = members_on(date(2025, 6, 1)).rows()
    assert row["unknown"] == "We do not know when its membership ended."


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["check_in_due", "overdue", "paused"])
def test_late_and_paused_memberships_count(status):
    member(**EXACT, status=status)
    assert on(date(2025, 6, 1)) == {"Leeming": "yes"}


@pytest.mark.django_db
def test_council_that_left_and_joined_again_is_counted_once():
    first = member(**EXACT, status="withdrawn", ended_on=date(2025, 1, 1))
    again = memberships.record_existing_membership(
        first.council, by="test", joined_on=None, joined_precision="not_known"
    )
    assert on(date(2024, 6, 1)) == {"Leeming": "yes"}
    assert on(date(2025, 6, 1)) == {"Leeming": "not known"}
    assert len(members_on(date(2024, 6, 1)).members) == 1
    assert again.is_live


@pytest.mark.django_db
def test_invented_and_unannounced_members_are_in_no_answer(story, manager, client):
    member("Samplebury", **EXACT, is_demonstration=True)
    later = timezone.localdate() + timedelta(days=3)
    reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(later))
    assert on(timezone.localdate()) == {}
    assert client.get(API).json()["results"] == []


@pytest.mark.django_db
def test_notes_say_what_is_not_known():
    member("Exact", **EXACT)
    member("Month", **MONTH)
    member("Named", **NAMED)
    member("Undated")
    day = date(2024, 3, 20)
    assert {row["council"]: row["unknown"] for row in members_on(day).rows()} == {
        "Exact": "",
        "Named": "Named as a member on 15 March 2024. It may have joined earlier.",
        "Month": "It joined in March 2024. We do not know on which day.",
        "Undated": "We do not know when it joined.",
    }
    [named, _] = members_on(date(2024, 3, 10)).rows()[1:]
    assert named["unknown"].endswith("It may have joined before this day.")


@pytest.mark.django_db
def test_sentence_counts_councils_and_other_bodies():
    assert members_on(date(2024, 4, 1)).sentence == "0 members."
    member("A", **EXACT)
    assert members_on(date(2024, 4, 1)).sentence == "1 member."
    member("Body", **EXACT, kind=Kind.OTHER_BODY)
    member("B")
    said = "2 members, of which 1 is a council. 1 more may have been a member."
    assert members_on(date(2024, 4, 1)).sentence == said


@pytest.mark.django_db
def test_answer_for_a_past_day_does_not_change_when_a_member_leaves(manager):
    made = member(**EXACT)
    before = on(date(2025, 6, 1))
    departures.end_membership(
        Membership.objects.get(pk=made.pk),
        MembershipStatus.WITHDRAWN,
        on=date(2026, 11, 20),
        by=manager,
        why="They asked",
    )
    assert on(date(2025, 6, 1)) == before == {"Leeming": "yes"}
    assert on(date(2026, 11, 20)) == {}


@pytest.mark.parametrize("text", ["2024-02-30", "1 June 2024", "20240601", "2024-W01-1", "x\x00"])
def test_text_that_is_no_day_is_refused(text):
    assert day_of(text) is None


def test_days_are_read_and_those_to_come_refused():
    today = timezone.localdate()
    assert day_of("2024-06-01") == date(2024, 6, 1) and day_of("") == today
    assert day_of(str(today)) == today and day_of(str(today + timedelta(days=1))) is None


@pytest.mark.django_db
def test_api_answers_with_rows_of_the_columns(client):
    member("Bradford", **NAMED)
    answer = client.get(API, {"on": "2024-06-01"})
    assert answer["Access-Control-Allow-Origin"] == "*" and answer["ETag"]
    data = answer.json()
    assert (data["on"], data["count"], data["not_known"]) == ("2024-06-01", 1, 0)
    [row] = data["results"]
    assert list(row) == list(COLUMNS)
    assert row["named_on"] == "2024-03-15" and row["joined_on"] is None
    assert client.get("/data/members.json", {"on": "2024-06-01"}).json() == data
    assert client.get(API).json()["on"] == timezone.localdate().isoformat()


@pytest.mark.django_db
def test_csv_has_the_same_rows(client):
    member("Bradford", **MONTH)
    member("York")
    answer = client.get(CSV, {"on": "2024-06-01"})
    assert "keep-it-local-members-2024-06-01.csv" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    expected = client.get(API, {"on": "2024-06-01"}).json()["results"]
    assert rows == [{name: cell or "" for name, cell in row.items()} for row in expected]
    assert [row["member"] for row in rows] == ["yes", "not known"]
    assert rows[0]["joined_on"] == "2024-03"


@pytest.mark.django_db
@pytest.mark.parametrize("path", [API, CSV, "/data/members.json"])
def test_wrong_days_are_refused_with_a_reason(client, path):
    tomorrow = timezone.localdate() + timedelta(days=1)
    for wrong in ("2024-02-30", "yesterday", str(tomorrow)):
        answer = client.get(path, {"on": wrong})
        assert answer.status_code == 422
        [fault] = answer.json()["errors"]
        assert (fault["code"], fault["field"]) == ("E_DAY", "on")


@pytest.mark.django_db
def test_queries_do_not_grow_with_members(client, django_assert_num_queries):
    for number in range(10):
        member(f"Place {number}", **EXACT)
    with django_assert_num_queries(1):
        assert len(members_on(date(2025, 1, 1)).rows()) == 10


def test_staff_see_the_members_of_a_day(staff, manager):
    made = member("Bradford", **EXACT)
    member("York")
    page = staff(manager).get(STAFF, {"on": "2024-06-01"}).content.decode()
    assert "On 1 June 2024: 1 member. 1 more may have been a member." in page
    assert made.council.official_name in page and "We do not know when it joined." in page
    assert f"{CSV}?on=2024-06-01" in page
    wrong = staff(manager).get(STAFF, {"on": "2024-02-30"}).content.decode()
    assert "The day must be a real date, today or in the past" in wrong
    assert 'value="2024-02-30"' in wrong
    assert "2 members." in staff(manager).get(STAFF).content.decode()
    assert STAFF in staff(manager).get("/admin/members/").content.decode()


def test_members_on_a_day_in_the_admin_are_for_managers(staff, editor, officer, as_):
    assert staff(editor).get(STAFF).status_code in (302, 403)
    assert as_(officer).get(STAFF).status_code in (302, 403)
    assert as_().get(STAFF).status_code == 302


# Last, because the register stays in the database for the rest of the module.
@pytest.mark.django_db
def test_known_members_on_1_june_2024(whole_register):
    """As the sources have it: 11 named in 2020, an NHS body, and 6 of which no date is known."""
    seed()
    found = members_on(date(2024, 6, 1))
    assert len(found.members) == 12 and len(found.unclear) == 6
    assert found.sentence == ("12 members, of which 11 are councils. 6 more may have been members.")
    assert {m.council.slug for m in found.unclear} == {
        "leeds", "wakefield", "cheshire-west-and-chester", "york", "east-sussex", "malvern-hills",
    }  # fmt: skip
    assert members_on(date(2020, 3, 2)).members == ()
    assert len(members_on(date(2020, 3, 3)).members) == 11
