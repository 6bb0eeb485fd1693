"""`rebuild_search` and `measure_relevance`."""

from contextlib import nullcontext

import pytest
from django.core.management import CommandError, call_command

from search.engines.asking import get_engine
from search.engines.embedded import EmbeddedEngine
from search.engines.interface import EngineUnavailable, Query
from search.management.commands import measure_relevance
from search.models import StaleEntry
from search.relevance.judging import Question
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


def test_measuring_prints_scores_and_the_questions_below_the_mark(home, monkeypatch, capsys):
    content_page(home, title="Anchor", slug="anchor")
    asked = [Question("anchor", {"anchor": 3}), Question("zebra", {"stripes": 3})]
    monkeypatch.setattr(measure_relevance, "questions", lambda file: asked)
    # Wagtail's own search needs a table of its own, which no test's transaction can make.
    stock = nullcontext(lambda question: [])
    monkeypatch.setattr(measure_relevance.baselines, "stock", lambda *args: stock)
    call_command("measure_relevance", each=True)
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].startswith("2 judged questions, 1 entries")
    figures = {row[:34].strip(): row[34:].split() for row in rows[2:7]}
    assert figures["our embedded engine"] == ["0.500", "0.500", "50.0%"]
    assert figures["plain BM25"] == ["0.500", "0.500", "50.0%"]
    assert figures["Wagtail's stock search, “and”"] == ["0.000", "0.000", "100.0%"]
    assert "our elasticsearch engine: ELASTICSEARCH_URL is not set." in rows
    assert rows[rows.index("embedded:") + 1 :][:3] == ["0.00 zebra", "  got ", "  missed stripes"]
    assert not any(row.endswith(" anchor") for row in rows)
