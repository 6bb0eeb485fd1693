"""From Elasticsearch's answers to results and suggestions."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any

from search.engines.highlights import OPEN, best_name, parts, shown
from search.engines.interface import FacetCount, Hit, Query, Results, Suggestion
from search.engines.plan import Plan, longest_of, rarity
from search.engines.suggestions import Candidate


def to_results(
    answer: Any, query: Query, *, loosened: bool, partly: Collection[str] = ()
) -> Results:
    """Make results of an answer. `partly`: keys of hits with only some of the words."""
    raw = answer.to_dict()
    count = raw["hits"]["total"]["value"]
    return Results(
        count=count,
        hits=tuple(_hit(hit, partly) for hit in raw["hits"]["hits"]),
        facets=_counts(raw["aggregations"], query),
        loosened=loosened and bool(count),
    )


def _hit(raw: Mapping[str, Any], partly: Collection[str]) -> Hit:
    source, marks = raw["_source"], raw.get("highlight", {})
    title, summary, piece = (" ".join(marks.get(name, ())) for name in ("title", "summary", "body"))
    title, summary = title or source["title"], summary or source["summary"]
    return Hit(
        key=source["key"],
        type=" ".join(source["type"]),
        url=source["url"],
        title=parts(title),
        summary=parts(shown(summary, _with_dots(piece.strip()) or source["opening"])),
        also=() if OPEN in title + summary else parts(best_name("\n".join(marks.get("names", [])))),
        note=source["note"],
        principles=tuple(sorted(source["principle"])),
        council=" ".join(source["council"]),
        region=" ".join(source["region"]),
        theme=" ".join(source["theme"]),
        date=source["date"],
        partly=source["key"] in partly,
    )


def _with_dots(piece: str) -> str:
    """Return a piece of the body with dots where it is cut."""
    plain = piece.lstrip(OPEN)
    before = "…" if plain and not (plain[0].isupper() or plain[0].isdigit()) else ""
    after = "…" if piece and piece[-1] not in ".!?" else ""
    return f"{before}{piece}{after}"


def _counts(aggregations: Mapping[str, Any], query: Query) -> dict[str, tuple[FacetCount, ...]]:
    """Return the facets that were asked for, the highest counts first.

    FacetedSearch counts each facet below a filter that lifts its own choice. Reading the
    answer raw takes a tenth of the time.
    """
    facets = {}
    for name in query.facets:
        chosen = query.chosen.get(name, ())
        buckets = aggregations[f"_filter_{name}"][name]["buckets"]
        counted = [(bucket["key"], bucket["doc_count"]) for bucket in buckets]
        ordered = sorted(counted, key=lambda item: (-item[1], item[0]))
        facets[name] = tuple(FacetCount(v, count, v in chosen) for v, count in ordered if count)
    return facets


def fullest(plan: Plan, candidates: Any) -> list[str]:
    """Return the keys of these, the best first: more of the wants, rarer ones."""
    held = [(hit, hit.meta.to_dict().get("matched_queries", ())) for hit in candidates]
    counts = Counter(name for _, names in held for name in names)
    worth = {str(n): rarity(counts[str(n)], len(held)) for n in range(len(plan.wants))}
    ranks = [(-hit.meta.score * sum(worth[n] for n in names), hit.meta.id) for hit, names in held]
    return [key for rank, key in sorted(ranks) if rank]


def named(plan: Plan, called: Any, holders: Any) -> set[str]:
    """Return the keys of what is named as a part of the question.

    The longest such name counts, and other names of things called so. None if one of these
    names belongs to an entry found in full.
    """
    names = {hit.meta.id: set(hit.called) for hit in called}
    asked = set(plan.named)
    longest = set(longest_of(asked & set(chain.from_iterable(names.values()))))
    kin = set().union(*(mine for mine in names.values() if longest & mine))
    if any(kin & set(hit.called) for hit in holders):
        return set()
    return {key for key, mine in names.items() if kin & mine}


def to_suggestion(raw: Mapping[str, Any]) -> Candidate:
    """Make a suggestion of a hit, with the other names of what it suggests."""
    told = json.loads(raw["fields"]["offer"][0])
    names = told.pop("names")
    return Suggestion(**told), names
