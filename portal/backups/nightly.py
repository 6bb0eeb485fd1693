"""The backup of each night, which `tick` makes if BACKUP_DIR is set."""

import datetime
import logging
import shutil
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from portal.backups.manifest import NAME, BackupProblem
from portal.backups.stored import here
from portal.backups.taking import UNFINISHED, take

logger = logging.getLogger("portal.backups")

HOURS = range(2, 6)  # of the night, in London
TRY_AGAIN = 3600  # seconds after a try that failed or was cut off


def back_up() -> int:
    """Make tonight's backup if it is due, delete old ones, and return how many were made.

    The cache is shared by all workers, so only one of them begins.
    """
    now = timezone.localtime()
    if not settings.BACKUP_DIR or now.hour not in HOURS:
        return 0
    folder = Path(settings.BACKUP_DIR)
    mark = f"backup:{now.date()}"
    to = folder / str(now.date())
    if to.exists() or not cache.add(mark, True, timeout=TRY_AGAIN):
        return 0
    delete_old(folder, now.date())  # first: a full disk must not keep them
    try:
        manifest = take(here(), to, logger.debug)
    except (BackupProblem, OSError) as problem:
        logger.error("No backup was made tonight: %s", problem)
        return 0
    cache.set(mark, True, timeout=24 * 3600)
    logger.info("Backup %s: %.1f MB", to, manifest.size / 1e6)
    return 1


def delete_old(folder: Path, today: datetime.date) -> None:
    """Delete nightly backups that are too old, and what was cut off more than a day ago.

    Folders with other names, which people made, are left alone.
    """
    first = today - datetime.timedelta(days=settings.BACKUP_DAYS)
    for path, day in nightly_backups(folder).items():
        if day <= first:
            (path / NAME).unlink()  # first, so that one that is half deleted is not whole
            shutil.rmtree(path)
    yesterday = timezone.now().timestamp() - 24 * 3600
    for path in folder.glob(f".*{UNFINISHED}"):
        if path.stat().st_mtime < yesterday:
            shutil.rmtree(path, ignore_errors=True)


def nightly_backups(folder: Path) -> dict[Path, datetime.date]:
    """Return the whole nightly backups of a folder with their days, oldest first."""
    found = {}
    for path in sorted(folder.glob(f"????-??-??/{NAME}")):
        try:
            found[path.parent] = datetime.date.fromisoformat(path.parent.name)
        except ValueError:
            continue
    return found
