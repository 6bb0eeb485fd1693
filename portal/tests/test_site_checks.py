"""`manage.py check_site` names what is missing, and is content with a site that has everything."""

import os
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from wagtail.models import Page

from conftest import person
from councils.choices import Kind, Region
from councils.models import Council
from network.models import EndorsementWording
from portal import health, site_checks
from portal.backups.manifest import NAME
from portal.models import SignOfLife, SiteOperator
from portal.tests.backups.conftest import put


def missing() -> dict[str, str]:
    """Return the id and text of each message of our checks."""
    found = run_checks(tags=["site"], include_deployment_checks=True, databases=["default"])
    return {message.id: message.msg for message in found}


@pytest.fixture
def ready(db, settings, tmp_path, monkeypatch):
    """A site that has everything."""
    settings.LINK_KEY, settings.SECRET_KEY = "l" * 48, "s" * 48
    settings.SECURE, settings.TRUSTED_PROXY_COUNT = True, 1
    settings.SITE_HOST, settings.ALLOWED_HOSTS = "keepitlocal.example", ["keepitlocal.example"]
    settings.EMAIL_BACKEND = site_checks.SMTP
    settings.MAIL_WEBHOOK_SECRET = "user:password"
    settings.BACKUP_DIR = str(tmp_path / "backups")
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    tmp_path.chmod(0o750)
    monkeypatch.setattr(mail, "get_connection", lambda **options: nullcontext())
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")  # of the browser tests; Django warns
    put(tmp_path / "backups", f"2026-11-30/{NAME}", b"{}")
    put(tmp_path / "backups", site_checks.LAST_COPY, b"")
    SignOfLife.give("worker")
    monkeypatch.setattr(health, "_parts", dict(health.PARTS))  # not search, whose index is empty
    SiteOperator.objects.create(name="A", postal_address="1 High Street", email="a@example.org")
    manager = person("mo@network.example", group="Network managers")
    Authenticator.objects.create(user=manager, type="totp", data={})
    EndorsementWording.objects.update(approved_by_name="The board", approved_on="2026-11-01")
    root = Page.objects.get(depth=1)
    for slug in ("privacy", "accessibility"):
        root.add_child(instance=Page(title=slug, slug=slug))
    return settings


def test_site_that_has_everything_lacks_nothing(ready):
    assert set(missing()) == {"site.I033"}


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("DEBUG", True, "site.E001"),
        ("LINK_KEY", "short", "site.E002"),
        ("LINK_KEY", "s" * 48, "site.E002"),
        ("SECURE", False, "site.E003"),
        ("TRUSTED_PROXY_COUNT", 0, "site.E004"),
        ("ALLOWED_HOSTS", ["*", "keepitlocal.example"], "site.E005"),
        ("ALLOWED_HOSTS", ["another.example"], "site.E005"),
        ("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend", "site.E030"),
        ("MAIL_WEBHOOK_SECRET", "", "site.W032"),
        ("BACKUP_DIR", "", "site.E060"),
    ],
)
def test_setting_that_is_wrong_is_named(ready, name, value, problem):
    setattr(ready, name, value)

    assert problem in missing()


def test_operator_without_postal_address_is_named(ready):
    SiteOperator.objects.update(postal_address="")

    assert missing()["site.E020"] == "Who runs the site has no entry for a postal address."


def test_mail_server_that_does_not_answer_is_named(ready, monkeypatch):
    def refuse(**options):
        raise ConnectionRefusedError

    monkeypatch.setattr(mail, "get_connection", refuse)

    assert missing()["site.E031"].endswith("does not let us in: ConnectionRefusedError.")


def test_staff_without_second_factor_are_counted(ready):
    person("nell@network.example", group="Network managers")
    person("olive@leeming.gov.uk")

    assert missing()["site.W041"].startswith("1 of 2 people")


def test_recovery_codes_alone_are_no_second_factor(ready):
    Authenticator.objects.update(type="recovery_codes")

    assert "site.W041" in missing()


def test_site_without_staff_is_named(ready):
    Authenticator.objects.all().delete()
    from_group = person("late@network.example", group="Network managers")
    from_group.is_active = False
    from_group.save()
    type(from_group).objects.exclude(pk=from_group.pk).update(is_active=False)

    assert "site.E040" in missing()


def test_legal_page_that_is_a_draft_is_named(ready):
    Page.objects.filter(slug="privacy").update(live=False)

    assert missing()["site.E050"] == "The page /privacy/ is not published."


@pytest.mark.parametrize(
    ("file", "problem"), [(f"2026-11-30/{NAME}", "site.E062"), (site_checks.LAST_COPY, "site.W063")]
)
def test_backup_or_copy_that_is_old_is_named(ready, file, problem):
    path = Path(ready.BACKUP_DIR) / file
    os.utime(path, (0, 0))

    assert problem in missing()


def test_site_without_any_backup_is_named(ready):
    (Path(ready.BACKUP_DIR) / f"2026-11-30/{NAME}").unlink()

    assert "site.E061" in missing()


def test_full_disk_and_open_folder_are_named(ready, tmp_path, monkeypatch):
    usage = health.shutil.disk_usage(tmp_path)._replace(free=1)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: usage)
    tmp_path.chmod(0o755)

    assert {"site.E070", "site.W071"} <= set(missing())


def test_worker_that_is_not_seen_is_named(ready):
    SignOfLife.objects.all().delete()

    assert missing()["site.E070"] == "Emails and background work: No worker has been seen yet."


def test_migration_that_waits_and_missing_cache_table_are_named(ready, monkeypatch):
    monkeypatch.setattr(site_checks.MigrationExecutor, "migration_plan", lambda *args: [1])
    monkeypatch.setattr(connection.introspection, "table_names", lambda *args: [])

    assert {"site.E011", "site.E012"} <= set(missing())


def test_wording_that_no_one_approved_is_named(ready):
    EndorsementWording.objects.update(approved_by_name="", approved_on=None)

    assert "site.E080" in missing()


def test_demonstration_council_is_named(ready):
    Council.objects.create(
        key="x", name="X", slug="x", kind=Kind.DISTRICT, region=Region.EAST, is_demonstration=True
    )

    assert "site.E081" in missing()


def test_checks_without_a_database_ask_nothing(db):
    assert run_checks(tags=["site"], include_deployment_checks=True) == []


def check_site() -> tuple[str, str]:
    """Return what the command prints and the error it ends with."""
    out = StringIO()
    try:
        call_command("check_site", stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_check_site_with_something_missing_ends_with_an_error(ready):
    SiteOperator.objects.all().delete()

    said, error = check_site()

    assert "Must be done" in said
    assert "Who runs the site has no entry for a name, a postal address" in said
    assert error == "1 thing must be done before the site can be used."


def test_check_site_with_everything_says_what_is_in_order(ready):
    said, error = check_site()

    assert "In order: Settings, Database, Who runs the site, Email, Staff, Pages, Backups" in said
    assert said.endswith("The site can be used.\n")
    assert error == ""


def test_check_site_without_database_calls_nothing_in_order(ready, monkeypatch):
    def refuse(*args):
        raise site_checks.DatabaseError

    monkeypatch.setattr(site_checks, "MigrationExecutor", refuse)

    said, error = check_site()

    assert "The database does not answer" in said
    assert "In order" not in said
    assert error
