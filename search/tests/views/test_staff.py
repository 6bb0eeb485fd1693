"""Staff see that search is limited, and why."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.health import Unwell
from search.documents.entries import live_entries
from search.documents.indexing import catch_up_late
from search.models import StaleEntry
from search.tests.factories import EntryFactory
from search.views.staff import look

pytestmark = pytest.mark.django_db
NOBODY = "http://127.0.0.1:1"


def first_page(client):
    return client.get("/admin/").content.decode()


def said(html: str) -> str:
    """Return what the panel of the health check says."""
    return html.partition('id="health')[2].partition("</section>")[0]


def test_nothing_is_said_while_all_is_well(admin, home, engine):
    assert look().startswith("It answers, and knows")
    assert "Search" not in said(first_page(admin))


def test_a_server_that_is_down_is_told_to_staff_and_heals_by_itself(
    admin,
    home,
    engine,
    settings,
):
    settings.ELASTICSEARCH_URL = NOBODY
    assert "Readers find titles and names only." in said(first_page(admin))
    settings.ELASTICSEARCH_URL = ""
    assert "Search" not in said(first_page(admin))


def test_changes_that_wait_are_told_to_staff(admin, home, engine):
    StaleEntry.objects.create(key="page:1", since=timezone.now() - timedelta(minutes=5))
    assert "1 change has been waiting to be added to search" in said(first_page(admin))
    StaleEntry.objects.create(key="page:2", since=timezone.now() - timedelta(minutes=5))
    with pytest.raises(Unwell, match="2 changes have been waiting"):
        look()


def test_a_missing_index_is_told_and_the_next_tick_builds_it(home, search_file):
    with pytest.raises(Unwell, match="not been built"):
        look()
    catch_up_late()
    assert look()


def test_a_tick_while_the_server_is_down_breaks_nothing(home, settings):
    settings.ELASTICSEARCH_URL = NOBODY
    StaleEntry.objects.create(key="page:1", since=timezone.now() - timedelta(minutes=5))
    assert catch_up_late() == 0
    assert StaleEntry.objects.exists()


def test_rebuilding_says_that_there_is_no_server(settings):
    settings.ELASTICSEARCH_URL = NOBODY
    with pytest.raises(CommandError, match="could not be built"):
        call_command("rebuild_search")


def test_rebuilding_fills_the_cluster_too(home, elastic, settings, monkeypatch, capsys):
    settings.ELASTICSEARCH_URL = elastic.url
    monkeypatch.setattr("search.engines.asking._elasticsearch", lambda url, name: elastic)
    elastic.put([EntryFactory(key="page:999999", title="Gone")])
    call_command("rebuild_search")
    entries = len(list(live_entries()))
    assert f"holds {entries} entries" in capsys.readouterr().out
    assert elastic.count() == entries
