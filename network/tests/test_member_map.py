"""Map of the members: real councils in force, members marked."""

import pytest

from councils import hexmap
from councils.tests.factories import make_council
from network import member_map
from network.choices import MembershipStatus

pytestmark = pytest.mark.django_db


def test_map_takes_one_query_for_any_number_of_councils(django_assert_num_queries):
    for _ in range(3):
        make_council()
    with django_assert_num_queries(1):
        hexmap.england(member_map.load())


def test_map_leaves_out_invented_and_abolished_councils_and_other_bodies():
    fields = {"kind": "unitary", "region": "london", "hex_q": 1, "hex_r": 1}
    make_council(slug="real", **fields)
    make_council(slug="invented", **fields | {"is_demonstration": True})
    make_council(slug="gone", **fields | {"ended_on": "2023-03-31"})
    make_council(slug="nhs", **fields | {"kind": "other_body"})

    (cell,) = member_map.load().cells
    assert (cell.slug, cell.url, cell.region) == ("real", "/councils/real/", "London")


@pytest.mark.parametrize(
    ("status", "announced_at", "is_member"),
    [
        (MembershipStatus.LIVE, "2026-01-01T00:00Z", True),
        (MembershipStatus.LIVE, None, False),
        (MembershipStatus.WITHDRAWN, "2026-01-01T00:00Z", False),
    ],
)
def test_map_marks_announced_live_members_only(council, status, announced_at, is_member):
    council.memberships.create(
        status=status, announced_at=announced_at, joined_precision="not_known"
    )

    assert member_map.load().by_slug[council.slug].is_member is is_member
