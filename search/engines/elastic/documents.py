"""What Elasticsearch holds of an entry, and how it reads texts."""

import hashlib
import json
from typing import Any

from elasticsearch_dsl import (
    Document,
    Keyword,
    MetaField,
    Text,
    analyzer,
    token_filter,
    tokenizer,
)

from search.engines import FACETS, Entry
from search.engines.marks import storable
from search.engines.words import fold

LONGEST_OFFER = 8_000  # letters: a value of a column may have 32,766 bytes
LONGEST_START = 20  # letters of a word by which its name is suggested
OPENING = 200  # letters of the body that stand for it where nothing in it is marked
WINDOW = 200_000  # how deep pages may go

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
    """A text that is found by stems, and below `.exact` as it is written."""
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


def _stored() -> Keyword:
    """Only given back, never searched."""
    return Keyword(index=False, doc_values=False)


class EntryDocument(Document):
    """An entry. Its id is the entry's key."""

    key = Keyword()
    title = _text()
    names = _text(multi=True)
    summary = _text()
    body = _text()
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
    url = _stored()
    note = _stored()
    opening = _stored()
    # What a suggestion tells. In a column, since sixty whole documents take long to read.
    offer = Keyword(index=False)
    digest = Keyword(index=False)

    class Meta:
        dynamic = MetaField("strict")


def settings(**more: Any) -> dict[str, Any]:
    """An index's settings. One shard: exact counts, and ranks that do not depend on
    where an entry lies; as many copies as there are other nodes, at most one."""
    return {
        "number_of_shards": 1,
        "auto_expand_replicas": "0-1",
        "max_result_window": WINDOW,
        "refresh_interval": "1s",
        **more,
    }


def mappings() -> dict[str, Any]:
    """The mapping, as Elasticsearch takes it."""
    return EntryDocument._doc_type.mapping.to_dict()


def analysis() -> dict[str, Any]:
    """The analyzers that the mapping names."""
    return EntryDocument._doc_type.mapping._collect_analysis()


def layout() -> str:
    """A short name for this version of the mapping: an index of another is not used."""
    made_of = json.dumps([mappings(), analysis(), OPENING], sort_keys=True)
    return hashlib.sha256(made_of.encode()).hexdigest()[:10]


def _offer(entry: Entry, title: str, names: list[str]) -> str:
    """What a suggestion tells of the entry, as JSON; without its last names where they are
    more than a column takes."""
    told = {"key": entry.key, "type": entry.type, "url": storable(entry.url)}
    told |= {"title": title, "note": storable(entry.note)}
    for number in range(len(names), -1, -1):
        offer = json.dumps(told | {"names": names[:number]}, ensure_ascii=False)
        if len(offer) <= LONGEST_OFFER:
            break
    return offer


def to_source(entry: Entry) -> dict[str, Any]:
    """The entry as a document's fields, with a digest of them all."""
    title = storable(" ".join(entry.title.split()))
    names = [storable(" ".join(name.split())) for name in entry.names]
    body = storable(entry.body)
    source = {
        "key": entry.key,
        "title": title,
        "names": names,
        "summary": storable(entry.summary),
        "body": body,
        "called": sorted({fold(name) for name in (title, *names)} - {""}),
        "title_order": fold(title),
        "heads": [title, *names],
        **{facet: list(entry.values(facet)) for facet in FACETS},
        "date": entry.date,
        "url": storable(entry.url),
        "note": storable(entry.note),
        "opening": body[:OPENING],
        "offer": _offer(entry, title, names),
    }
    digest = hashlib.sha256(json.dumps(source, sort_keys=True).encode()).hexdigest()
    return {**source, "digest": digest[:16]}
