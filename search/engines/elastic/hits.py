"""From what Elasticsearch answers to what every engine gives."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from search.engines import FacetCount, Hit, Query, Suggestion
from search.engines.marks import OPEN, best_name, parts, shown


def to_hit(raw: Mapping[str, Any], partly: Collection[str]) -> Hit:
    """A hit of theirs as one of ours; `partly`: the keys of what holds some of the words."""
    source, marks = raw["_source"], raw.get("highlight", {})
    title = _one(marks, "title") or source["title"]
    summary = _one(marks, "summary") or source["summary"]
    names = "\n".join(marks.get("names", []))
    return Hit(
        key=source["key"],
        type=" ".join(source["type"]),
        url=source["url"],
        title=parts(title),
        summary=parts(shown(summary, _piece(marks) or source["opening"])),
        also=() if OPEN in title + summary else parts(best_name(names)),
        note=source["note"],
        principles=tuple(sorted(source["principle"])),
        council=" ".join(source["council"]),
        region=" ".join(source["region"]),
        theme=" ".join(source["theme"]),
        date=source["date"],
        partly=source["key"] in partly,
    )


def _one(marks: Mapping[str, list[str]], name: str) -> str:
    return " ".join(marks.get(name, ()))


def _piece(marks: Mapping[str, list[str]]) -> str:
    """The best piece of the body, with dots where it is cut."""
    text = _one(marks, "body").strip()
    plain = text.lstrip(OPEN)
    before = "…" if plain and not (plain[0].isupper() or plain[0].isdigit()) else ""
    after = "…" if text and text[-1] not in ".!?" else ""
    return f"{before}{text}{after}"


def to_counts(aggregations: Mapping[str, Any], query: Query) -> dict[str, tuple[FacetCount, ...]]:
    """The facets that were asked for, most first. FacetedSearch counts each below a filter
    of its own, which lifts the facet's choice; reading them raw takes a tenth of the time."""
    facets = {}
    for name in query.facets:
        chosen = query.chosen.get(name, ())
        buckets = aggregations[f"_filter_{name}"][name]["buckets"]
        counted = [(bucket["key"], bucket["doc_count"]) for bucket in buckets]
        ordered = sorted(counted, key=lambda item: (-item[1], item[0]))
        facets[name] = tuple(FacetCount(v, count, v in chosen) for v, count in ordered if count)
    return facets


def to_suggestion(raw: Mapping[str, Any]) -> tuple[Suggestion, list[str]]:
    """A suggestion, and the other names of what it suggests."""
    told = json.loads(raw["fields"]["offer"][0])
    names = told.pop("names")
    return Suggestion(**told), names
