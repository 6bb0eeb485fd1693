"""Management command `load_councils`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from councils import register


class Command(BaseCommand):
    """Load the register and print what changes."""

    help = "Load the register of councils from a CSV file; safe to run again."

    def add_arguments(self, parser):
        """Add the file and `--dry-run`."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would change; change nothing."
        )

    def handle(self, *, file: Path, dry_run: bool, verbosity: int, **options):
        """Load the file; raise CommandError if it cannot be read."""
        try:
            difference = register.load(register.read(file), dry_run=dry_run)
        except (register.RegisterError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        lines = list(difference.lines())
        for line in lines if verbosity > 1 or dry_run else lines[-1:]:
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Nothing was changed (--dry-run).")
