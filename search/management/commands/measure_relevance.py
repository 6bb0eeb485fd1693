"""Scores of our engines and of baselines over the judged questions."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search.documents.entries import live_entries
from search.engines.asking import ENGINES, get_engine
from search.engines.engine import Engine
from search.engines.interface import EngineUnavailable, Entry, Query
from search.models import StaleEntry
from search.relevance import baselines
from search.relevance.judging import DEPTH, JUDGED, Question, judged_names, ndcg, questions, score
from search.views.results import find

TO_REACH = 0.85


def ours(engine: Engine) -> baselines.Search:
    """Return a search by one of our engines, as a reader sees it."""
    # More than the first page, because some of them are passed over.
    return lambda text: judged_names(
        hit.url for hit in find(Query(text, facets=(), size=5 * DEPTH), engine).hits
    )


class Command(BaseCommand):
    """See `help`."""

    help = "Print nDCG@10, MRR and the share of empty answers over the judged questions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--each", action="store_true", help="the questions below the mark, too")
        parser.add_argument("--file", type=Path, default=JUDGED, help="other judged questions")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        self.asked, entries = questions(options["file"]), list(live_entries())
        self.stdout.write(
            f"{len(self.asked)} judged questions, {len(entries)} entries (to reach: {TO_REACH})\n"
            f"{'':34}{'nDCG@10':>9}{'MRR':>7}{'empty':>7}"
        )
        answers = {name: self._measure_ours(name, entries) for name in ENGINES}
        self._measure("plain BM25", baselines.plain_bm25(entries))
        for operator in ("and", "or"):
            with baselines.stock(entries, operator) as search:
                self._measure(f"Wagtail's stock search, “{operator}”", search)
        if options["each"]:
            for name, answered in answers.items():
                self.stdout.write(f"{name}:")
                for question, names in answered:
                    if (got := ndcg(names, question.grades)) < TO_REACH:
                        graded = ", ".join(f"{n} {question.grades.get(n, 0)}" for n in names)
                        missed = ", ".join(n for n in question.grades if n not in names)
                        self.stdout.write(f"{got:.2f} {question.text}")
                        self.stdout.write(f"  got {graded}\n  missed {missed}")

    def _measure_ours(self, name: str, entries: list[Entry]) -> list[tuple[Question, list[str]]]:
        try:
            engine = get_engine(name)
            engine.replace_all(entries)
        except EngineUnavailable as error:
            self.stdout.write(f"our {name} engine: {error}")
            return []
        StaleEntry.objects.all().delete()  # each engine has just read them all
        return self._measure(f"our {name} engine", ours(engine))

    def _measure(self, title: str, search: baselines.Search) -> list[tuple[Question, list[str]]]:
        answers = [(question, search(question.text)) for question in self.asked]
        found = score(answers)
        self.stdout.write(f"{title:34}{found.ndcg:9.3f}{found.mrr:7.3f}{found.empty:7.1%}")
        self.stdout.flush()
        return answers
