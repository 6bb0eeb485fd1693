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


def _times(engine: EmbeddedEngine, questions: tuple[str, ...]) -> list[tuple[float, float]]:
    """Milliseconds of each answer, all facets and a page of highlights in it: by the
    clock, and of this thread's work (which a busy machine does not stretch)."""
    taken = []
    for _ in range(ROUNDS):
        for text in questions:
            query = Query(text, facets=("type", "principle", "council", "region"))
            clock, work = time.perf_counter(), time.thread_time()
            engine.search(query)
            taken.append((1000 * (time.perf_counter() - clock), 1000 * (time.thread_time() - work)))
    return taken


def _line(size: int, built: float, engine: EmbeddedEngine) -> str:
    _times(engine, QUESTIONS[:1])  # opens the file
    clock, work = zip(*_times(engine, QUESTIONS), strict=True)
    broad_clock, broad_work = zip(*_times(engine, BROAD), strict=True)
    p99 = statistics.quantiles(clock, n=100)[98]
    figures = (statistics.median(clock), p99, statistics.median(work))
    broad = (statistics.median(broad_clock), statistics.median(broad_work))
    return f"{size:>8} {built:>8.1f}" + "".join(f"{ms:>9.2f}" for ms in (*figures, *broad))


def main() -> None:
    """Print a table: entries, seconds to build, then milliseconds."""
    print("Embedded engine, ranked, with four facets and ten highlights (ms)")
    titles = ("p50", "p99", "p50 work", "broad", "work")
    print(f"{'entries':>8} {'build s':>8}" + "".join(f"{title:>9}" for title in titles))
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            engine = EmbeddedEngine(Path(folder) / "search.sqlite3")
            start = time.perf_counter()
            engine.replace_all(synthetic(size))
            print(_line(size, time.perf_counter() - start, engine))


if __name__ == "__main__":
    main()
