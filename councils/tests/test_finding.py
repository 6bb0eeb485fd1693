"""Councils are found by what people call them."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from councils import register
from councils.lookup import look_up
from councils.models import Council, Succession
from councils.tests.factories import make_council

TYPED = Path(__file__).parent / "names_as_typed.csv"


@pytest.fixture(scope="module")
def england(django_db_setup, django_db_blocker):
    """The whole register, loaded once for all tests of this file."""
    with django_db_blocker.unblock():
        kept = list(Council.objects.values_list("pk", flat=True))
        register.load(register.read(register.DATA / "councils.csv"))
        yield
        new = Council.objects.exclude(pk__in=kept)
        Succession.objects.filter(predecessor__in=new).delete()
        new.update(upper_tier=None)
        new.delete()


def slugs(text: str) -> list[str]:
    return list(look_up(text).best_first().values_list("slug", flat=True))


def test_97_of_100_names_as_people_type_them_are_right_at_the_first_answer(england, db):
    with TYPED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    slug_of = dict(Council.objects.values_list("pk", "slug"))
    misses = []
    for row in rows:
        answers = look_up(row["typed"]).answers
        first = slug_of[answers[0].pk] if answers else "nothing"
        if first != row["slug"]:
            misses.append(f"{row['typed']}: {first}, not {row['slug']}")

    assert len(rows) >= 300
    assert len(misses) <= 0.03 * len(rows), misses


@pytest.mark.parametrize(
    ("typed", "first", "why"),
    [
        ("Kingston", ["kingston-upon-thames", "kingston-upon-hull"], "Also called “Kingston”"),
        ("Newcastle", ["newcastle-upon-tyne", "newcastle-under-lyme"], ""),
        ("Gloucester", ["gloucester", "gloucestershire"], ""),
        ("Taunton Deane", ["somerset", "taunton-deane"], "Replaced Taunton Deane Borough"),
        ("Cumbria", ["cumberland", "westmorland-and-furness"], "Replaced Cumbria County"),
    ],
)
def test_a_shared_or_former_name_has_several_answers_and_says_why(england, db, typed, first, why):
    found = look_up(typed)

    assert slugs(typed)[: len(first)] == first
    assert found.one is None
    assert found.best_first()[0].why.startswith(why)


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Bradford", "bradford"),
        ("Gloucester City Council", "gloucester"),
        ("Gloucester County Council", "gloucestershire"),
        ("North Yorkshire", "north-yorkshire"),
        ("Bournemouth", "bournemouth-christchurch-poole"),
        ("Huddersfield", "kirklees"),
        ("https://www.kirklees.gov.uk/", "kirklees"),
        ("City of London Corporation", "city-of-london"),
    ],
)
def test_a_plain_name_means_one_council(england, db, typed, slug):
    found = look_up(typed)

    assert (Council.objects.get(pk=found.one).slug, found.is_exact) == (slug, True)


def test_a_county_is_followed_by_its_districts(england, db):
    first, *districts = slugs("Kent")

    assert first == "kent"
    assert len(districts) == 12 and "ashford" in districts


def test_a_town_whose_district_no_source_tells_leads_to_the_county_and_its_districts(england, db):
    found = look_up("Exmouth")

    assert slugs("Exmouth")[0] == "devon" and "east-devon" in slugs("Exmouth")
    assert found.one is None
    assert found.answers[0].why == "Exmouth is in Devon"


@pytest.mark.parametrize("typed", ["", "council", "zzzz", "Cardiff", "housing"])
def test_what_is_like_no_council_finds_none(england, db, typed):
    assert look_up(typed).answers == ()


def test_a_change_of_the_register_is_seen_at_once(db):
    council = make_council(name="Leeming", official_name="Leeming Borough Council")
    assert slugs("Leeming") == [council.slug]
    council.name = council.official_name = "Wath"
    council.save()
    council.aliases.create(name="The Moor")

    assert council.slug not in slugs("Leeming")
    assert slugs("wath")[0] == slugs("moor")[0] == council.slug


def test_one_letter_finds_the_names_that_begin_with_it(england, db):
    assert slugs("j") == []
    assert slugs("q") == []
    assert slugs("y") == ["york"]
    plain = [one.name for one in look_up("b").best_first() if not one.why]
    assert "Barnsley" in plain and all(name.startswith("B") for name in plain)


@pytest.mark.parametrize(
    ("typed", "first", "why"),
    [
        ("Guildford", "guildford", "Ends on 31 March 2027"),
        ("Surrey", "surrey", "Ends on 31 March 2027"),
        ("West Surrey", "west-surrey", "Begins on 1 April 2027"),
    ],
)
def test_an_end_or_a_start_to_come_is_told_beside_the_name(england, db, typed, first, why):
    found = look_up(typed).best_first()[0]

    assert (found.slug, found.why) == (first, why)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=300) | st.from_regex(r"[ a-z.&'’-]{0,40}"))
def test_nothing_that_is_typed_breaks_it(england, db, typed):
    found = look_up(typed)

    assert len(found.answers) <= 50
    assert found.one is None or found.one in [each.pk for each in found.answers]
