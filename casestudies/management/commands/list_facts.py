"""Management command `list_facts`: every claim on the site with its source, to be checked."""

from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casestudies import facts
from portal.security.files import as_csv


class Command(BaseCommand):
    """See `help`."""

    help = "List every published figure, quotation and dated step with its source, page by page."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--csv`."""
        parser.add_argument("--csv", action="store_true", help="one row a fact, for a spreadsheet")

    def handle(self, *, csv: bool, **options: Any) -> None:
        """Print them."""
        found = list(facts.published())
        if csv:
            rows = ([getattr(fact, name) for name in facts.HEADS] for fact in found)
            self.stdout.write(as_csv([facts.HEADS, *rows]), ending="")
            return
        for (title, address), group in groupby(found, lambda fact: (fact.page, fact.address)):
            self.stdout.write(self.style.MIGRATE_HEADING(f"\n{title}\n{address}"))
            for fact in group:
                self._say(fact)
        lacking = sum(bool(fact.lacks) for fact in found)
        self.stdout.write(f"\n{len(found)} facts, {lacking} of them without all they need.")

    def _say(self, fact: facts.Fact) -> None:
        self.stdout.write(f"\n  {fact.kind}: {fact.fact}")
        self.stdout.write(f"    {fact.date or 'no date'}. Claimed by {fact.claimed_by or 'nobody'}")
        source = ". ".join(filter(None, (fact.source, fact.publisher, fact.published)))
        self.stdout.write(f"    Source: {source or 'none'}")
        for more in (fact.source_address, fact.note):
            if more:
                self.stdout.write(f"    {more}")
        if fact.lacks:
            self.stdout.write(
                self.style.ERROR(f"    To mend: it has no {', no '.join(fact.lacks)}")
            )
