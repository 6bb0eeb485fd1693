"""Management command `seed_content`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

import campaign.roles
import campaign.seed
import campaign.workflow
import casestudies.seed
import network.seed
import principles.seed
import search.seed
from councils.models import Council


class Command(BaseCommand):
    """Make the true content of the site: pages, case studies and existing members.

    Safe to run again, in production too. Each step makes only what is missing, in one
    transaction. The next run completes one that was cut short, and no editor's change is undone.
    """

    help = "Seed the true content: pages, case studies, members of before this site."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every step; raise CommandError if the register is empty."""
        if not Council.objects.exists():
            raise CommandError("Load the register first: manage.py load_councils")
        home = campaign.seed.home()
        self.stdout.write("home page: ready")
        self.report("pages of the principles", principles.seed.seed(home))
        self.report("pages of content", campaign.seed.seed(home))
        self.report("pages of resources", campaign.seed.seed_resources(home))
        self.report("glossary", campaign.seed.seed_glossary(home))
        self.report("members of before this site", network.seed.seed())
        self.report("news and lists of events", campaign.seed.news(home))
        self.report("pages of case studies", casestudies.seed.seed(home))
        figures = casestudies.seed.choose_figures()
        self.report("principles with figures of case studies", figures)
        self.report("words that search knows", search.seed.seed())
        self.report("pages with words that people ask in", search.seed.seed_asked())
        self.report("starter pages", campaign.seed.starters(home))
        self.report("permissions of roles", campaign.roles.make())
        self.report("workflows with approval by someone else", campaign.workflow.seed())
        self.report("bands of the home page", campaign.seed.fill_home(home))

    def report(self, what: str, made: int) -> None:
        """Print how many were made, at once, so that a long run shows its progress."""
        self.stdout.write(f"{what}: {made} new" if made else f"{what}: all there")
        self.stdout.flush()
