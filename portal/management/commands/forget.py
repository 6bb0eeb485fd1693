"""Management command `forget`."""

from django.core.management.base import BaseCommand

from portal import retention


class Command(BaseCommand):
    """End what is past the time that we keep it."""

    help = (
        "Delete, or take names out of, what is past the time that we keep it. The worker does too."
    )

    def add_arguments(self, parser):
        """Add `--dry-run`."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Change nothing; say how many rows are due."
        )

    def handle(self, *, dry_run: bool = False, **options):
        """Print each period, and how many rows are past it, before the jobs run."""
        for period in retention.every():
            self.stdout.write(f"{period.what} ({period.in_words}): {period.due().count()}")
        if dry_run:
            self.stdout.write("Nothing was changed.")
            return
        done = sum(period.end() for period in retention.every())
        self.stdout.write(f"Changed: {done} rows.")
