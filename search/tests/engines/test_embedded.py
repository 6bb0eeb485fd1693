"""The SQLite file: made, broken, of another layout, replaced, shared by threads."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from search.engines.embedded import EmbeddedEngine, schema
from search.engines.embedded.schema import LAYOUT
from search.engines.interface import EngineUnavailable, Query
from search.tests.factories import EntryFactory


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deeper" / "search.sqlite3"


@pytest.fixture
def engine(file):
    engine = EmbeddedEngine(file)
    engine.replace_all([EntryFactory(key="a", title="anchor")])
    return engine


def found(engine):
    return [hit.key for hit in engine.search(Query("anchor")).hits]


def test_asking_does_not_make_a_file(file):
    with pytest.raises(EngineUnavailable):
        EmbeddedEngine(file).search(Query("anchor"))
    assert not file.exists()


def test_what_was_written_is_there_for_another_process(engine, file):
    assert found(EmbeddedEngine(file)) == ["a"]


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b""])
def test_a_broken_file_is_told_and_can_be_rebuilt(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    engine = EmbeddedEngine(file)
    assert not engine.is_current()
    assert engine.needs_building()
    with pytest.raises(EngineUnavailable):
        found(engine)
    engine.replace_all([EntryFactory(key="a", title="anchor")])
    assert found(engine) == ["a"]


def test_a_file_damaged_in_the_middle_is_told_and_can_be_rebuilt(engine, file):
    engine.replace_all(EntryFactory(title="anchor", body="word " * 500) for _ in range(50))
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    fresh = EmbeddedEngine(file)
    with pytest.raises(EngineUnavailable):
        found(fresh)
    fresh.replace_all([EntryFactory(key="a", title="anchor")])
    assert found(fresh) == ["a"]


def test_a_file_of_another_layout_is_told_and_can_be_rebuilt(engine, file):
    with sqlite3.connect(file) as db:
        db.execute("DROP TABLE name")
        db.execute(f"PRAGMA user_version = {LAYOUT - 1}")
    fresh = EmbeddedEngine(file)
    assert not fresh.is_current()
    with pytest.raises(EngineUnavailable, match="layout"):
        found(fresh)
    with pytest.raises(EngineUnavailable, match="layout"):
        fresh.put([EntryFactory()])
    fresh.replace_all([EntryFactory(key="a", title="anchor")])
    assert found(fresh) == ["a"]


def test_a_connection_notices_that_the_file_was_replaced(engine, file):
    assert found(engine) == ["a"]
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    EmbeddedEngine(file).replace_all([EntryFactory(key="b", title="anchor")])
    assert found(engine) == ["b"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    engine = EmbeddedEngine(tmp_path / "file" / "search.sqlite3")
    assert not engine.is_current()
    with pytest.raises(EngineUnavailable):
        engine.put([EntryFactory()])


def test_threads_read_and_write_at_once(engine):
    def work(number):
        engine.put([EntryFactory(key=f"k{number}", title="anchor")])
        return engine.search(Query("anchor")).count

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(work, range(40)))
    assert engine.count() == 41
    assert all(1 < count <= 41 for count in seen)


def test_a_write_that_fails_leaves_nothing_half_done(engine):
    def entries():
        yield EntryFactory(key="b", title="anchor")
        raise RuntimeError("broken off")

    with pytest.raises(RuntimeError):
        engine.put(entries())
    assert found(engine) == ["a"]
    engine.put([EntryFactory(key="c", title="anchor")])
    assert engine.count() == 2


def test_the_full_text_tables_hold_no_more_than_the_texts(engine, file):
    engine.put([EntryFactory(key="a", title="anchor again"), EntryFactory(key="b")])
    engine.remove(["b"])
    with sqlite3.connect(file) as db:
        for table in ("stemmed", "exact", "heads"):
            # Raises where the index and the texts differ.
            db.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")


def test_a_locked_file_is_not_taken_for_a_broken_one(engine, file):
    before = file.stat().st_ino
    with sqlite3.connect(file) as other:
        other.execute("BEGIN IMMEDIATE")
        impatient = EmbeddedEngine(file)
        impatient._index.connection().execute("PRAGMA busy_timeout = 10")
        with pytest.raises(EngineUnavailable, match="locked"):
            impatient.replace_all([])
        other.rollback()
    assert file.stat().st_ino == before
    assert found(engine) == ["a"]


def test_a_file_that_cannot_be_opened_is_not_taken_for_a_broken_one(file):
    file.mkdir(parents=True)
    with pytest.raises(EngineUnavailable):
        EmbeddedEngine(file).replace_all([EntryFactory()])
    assert file.is_dir()


def test_a_new_file_that_could_not_be_laid_out_can_be_laid_out_later(file, monkeypatch):
    def full(db):
        raise sqlite3.OperationalError("database or disk is full")

    engine = EmbeddedEngine(file)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "create", full)
        with pytest.raises(EngineUnavailable, match="full"):
            engine.put([EntryFactory(key="a", title="anchor")])
    engine.replace_all([EntryFactory(key="a", title="anchor")])
    assert found(engine) == ["a"]
