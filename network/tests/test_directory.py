"""The public list and the page of each council."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from network import actions
from network.choices import Office
from network.models import Endorsement, Membership, Succession
from network.tests.factories import make_council


@pytest.fixture
def member(db):
    """A member of before this site, known to the day."""
    council = make_council(slug="oldham", name="Oldham", region="north-west")
    actions.record_existing_membership(
        council,
        by="test",
        joined_on=date(2020, 3, 3),
        joined_precision="day",
        source_title="A press release",
        source_url="https://example.org/",
        source_date="2020-03-03",
    )
    return council


def words(page) -> str:
    return page.content.decode().split("<main")[1].split("</main")[0]


def test_members_come_first_and_are_counted(client, council, member):
    text = words(client.get("/councils/"))

    assert text.index("Oldham") < text.index("Leeming")
    assert "1 council is a member" in text
    assert "Member since 3 March 2020" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "LBC"}, {"Leeming"}),
        ({"q": "e07999999"}, {"Leeming"}),
        ({"q": "leeming council"}, {"Leeming"}),
        ({"region": "north-west"}, {"Leeming", "Oldham"}),
        ({"region": "london"}, set()),
        ({"status": "member"}, {"Oldham"}),
        ({"status": "not-yet"}, {"Leeming"}),
        ({"kind": "district", "status": "not-yet"}, {"Leeming"}),
        ({"region": "atlantis", "kind": "x", "page": "y"}, {"Leeming", "Oldham"}),
        ({"q": "\x00"}, None),
        ({"q": "x" * 10_000}, None),
    ],
)
def test_the_list_is_narrowed_and_nonsense_is_safe(client, council, member, query, found):
    council.aliases.create(name="LBC")
    page = client.get("/councils/", query)

    assert page.status_code == 200
    if found is not None:
        text = words(page)
        assert {name for name in ("Leeming", "Oldham") if f">{name}</a>" in text} == found


def test_demonstrations_are_in_no_list_and_no_count_and_marked_on_their_page(client, member):
    demo = make_council(slug="demo", name="Sampleton", is_demonstration=True)
    actions.record_existing_membership(
        demo, by="test", joined_on=None, joined_precision="not_known"
    )

    for address in ["/councils/", "/councils/?q=Sampleton", "/councils/?status=member"]:
        assert ">Sampleton<" not in words(client.get(address))
    assert "Demonstration.</strong>" in client.get("/councils/demo/").content.decode()


def test_an_embargoed_member_is_shown_nowhere(client, story, manager):
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timedelta(days=5)
    actions.accept(sign_up, by=manager, announce_on=later)

    profile = words(client.get("/councils/leeming/"))
    for secret in ["Lena Leader", "Champion Lead councillor", "Member since", sign_up.reference]:
        assert secret not in profile
    assert "Not a member" in profile
    assert ">Leeming</a>" not in words(client.get("/councils/?status=member"))


def test_a_member_shows_who_consented_who_signed_and_the_wording(client, story, manager):
    sign_up = story.in_review(manager)
    actions.accept(sign_up, by=manager, announce_on=timezone.localdate())
    text = words(client.get("/councils/leeming/"))

    assert "Champion Lead councillor" in text
    assert "Champion Senior officer" not in text
    assert "Lena Leader, Leader" in text and "Cheng Chief, Chief Executive" in text
    assert "On behalf of Leeming Borough Council" in text
    for private in ["lena@leeming.gov.uk", "olive@leeming.gov.uk", "Olive Officer"]:
        assert private not in text


def test_a_signature_that_was_struck_out_is_not_shown(client, story, manager):
    sign_up = story.in_review(manager)
    actions.accept(sign_up, by=manager, announce_on=timezone.localdate())
    Endorsement.objects.filter(office=Office.LEADER).update(
        struck_out_at=timezone.now(), struck_out_why="Forged"
    )

    assert "Lena Leader" not in words(client.get("/councils/leeming/"))


def test_a_member_of_before_shows_its_source_and_no_signature(client, member):
    text = words(client.get("/councils/oldham/"))

    assert "is not held here" in text
    assert "A press release" in text
    assert "Who endorsed it" not in text


@pytest.mark.parametrize(
    ("precision", "day", "shown"),
    [
        ("day", date(2020, 3, 3), "Member since 3 March 2020"),
        ("month", date(2024, 3, 1), "Member since March 2024"),
        ("year", date(2021, 1, 1), "Member since 2021"),
        ("not_known", None, "the date of joining is not known"),
    ],
)
def test_the_joining_date_is_as_exact_as_its_source(client, council, precision, day, shown):
    actions.record_existing_membership(
        council, by="test", joined_on=day, joined_precision=precision
    )

    assert shown in words(client.get("/councils/leeming/"))


def test_an_abolished_council_keeps_its_page_and_points_on(client, council):
    gone = make_council(slug="old", name="Old", ended_on=date(2023, 3, 31))
    Succession.objects.create(predecessor=gone, successor=council, kind="merged")

    assert "This council ended on 31 March 2023" in words(client.get("/councils/old/"))
    assert 'href="/councils/leeming/"' in words(client.get("/councils/old/"))
    assert ">Old<" not in words(client.get("/councils/"))
    assert ">Old<" in words(client.get("/councils/?q=old"))


def test_an_unknown_council_is_not_found(client, db):
    assert client.get("/councils/nowhere/").status_code == 404


def test_a_council_has_one_live_membership(member):
    with pytest.raises(actions.AlreadyMember):
        actions.record_existing_membership(
            member, by="test", joined_on=None, joined_precision="not_known"
        )
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("address", ["/councils/", "/councils/oldham/"])
def test_public_pages_set_no_cookie_and_ask_little_of_the_database(
    client, member, address, django_assert_max_num_queries
):
    client.get(address)
    with django_assert_max_num_queries(15):
        page = client.get(address)
    assert not page.cookies


def test_the_list_asks_the_same_of_the_database_for_one_and_ten(
    client, member, django_assert_num_queries, django_assert_max_num_queries
):
    client.get("/councils/")
    with django_assert_max_num_queries(15) as one:
        client.get("/councils/")
    for _ in range(9):
        actions.record_existing_membership(
            make_council(), by="test", joined_on=None, joined_precision="not_known"
        )
    with django_assert_num_queries(len(one)):
        client.get("/councils/")
