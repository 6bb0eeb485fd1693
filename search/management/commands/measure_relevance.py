"""Print how well search answers the judged questions, beside what others would have."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search.engines import Query
from search.entries import catch_up, live_entries
from search.finding import find
from search.relevance import others
from search.relevance.judging import DEPTH, Question, name_of, ndcg, questions, score

TO_REACH = 0.85


def ours(text: str) -> list[str]:
    """What our engine answers, as judgements name it."""
    return [name_of(hit.url) for hit in find(Query(text, facets=(), size=DEPTH)).hits]


class Command(BaseCommand):
    help = "Print nDCG@10, MRR and the share of empty answers over the judged questions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--each", action="store_true", help="the questions below the mark, too")

    def handle(self, *args: Any, **options: Any) -> None:
        catch_up.func()
        self.asked = questions()
        entries = list(live_entries())
        self.stdout.write(
            f"{len(self.asked)} judged questions, {len(entries)} entries (to reach: {TO_REACH})\n"
            f"{'':34}{'nDCG@10':>9}{'MRR':>7}{'empty':>7}"
        )
        answers = self._measure("this site's search", ours)
        self._measure("plain BM25", others.plain_bm25(entries))
        for operator in ("and", "or"):
            with others.stock(entries, operator) as search:
                self._measure(f"Wagtail's stock search, “{operator}”", search)
        if options["each"]:
            self._name_the_worst(answers)

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
