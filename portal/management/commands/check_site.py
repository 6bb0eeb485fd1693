"""Management command `check_site`."""

from django.core.checks import ERROR, WARNING, CheckMessage, run_checks
from django.core.management.base import BaseCommand, CommandError

from portal.site_checks import topics


class Command(BaseCommand):
    """Run Django's checks for production and ours, and say in words what is missing."""

    help = "Say what is missing before the site can be used. Ends with 1 if something must be done."
    requires_system_checks = []

    def handle(self, **options):
        """Print what must be done, what should be, what is good to know, and what is in order."""
        order = topics()
        found = sorted(
            (
                message
                for message in run_checks(include_deployment_checks=True, databases=["default"])
                if not message.is_silenced()
            ),
            key=lambda message: order.index(message.obj) if message.obj in order else len(order),
        )
        must = [message for message in found if message.level >= ERROR]
        should = [message for message in found if WARNING <= message.level < ERROR]
        self._list("Must be done", must)
        self._list("Should be done", should)
        self._list("Good to know", [message for message in found if message.level < WARNING])
        troubled = {message.obj for message in must + should}
        was_asked = "site.E010" not in {message.id for message in must}
        if was_asked and (fine := [topic for topic in order if topic not in troubled]):
            self.stdout.write(f"In order: {', '.join(fine)}")
        if must:
            raise CommandError(
                f"{len(must)} thing{'s' if len(must) > 1 else ''} must be done before the site "
                "can be used."
            )
        self.stdout.write("The site can be used.")

    def _list(self, title: str, messages: list[CheckMessage]) -> None:
        if messages:
            self.stdout.write(self.style.MIGRATE_HEADING(title))
        for message in messages:
            topic = f"{message.obj}: " if message.obj else ""
            self.stdout.write(f"  {topic}{message.msg} ({message.id})")
            if message.hint:
                self.stdout.write(f"      {message.hint}")
        if messages:
            self.stdout.write("")
