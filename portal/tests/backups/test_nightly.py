"""The backup of each night: only when asked for, once, and old ones go."""

import datetime
import os

import pytest
from django.utils import timezone

from portal.backups import nightly
from portal.backups.manifest import NAME, BackupProblem
from portal.tests.backups.conftest import put

AT_NIGHT = datetime.datetime(2026, 12, 1, 2, 30, tzinfo=datetime.UTC)


@pytest.fixture
def taken(db, settings, tmp_path, monkeypatch) -> list[str]:
    """The names of the backups that are made; the clock stands at half past two."""
    names: list[str] = []

    def take(stored, to, say):
        names.append(to.name)
        put(to, NAME, b"{}")
        return type("Manifest", (), {"size": 1})

    settings.BACKUP_DIR = str(tmp_path)
    monkeypatch.setattr(nightly, "take", take)
    monkeypatch.setattr(timezone, "now", lambda: AT_NIGHT)
    return names


def test_back_up_makes_one_a_night(taken):
    assert [nightly.back_up(), nightly.back_up()] == [1, 0]
    assert taken == ["2026-12-01"]


def test_back_up_of_a_second_worker_elsewhere_makes_none(taken, settings, tmp_path):
    nightly.back_up()
    settings.BACKUP_DIR = str(tmp_path / "of another machine")

    assert nightly.back_up() == 0


def test_back_up_by_day_makes_none(taken, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: AT_NIGHT.replace(hour=12))

    assert nightly.back_up() == 0


def test_back_up_without_a_folder_makes_none(taken, settings):
    settings.BACKUP_DIR = ""

    assert nightly.back_up() == 0


@pytest.mark.parametrize("problem", [BackupProblem, OSError])
def test_back_up_that_fails_is_logged_and_not_repeated_at_once(taken, monkeypatch, caplog, problem):
    def fail(*args):
        raise problem("The disk is full.")

    monkeypatch.setattr(nightly, "take", fail)

    assert [nightly.back_up(), nightly.back_up()] == [0, 0]
    assert caplog.text.count("No backup was made tonight: The disk is full.") == 1


def test_back_up_deletes_nightly_ones_that_are_old_and_no_others(taken, settings, tmp_path):
    settings.BACKUP_DAYS = 2
    for name in ["2026-11-28", "2026-11-29", "2026-11-30", "before-upgrade", "2026-99-99"]:
        put(tmp_path, f"{name}/{NAME}", b"{}")
    put(tmp_path, "2026-11-01/notes.txt", b"not a backup")

    nightly.back_up()

    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {
        "2026-11-30",
        "2026-12-01",
        "before-upgrade",
        "2026-99-99",
        "2026-11-01",
    }


def test_back_up_sweeps_what_was_cut_off_long_ago(taken, tmp_path):
    old, new = tmp_path / ".2026-11-20.x.unfinished", tmp_path / ".2026-12-01.x.unfinished"
    for folder, age in [(old, 48), (new, 1)]:
        folder.mkdir()
        at = AT_NIGHT.timestamp() - age * 3600
        os.utime(folder, (at, at))

    nightly.back_up()

    assert not old.exists()
    assert new.exists()
