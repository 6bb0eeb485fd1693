"""Management command `tick`."""

from django.core.management.base import BaseCommand

from portal.jobs.tick import tick
from portal.mail import bulk


class Command(BaseCommand):
    """Run every due job once."""

    help = "Do every due job once: send mail, announce members, requeue lost tasks."

    def handle(self, **options):
        """Print what each job did; without a worker this also sends emails to many."""
        for what, count in (tick() | {"bulk emails sent": bulk.send_some.func()}).items():
            self.stdout.write(f"{what}: {count}")
