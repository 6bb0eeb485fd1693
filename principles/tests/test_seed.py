import tomllib

import pytest

from portal.models import Seeded
from principles import seed as seeds
from principles.blocks import ExampleBlock, ReadingBlock
from principles.models import Principle, PrincipleIndexPage, PrinciplePage
from principles.seed import TEXTS, seed


@pytest.fixture(scope="module")
def texts():
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


def test_texts_cover_six_in_order(db, texts):
    slugs = [text["slug"] for text in texts["principle"]]

    assert slugs == list(Principle.objects.values_list("slug", flat=True))


def test_every_principle_has_questions_for_a_meeting(texts):
    for text in texts["principle"]:
        assert 6 <= len(text["questions"]) <= 8
        assert all(question.endswith("?") for question in text["questions"])
        assert text["less_of"]
        assert text["more_of"]


def test_every_example_is_dated_sourced_and_can_be_published(texts):
    for text in texts["principle"]:
        assert len(text["example"]) >= 3
        assert sum("quote" in example for example in text["example"]) >= 2
        for example in text["example"]:
            assert example["as_at"]
            assert example["source_title"]
            assert ExampleBlock().clean(ExampleBlock().to_python(example))


def test_every_meaning_links_to_a_source(texts):
    assert all('<a href="http' in text["meaning"] for text in texts["principle"])


def test_every_publication_is_complete(texts):
    for text in texts["principle"]:
        assert len(text["reading"]) >= 3
        for reading in text["reading"]:
            assert ReadingBlock().clean(ReadingBlock().to_python(reading))


def test_member_has_something_to_say(texts):
    """Every council that Locality named, and the NHS body, stands on a principle's page."""
    places = {example["place"] for text in texts["principle"] for example in text["example"]}

    assert places == {
        "Bradford",
        "Bristol",
        "Calderdale",
        "Cheshire West and Chester",
        "East Sussex",
        "Hackney",
        "Kirklees",
        "Leeds",
        "Lewisham",
        "Malvern Hills",
        "Newcastle upon Tyne",
        "Oldham",
        "Rotherham",
        "South Gloucestershire",
        "Wakefield",
        "West Yorkshire Health and Care Partnership",
        "Wirral",
        "York",
    }


def test_seed_publishes_index_and_six_pages(client, home):
    assert seed(home) == 7

    assert client.get("/principles/").status_code == 200
    for principle in Principle.objects.published():
        response = client.get(principle.get_absolute_url())
        assert response.status_code == 200
        assert len(principle.page.in_practice) >= 3
        assert len(principle.page.reading) >= 3


def test_seed_again_makes_nothing(home):
    seed(home)

    assert seed(home) == 0
    assert PrincipleIndexPage.objects.count() == 1
    assert PrinciplePage.objects.count() == 6


def test_seed_again_keeps_edits(home):
    seed(home)
    page = PrinciplePage.objects.get(principle__number=1)
    page.intro = "In our editor's words."
    page.save_revision().publish()

    seed(home)

    page.refresh_from_db()
    assert page.intro == "In our editor's words."


def test_seed_after_broken_run_completes(home, monkeypatch):
    make = seeds._make

    def break_down_at_the_fourth(index, principle, text):
        make(index, principle, text)
        if principle.number == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(seeds, "_make", break_down_at_the_fourth)
        with pytest.raises(KeyboardInterrupt):
            seed(home)
    assert PrinciplePage.objects.count() == 3

    assert seed(home) == 3
    assert PrinciplePage.objects.live().count() == 6


def test_seed_again_leaves_deleted_page(home):
    seed(home)
    PrinciplePage.objects.get(principle__number=4).delete()

    assert seed(home) == 0

    PrincipleIndexPage.objects.get().delete()

    assert seed(home) == 0
    assert not PrincipleIndexPage.objects.exists()


def test_seed_records_existing_page(home):
    seed(home)
    Seeded.objects.all().delete()

    assert seed(home) == 0
    assert Seeded.objects.count() == 7
