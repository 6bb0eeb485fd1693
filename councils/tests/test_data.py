"""The register's files: complete, consistent and in the right format."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parent.parent / "data"
REGIONS = {
    "north-east",
    "north-west",
    "yorkshire-and-the-humber",
    "east-midlands",
    "west-midlands",
    "east-of-england",
    "london",
    "south-east",
    "south-west",
}
AS_AT = "2026-06-30"  # the day of the lists; what is known to come is in the file too
# The government's "List of councils in England by type"; see data/README.md.
IN_FORCE = {
    "county": 21,
    "district": 164,
    "unitary": 62,
    "metropolitan": 36,
    "london_borough": 32,
    "sui_generis": 2,
}


def read(name):
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def words(cell):
    return cell.split("|") if cell else []


@pytest.fixture(scope="module")
def councils():
    return read("councils.csv")


@pytest.fixture(scope="module")
def in_force(councils):
    return [
        row
        for row in councils
        if row["started_on"] <= AS_AT and (not row["ended_on"] or row["ended_on"] > AS_AT)
    ]


@pytest.fixture(scope="module")
def abolished(councils):
    return [row for row in councils if "" < row["ended_on"] <= AS_AT]


@pytest.fixture(scope="module")
def coming(councils):
    return [row for row in councils if row["started_on"] > AS_AT]


@pytest.fixture(scope="module")
def by_key(councils):
    return {row["key"]: row for row in councils}


def test_councils_in_force_match_official_numbers(in_force):
    assert Counter(row["kind"] for row in in_force) == IN_FORCE


def test_file_is_sorted_with_unix_line_ends(councils):
    keys = [row["key"] for row in councils]

    assert keys == sorted(keys)
    assert b"\r" not in (DATA / "councils.csv").read_bytes()


@pytest.mark.parametrize("column", ["key", "slug", "gss_code"])
def test_identifiers_are_unique(councils, coming, column):
    counts = Counter(row[column] for row in councils if row not in coming or row[column])

    assert "" not in counts
    assert [value for value, count in counts.items() if count > 1] == []


def test_former_gss_code_belongs_to_no_other_council(councils):
    live = {row["gss_code"] for row in councils} - {""}
    former = [code for row in councils for code in words(row["former_gss_codes"])]

    assert live.isdisjoint(former)
    assert len(former) == len(set(former))


@pytest.mark.parametrize(
    ("column", "pattern"),
    [
        ("key", r"[a-z]{3}"),
        ("slug", r"[a-z]+(-[a-z]+)*"),
        ("gss_code", r"(E(06|07|08|09|10)\d{6})?"),
        ("website", r"(https?://[\w.-]+\.gov\.uk(/\S*)?)?"),
    ],
)
def test_every_value_has_its_format(councils, column, pattern):
    wrong = [row[column] for row in councils if not re.fullmatch(pattern, row[column])]

    assert wrong == []


def test_every_council_has_region(councils):
    assert {row["region"] for row in councils} == REGIONS


def test_only_districts_have_county(councils, by_key):
    for row in councils:
        if row["kind"] == "district":
            assert by_key[row["upper_tier"]]["kind"] == "county", row["slug"]
        else:
            assert row["upper_tier"] == "", row["slug"]


def test_county_in_force_has_districts_in_force(in_force):
    counties = {row["key"] for row in in_force if row["kind"] == "county"}

    assert {row["upper_tier"] for row in in_force if row["upper_tier"]} == counties


def test_abolished_council_names_successor(abolished, by_key):
    assert len(abolished) == 48
    for row in abolished:
        assert words(row["successors"]), row["slug"]
        assert row["change"] in {"merged", "split", "continuing", "renamed"}
        for key in words(row["successors"]):
            begun = date.fromisoformat(by_key[key]["started_on"])
            assert (begun - date.fromisoformat(row["ended_on"])).days == 1, row["slug"]


def test_council_without_end_has_no_successor(councils):
    lasting = [row for row in councils if not row["ended_on"]]
    assert [row["slug"] for row in lasting if row["successors"] or row["change"]] == []


def test_surrey_ends_by_its_order_and_two_councils_follow(councils, coming, by_key):
    ending = [row for row in councils if row["ended_on"] > AS_AT]

    assert {row["slug"] for row in coming} == {"east-surrey", "west-surrey"}
    assert {row["started_on"] for row in coming} == {"2027-04-01"}
    assert [row["slug"] for row in ending if row["kind"] == "county"] == ["surrey"]
    assert {row["slug"] for row in ending} == {"surrey"} | {
        row["slug"] for row in councils if row["upper_tier"] == by_key["sry"]["key"]
    }
    for row in ending:
        assert row["ended_on"] == "2027-03-31"
        assert "SI 2026/264" in row["change_source"]
        assert {by_key[key]["slug"] for key in words(row["successors"])} <= {
            "east-surrey",
            "west-surrey",
        }


def test_every_council_but_counties_has_own_hex(in_force):
    cells = [(row["hex_q"], row["hex_r"]) for row in in_force if row["kind"] != "county"]

    assert len(cells) == len(set(cells)) == 296
    assert all(q.isdigit() and r.isdigit() for q, r in cells)


def test_counties_and_abolished_councils_have_no_hex(councils):
    for row in councils:
        if row["kind"] == "county" or "" < row["ended_on"] <= AS_AT:
            assert row["hex_q"] == row["hex_r"] == "", row["slug"]


def test_council_in_force_has_place_and_population(in_force):
    for row in in_force:
        assert 49.8 < float(row["latitude"]) < 55.9, row["slug"]
        assert -6.5 < float(row["longitude"]) < 1.9, row["slug"]
        assert int(row["population"]) > 0
        assert row["population_year"] == "2024"
        assert row["website"], row["slug"]


def test_county_population_is_sum_of_districts(in_force):
    inside = Counter()
    for row in in_force:
        inside[row["upper_tier"]] += int(row["population"])

    for row in in_force:
        if row["kind"] == "county":
            assert inside[row["key"]] == int(row["population"]), row["slug"]


def test_email_domains_have_kind_and_evidence(councils):
    for row in councils:
        for entry in words(row["email_domains"]):
            domain, kind, confidence = entry.split(":")
            assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain), entry
            assert kind in {"website", "alternate", "shared", "legacy"}, entry
            assert confidence in {"evidenced", "unverified"}, entry


def test_alias_is_unique_and_differs_from_names(in_force):
    meant = Counter()
    for row in in_force:
        own = {row["name"].casefold(), row["official_name"].casefold()}
        for alias in words(row["aliases"]):
            assert alias.casefold() not in own, alias
            meant[alias.casefold()] += 1
        meant.update(own)

    assert [name for name, count in meant.items() if count > 1] == []


@pytest.mark.parametrize(
    ("slug", "alias"),
    [
        ("bradford", "Bradford Council"),
        ("bradford", "BMDC"),
        ("bradford", "CBMDC"),
        ("cheshire-west-and-chester", "CWaC"),
        ("south-gloucestershire", "South Glos"),
        ("east-sussex", "ESCC"),
        ("malvern-hills", "MHDC"),
        ("lewisham", "LBL"),
    ],
)
def test_networks_short_names_are_known(in_force, slug, alias):
    [row] = [row for row in in_force if row["slug"] == slug]

    assert alias in words(row["aliases"])


def test_other_body_is_not_a_council(councils):
    [body] = read("other_bodies.csv")

    assert body.keys() == councils[0].keys()
    assert body["kind"] == "other_body"
    assert body["key"] not in {row["key"] for row in councils}


def test_each_place_is_in_a_council_in_force_and_says_its_source(in_force):
    places = read("places.csv")
    keys = {row["key"] for row in in_force}

    source = re.compile(
        r"GeoNames: [^;]+(; nearest middle|; former council)?|Short form .+|Misspelling .+"
    )

    assert [row for row in places if row["key"] not in keys] == []
    assert [row for row in places if not source.fullmatch(row["source"])] == []
    assert Counter((row["name"], row["key"]) for row in places).most_common(1)[0][1] == 1
    assert places == sorted(places, key=lambda row: row["name"].casefold())


def test_a_place_in_a_district_has_more_than_its_county_as_source(in_force, by_key):
    districts = {row["key"] for row in in_force if row["kind"] == "district"}

    bare = [
        row["name"]
        for row in read("places.csv")
        if row["key"] in districts and not row["source"].endswith(("middle", "former council"))
    ]
    assert bare == []
