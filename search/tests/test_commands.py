"""`rebuild_search`."""

import pytest
from django.core.management import CommandError, call_command

from search.engines import EngineUnavailable, Query, get_engine
from search.engines.embedded import EmbeddedEngine
from search.models import StaleEntry
from search.tests.factories import EntryFactory, content_page

pytestmark = pytest.mark.django_db


def test_it_builds_from_what_is_public(home, capsys):
    content_page(home, title="Anchor")
    content_page(home, title="Anchor draft", live=False)
    call_command("rebuild_search")
    assert "holds 1 entries" in capsys.readouterr().out
    assert get_engine().search(Query("anchor")).count == 1


def test_it_forgets_what_is_gone(home, engine):
    engine.put([EntryFactory(title="anchor")])
    call_command("rebuild_search", engine="embedded")
    assert engine.count() == 0


def test_if_needed_it_leaves_a_good_index_alone(engine, capsys):
    engine.put([EntryFactory(title="anchor")])
    call_command("rebuild_search", if_needed=True)
    assert "up to date" in capsys.readouterr().out
    assert engine.count() == 1


def test_if_needed_it_builds_where_there_is_none(home, search_file):
    call_command("rebuild_search", if_needed=True)
    assert get_engine().is_current()


def test_it_shows_progress(home, capsys, monkeypatch):
    monkeypatch.setattr("search.management.commands.rebuild_search.EVERY", 1)
    content_page(home)
    call_command("rebuild_search")
    assert "1 entries read" in capsys.readouterr().out


def test_an_index_that_cannot_be_written_is_told(engine, monkeypatch):
    def down(*args, **kwargs):
        raise EngineUnavailable("no room on the disk")

    monkeypatch.setattr(EmbeddedEngine, "replace_all", down)
    with pytest.raises(CommandError, match="no room"):
        call_command("rebuild_search")


def test_an_engine_that_there_is_not_is_refused():
    with pytest.raises(KeyError):
        get_engine("nonsense")
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("rebuild_search", "--engine=nonsense")


def test_what_it_has_read_is_out_of_date_no_more(home, engine):
    """After the first content was seeded, search finds it before any worker has run."""
    StaleEntry.objects.mark(["page:1", "page:2"])
    call_command("rebuild_search")
    assert not StaleEntry.objects.exists()


def test_what_changed_while_it_built_stays_out_of_date(home, engine, monkeypatch):
    StaleEntry.objects.mark(["page:1", "page:2"])
    replace_all = EmbeddedEngine.replace_all

    def meanwhile(self, *args, **kwargs):
        StaleEntry.objects.mark(["page:2", "page:3"])
        return replace_all(self, *args, **kwargs)

    monkeypatch.setattr(EmbeddedEngine, "replace_all", meanwhile)
    call_command("rebuild_search")
    assert set(StaleEntry.objects.standing()) == {"page:2", "page:3"}
