"""Sharing pictures: what they show, when they are drawn, and what they must not show."""

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from campaign import cards
from casestudies.tests.factories import CaseStudyPageFactory, CouncilFactory
from network import member_map
from network.choices import Precision
from network.models import Membership
from portal.models import SiteOperator

DEFAULT = "/static/portal/img/card.png"


@pytest.fixture(autouse=True)
def _no_pictures():
    cards._complete.clear()
    yield
    cards._delete_others(set())


@pytest.fixture
def bradford(db):
    return CouncilFactory(name="Bradford", slug="bradford", hex_q=3, hex_r=3)


@pytest.fixture
def study(case_study_index, bradford):
    return CaseStudyPageFactory(
        parent=case_study_index, title="Bradford: buying", slug="buying", council=bradford
    )


def picture(client, path: str) -> bytes | None:
    """Return the picture at an address; None if it is the picture of all pages."""
    answer = client.get(f"/cards/{path}.png")
    if answer.status_code == 302:
        assert answer["Location"] == DEFAULT
        return None
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    return b"".join(answer.streaming_content)


def test_picture_is_default_until_worker_draws_it(client, study):
    paths = ["councils/bradford", "case-studies/buying"]
    assert [picture(client, path) for path in paths] == [None, None]

    assert cards.draw_missing() == 2

    for path in paths:
        drawn = Image.open(io.BytesIO(picture(client, path)))
        assert drawn.size == (1200, 630)
        assert len(drawn.convert("RGB").getcolors(100_000)) > 20, "it has words"


def test_nothing_is_drawn_in_a_request(client, bradford, monkeypatch):
    monkeypatch.setattr(cards.Card, "png", lambda card: pytest.fail("drawn in a request"))

    picture(client, "councils/bradford")
    client.get("/councils/bradford/")


def test_second_tick_draws_nothing_and_names_no_files(study, monkeypatch):
    while cards.draw_missing():
        pass
    monkeypatch.setattr(cards, "of_council", None)  # would fail

    assert cards.draw_missing() == 0


def test_one_tick_draws_some_only(db, monkeypatch):
    monkeypatch.setattr(cards, "MOST_AT_ONCE", 2)
    for _ in range(3):
        CouncilFactory()

    assert [cards.draw_missing() for _ in range(3)] == [2, 1, 0]


def test_membership_changes_picture_once_announced(client, bradford):
    cards.draw_missing()
    before = picture(client, "councils/bradford")
    membership = Membership.objects.create(council=bradford, joined_precision=Precision.NOT_KNOWN)
    assert cards.draw_missing() == 0
    assert picture(client, "councils/bradford") == before

    from django.utils import timezone  # noqa: PLC0415

    membership.announced_at = timezone.now()
    membership.save()

    assert picture(client, "councils/bradford") is None
    cards.draw_missing()
    assert picture(client, "councils/bradford") not in {None, before}


def test_withdrawn_case_study_loses_picture_at_once_and_file_soon(client, study):
    cards.draw_missing()
    card = cards.of_case_study(study, member_map.load())
    assert default_storage.exists(card.file)

    study.unpublish()

    assert client.get("/cards/case-studies/buying.png").status_code == 404
    cards.draw_missing()
    assert not default_storage.exists(card.file)


@pytest.mark.parametrize("path", ["councils/demo", "councils/nowhere", "people/bradford"])
def test_what_is_invented_or_unknown_has_no_picture(client, db, path):
    CouncilFactory(slug="demo", is_demonstration=True)
    cards.draw_missing()

    assert client.get(f"/cards/{path}.png").status_code == 404


def test_picture_of_demonstration_says_so(bradford):
    atlas = member_map.load()
    assert "Demonstration: not run by Locality" in cards.of_council(bradford, atlas).svg()

    SiteOperator.objects.create(name="The Network")

    assert "Demonstration" not in cards.of_council(bradford, atlas).svg()


@pytest.mark.parametrize(
    "title", ["York", "A " * 40, "Unbreakable" * 9, "South Gloucestershire: " + "word " * 30]
)
def test_title_is_fitted(title):
    size, lines = cards._fitted(title)

    assert 1 <= len(lines) <= 5
    assert 48 <= size <= 84


def test_names_are_escaped(db):
    council = CouncilFactory(name="<b>&Co")

    svg = cards.of_council(council, member_map.load()).svg()

    assert "&lt;b&gt;&amp;Co" in svg
    assert cards.of_council(council, member_map.load()).png().startswith(b"\x89PNG")
