"""How fast the engine answers: `python -m search.bench` (DESIGN section 7's budgets)."""

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from search.engines import Entry, Query
from search.engines.embedded import EmbeddedEngine

SIZES = (100, 1_000, 10_000)
WORDS_EACH = 600
ROUNDS = 12
REGIONS = ("north-east", "yorkshire-and-the-humber", "london", "south-west", "east")
PRINCIPLES = (
    "whole-system",
    "neighbourhood",
    "local-spend",
    "early-intervention",
    "commit-to-community",
    "local-by-default",
)
QUESTIONS = (
    "how do councils measure local spend",
    "VCSE procurement small contracts",
    "bradford multiplier",
    "asset transfer kirklees",
    '"social value" anchors',
    "grants for neighbourhood groups",
    "procuring preventi",
    "early intervention savings",
)
BROAD = ("community", "council community")

# The words of real questions, rarer with each line; "community" stands in nearly all.
COMMON = ("community", "council", "local", "people", "service", "support", "work", "place")
SECTOR = (
    *(
        "spend",
        "procurement",
        "contracts",
        "small",
        "grants",
        "asset",
        "transfer",
        "social",
    ),
    *("value", "anchors", "groups", "neighbourhood", "early", "intervention", "savings"),
    *("prevention", "measure", "multiplier", "VCSE", "bradford", "kirklees", "calderdale"),
    *("wakefield", "commissioning", "partnership", "trust"),
)


def synthetic(number: int, seed: int = 7) -> Iterator[Entry]:
    """That many invented entries of WORDS_EACH words; the same ones for one seed."""
    rng = random.Random(seed)  # noqa: S311 (not a secret)
    rare = [f"{a}{b}{c}" for a in "bdfgklm" for b in "aeiou" for c in "nrstvxz" * 8]
    rare = [f"{word}{n}" for n, word in enumerate(rare)]
    for id in range(number):
        sector = rng.sample(SECTOR, 4)
        words = rng.choices(COMMON, k=WORDS_EACH // 4)
        words += rng.choices(rare, k=WORDS_EACH - len(words) - 8) + sector * 2
        rng.shuffle(words)
        yield Entry(
            key=f"page:{id}",
            type=rng.choice(("case-study", "page", "council", "principle")),
            title=" ".join(rng.sample(sector, 2) + rng.sample(rare, 3)).capitalize(),
            url=f"/case-studies/{id}/",
            summary=" ".join(rng.sample(words, 20)),
            body=" ".join(words),
            principles=tuple(rng.sample(PRINCIPLES, rng.randint(0, 3))),
            council=f"council-{rng.randint(1, 60)}",
            region=rng.choice(REGIONS),
        )


def _times(engine: EmbeddedEngine, questions: tuple[str, ...]) -> list[float]:
    """Milliseconds of each answer, all the facets and a page of highlights in it."""
    taken = []
    for _ in range(ROUNDS):
        for text in questions:
            query = Query(text, facets=("type", "principle", "council", "region"))
            start = time.perf_counter()
            engine.search(query)
            taken.append(1000 * (time.perf_counter() - start))
    return taken


def _line(size: int, built: float, engine: EmbeddedEngine) -> str:
    _times(engine, QUESTIONS[:1])  # opens the file
    asked, broad = _times(engine, QUESTIONS), _times(engine, BROAD)
    p99 = statistics.quantiles(asked, n=100)[98]
    hits = statistics.mean(engine.search(Query(text)).count for text in QUESTIONS)
    return (
        f"{size:>8} {built:>9.1f} {hits:>9.0f} {statistics.median(asked):>8.2f}"
        f" {p99:>8.2f} {statistics.median(broad):>13.2f}"
    )


def main() -> None:
    """Print a table: entries, seconds to build, hits, p50 and p99 in milliseconds."""
    print("Embedded engine, ranked, with four facets and ten highlights (ms)")
    titles = f"{'entries':>8} {'build s':>9} {'mean hits':>9}"
    print(f"{titles} {'p50':>8} {'p99':>8} {'nearly all':>13}")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            engine = EmbeddedEngine(Path(folder) / "search.sqlite3")
            start = time.perf_counter()
            engine.replace_all(synthetic(size))
            print(_line(size, time.perf_counter() - start, engine))


if __name__ == "__main__":
    main()
