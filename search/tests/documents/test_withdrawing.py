"""Taken out of public view in the admin and out of search: one and the same moment."""

import pytest
from django.db import connection
from wagtail.models import Page

from search.documents.entries import live_entries
from search.engines.interface import Query
from search.models import StaleEntry, StaleEntryQuerySet
from search.tests.factories import content_page
from search.views.results import find

pytestmark = pytest.mark.django_db
RARE = "quixotic"


@pytest.fixture
def shown(home, engine) -> Page:
    made = content_page(home, RARE)
    engine.replace_all(live_entries())
    assert found() == [f"page:{made.pk}"]
    return made


def found() -> list[str]:
    return [hit.key for hit in find(Query(RARE)).hits]


def unpublish(client, shown) -> int:
    return client.post(f"/admin/pages/{shown.pk}/unpublish/").status_code


def test_where_the_mark_cannot_be_written_nothing_is_withdrawn(admin, shown, monkeypatch):
    def fails(self, keys):
        raise RuntimeError("the process died here")

    monkeypatch.setattr(StaleEntryQuerySet, "mark", fails)
    assert unpublish(admin, shown) == 500
    assert Page.objects.get(pk=shown.pk).live
    assert found() == [f"page:{shown.pk}"]


def test_a_withdrawn_page_is_not_found_though_no_task_has_run(admin, shown):
    assert unpublish(admin, shown) == 302
    assert StaleEntry.objects.filter(key=f"page:{shown.pk}").exists()
    assert found() == []


def test_the_engine_hears_of_it_after_the_commit_only(
    admin, shown, django_capture_on_commit_callbacks
):
    connection.run_on_commit.clear()  # what the story so far has left waiting
    with django_capture_on_commit_callbacks() as waiting:
        unpublish(admin, shown)
    assert waiting
    assert StaleEntry.objects.exists(), "nothing ran before the commit"
    for act in waiting:
        act()
    assert not StaleEntry.objects.exists()
