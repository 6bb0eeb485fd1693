"""The speed of the engines: `python -m search.bench` (budgets: DESIGN section 7).

Asks the judged questions, with the editors' rules, of invented entries that hold the words
of those questions. BENCH_SIZES=100,1000 chooses other sizes. Elasticsearch is measured if
ELASTICSEARCH_URL is set.
"""

import os
import random
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from search.engines.elastic import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from search.engines.engine import Engine
from search.engines.interface import FACETS, Entry, Query, WordRule
from search.engines.words import parse
from search.relevance.judging import questions

WORDS = Path(__file__).parent / "data" / "words.toml"
SIZES = (100, 1_000, 10_000)
WORDS_EACH = 600
ROUNDS = 3
BROAD = ("community", "community people", "people and places")
TYPED = ("c", "co", "com", "comm", "pro", "procure", "grants", "tr")
PATIENCE = 60  # seconds: the bench measures the engine, not its budget
REGIONS = ("north-east", "yorkshire-and-the-humber", "london", "south-west", "east")
THEMES = ("buying", "anchors", "neighbourhoods", "buildings", "grants")
PRINCIPLES = (
    "whole-system",
    "neighbourhood",
    "local-spend",
    "early-intervention",
    "commit-to-community",
    "local-by-default",
)
COMMON = ("community", "people", "places", "support", "work", "together", "needs", "change")


def sector_words(texts: Sequence[str]) -> list[str]:
    """Return the words of these questions, in a fixed order."""
    return sorted({word.lower() for text in texts for word in parse(text).words})


def sector_rules() -> tuple[WordRule, ...]:
    """Return the rules that the first seeding makes."""
    rows = tomllib.loads(WORDS.read_text(encoding="utf-8"))["group"]
    return tuple(
        WordRule(
            words=tuple(row["words"]),
            also=tuple(row.get("also", ())),
            as_written=row.get("as_written", False),
            unlike=tuple(row.get("unlike", ())),
        )
        for row in rows
    )


def synthetic(number: int, sector: Sequence[str], seed: int = 7) -> Iterator[Entry]:
    """Invent so many entries of WORDS_EACH words each, the same ones for one seed.

    Words of `sector` get rarer in a shuffled order. COMMON words are in nearly all entries.
    """
    rng = random.Random(seed)  # noqa: S311 (not a secret)
    rare = [f"{a}{b}{c}" for a in "bdfgklm" for b in "aeiou" for c in "nrstvxz" * 8]
    rare = [f"{word}{n}" for n, word in enumerate(rare)]
    sector = rng.sample(list(sector), len(sector))
    weights = [1 / (n + 4) for n in range(len(sector))]
    for id in range(number):
        mine = rng.choices(sector, weights, k=40)
        words = rng.choices(COMMON, k=WORDS_EACH // 6) + mine
        words += rng.choices(rare, k=WORDS_EACH - len(words))
        rng.shuffle(words)
        yield Entry(
            key=f"page:{id}",
            type=rng.choice(("case-study", "page", "council", "principle")),
            title=" ".join([*rng.sample(mine, 3), *rng.sample(rare, 3)]).capitalize(),
            url=f"/case-studies/{id}/",
            summary=" ".join(rng.sample(words, 20)),
            body=". ".join(" ".join(words[n : n + 15]).capitalize() for n in range(0, 600, 15)),
            principles=tuple(rng.sample(PRINCIPLES, rng.randint(0, 3))),
            council=f"council-{rng.randint(1, 60)}",
            region=rng.choice(REGIONS),
            theme=rng.choice(THEMES),
            date=str(rng.randint(2012, 2026)),
        )


def _times(ask: Callable[[str], object], texts: tuple[str, ...]) -> list[float]:
    """Return the milliseconds of each answer, over ROUNDS rounds."""
    taken = []
    for text in texts * ROUNDS:
        began = time.perf_counter()
        ask(text)
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _measure(name: str, engine: Engine, sizes: Sequence[int], texts: tuple[str, ...]) -> None:
    print(f"\n{name}: {len(texts)} judged questions, six facets, ten highlights (ms)")
    titles = ("p50", "p99", "broad", "suggest")
    print(f"{'entries':>8} {'build s':>8}" + "".join(f"{title:>9}" for title in titles))
    rules = sector_rules()

    def search(text: str) -> object:
        return engine.search(Query(text, facets=FACETS, rules=rules))

    for size in sizes:
        began = time.perf_counter()
        engine.replace_all(synthetic(size, sector_words(texts)))
        built = time.perf_counter() - began
        _times(search, texts)  # opens the file, warms the server
        times = _times(search, texts)
        figures = [
            statistics.median(times),
            statistics.quantiles(times, n=100)[98],
            statistics.median(_times(search, BROAD)),
            statistics.median(_times(lambda typed: engine.suggest(typed, 8), TYPED)),
        ]
        line = "".join(f"{figure:>9.2f}" for figure in figures)
        print(f"{size:>8} {built:>8.1f}{line}", flush=True)


def main() -> None:
    """Print a table for each engine: entries, seconds to build, then milliseconds."""
    chosen = os.environ.get("BENCH_SIZES", "")
    sizes = tuple(int(size) for size in chosen.split(",")) if chosen else SIZES
    texts = tuple(question.text for question in questions())
    with tempfile.TemporaryDirectory() as folder:
        embedded = EmbeddedEngine(Path(folder) / "search.sqlite3")
        _measure("Embedded engine", embedded, sizes, texts)
    url = os.environ.get("ELASTICSEARCH_URL")
    if not url:
        print("\nElasticsearch is NOT measured: set ELASTICSEARCH_URL (`make elasticsearch`).")
        return
    elastic = ElasticsearchEngine(url, "bench", PATIENCE)
    try:
        _measure("Elasticsearch", elastic, sizes, texts)
    finally:
        for index in list(elastic.client.indices.get(index="bench-*")):
            elastic.client.indices.delete(index=index)


if __name__ == "__main__":
    main()
