"""The base class of engines: what every engine does, and what both do alike.

An engine keeps a copy of what is public. The copy may be late, broken or gone, and then
every method raises `EngineUnavailable`, unless it says otherwise.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from search.engines.interface import EngineUnavailable, Entry, Query, Results, Suggestion
from search.engines.plan import Plan, make_plan
from search.engines.spelling import Spellings, correct
from search.engines.suggestions import Candidate, best_first
from search.engines.words import fold

Afresh = Callable[[set[str]], Iterable[Entry]]


class Engine(ABC):
    """Ask with `search` and `suggest`; write with `put`, `remove` and `replace_all`.

    Subclasses say how a plan is answered within a session: whatever `_asking` opens.
    """

    def search(self, query: Query) -> Results:
        """Return ranked hits with highlights and facets; nothing for a text without words."""
        plan = make_plan(query.text, query.rules)
        if not plan:
            return Results()
        with self._asking() as session:
            results = self._find(session, plan, query)
            if results.count and not results.loosened:
                return results
            better = correct(query.text, plan, self._spellings(session, query.exclude))
            if better:
                again = replace(
                    query, text=better, facets=(), size=1, page=1, marks=False, fill=False
                )
                if not self._find(session, make_plan(better, query.rules), again).count:
                    better = ""
            return replace(results, did_you_mean=better)

    def suggest(
        self,
        prefix: str,
        limit: int,
        types: tuple[str, ...] = (),
        exclude: frozenset[str] = frozenset(),
    ) -> tuple[Suggestion, ...]:
        """Suggest things with every word of `prefix` in one of their names.

        Args:
            prefix: What was typed. Its last word may be unfinished.
            limit: At most so many.
            types: Only things of these types, if there are any.
            exclude: Keys to leave out.
        """
        words = fold(prefix).split()
        if not words:
            return ()
        with self._asking() as session:
            return best_first(self._candidates(session, words, types, exclude), words)[:limit]

    def is_current(self) -> bool:
        """Whether the index is whole, made by this version of the code, and answers.

        Never raises.
        """
        try:
            with self._asking():
                return True
        except EngineUnavailable:
            return False

    @abstractmethod
    def needs_building(self) -> bool:
        """Whether only a new build makes it answer. A server that is down needs none."""

    @abstractmethod
    def count(self) -> int:
        """Return how many entries the index holds."""

    @abstractmethod
    def put(self, entries: Iterable[Entry]) -> None:
        """Index these, in place of any with the same keys."""

    @abstractmethod
    def remove(self, keys: Iterable[str]) -> None:
        """Remove these. Unknown keys are ignored."""

    @abstractmethod
    def replace_all(self, entries: Iterable[Entry], afresh: Afresh | None = None) -> int:
        """Build a new index, while the old one answers.

        Args:
            entries: Everything it is to hold.
            afresh: Reads the public entries of some keys again, for changes meanwhile.

        Returns:
            How many entries there are.
        """

    @abstractmethod
    def _asking(self) -> AbstractContextManager[Any]:
        """Open a session on a complete index for one answer."""

    @abstractmethod
    def _find(self, session: Any, plan: Plan, query: Query) -> Results:
        """Answer a plan, without a correction."""

    @abstractmethod
    def _spellings(self, session: Any, exclude: frozenset[str]) -> Spellings:
        """Return the words of the index."""

    @abstractmethod
    def _candidates(
        self, session: Any, words: list[str], types: tuple[str, ...], exclude: frozenset[str]
    ) -> list[Candidate]:
        """Return suggestions in no order, each with its other names."""
