"""Restoring gives back every row and every file, and refuses what would lose something."""

import json

import pytest

from portal.backups.manifest import NAME, BackupProblem
from portal.backups.restoring import restore
from portal.backups.taking import take
from portal.models import User
from portal.tests.backups.conftest import contents, put, rows


def silent(line: str) -> None:
    """Say nothing."""


@pytest.fixture
def source(place):
    """A place with people and with files in both folders."""
    made = place("source", filled=True)
    alias = made.connection.alias
    for number in range(3):
        User.objects.using(alias).create(
            email=f"p{number}@leeming.gov.uk", first_name="Zoë ’ \\ 😀"
        )
    put(made.folders["media"], "original_images/a b’s.png", b"\x89PNG" * 1000)
    put(made.folders["uploads"], "ab/0123.pdf", b"%PDF")
    put(made.folders["uploads"], "empty.pdf", b"")
    return made


@pytest.fixture
def backup(source, tmp_path):
    """A backup of it."""
    take(source, tmp_path / "backup", silent)
    return tmp_path / "backup"


def test_restore_into_an_empty_place_gives_every_row_and_file(source, backup, place):
    target = place("target")
    said = []

    restore(target, backup, said.append)

    assert rows(target) == rows(source)
    assert len(rows(target)) > 80
    assert contents(target) == contents(source)
    assert len(contents(target)) == 3
    assert any("as in the manifest" in line for line in said)


def test_restore_after_which_someone_is_added_uses_a_new_number(backup, place):
    target = place("target")
    restore(target, backup, silent)
    alias = target.connection.alias

    newest = User.objects.using(alias).create(email="next@leeming.gov.uk")

    assert newest.pk > max(
        User.objects.using(alias).exclude(pk=newest.pk).values_list("pk", flat=True)
    )


def test_restore_over_a_place_that_is_not_empty_is_refused(backup, place):
    target = place("target", filled=True)
    put(target.folders["media"], "mine.png", b"mine")
    before = rows(target)

    with pytest.raises(BackupProblem, match=r"database has tables, .*media has files"):
        restore(target, backup, silent)

    assert rows(target) == before
    assert contents(target) == {"media/mine.png": b"mine"}


def test_restore_with_replace_leaves_only_what_the_backup_has(source, backup, place):
    target = place("target", filled=True)
    put(target.folders["media"], "mine.png", b"mine")
    put(target.folders["uploads"], "ab/0123.pdf", b"another")
    with target.connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_newer_version (id integer)")

    restore(target, backup, silent, replace=True)

    assert rows(target) == rows(source)
    assert contents(target) == contents(source)


def test_restore_while_the_place_is_read_shows_the_restored_rows(backup, place):
    target = place("target", filled=True)
    alias = target.connection.alias
    assert not User.objects.using(alias).filter(email="p1@leeming.gov.uk").exists()

    restore(target, backup, silent, replace=True)

    assert User.objects.using(alias).filter(email="p1@leeming.gov.uk").exists()


def test_restore_of_a_backup_that_was_cut_off_is_refused(backup, place):
    (backup / NAME).unlink()

    with pytest.raises(BackupProblem, match="not a whole backup"):
        restore(place("target"), backup, silent)


@pytest.mark.parametrize("harm", ["change", "delete"])
def test_restore_of_a_damaged_backup_is_refused_and_changes_nothing(backup, place, harm):
    target = place("target")
    file = backup / "uploads/ab/0123.pdf"
    if harm == "change":
        file.write_bytes(b"%PDX")
    else:
        file.unlink()

    with pytest.raises(BackupProblem, match=r"uploads/ab/0123\.pdf (was changed|is missing)"):
        restore(target, backup, silent)

    assert target.database.is_empty()
    assert contents(target) == {}


def rewritten(backup, **changes):
    """Change words of the manifest."""
    path = backup / NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_restore_of_a_newer_version_is_refused(backup, place):
    known = json.loads((backup / NAME).read_text())["migrations"]
    rewritten(backup, migrations=known | {"portal": [*known["portal"], "9999_not_written_yet"]})

    with pytest.raises(BackupProblem, match=r"newer version .*portal\.9999_not_written_yet"):
        restore(place("target"), backup, silent)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vendor": "oracle"}, "The backup is of oracle, and DATABASE_URL names"),
        ({"server_version": 99}, "same version or a newer one"),
        ({"format": 2}, "has format 2"),
    ],
)
def test_restore_of_another_kind_is_refused(backup, place, changes, message):
    rewritten(backup, **changes)

    with pytest.raises(BackupProblem, match=message):
        restore(place("target"), backup, silent)


def test_restore_never_writes_outside_the_folders(backup, place, tmp_path):
    files = json.loads((backup / NAME).read_text())["files"]
    put(backup, "media/../../evil", b"%PDF")
    rewritten(backup, files=files | {"media/../../evil": files["uploads/ab/0123.pdf"]})

    with pytest.raises(BackupProblem, match="belongs nowhere"):
        restore(place("target"), backup, silent)


def test_restore_with_another_key_says_what_that_means(backup, place, settings):
    settings.LINK_KEY = "another"
    said = []

    restore(place("target"), backup, said.append)

    assert [line for line in said if line.startswith("LINK_KEY is not the one")]
    assert not [line for line in said if line.startswith("SECRET_KEY")]


def test_restore_that_the_database_refuses_leaves_the_rows(backup, place):
    target = place("target", filled=True)
    before = rows(target)
    damaged = backup / target.database.file_name
    damaged.write_bytes(damaged.read_bytes()[: damaged.stat().st_size // 2])

    with pytest.raises(Exception):  # noqa: B017
        target.database.load(damaged)

    assert rows(target) == before
