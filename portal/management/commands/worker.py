import os
import socket

from django.core.management.base import BaseCommand

from portal.jobs.worker import run


class Command(BaseCommand):
    help = "Run queued tasks and due jobs until stopped."

    def handle(self, **options):
        run(f"{socket.gethostname()[:40]}-{os.getpid()}")
