"""Ask and answer: what every search engine takes and gives.

Knows no page types and none of our other apps. An engine keeps a copy of what is
public; it may be late, broken or gone, and then says so with `EngineUnavailable`.
Readers ask through `search.asking.ask`, which leaves out what has been withdrawn.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

ENGINES = ("embedded",)
FACETS = ("type", "principle", "council", "region")
PAGE_SIZE = 10


class EngineUnavailable(Exception):
    """The engine cannot answer now: not built, out of date, broken or unreachable."""


@dataclass(frozen=True)
class Entry:
    """One searchable thing, as the engines see it. Everything in it is public text.

    `key` is the thing's own for good ("page:12", "council:brd"); `names` are other names
    it is found by; `note` is shown, not searched; `council`, `region` and `principles`
    are slugs.
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
    date: datetime.date | None = None

    def values(self, facet: str) -> tuple[str, ...]:
        """What the entry is filed under in one of FACETS; empty where nothing."""
        if facet == "principle":
            return self.principles
        value = getattr(self, facet)
        return (value,) if value else ()


@dataclass(frozen=True)
class Query:
    """What somebody asks: words, choices in facets, a page.

    Within a facet the chosen values mean "or", across facets "and". `exclude` holds
    keys that must not be in the answer, whatever the engine still has.
    """

    text: str
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: tuple[str, ...] = ("type", "principle")
    page: int = 1
    size: int = PAGE_SIZE
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Part:
    """A run of text; `marked` where it is one of the words asked for."""

    text: str
    marked: bool = False


Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Hit:
    """One entry found. Texts come in parts, so that templates escape them as ever."""

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
    date: datetime.date | None = None


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
    ago or more have not reached the engine.
    """

    count: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    limited: bool = False
    loosened: bool = False
    late: bool = False


class Engine(Protocol):
    """What each engine does. Every method may raise EngineUnavailable."""

    def search(self, query: Query) -> Results:
        """Ranked hits with highlights and facets; nothing for a text without words."""

    def put(self, entries: Iterable[Entry]) -> None:
        """Add these, in place of any with the same key."""

    def remove(self, keys: Iterable[str]) -> None:
        """Let go of these; unknown keys are ignored."""

    def replace_all(self, entries: Iterable[Entry]) -> int:
        """Build anew from `entries`; until that is done, the old index answers.

        Returns how many there are.
        """

    def count(self) -> int:
        """How many entries it holds."""

    def is_current(self) -> bool:
        """Whether it was built, whole, by this version of the code. Never raises."""


def get_engine(name: str = "embedded") -> Engine:
    """The engine of that name, as it is set up. Raises KeyError if not in ENGINES."""
    if name not in ENGINES:
        raise KeyError(name)
    return _embedded(settings.SEARCH_FILE)


@cache
def _embedded(file: Path) -> Engine:
    from search.engines.embedded import EmbeddedEngine  # noqa: PLC0415 (stands on this module)

    return EmbeddedEngine(file)
