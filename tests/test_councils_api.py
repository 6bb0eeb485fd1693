"""GET /api/v1/councils."""

from datetime import UTC, date, datetime

import pytest

from councils.choices import Kind
from councils.models import Council
from councils.tests.factories import make_council
from network import api
from network.actions import memberships
from network.choices import DateMeans
from network.models import Membership
from search.documents.entries import live_entries
from search.engines.asking import get_engine
from search.models import StaleEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def search_file(settings, tmp_path):
    """A search index of its own for each test, not built yet."""
    settings.SEARCH_FILE = tmp_path / "search.sqlite3"


@pytest.fixture
def councils(db):
    """A member, a council that is not one, an abolished one, an invented one and another body."""
    bradford = make_council(slug="bradford", name="Bradford", gss_code="E08000032")
    bradford.aliases.create(name="BMDC")
    memberships.record_existing_membership(
        bradford,
        by="test",
        joined_on=date(2020, 3, 1),
        joined_precision="month",
        source_title="A press release",
        source_url="https://example.org/",
        source_date="2020-03",
    )
    make_council(slug="bradwell", name="Bradwell")
    make_council(slug="old-brad", name="Old Brad", ended_on=date(2023, 4, 1))
    make_council(slug="demo", name="Brad Sampleton", is_demonstration=True)
    make_council(slug="body", name="NHS Brad", kind=Kind.OTHER_BODY)


def names(client, **asked):
    answer = client.get("/api/v1/councils", asked)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["count"] == len(answer.json()["results"])
    return [row["name"] for row in answer.json()["results"]]


@pytest.mark.parametrize("built", [True, False])
def test_names_are_found_best_first_with_and_without_engine(client, councils, built):
    if built:
        get_engine().replace_all(live_entries())
        StaleEntry.objects.all().delete()
    assert names(client) == ["Bradford", "Bradwell", "NHS Brad"]
    assert names(client, q="bmdc") == ["Bradford"]
    assert set(names(client, q="brad")) == {"Bradford", "Bradwell", "Old Brad", "NHS Brad"}
    assert names(client, q="zzzz") == []


def test_council_has_documented_fields(client, councils, settings):
    rows = {row["slug"]: row for row in client.get("/api/v1/councils?q=brad").json()["results"]}
    assert rows["bradford"] == {
        "slug": "bradford",
        "name": "Bradford",
        "gss": "E08000032",
        "kind": "district",
        "region": "north-west",
        "status": "member",
        "joined_on": "2020-03",
        "named_on": None,
        "url": f"{settings.SITE_URL}/councils/bradford/",
    }
    assert (rows["bradwell"]["status"], rows["bradwell"]["joined_on"]) == ("not-yet", None)
    assert rows["old-brad"]["status"] == "ended"


def test_date_of_being_named_is_not_given_as_date_of_joining(client, councils):
    Membership.objects.filter(council__slug="bradford").update(date_means=DateMeans.NAMED)

    row = client.get("/api/v1/councils?q=bradford").json()["results"][0]
    record = client.get("/councils/bradford/endorsement.json").json()["membership"]

    assert (row["joined_on"], row["named_on"]) == (None, "2020-03")
    assert (record["joined_on"], record["named_on"]) == (None, "2020-03-01")


def test_embargoed_member_is_not_yet(client, councils):
    Membership.objects.create(
        council=Council.objects.get(slug="bradwell"),
        joined_on=date(2019, 2, 1),
        announce_at=datetime(2099, 1, 1, tzinfo=UTC),
    )
    [row] = client.get("/api/v1/councils?q=bradwell").json()["results"]
    assert (row["status"], row["joined_on"]) == ("not-yet", None)


def test_limits_and_etag_are_respected(client, councils, monkeypatch):
    tag = client.get("/api/v1/councils")["ETag"]
    known = {"If-None-Match": tag}
    assert client.get("/api/v1/councils", headers=known).status_code == 304
    assert client.get("/api/v1/councils", {"q": "x" * 251}).status_code == 422
    assert client.get("/api/v1/councils", {"q": '"\x00'}).status_code == 200
    monkeypatch.setattr(api, "TIMES", 1)
    refused = client.get("/api/v1/councils")
    assert refused.status_code == 429
    assert refused.json()["errors"][0]["code"] == "E_TOO_MANY"


def test_queries_do_not_grow(client, councils, django_assert_max_num_queries):
    for _ in range(10):
        make_council(name="Brad more")
    with django_assert_max_num_queries(12):
        names(client, q="brad")
