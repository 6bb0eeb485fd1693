"""Questions judged by hand, and the scores of answers to them.

Imports no engine and no database, so that it can score every way of searching.
"""

import math
import statistics
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

JUDGED = Path(__file__).parent / "judged.toml"
GRADES = {"best": 3, "good": 2, "fair": 1}
DEPTH = 10  # what a first page shows
ANSWERS = 2  # from this grade on, a reader has found something
#: What came after the judgements. Nobody has judged it for any question, so it is passed over:
#: neither right nor wrong (condensed lists: Sakai, "Alternatives to Bpref", SIGIR 2007).
NOT_JUDGED = (
    "/news/",
    "/events/",
    "/resources/",
    "/glossary/",
    "/why-keep-it-local/",
    "/timeline/",
    "/buying-locally-and-the-law/",
    "/what-joining-brings/",
)


@dataclass(frozen=True)
class Question:
    """A question, and the grade of each thing that answers it, by the end of its address."""

    text: str
    grades: Mapping[str, int]


@dataclass(frozen=True)
class Score:
    """Means over all questions. 1 is perfect; for `empty`, 0 is."""

    ndcg: float
    mrr: float
    empty: float


def questions(file: Path = JUDGED) -> list[Question]:
    """Read the judged questions of a file."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["question"]
    return [
        Question(
            row["text"],
            {name: grade for word, grade in GRADES.items() for name in row.get(word, ())},
        )
        for row in rows
    ]


def name_of(address: str) -> str:
    """Return the last part of an address's path: its name in judgements."""
    return address.rstrip("/").rpartition("/")[2]


def judged_names(addresses: Iterable[str]) -> list[str]:
    """Return the names of the first DEPTH addresses that somebody has judged."""
    judged = (each for each in addresses if not urlsplit(each).path.startswith(NOT_JUDGED))
    return [name_of(each) for each in islice(judged, DEPTH)]


def ndcg(names: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the normalised discounted cumulative gain of the first DEPTH."""
    best = _gain(sorted(grades.values(), reverse=True))
    return _gain([grades.get(name, 0) for name in names]) / best if best else 0.0


def reciprocal_rank(names: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return one over the place of the first real answer among the first DEPTH, or 0."""
    places = (n for n, name in enumerate(names[:DEPTH], 1) if grades.get(name, 0) >= ANSWERS)
    return 1 / next(places, math.inf)


def score(answers: Iterable[tuple[Question, Sequence[str]]]) -> Score:
    """Score the answers to questions: names, best first."""
    rows = [
        (ndcg(names, q.grades), reciprocal_rank(names, q.grades), not names) for q, names in answers
    ]
    return Score(*(statistics.fmean(column) for column in zip(*rows, strict=True)))


def _gain(grades: Sequence[int]) -> float:
    return sum(
        (2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades[:DEPTH], 1)
    )
