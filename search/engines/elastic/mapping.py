"""The mapping: what Elasticsearch stores of an entry, and how it reads texts."""

import hashlib
import json
from typing import Any

from elasticsearch_dsl import (
    Document,
    Float,
    Keyword,
    MetaField,
    Text,
    analyzer,
    token_filter,
    tokenizer,
)

from search.engines.highlights import stored
from search.engines.interface import FACETS, Entry
from search.engines.words import fold

LONGEST_OFFER = 8_000  # letters: a value of a column may have 32,766 bytes
LONGEST_START = 20  # letters of a word by which its name is suggested
OPENING = 200  # letters of the body that stand for it where nothing in it is marked
WINDOW = 200_000  # how deep pages may go
# The length of an entry counts less than usual (b 0.75), because those of tools are so short
# that one word in their title would outweigh what others say at length.
SIMILARITY = {"default": {"type": "BM25", "b": 0.3}}

_STORED = {"index": False, "doc_values": False}  # given back, never searched

# Words are cut and folded as the embedded engine does, so that both find the same.
_words = tokenizer("words", "pattern", pattern=r"[^\p{L}\p{N}\p{M}]+")
_short = token_filter("short", "truncate", length=100)
_starts = token_filter("starts", "edge_ngram", min_gram=1, max_gram=LONGEST_START)
_start = token_filter("start", "truncate", length=LONGEST_START)

stemmed = analyzer(
    "stemmed", tokenizer=_words, filter=["lowercase", "asciifolding", _short, "porter_stem"]
)
exact = analyzer("exact", tokenizer=_words, filter=["lowercase", "asciifolding", _short])
beginnings = analyzer("beginnings", tokenizer=_words, filter=["lowercase", "asciifolding", _starts])
beginning = analyzer("beginning", tokenizer=_words, filter=["lowercase", "asciifolding", _start])


def _text(**options: Any) -> Text:
    """Return a text field matched by stems, and as written in its subfield `exact`."""
    as_written = Text(
        analyzer=exact,
        index_prefixes={"min_chars": 2, "max_chars": 8},
        index_options="offsets",
    )
    return Text(
        analyzer=stemmed,
        fields={"exact": as_written},
        copy_to="spelling",
        index_options="offsets",
        **options,
    )


class EntryDocument(Document):
    """An entry. The document's id is the entry's key."""

    key = Keyword()
    title = _text()
    names = _text(multi=True)
    summary = _text()
    body = _text()
    asked = _text()
    called = Keyword(multi=True)  # title and names, folded
    title_order = Keyword()
    heads = Text(analyzer=beginnings, search_analyzer=beginning, norms=False)
    spelling = Text(analyzer=exact, norms=False, index_options="docs")
    type = Keyword()
    principle = Keyword(multi=True)
    council = Keyword()
    region = Keyword()
    theme = Keyword()
    year = Keyword()
    date = Keyword()
    weight = Float(index=False)
    url = Keyword(**_STORED)
    note = Keyword(**_STORED)
    opening = Keyword(**_STORED)
    # What a suggestion tells. In a column, because sixty whole documents take long to read.
    offer = Keyword(index=False)
    digest = Keyword(index=False)

    class Meta:
        dynamic = MetaField("strict")


def settings(**more: Any) -> dict[str, Any]:
    """Return an index's settings.

    One shard, for exact counts and for ranks that do not depend on where an entry lies. One
    replica if there is another node.
    """
    return {
        "number_of_shards": 1,
        "auto_expand_replicas": "0-1",
        "max_result_window": WINDOW,
        "similarity": SIMILARITY,
        "refresh_interval": "1s",
        **more,
    }


def mappings() -> dict[str, Any]:
    """Return the mapping in the form of Elasticsearch."""
    return EntryDocument._doc_type.mapping.to_dict()


def analysis() -> dict[str, Any]:
    """Return the analyzers that the mapping names."""
    return EntryDocument._doc_type.mapping._collect_analysis()


def layout() -> str:
    """Return a short name for this version of the mapping; no other index is read."""
    made_of = json.dumps([mappings(), analysis(), OPENING, SIMILARITY], sort_keys=True)
    return hashlib.sha256(made_of.encode()).hexdigest()[:10]


def _offer(entry: Entry) -> str:
    """Return what a suggestion tells, as JSON, with as many names as a column takes."""
    told = {name: getattr(entry, name) for name in ("key", "type", "url", "title", "note")}
    for number in range(len(entry.names), -1, -1):
        offer = json.dumps(told | {"names": entry.names[:number]}, ensure_ascii=False)
        if len(offer) <= LONGEST_OFFER:
            break
    return offer


def to_source(entry: Entry) -> dict[str, Any]:
    """Return the entry as a document's fields, with a digest of them all."""
    entry = stored(entry)
    same = ("key", "title", "names", "summary", "body", "asked", "date", "url", "note", "weight")
    source = {
        **{name: getattr(entry, name) for name in same},
        "called": sorted(entry.called),
        "title_order": fold(entry.title),
        "heads": [entry.title, *entry.names],
        **{facet: list(entry.values(facet)) for facet in FACETS},
        "opening": entry.body[:OPENING],
        "offer": _offer(entry),
    }
    digest = hashlib.sha256(json.dumps(source, sort_keys=True).encode()).hexdigest()
    return {**source, "digest": digest[:16]}
