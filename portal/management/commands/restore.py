"""Management command `restore`."""

import time
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.backups.manifest import BackupProblem, Manifest, verify
from portal.backups.restoring import restore
from portal.backups.stored import here
from portal.models import OutboxMessage


class Command(BaseCommand):
    """Put a backup in place, bring its tables up to this version, and build the search index."""

    help = "Restore the backup in DIR into an empty place, or over what is there with --replace."

    def add_arguments(self, parser):
        """Add the folder and the options."""
        parser.add_argument("dir", type=Path, help="a backup")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="overwrite all that is there; stop the site first",
        )
        parser.add_argument(
            "--check", action="store_true", help="only compare every file with its checksum"
        )

    def handle(self, *, dir: Path, replace: bool, check: bool, **options):
        """Restore, or only look."""
        began = time.monotonic()
        try:
            if check:
                manifest = Manifest.read(dir)
                verify(dir, manifest)
                self.say(f"Whole and unchanged: {len(manifest.files):,} files")
                return
            restore(here(), dir, self.say, replace=replace)
        except (BackupProblem, OSError) as problem:  # a full disk, or a folder that is not ours
            raise CommandError(str(problem)) from problem
        self.say("Migrations and search index")
        call_command("migrate", verbosity=0)
        try:
            call_command("rebuild_search", stdout=self.stdout)
        except CommandError as problem:  # the site works without search and says so
            self.say(f"{problem} Run manage.py rebuild_search when it answers.")
        waiting = OutboxMessage.objects.filter(status=OutboxMessage.Status.PENDING).count()
        if waiting:
            self.say(
                f"{waiting} emails are waiting in this backup. The worker will send them when it "
                "starts. If you are only trying this out, set EMAIL_URL=file: before you start it."
            )
        self.say(f"Restored in {time.monotonic() - began:.0f} s")

    def say(self, line: str) -> None:
        """Print a line at once."""
        self.stdout.write(line)
        self.stdout.flush()
