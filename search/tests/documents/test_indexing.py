"""What leaves the index at once, and how engines hear of changes."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from casestudies.models import CaseStudyIndexPage, Reading, ReadingListPage
from councils.models import Succession
from network.models import Membership
from portal.jobs.tick import due_jobs
from portal.signals import public_changed
from principles.models import Principle
from search.documents import indexing
from search.documents.entries import live_entries
from search.documents.indexing import catch_up, catch_up_late
from search.engines.interface import EngineUnavailable, Query
from search.models import AskedAs, StaleEntry
from search.tests.factories import (
    CouncilFactory,
    announced,
    case_study,
    content_page,
    principle_page,
    restrict,
)
from search.views.results import find

pytestmark = pytest.mark.django_db
RARE = "quixotic"


def told():
    """Tell the engine what has changed, as the worker does."""
    return catch_up.func()


def found(text=RARE):
    return [hit.key for hit in find(Query(text)).hits]


def everything_said(text):
    """All that search says when asked for this, as one string."""
    results = find(Query(text, facets=("type", "principle", "council", "region")))
    return repr(results)


# ---- What leaves at once, with worker and engine down -------------------------------


@pytest.fixture
def known(home, engine):
    """A public page that the engine knows."""
    page = content_page(home, RARE, title="Anchor page")
    engine.replace_all(live_entries())
    assert found() == [f"page:{page.pk}"]
    return page


def gone(engine):
    """Whether nobody finds it, though the engine still holds it."""
    assert engine.search(Query(RARE)).count == 1
    return RARE not in everything_said(RARE) and not found()


def test_unpublishing_takes_a_page_out_in_the_same_transaction(known, engine):
    with transaction.atomic():
        known.unpublish()
        assert gone(engine)


def test_deleting_takes_a_page_out(known, engine):
    known.delete()
    assert gone(engine)


def test_making_a_page_private_takes_it_out(known, engine):
    restrict(known)
    assert gone(engine)


def test_making_its_parent_private_takes_a_page_out(home, engine):
    parent = content_page(home)
    content_page(parent, RARE)
    engine.replace_all(live_entries())
    assert len(found()) == 1
    restrict(parent)
    assert gone(engine)


def test_a_new_title_is_not_shown_as_the_old_one(known, engine):
    known.title, known.slug = "Buoy page", "buoy"
    known.save_revision().publish()
    assert gone(engine)
    told()
    [hit] = find(Query(RARE)).hits
    assert "".join(part.text for part in hit.title) == "Buoy page"
    assert hit.url == "/buoy/"


def test_a_change_of_the_words_people_ask_in_withdraws_the_old_ones(known, engine):
    asked = AskedAs.objects.create(page=known, words="buoy")
    assert gone(engine)
    told()
    assert found("buoy") == [f"page:{known.pk}"]
    asked.delete()
    assert not found("buoy")
    told()
    assert not found("buoy")
    assert found() == [f"page:{known.pk}"]


def test_a_council_that_becomes_a_demonstration_is_taken_out(engine):
    council = CouncilFactory(name=RARE)
    engine.replace_all(live_entries())
    council.is_demonstration = True
    council.save()
    public_changed.send(sender=type(council), instance=council)
    assert gone(engine)


def test_what_is_rolled_back_stays(known):
    with pytest.raises(RuntimeError), transaction.atomic():
        known.unpublish()
        raise RuntimeError("never mind")
    assert found() == [f"page:{known.pk}"]


# ---- How the engine hears of it -----------------------------------------------------


def test_the_worker_lets_go_of_what_is_gone_and_takes_in_what_is_new(known, engine, home):
    known.unpublish()
    new = content_page(home, RARE)
    public_changed.send(sender=type(new), instance=new)
    assert told() == 2
    assert not StaleEntry.objects.exists()
    assert [hit.key for hit in engine.search(Query(RARE)).hits] == [f"page:{new.pk}"]


def test_a_row_counts_as_it_is_when_the_worker_reads_it(known, engine):
    known.unpublish()
    known.save_revision().publish()
    told()
    assert found() == [f"page:{known.pk}"]


def test_with_the_engine_down_nothing_is_lost(known, engine, monkeypatch):
    known.unpublish()

    def down(*args):
        raise EngineUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "put", down)
        with pytest.raises(EngineUnavailable):
            told()
    assert StaleEntry.objects.count() == 1
    assert gone(engine)
    assert told() == 1
    assert engine.count() == 0


def test_a_change_that_comes_later_is_told_again(known, engine):
    public_changed.send(sender=type(known), instance=known)
    told()
    known.unpublish()
    assert StaleEntry.objects.count() == 1
    told()
    assert engine.count() == 0


def test_one_task_is_queued_for_a_transaction(
    home, engine, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(indexing, "queue_catch_up", lambda: queued.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        for council in CouncilFactory.create_batch(3):
            public_changed.send(sender=type(council), instance=council)
    assert queued == [1]
    assert StaleEntry.objects.count() == 3


def test_a_change_is_marked_once_a_key(known):
    for _ in range(3):
        public_changed.send(sender=type(known), instance=known)
    assert StaleEntry.objects.count() == 1


def test_a_changed_council_refreshes_its_case_studies(home):
    council = CouncilFactory(key="brd")
    study = case_study(home, 1, council=council)
    StaleEntry.objects.all().delete()
    public_changed.send(sender=type(council), instance=council)
    assert set(StaleEntry.objects.values_list("key", flat=True)) == {
        "council:brd",
        f"page:{study.pk}",
    }


@pytest.fixture
def listed(home, engine):
    """A case study that a reading list names in a rare word, as the engine knows them."""
    study = case_study(home)
    reading_list = ReadingListPage(title="Start here", slug="start", introduction="Ours.")
    reading_list.readings = [Reading(case_study=study, why=f"It is {RARE}.")]
    CaseStudyIndexPage.objects.get().add_child(instance=reading_list)
    engine.replace_all(live_entries())
    assert found() == [f"page:{reading_list.pk}"]
    return study


def invented(study):
    study.council.is_demonstration = True
    study.council.save()
    public_changed.send(sender=type(study.council), instance=study.council)


@pytest.mark.parametrize(
    "hide",
    [lambda study: study.unpublish(), restrict, lambda study: study.delete(), invented],
    ids=["unpublished", "private", "deleted", "invented"],
)
def test_what_a_reading_list_says_of_a_case_study_leaves_search_with_it(listed, hide):
    hide(listed)

    assert RARE not in everything_said(RARE)
    told()
    assert found() == []


def test_a_changed_principle_refreshes_its_page(home):
    page = principle_page(home, 2)
    StaleEntry.objects.all().delete()
    principle = Principle.objects.get(number=2)
    public_changed.send(sender=Principle, instance=principle)
    assert StaleEntry.objects.get().key == f"page:{page.pk}"


def test_what_search_does_not_show_is_not_marked():
    member = announced(CouncilFactory())
    public_changed.send(sender=Membership, instance=member)
    assert not StaleEntry.objects.exists()


def test_changes_that_wait_too_long_are_told_to_the_reader(known):
    assert not find(Query("anchor")).late
    StaleEntry.objects.create(key="page:0", since=timezone.now())
    assert not find(Query("anchor")).late
    StaleEntry.objects.update(since=timezone.now() - datetime.timedelta(minutes=2))
    assert find(Query("anchor")).late


def test_the_worker_builds_an_index_that_is_not_there(home, search_file):
    content_page(home, RARE)
    assert find(Query(RARE)).limited
    told()
    results = find(Query(RARE))
    assert results.count == 1
    assert not results.limited


def test_an_index_that_can_be_used_is_not_built_again(engine):
    assert not indexing.ensure_built()


def test_the_tick_catches_up_on_what_tasks_have_left(known, engine, monkeypatch):
    known.unpublish()
    assert catch_up_late() == 0  # its task may yet come
    StaleEntry.objects.update(since=timezone.now() - datetime.timedelta(minutes=2))
    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "put", _down)
        assert catch_up_late() == 0
    assert catch_up_late() == 1
    assert engine.count() == 0


def test_the_tick_builds_an_index_that_is_not_there(home, search_file):
    content_page(home, RARE)
    catch_up_late()
    assert [hit.key for hit in find(Query(RARE)).hits]
    assert "caught up" in " ".join(due_jobs())


def _down(*args):
    raise EngineUnavailable("down")


def test_the_day_on_which_a_council_ends_and_another_begins_comes_to_search(
    either_engine, monkeypatch
):
    def it_is(day):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: day)
        due_jobs()["councils that began or ended"]()
        told()
        return {
            "".join(part.text for part in hit.title): "".join(part.text for part in hit.summary)
            for hit in find(Query("surrey")).hits
        }

    last, first = datetime.date(2027, 3, 31), datetime.date(2027, 4, 1)
    old = CouncilFactory(key="sry", name="Surrey", kind="county", ended_on=last)
    new = CouncilFactory(key="wsy", name="West Surrey", kind="unitary", started_on=first)
    Succession.objects.create(predecessor=old, successor=new, kind="split", on=last)
    either_engine.replace_all(live_entries())

    before, after = it_is(last), it_is(first)

    assert before["Surrey"].endswith("To be split into West Surrey.")
    assert before["West Surrey"].endswith("from 1 April 2027. Will follow Surrey.")
    assert after["Surrey (until 2027)"].endswith("Split into West Surrey.")
    assert after["West Surrey"] == "Unitary council in the North East. Followed Surrey."
