"""A backup is whole or is not there, holds no secret, and fits together while the site is used."""

import json
import stat

import pytest
from wagtail.documents import get_document_model
from wagtail.models import Collection

from portal.backups import databases, taking
from portal.backups.manifest import BackupProblem, Manifest
from portal.backups.stored import file_fields, here
from portal.backups.taking import take
from portal.tests.backups.conftest import put


def silent(line: str) -> None:
    """Say nothing."""


def document(stored, name: str):
    """Add a document's row and file."""
    alias = stored.connection.alias
    put(stored.folders["media"], name, b"text")
    collection = Collection.objects.using(alias).first()
    model = get_document_model()
    return model.objects.using(alias).bulk_create(
        [model(title="A report", file=name, collection=collection)]
    )[0]


def test_take_counts_every_table_and_names_every_file(place, tmp_path):
    source = place("source", filled=True)
    document(source, "documents/report.txt")

    manifest = take(source, tmp_path / "new/backup", silent)

    assert Manifest.read(tmp_path / "new/backup") == manifest
    assert manifest.files["media/documents/report.txt"].size == 4
    assert manifest.tables["wagtaildocs_document"] == 1
    assert "portal" in manifest.migrations
    assert stat.S_IMODE((tmp_path / "new/backup").stat().st_mode) == 0o700


def test_take_into_a_folder_that_exists_is_refused(place, tmp_path):
    with pytest.raises(BackupProblem, match="exists already"):
        take(place("source", filled=True), tmp_path, silent)


def test_take_that_fails_leaves_nothing(place, tmp_path, monkeypatch):
    source = place("source", filled=True)
    put(source.folders["media"], "a.png", b"a")
    monkeypatch.setattr(Manifest, "write", lambda *args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        take(source, tmp_path / "to/backup", silent)

    assert list((tmp_path / "to").iterdir()) == []


def test_take_without_room_is_refused_before_it_begins(place, tmp_path, monkeypatch):
    source = place("source", filled=True)
    usage = taking.shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(taking.shutil, "disk_usage", lambda path: usage)

    with pytest.raises(BackupProblem, match="has 0 MB left"):
        take(source, tmp_path / "backup", silent)

    assert not (tmp_path / "backup").exists()


def test_take_names_secrets_and_copies_none(place, tmp_path, monkeypatch, settings):
    monkeypatch.setenv("EMAIL_URL", "smtp://user:not-for-a-backup@host")
    settings.SECRET_KEY = "not-for-a-backup-either"
    source = place("source", filled=True)

    manifest = take(source, tmp_path / "backup", silent)

    assert {"SECRET_KEY", "LINK_KEY", "EMAIL_URL"} <= set(manifest.secrets)
    for path in (tmp_path / "backup").rglob("*"):
        assert path.is_dir() or b"not-for-a-backup" not in path.read_bytes()


def test_take_while_files_come_and_go_has_each_file_of_its_rows(place, tmp_path, monkeypatch):
    source = place("source", filled=True)
    old = document(source, "documents/old.txt")
    engine = type(source.database)
    copied_to = engine.copied_to

    def copied_while_used(self, file):
        # After the files were copied: one comes with its row, another goes with its row.
        document(source, "documents/new.txt")
        old.delete(using=source.connection.alias)
        (source.folders["media"] / "documents/old.txt").unlink(missing_ok=True)
        return copied_to(self, file)

    monkeypatch.setattr(engine, "copied_to", copied_while_used)

    manifest = take(source, tmp_path / "backup", silent)

    assert "media/documents/new.txt" in manifest.files
    assert "media/documents/old.txt" not in manifest.files
    assert not (tmp_path / "backup/media/documents/old.txt").exists()
    assert manifest.missing == []


def test_take_keeps_a_file_that_goes_after_the_database_was_copied(place, tmp_path, monkeypatch):
    source = place("source", filled=True)
    document(source, "documents/old.txt")
    count = taking.count_rows

    def deleted_meanwhile(*args):
        (source.folders["media"] / "documents/old.txt").unlink(missing_ok=True)
        return count(*args)

    monkeypatch.setattr(taking, "count_rows", deleted_meanwhile)

    manifest = take(source, tmp_path / "backup", silent)

    assert (tmp_path / "backup/media/documents/old.txt").read_bytes() == b"text"
    assert manifest.missing == []


def test_take_says_which_files_were_missing_already(place, tmp_path):
    source = place("source", filled=True)
    document(source, "documents/lost.txt")
    (source.folders["media"] / "documents/lost.txt").unlink()
    said = []

    manifest = take(source, tmp_path / "backup", said.append)

    assert manifest.missing == ["media/documents/lost.txt"]
    assert "  media/documents/lost.txt" in said


def test_every_file_field_is_in_a_folder_that_is_copied():
    kept = {f"{field.model._meta.label}.{field.name}": folder for field, folder in file_fields()}

    assert kept["network.Upload.file"] == "uploads"
    assert kept["network.ProfileChange.file"] == "uploads"
    assert kept["portal.Picture.file"] == "media"
    assert kept["portal.Rendition.file"] == "media"
    assert kept["wagtaildocs.Document.file"] == "media"


def test_here_refuses_files_that_are_kept_elsewhere(settings, tmp_path):
    settings.UPLOADS_ROOT = tmp_path  # the model's storage still says otherwise

    with pytest.raises(BackupProblem, match=r"network\.\w+\.file keeps its files outside"):
        here()


def test_manifest_that_is_half_written_is_refused(place, tmp_path):
    take(place("source", filled=True), tmp_path / "backup", silent)
    path = tmp_path / "backup/manifest.json"
    json.loads(path.read_text())
    path.write_text(path.read_text()[:-20])

    with pytest.raises(BackupProblem, match="is damaged"):
        Manifest.read(tmp_path / "backup")


@pytest.mark.parametrize(
    ("path", "message"),
    [(None, "There is no pg_dump on this machine's PATH"), ("/old", "is older than the server")],
)
def test_take_without_fit_programs_of_postgresql_says_what_to_install(
    place, tmp_path, monkeypatch, path, message
):
    source = place("source", filled=True)
    if source.connection.vendor != "postgresql":
        pytest.skip("SQLite needs no program")
    monkeypatch.setattr(databases.shutil, "which", lambda name: path)
    monkeypatch.setattr(databases, "_run", lambda *args: "pg_dump (PostgreSQL) 9.6.1")

    with pytest.raises(BackupProblem, match=message):
        take(source, tmp_path / "backup", silent)
