"""Management command `worker`."""

import os
import socket

from django.core.management.base import BaseCommand

from portal.jobs.worker import run


class Command(BaseCommand):
    """Run queued tasks and due jobs until stopped."""

    help = "Run queued tasks and due jobs until stopped."

    def handle(self, **options):
        """Work under a name made of the host and the process."""
        run(f"{socket.gethostname()[:40]}-{os.getpid()}")
