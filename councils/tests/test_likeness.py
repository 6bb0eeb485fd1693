"""How councils are alike: three ways, each as good as the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from councils.choices import Kind, Region
from councils.models import Council

BRADFORD = {
    "pk": 1,
    "name": "Bradford",
    "kind": Kind.METROPOLITAN,
    "region": Region.YORKSHIRE,
    "population": 600_000,
    "population_year": 2024,
}


def council(**fields) -> Council:
    return Council(**BRADFORD | {"pk": 2, "name": "Other"} | fields)


@pytest.mark.parametrize(
    ("fields", "ways", "why"),
    [
        (
            {},
            ["kind", "region", "population"],
            "Also a metropolitan council in Yorkshire and The Humber, "
            "of similar size: 600,000 people in 2024",
        ),
        (
            {"population": 399_999},
            ["kind", "region"],
            "Also a metropolitan council in Yorkshire and The Humber",
        ),
        ({"population": None, "region": Region.LONDON}, ["kind"], "Also a metropolitan council"),
        (
            {"kind": Kind.LONDON_BOROUGH, "region": Region.LONDON, "population": 400_000},
            ["population"],
            "Of similar size: 400,000 people in 2024",
        ),
        (
            {"kind": Kind.COUNTY, "population": 900_000, "population_year": None},
            ["region", "population"],
            "Also in Yorkshire and The Humber, of similar size: 900,000 people",
        ),
        ({"kind": Kind.UNITARY, "region": Region.EAST, "population": 900_001}, [], ""),
    ],
)
def test_ways_are_told_with_the_population_and_its_year(fields, ways, why):
    mine = Council(**BRADFORD)

    assert mine.ways_like(council(**fields)) == ways
    assert mine.why_like(council(**fields)) == why


@pytest.mark.parametrize("kind", [Kind.SUI_GENERIS, Kind.OTHER_BODY])
def test_types_that_few_have_are_no_likeness(kind):
    assert "kind" not in council(kind=kind).ways_like(council(pk=3, kind=kind))


def test_without_a_population_nothing_is_of_similar_size():
    mine = council(population=None)

    assert mine.similar_populations is None
    assert mine.ways_like(council(pk=3)) == ["kind", "region"]


@pytest.mark.parametrize(
    ("mine", "other", "distance"), [(100, 140, 40), (140, 100, 40), (None, 5, 5), (5, None, 10**9)]
)
def test_a_council_of_unknown_population_is_farther_in_people_than_any(mine, other, distance):
    other = council(pk=3, population=other)

    assert council(population=mine).distance_in_people(other) == distance


PEOPLE = st.one_of(st.none(), st.integers(1, 2_000_000))


@given(a=PEOPLE, b=PEOPLE)
def test_similar_size_holds_both_ways(a, b):
    one, other = council(population=a), council(pk=3, population=b)

    assert one.ways_like(other) == other.ways_like(one)
    is_similar = bool(a and b and 2 * max(a, b) <= 3 * min(a, b))
    assert ("population" in one.ways_like(other)) is is_similar
