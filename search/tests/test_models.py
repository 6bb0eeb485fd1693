"""What editors tell search: words, and pages that come first."""

import pytest
from django.core.exceptions import ValidationError

from portal.tests.security.test_doors import give_second_factor
from search.documents.entries import live_entries
from search.engines.asking import ask
from search.engines.interface import Query
from search.models import AskedAs, PromotedResult, SectorWords, StaleEntry
from search.seed import groups, seed, seed_asked
from search.tests.factories import content_page

pytestmark = pytest.mark.django_db


def test_the_first_words_are_seeded_once_and_belong_to_editors(db):
    assert seed() == len(groups()) == SectorWords.objects.count()
    SectorWords.objects.filter(words__startswith="VCSE").delete()
    SectorWords.objects.filter(words__startswith="ABCD").update(words="ABCD\nchanged")
    assert seed() == 0
    assert not SectorWords.objects.filter(words__startswith="VCSE").exists()
    assert SectorWords.objects.get(words__startswith="ABCD").words == "ABCD\nchanged"


def test_words_that_people_ask_in_are_seeded_once_for_pages_that_are_there(home):
    page = content_page(home, slug="about")
    assert seed_asked() == 1
    assert AskedAs.objects.get().page.pk == page.pk
    AskedAs.objects.update(words="changed")
    assert seed_asked() == 0
    AskedAs.objects.all().delete()
    assert seed_asked() == 0
    content_page(home, slug="contact")
    assert seed_asked() == 1


def test_the_first_words_keep_the_rules_of_the_form():
    for group in groups():
        group.full_clean()


@pytest.mark.parametrize(
    "row",
    [
        {"words": "anchor"},
        {"words": "anchor\n!!!"},
        {"words": "  \n "},
        {"words": "anchor\nhub", "unlike": "Hub"},
        {"words": "anchor", "also": "hub", "unlike": "hub"},
    ],
)
def test_a_group_that_says_nothing_or_contradicts_itself_is_refused(row):
    with pytest.raises(ValidationError):
        SectorWords(**row).full_clean()


def test_a_word_alone_may_be_kept_as_it_is_written():
    SectorWords(words="Locality", as_written=True).full_clean()


@pytest.mark.parametrize("asked", ["join", "How do I JOIN?", "jóin", " sign   up "])
def test_a_promotion_is_found_by_its_questions_however_typed(home, asked):
    page = content_page(home)
    row = PromotedResult.objects.create(page=page, questions="join\nsign up")
    assert list(PromotedResult.objects.for_question(asked)) == [row]


@pytest.mark.parametrize("asked", ["", "  ", "joining", "sign", "join|sign up", "%", "_", "\x00"])
def test_a_promotion_is_not_found_by_part_of_a_question(home, asked):
    PromotedResult.objects.create(page=content_page(home), questions="join\nsign up")
    assert not PromotedResult.objects.for_question(asked).exists()


def test_a_promotion_that_would_never_show_is_refused(home):
    page = content_page(home)
    with pytest.raises(ValidationError):
        PromotedResult(page=page, questions="\n ").full_clean()
    PromotedResult(page=page, when_nothing_is_found=True).full_clean()


def test_editors_keep_words_and_promotions_in_the_admin(editor, as_, home):
    give_second_factor(editor)
    client = as_(editor)
    SectorWords.objects.create(words="CAT\nasset transfer")
    lists = client.get("/admin/snippets/search/sectorwords/")
    assert "CAT = asset transfer" in lists.content.decode()
    bad = client.post("/admin/snippets/search/sectorwords/add/", {"words": "alone"})
    assert "changes nothing" in bad.content.decode()
    client.post("/admin/snippets/search/sectorwords/add/", {"words": "LM3\nmultiplier"})
    assert SectorWords.objects.filter(words__startswith="LM3").exists()
    page = content_page(home)
    answer = client.post(
        "/admin/snippets/search/askedas/add/", {"page": page.pk, "words": "library"}
    )
    assert answer.status_code == 302
    assert page.asked_as.words == "library"
    answer = client.post(
        "/admin/snippets/search/promotedresult/add/",
        {"page": page.pk, "questions": "join", "because": "", "sort_order": "0"},
    )
    assert answer.status_code == 302
    assert PromotedResult.objects.get().asked == "|join|"


def test_a_promotion_goes_with_its_page(home):
    page = content_page(home)
    PromotedResult.objects.create(page=page, questions="join")
    page.delete()
    assert not PromotedResult.objects.exists()


def test_words_act_from_the_next_question_on(home, engine):
    content_page(home, "A civic hall changed hands.", title="Asset transfer")
    content_page(home, "Towns of the borough.", title="Calderdale page")
    engine.replace_all(live_entries())
    StaleEntry.objects.all().delete()
    assert ask(Query("CAT")).count == 0
    SectorWords.objects.create(words="CAT\nasset transfer")
    SectorWords.objects.create(words="Halifax", also="Calderdale")
    assert ask(Query("cat")).count == 1
    assert ask(Query("Halifax")).count == 1
    assert ask(Query("Calderdale CAT")).loosened
