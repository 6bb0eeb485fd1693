"""Ask and answer: what every search engine takes and gives.

Knows no page types and none of our other apps. An engine keeps a copy of what is
public; it may be late, broken or gone, and then says so with `EngineUnavailable`.
Readers ask through `search.asking.ask`, which leaves out what has been withdrawn.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

ENGINES = ("embedded", "elasticsearch")
FACETS = ("type", "principle", "council", "region", "theme", "year")
SORTS = ("relevance", "newest", "title")
PAGE_SIZE = 10
MOST_HITS = 1_000  # of one page


class EngineUnavailable(Exception):
    """The engine cannot answer now: not built, out of date, broken or unreachable."""


class NotBuilt(EngineUnavailable):
    """There is no whole index that this version of the code can read."""


@dataclass(frozen=True)
class Entry:
    """One searchable thing, as the engines see it. Everything in it is public text.

    `key` is the thing's own for good ("page:12", "council:brd"); `names` are other names
    and aliases it is found by; `note` is shown, not searched; `council`, `region`, `theme`
    and `principles` are slugs. `date` is as exact as is known: "2019", "2019-07" or
    "2019-07-05"; its year is a facet.
    """

    key: str
    type: str
    title: str
    url: str
    names: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    note: str = ""
    principles: tuple[str, ...] = ()
    council: str = ""
    region: str = ""
    theme: str = ""
    date: str = ""

    @property
    def year(self) -> str:
        """The date's year, or nothing."""
        return self.date[:4]

    def values(self, facet: str) -> tuple[str, ...]:
        """What the entry is filed under in one of FACETS; empty where nothing."""
        if facet == "principle":
            return self.principles
        value = getattr(self, facet)
        return (value,) if value else ()


@dataclass(frozen=True)
class WordRule:
    """What editors know about words of the sector. An expression is one word or several.

    `words`: expressions that stand for each other: who asks for one finds all of them
    (`WordRule(("CAT", "asset transfer"))`). One alone stands for itself.
    `also`: found besides whenever one of `words` is asked for; never the other way round
    (`WordRule(("Halifax",), also=("Calderdale",))`).
    `as_written`: found only as they are written, side by side and without stems
    (`WordRule(("community anchor",), as_written=True)`; "Locality" is not "local").
    `unlike`: expressions that mean something else: where one of `words` is asked for,
    entries that hold one of these come last (`unlike=("anchor institution",)`).

    Rules act when a question is asked, so that a change of theirs needs no rebuild. The
    caller reads them from where editors keep them and puts them into `Query.rules`.
    """

    words: tuple[str, ...]
    also: tuple[str, ...] = ()
    as_written: bool = False
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """What somebody asks: words, choices in facets, an order, a page.

    `chosen` holds, by facet, the values wanted: within a facet they mean "or", across
    facets "and". `facets` are those to be counted. `sort` is one of SORTS ("newest":
    those without a date last). `size` is at most MOST_HITS. `marks`: whether hits come
    with the words marked and the piece of text that shows why; without, only what they
    are called: quicker, for callers who only want the keys. `fill`: where what holds every
    word is less than a page, go on, up to a page, with the best of what holds some of
    them; without, that is done only where nothing holds every word. `exclude` holds keys
    that must not be in the answer, whatever the engine still has.
    """

    text: str
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: tuple[str, ...] = ("type", "principle")
    sort: str = "relevance"
    page: int = 1
    size: int = PAGE_SIZE
    rules: tuple[WordRule, ...] = ()
    marks: bool = True
    fill: bool = True
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Part:
    """A run of text; `marked` where it is one of the words asked for."""

    text: str
    marked: bool = False


Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Hit:
    """One entry found. Texts come in parts, so that templates escape them as ever.

    `partly`: it holds only some of the words; such hits come after all others. One that is
    called as a part of the question is no such hit where others hold all words.
    """

    key: str
    type: str
    url: str
    title: Parts
    summary: Parts = ()
    also: Parts = ()  # another name, where the words were found in one
    note: str = ""
    principles: tuple[str, ...] = ()
    council: str = ""
    region: str = ""
    theme: str = ""
    date: str = ""
    partly: bool = False

    @property
    def year(self) -> str:
        """The date's year, or nothing."""
        return self.date[:4]


@dataclass(frozen=True)
class Suggestion:
    """One thing whose title or name goes on from what has been typed so far.

    `name` is the name that does, where it is not the title.
    """

    key: str
    type: str
    url: str
    title: str
    name: str = ""
    note: str = ""


@dataclass(frozen=True)
class FacetCount:
    """How many hits choosing this value would give, the facet's other choices lifted."""

    value: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class Results:
    """An answer. `limited`: a plain title match stood in for the engine.
    `loosened`: nothing held every word, so these hold some. `late`: changes of a minute
    ago or more have not reached the engine. `did_you_mean`: the question with a word
    spelled as entries spell it, where as typed it finds nothing; asking it finds something.
    `corrected`: this is the answer to `did_you_mean`, as whoever asked the engine decided.
    """

    count: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    limited: bool = False
    loosened: bool = False
    late: bool = False
    did_you_mean: str = ""
    corrected: bool = False


class Engine(Protocol):
    """What each engine does. Every method may raise EngineUnavailable."""

    def search(self, query: Query) -> Results:
        """Ranked hits with highlights and facets; nothing for a text without words."""

    def suggest(
        self,
        prefix: str,
        limit: int,
        types: tuple[str, ...] = (),
        exclude: frozenset[str] = frozenset(),
    ) -> tuple[Suggestion, ...]:
        """Things with every word of `prefix` in one of their names, the last perhaps
        unfinished; only of these types, where any are given; what is called so first."""

    def put(self, entries: Iterable[Entry]) -> None:
        """Add these, in place of any with the same key."""

    def remove(self, keys: Iterable[str]) -> None:
        """Let go of these; unknown keys are ignored."""

    def replace_all(
        self, entries: Iterable[Entry], afresh: Callable[[set[str]], Iterable[Entry]] | None = None
    ) -> int:
        """Build anew from `entries`; until that is done, the old index answers.

        `afresh` reads the public ones of some keys again, for what changes meanwhile.
        Returns how many there are.
        """

    def count(self) -> int:
        """How many entries it holds."""

    def is_current(self) -> bool:
        """Whether it was built, whole, by this version of the code, and answers. Never raises."""

    def needs_building(self) -> bool:
        """Whether only a new build makes it answer; a server that is merely down needs none."""


def get_engine(name: str = "") -> Engine:
    """The engine of that name, or the one that is set up. Raises KeyError if not in
    ENGINES, EngineUnavailable for one without an address."""
    name = name or ("elasticsearch" if settings.ELASTICSEARCH_URL else "embedded")
    if name not in ENGINES:
        raise KeyError(name)
    if name == "embedded":
        return _embedded(settings.SEARCH_FILE)
    if not settings.ELASTICSEARCH_URL:
        raise EngineUnavailable("ELASTICSEARCH_URL is not set.")
    return _elasticsearch(settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_NAME)


@cache
def _embedded(file: Path) -> Engine:
    from search.engines.embedded import EmbeddedEngine  # noqa: PLC0415 (stands on this module)

    return EmbeddedEngine(file)


@cache
def _elasticsearch(url: str, name: str) -> Engine:
    from search.engines.elastic import ElasticsearchEngine  # noqa: PLC0415 (only where in use)

    return ElasticsearchEngine(url, name)
