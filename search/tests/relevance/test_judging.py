"""The ruler that search is measured with, and what is on it."""

from search.engines.words import parse
from search.relevance.baselines import plain_bm25
from search.relevance.judging import (
    JUDGED,
    Question,
    judged_names,
    name_of,
    ndcg,
    questions,
    reciprocal_rank,
    score,
)
from search.tests.factories import EntryFactory


def test_the_best_order_scores_one_and_any_other_less():
    grades = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c"], grades) == 1
    assert ndcg(["b", "a", "c"], grades) < 1
    assert ndcg(["x", "a", "b", "c"], grades) < ndcg(["a", "x", "b", "c"], grades)
    assert ndcg([], grades) == 0


def test_only_the_first_ten_count():
    assert ndcg(["x"] * 10 + ["a"], {"a": 3}) == 0
    assert reciprocal_rank(["x"] * 10 + ["a"], {"a": 3}) == 0


def test_what_is_merely_fair_is_no_answer():
    assert reciprocal_rank(["fair", "good"], {"fair": 1, "good": 2}) == 1 / 2


def test_scores_are_means_and_empty_answers_are_counted():
    asked = Question("q", {"a": 3})
    found = score([(asked, ["a"]), (asked, [])])
    assert (found.ndcg, found.mrr, found.empty) == (0.5, 0.5, 0.5)


def test_a_thing_is_named_by_the_end_of_its_address():
    assert name_of("http://localhost/councils/york/") == "york"
    assert name_of("/multiplier/") == "multiplier"


def test_what_came_after_the_judgements_is_passed_over():
    addresses = ["/glossary/#anchor", *(f"/councils/c{n}/" for n in range(12))]
    assert judged_names(addresses) == [f"c{n}" for n in range(10)]


def test_there_are_enough_questions_and_each_is_asked_once_and_answerable():
    asked = questions(JUDGED)
    assert len(asked) >= 60
    assert len({question.text.casefold() for question in asked}) == len(asked)
    for question in asked:
        assert parse(question.text), question
        assert 3 in question.grades.values(), question


def test_plain_bm25_puts_the_rarer_word_first():
    search = plain_bm25(
        EntryFactory(title=title, url=f"/{title[0]}/")
        for title in ("a common rare", "b common", "c common", "d none")
    )
    assert search("common rare")[0] == "a"
    assert "d" not in search("common rare")
