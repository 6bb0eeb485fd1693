"""Management command `backup`."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.backups.manifest import BackupProblem
from portal.backups.stored import here
from portal.backups.taking import take


class Command(BaseCommand):
    """Copy the database and all uploaded files into a new folder."""

    help = "Copy the database and all uploaded files into DIR, a new folder. The site can be used."

    def add_arguments(self, parser):
        """Add the folder."""
        parser.add_argument("dir", type=Path, help="a folder that does not exist yet")

    def handle(self, *, dir: Path, **options):
        """Make the backup, show how far it is, and name what it does not hold."""
        began = time.monotonic()
        try:
            manifest = take(here(), dir, self.say)
        except (BackupProblem, OSError) as problem:  # a full disk, or a folder that is not ours
            raise CommandError(str(problem)) from problem
        self.say(
            f"Whole: {len(manifest.files):,} files, {manifest.size / 1e6:,.1f} MB in {dir}, "
            f"{time.monotonic() - began:.0f} s"
        )
        if manifest.secrets:
            self.say(
                f"Not in it, so keep them elsewhere, in two places: {', '.join(manifest.secrets)}"
            )

    def say(self, line: str) -> None:
        """Print a line at once."""
        self.stdout.write(line)
        self.stdout.flush()
