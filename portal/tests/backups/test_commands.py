"""The commands `backup` and `restore`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.management.commands import backup, restore
from portal.tests.backups.conftest import put, rows


def run(*words: str, **options: object) -> str:
    """Run a command and return what it prints."""
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def source(place, monkeypatch):
    """The place that the commands work on."""
    made = place("source", filled=True)
    put(made.folders["media"], "a.png", b"a")
    monkeypatch.setattr(backup, "here", lambda: made)
    return made


def test_backup_says_what_it_holds_and_what_it_does_not(source, tmp_path, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://user:secret@host")

    said = run("backup", str(tmp_path / "backup"))

    assert "Whole: 2 files" in said
    assert "Not in it, so keep them elsewhere, in two places: SECRET_KEY, LINK_KEY" in said
    assert "secret@host" not in said


def test_backup_into_a_folder_that_exists_ends_with_an_error(source, tmp_path):
    with pytest.raises(CommandError, match="exists already"):
        run("backup", str(tmp_path))


def test_backup_into_a_folder_that_is_not_ours_ends_with_an_error(source, tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(CommandError, match=r"Not a directory|File exists"):
        run("backup", str(tmp_path / "file/backup"))


def test_restore_puts_it_in_place_migrates_and_builds_the_index(
    source, place, tmp_path, monkeypatch
):
    run("backup", str(tmp_path / "backup"))
    target, after = place("target"), []
    monkeypatch.setattr(restore, "here", lambda: target)
    monkeypatch.setattr(restore, "call_command", lambda name, **options: after.append(name))

    said = run("restore", str(tmp_path / "backup"))

    assert rows(target) == rows(source)
    assert after == ["migrate", "rebuild_search"]
    assert "Restored in" in said


def test_restore_check_only_looks(source, tmp_path, monkeypatch):
    run("backup", str(tmp_path / "backup"))
    monkeypatch.setattr(restore, "here", lambda: 1 / 0)

    assert "Whole and unchanged: 2 files" in run("restore", "--check", str(tmp_path / "backup"))

    (tmp_path / "backup/media/a.png").write_bytes(b"b")
    with pytest.raises(CommandError, match=r"media/a\.png was changed"):
        run("restore", "--check", str(tmp_path / "backup"))
