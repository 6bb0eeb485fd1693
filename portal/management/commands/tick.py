"""Management command `tick`."""

from django.core.management.base import BaseCommand

from portal.jobs.tick import tick


class Command(BaseCommand):
    """Run every due job once."""

    help = "Do every due job once: send mail, announce members, requeue lost tasks."

    def handle(self, **options):
        """Print what each job did."""
        for what, count in tick().items():
            self.stdout.write(f"{what}: {count}")
