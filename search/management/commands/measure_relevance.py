"""Print how well search answers the judged questions, beside what others would have."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search.engines import ENGINES, Engine, EngineUnavailable, Entry, Query, get_engine
from search.entries import live_entries
from search.finding import find
from search.models import StaleEntry
from search.relevance import others
from search.relevance.judging import DEPTH, Question, name_of, ndcg, questions, score

TO_REACH = 0.85


def ours(engine: Engine) -> others.Search:
    """What an engine of ours answers a reader, as judgements name it."""
    return lambda text: [
        name_of(hit.url) for hit in find(Query(text, facets=(), size=DEPTH), engine).hits
    ]


class Command(BaseCommand):
    help = "Print nDCG@10, MRR and the share of empty answers over the judged questions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--each", action="store_true", help="the questions below the mark, too")

    def handle(self, *args: Any, **options: Any) -> None:
        self.asked, entries = questions(), list(live_entries())
        self.stdout.write(
            f"{len(self.asked)} judged questions, {len(entries)} entries (to reach: {TO_REACH})\n"
            f"{'':34}{'nDCG@10':>9}{'MRR':>7}{'empty':>7}"
        )
        answers = {name: self._measure_ours(name, entries) for name in ENGINES}
        self._measure("plain BM25", others.plain_bm25(entries))
        for operator in ("and", "or"):
            with others.stock(entries, operator) as search:
                self._measure(f"Wagtail's stock search, “{operator}”", search)
        if options["each"]:
            for name, answered in answers.items():
                self.stdout.write(f"{name}:")
                self._name_the_worst(answered)

    def _measure_ours(self, name: str, entries: list[Entry]) -> list[tuple[Question, list[str]]]:
        try:
            engine = get_engine(name)
            engine.replace_all(entries)
        except EngineUnavailable as error:
            self.stdout.write(f"our {name} engine: {error}")
            return []
        StaleEntry.objects.all().delete()  # each engine has just read them all
        return self._measure(f"our {name} engine", ours(engine))

    def _measure(self, title: str, search: others.Search) -> list[tuple[Question, list[str]]]:
        answers = [(question, search(question.text)) for question in self.asked]
        found = score(answers)
        self.stdout.write(f"{title:34}{found.ndcg:9.3f}{found.mrr:7.3f}{found.empty:7.1%}")
        self.stdout.flush()
        return answers

    def _name_the_worst(self, answers: Iterable[tuple[Question, list[str]]]) -> None:
        for question, names in answers:
            if (got := ndcg(names, question.grades)) < TO_REACH:
                graded = ", ".join(f"{name} {question.grades.get(name, 0)}" for name in names)
                missed = ", ".join(name for name in question.grades if name not in names)
                self.stdout.write(f"{got:.2f} {question.text}\n  got {graded}\n  missed {missed}")
