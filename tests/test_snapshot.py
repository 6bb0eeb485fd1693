"""Comparison of two snapshots."""

import pytest

from tests import snapshot


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Two equal snapshots without renames."""
    for name in ("before", "after"):
        (tmp_path / name / "pages").mkdir(parents=True)
        (tmp_path / name / "pages" / "~.txt").write_text("200\nWelcome\n")
        (tmp_path / name / "addresses.txt").write_text("network:council  a\nnetwork:my  b\n")
    monkeypatch.setattr(snapshot, "RENAMES", tmp_path / "renames.txt")
    return tmp_path / "before", tmp_path / "after"


def test_equal_snapshots_do_not_differ(folders):
    assert snapshot.compare(*folders) == 0


def test_changed_and_missing_pages_are_named(folders, capsys):
    before, after = folders
    (after / "pages" / "~.txt").write_text("200\nWelcome back\n")
    (before / "pages" / "~gone~.txt").write_text("200\n")

    assert snapshot.compare(before, after) == 2
    said = capsys.readouterr().out
    assert "changed: pages/~.txt" in said and "    +Welcome back" in said
    assert "only before: pages/~gone~.txt" in said


def test_listed_rename_is_equal_and_new_order_is_not(folders):
    before, after = folders
    (after / "addresses.txt").write_text("network:my  b\nregister:council  a\n")
    assert snapshot.compare(before, after) == 1
    snapshot.RENAMES.write_text("# moved\nnetwork:council → register:council\n")
    assert snapshot.compare(before, after) == 0

    (after / "pages" / "~.txt").write_text("Welcome\n200\n")
    assert snapshot.compare(before, after) == 1
