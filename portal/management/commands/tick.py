"""Management command `tick`."""

from django.core.management.base import BaseCommand

from portal import retention
from portal.jobs.tick import tick
from portal.mail import bulk


class Command(BaseCommand):
    """Run every due job once."""

    help = "Do every due job once: send mail, announce members, requeue lost tasks."

    def add_arguments(self, parser):
        """Add `--dry-run`."""
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Do nothing; say how many rows are past the time that we keep them.",
        )

    def handle(self, *, dry_run: bool = False, **options):
        """Print what each job did; without a worker this also sends emails to many."""
        if dry_run:
            done = {period.what: period.due().count() for period in retention.every()}
        else:
            done = tick() | {"bulk emails sent": bulk.send_some.func()}
        for what, count in done.items():
            self.stdout.write(f"{what}: {count}")
