"""Existing members: as their sources state, with nothing invented."""

import csv
import re
from collections import Counter
from datetime import date

import pytest

from councils import register
from councils.models import Council
from network import seed
from network.choices import MembershipStatus
from network.models import Endorsement, Event, Membership, ProfileChange
from network.models.memberships import members as members_of


@pytest.fixture
def members(db, whole_register):
    """The register with the existing members."""
    assert seed.seed() == 18


def test_the_seventeen_and_the_nhs_body_are_members_without_invented_signatures(members):
    bodies = members_of(Council.objects.all()).exclude(pk__in=Council.objects.councils())

    assert members_of(Council.objects.all()).councils().count() == 17
    assert [body.slug for body in bodies] == ["nhs-west-yorkshire"]
    assert not Endorsement.objects.exists()
    assert not Membership.objects.exclude(sign_up=None).exists()
    assert Event.objects.filter(what="membership.recorded").count() == 18


def test_they_joined_as_exactly_as_the_sources_say(members):
    since = {
        membership.council.slug: membership.since_text
        for membership in Membership.objects.select_related("council")
    }

    assert since["bradford"] == "Named as a member on 3 March 2020"
    assert since["nhs-west-yorkshire"] == "Member since March 2024"
    assert Counter(text.partition(" on ")[0] for text in since.values()) == {
        "Named as a member": 11,
        "Member": 6,
        "Member since March 2024": 1,
    }
    assert {slug for slug, text in since.items() if text == "Member"} == {
        "east-sussex",
        "leeds",
        "wakefield",
        "york",
        "cheshire-west-and-chester",
        "malvern-hills",
    }


def test_every_one_of_them_names_its_source_with_the_date_in_words(members):
    for membership in Membership.objects.all():
        assert membership.source_title
        assert membership.source_url.startswith("https://")
        assert membership.note

    assert Membership.objects.get(council__slug="wirral").source_date == "3 March 2020"


def test_an_ended_membership_is_not_made_again_nor_a_changed_body_changed_back(members):
    Membership.objects.filter(council__slug="york").update(status=MembershipStatus.WITHDRAWN)
    Council.objects.filter(slug="nhs-west-yorkshire").update(name="A new name")

    assert seed.seed() == 0

    assert not members_of(Council.objects.all()).filter(slug="york").exists()
    assert Council.objects.get(slug="nhs-west-yorkshire").name == "A new name"


def test_what_a_broken_run_left_out_is_recorded_by_the_next(db, whole_register, monkeypatch):
    record = seed.record_existing_membership

    def break_down_at_york(council, **details):
        if council.slug == "york":
            raise KeyboardInterrupt
        return record(council, **details)

    with monkeypatch.context() as broken:
        broken.setattr(seed, "record_existing_membership", break_down_at_york)
        with pytest.raises(KeyboardInterrupt):
            seed.seed()
    recorded = Membership.objects.count()

    assert 0 < recorded < 18
    assert seed.seed() == 18 - recorded


def existing_members() -> list[dict[str, str]]:
    with seed.MEMBERS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_members_of_before_are_the_seventeen_and_the_nhs_body():
    members = existing_members()
    kinds_by_key = {
        row.key: row.fields["kind"] for row in register.read(register.DATA / "councils.csv")
    }
    kinds = Counter(kinds_by_key[m["key"]] for m in members if m["key"] in kinds_by_key)

    assert len(members) == len({member["key"] for member in members}) == 18
    assert members[-1]["key"] == "nhs-west-yorkshire"
    assert kinds == {
        "metropolitan": 9,
        "unitary": 4,
        "london_borough": 2,
        "county": 1,
        "district": 1,
    }


def test_a_joining_date_is_as_exact_as_its_source():
    for member in existing_members():
        if member["joined_precision"] == "not_known":
            assert member["joined_on"] == ""
        else:
            assert member["joined_precision"] in {"day", "month", "year"}
            date.fromisoformat(member["joined_on"])
        assert member["source_title"]
        assert member["source_url"].startswith("https://")
        assert member["note"]


def test_quotations_name_their_source_and_no_council_is_said_to_have_written_them(members, client):
    quoted = ProfileChange.objects.published().filter(part="quote")
    assert quoted.count() == 8
    for change in quoted:
        assert change.is_from_us
        assert change.source_url.startswith("https://")
        assert change.answers["quote_by"]
    page = client.get("/councils/calderdale/").content.decode()
    assert "strong, resilient communities benefit the whole borough" in page
    assert "We added this from a public source" in page
    assert "wrote this for its page" not in page


def test_every_member_has_the_principles_in_practice_from_sources_named_beside_them(
    members, client
):
    said = ProfileChange.objects.published().filter(part="practice")
    assert said.count() == 18
    for change in said:
        assert change.is_from_us
        for text in change.answers.values():
            assert re.search(r"\. \([^()]+\)$", text), text
    page = client.get("/councils/oldham/").content.decode()
    assert "innovation partnership" in page
    assert "Oldham Times, 14 March 2019" in page
    assert "We added this from a public source" in page
    assert "wrote this for its page" not in page
    page = client.get("/community-organisations/?council=oldham").content.decode()
    assert "in its own words" not in page


def test_practices_are_about_known_members_and_principles():
    with seed.PRACTICES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    keys = [row["key"] for row in rows]
    assert keys == sorted(keys, key=keys.index), "rows of one council stand together"
    with seed.MEMBERS.open(encoding="utf-8", newline="") as lines:
        assert set(keys) == {row["key"] for row in csv.DictReader(lines)}
    assert len({(row["key"], row["principle"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["principle"] in set("123456")
        assert row["text"].endswith(".")
        assert row["source"]
        assert not row["address"] or row["address"].startswith("https://")


def test_seeding_again_keeps_what_a_council_says_itself(members):
    quote = ProfileChange.objects.get(membership__council__slug="hackney", part="quote")
    before = ProfileChange.objects.count()
    ProfileChange.objects.filter(pk=quote.pk).update(answers={"quote": "Ours", "quote_by": "Us"})
    seed.seed()
    assert ProfileChange.objects.count() == before
    quote.refresh_from_db()
    assert quote.answers["quote"] == "Ours"
