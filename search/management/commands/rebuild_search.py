"""A new build of the search index from what is public now."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.documents.entries import live_entries
from search.engines.asking import ENGINES, get_engine
from search.engines.interface import EngineUnavailable, Entry
from search.models import StaleEntry

EVERY = 100


class Command(BaseCommand):
    """See `help`."""

    help = (
        "Build the search index from the live rows; the old one answers until then. "
        "With Elasticsearch a build that broke off is taken up where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--engine", choices=ENGINES, help="default: the one that is set up")
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="only where there is none that this version can use",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        try:
            engine = get_engine(options["engine"] or "")
            if options["if_needed"] and not engine.needs_building():
                self.stdout.write("The search index is up to date.")
                return
            standing = StaleEntry.objects.standing()
            count = engine.replace_all(self._counted(live_entries()), afresh=live_entries)
            StaleEntry.objects.settle(standing)
        except EngineUnavailable as error:
            raise CommandError(f"The index could not be built: {error}") from error
        self.stdout.write(f"The search index holds {count} entries.")

    def _counted(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for number, entry in enumerate(entries, start=1):
            if number % EVERY == 0:
                self.stdout.write(f"{number} entries read", ending="\n")
                self.stdout.flush()
            yield entry
