"""The interface of engines: what goes in and what comes out.

Ask through `search.engines.asking`, which leaves out withdrawn entries. See
`search.engines.engine.Engine` for what an engine does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from search.engines.words import fold

FACETS = ("type", "principle", "council", "region", "theme", "year")
SORTS = ("relevance", "newest", "title")
PAGE_SIZE = 10
MOST_HITS = 1_000  # of one page


class EngineUnavailable(Exception):
    """Raised when the engine cannot answer: not built, out of date, broken or unreachable."""


class NotBuilt(EngineUnavailable):
    """Raised when there is no whole index that this version of the code can read."""


@dataclass(frozen=True)
class Entry:
    """One searchable thing. Everything in it is public text.

    `key` identifies the thing for good ("page:12", "council:brd"). `names` are other names that
    find it. `asked` holds words that people ask for it in and it does not use: searched, never
    shown. `note` is shown, not searched. `council`, `region`, `theme` and `principles` are
    slugs. `date` is as exact as is known: "2019", "2019-07" or "2019-07-05". Its year is a facet.
    `weight` multiplies the rank of its words: above 1 it comes before equals, below 1 after.
    """

    key: str
    type: str
    title: str
    url: str
    names: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    asked: str = ""
    note: str = ""
    principles: tuple[str, ...] = ()
    council: str = ""
    region: str = ""
    theme: str = ""
    date: str = ""
    weight: float = 1.0

    @property
    def year(self) -> str:
        """The date's year, or nothing."""
        return self.date[:4]

    @property
    def called(self) -> set[str]:
        """The title and names, folded."""
        return {fold(name) for name in (self.title, *self.names)} - {""}

    def values(self, facet: str) -> tuple[str, ...]:
        """Return the entry's values in one of FACETS."""
        if facet == "principle":
            return self.principles
        value = getattr(self, facet)
        return (value,) if value else ()


@dataclass(frozen=True)
class WordRule:
    """An editors' rule about words of the sector. An expression is one word or several.

    `words`: equivalent expressions: who asks for one finds all of them
    (`WordRule(("CAT", "asset transfer"))`). One alone stands for itself.
    `also`: found whenever one of `words` is asked for, but never the other way round
    (`WordRule(("Halifax",), also=("Calderdale",))`).
    `as_written`: found only side by side and without stems
    (`WordRule(("community anchor",), as_written=True)`; "Locality" is not "local").
    `unlike`: expressions with another meaning: if one of `words` is asked for, entries that
    hold one of these come last (`unlike=("anchor institution",)`).

    Rules are applied when a question is asked, so a change needs no rebuild. The caller puts
    them into `Query.rules`.
    """

    words: tuple[str, ...]
    also: tuple[str, ...] = ()
    as_written: bool = False
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """A question: words, choices in facets, an order, a page.

    `chosen`: values by facet, "or" within a facet and "and" across facets. `facets`: those to
    be counted. `sort`: one of SORTS; "newest" puts entries without a date last. `size`: at most
    MOST_HITS. `marks`: whether hits come with highlights and the piece of text that shows why;
    without is faster, for callers who want only the keys. `fill`: if fewer entries than a page
    hold every word, add the best with some of the words, up to a page; without, only if none
    holds every word. `exclude`: keys that must not be in the answer.
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
    """A run of text. `marked`: it is one of the words asked for."""

    text: str
    marked: bool = False


Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Hit:
    """One entry found. Texts come in parts, so that templates escape them as usual.

    `partly`: it holds only some of the words. Such hits come after all others. An entry named as
    a part of the question is not one of them if others hold all the words.
    """

    key: str
    type: str
    url: str
    title: Parts
    summary: Parts = ()
    also: Parts = ()  # another name, if the words were found in one
    note: str = ""
    principles: tuple[str, ...] = ()
    council: str = ""
    region: str = ""
    theme: str = ""
    date: str = ""
    partly: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A thing whose title or name continues what was typed.

    `name`: the name that does, if it is not the title.
    """

    key: str
    type: str
    url: str
    title: str
    name: str = ""
    note: str = ""


@dataclass(frozen=True)
class FacetCount:
    """How many hits this value would give, with other choices in its facet lifted."""

    value: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class Results:
    """An answer.

    `limited`: title matches stand in for the engine. `loosened`: nothing holds every word, so
    these hold some. `late`: changes of LATE_AFTER ago have not been indexed yet.
    `did_you_mean`: the question as entries spell it, if as typed it finds nothing in full;
    asking it finds something. `corrected`: this answers `did_you_mean`, because the caller of
    the engine decided so.
    """

    count: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    limited: bool = False
    loosened: bool = False
    late: bool = False
    did_you_mean: str = ""
    corrected: bool = False
