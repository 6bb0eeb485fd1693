"""The engine of a cluster: Elasticsearch 8, one index behind an alias."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import Any

from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    Elasticsearch,
    NotFoundError,
    TransportError,
)
from elasticsearch.helpers import BulkIndexError, streaming_bulk
from elasticsearch_dsl import MultiSearch, Search

from search.engines import (
    MOST_HITS,
    PAGE_SIZE,
    EngineUnavailable,
    Entry,
    NotBuilt,
    Query,
    Results,
    Suggestion,
)
from search.engines.elastic import hits
from search.engines.elastic.breaker import BUDGET, Breaker, Budget, TooLate
from search.engines.elastic.building import Building, is_finished, mark
from search.engines.elastic.documents import WINDOW, layout, to_source
from search.engines.elastic.queries import (
    EntrySearch,
    called_as_a_part,
    filled_up,
    going_on,
    holding_all,
    holding_some,
    ranked,
    suggestions,
    without,
)
from search.engines.elastic.spellings import Spellings
from search.engines.plan import Plan, longest_of, make_plan, rarity
from search.engines.spelling import correct
from search.engines.suggestions import CANDIDATES, best_first
from search.engines.words import fold

SOME = 50  # of what holds some of the words, of which the best fill up a page
VOUCHED_FOR = 10  # seconds for which an index that was whole is taken to be so
WRITING = 30  # seconds that a write may take: no reader waits for it


class ElasticsearchEngine:
    """Search on a cluster. The index of another version of the mapping has another name,
    so that this code never reads one that it does not understand."""

    def __init__(self, url: str, name: str = "keep-it-local", budget: float = BUDGET):
        hosts = url.replace(",", " ").split()
        self.client = Elasticsearch(
            hosts, max_retries=len(hosts) - 1, retry_on_timeout=False, request_timeout=WRITING
        )
        self.url, self.name = url, name
        self.alias = f"{name}-{layout()}"
        self.budget = budget
        self.breaker = Breaker()
        self._vouched_until = 0.0
        self._clients: dict[int, Elasticsearch] = {}  # by their time limit

    # ---- Asking -----------------------------------------------------------------

    def search(self, query: Query) -> Results:
        """See `Engine.search`. All of it together takes no longer than a `Budget`."""
        plan = make_plan(query.text, query.rules)
        if not plan:
            return Results()
        with self._asking() as client:
            results = self._find(client, plan, query)
            if results.count and not results.loosened:
                return results
            return replace(results, did_you_mean=self._did_you_mean(client, plan, query))

    def suggest(
        self,
        prefix: str,
        limit: int,
        types: tuple[str, ...] = (),
        exclude: frozenset[str] = frozenset(),
    ) -> tuple[Suggestion, ...]:
        """See `Engine.suggest`."""
        words = fold(prefix).split()
        if not words:
            return ()
        with self._asking() as client:
            search = suggestions(client(), self.alias, words, types, exclude)
            answer = search[:CANDIDATES].execute().to_dict()
            found = [hits.to_suggestion(hit) for hit in answer["hits"]["hits"]]
        return best_first(found, words)[:limit]

    def _find(self, client: "Client", plan: Plan, query: Query) -> Results:
        """Whole words first; where they find less than a page, what goes on from the last
        word, and then as much of what holds some of the words as fills it."""
        full = holding_all(plan)
        answer = self._ask(client, plan, query, full)
        found = _found(answer)
        several = len(plan.wants) > 1
        if found >= PAGE_SIZE or not (several or plan.prefix):
            return _results(answer, query, loosened=not found)
        if plan.prefix:
            full = going_on(plan)
        found, some, named = self._rest(client, plan, query, full)
        room = max(0, PAGE_SIZE - found) if several and (query.fill or not found) else 0
        best = some[:room]
        some = [key for key in best if not found or key not in named]
        if best or plan.prefix:
            wanted = filled_up(plan, full, some, set(best) - set(some)) if best else full
            answer = self._ask(client, plan, query, wanted, unfinished=True)
        return _results(answer, query, loosened=not found, partly=some)

    def _ask(
        self, client: "Client", plan: Plan, query: Query, wanted: Any, *, unfinished: bool = False
    ) -> Any:
        """The answer for a page that there is: the last one where less is found."""
        size = max(1, min(query.size, MOST_HITS))
        page = max(1, min(query.page, WINDOW // size))
        wanted = ranked(plan, wanted)

        def ask(page: int) -> Any:
            search = EntrySearch(client(), self.alias, plan, query, wanted, unfinished=unfinished)
            return search[(page - 1) * size : page * size].execute()

        answer = ask(page)
        count = answer.hits.total.value
        return answer if answer.hits or not count or page == 1 else ask(-(-count // size))

    def _rest(
        self, client: "Client", plan: Plan, query: Query, full: Any
    ) -> tuple[int, list[str], set[str]]:
        """How many are found in full; the keys of what holds some of the words: more of
        them, rarer ones, first; and of what is called as a part of the question, where
        nothing called so is found in full."""
        counted = Search().query(without(full, query.exclude)).extra(track_total_hits=True)
        some = Search().query(without(ranked(plan, holding_some(plan, full)), query.exclude))
        named = Search().query(without(called_as_a_part(plan), query.exclude))
        together = MultiSearch(using=client(), index=self.alias)
        for search, most in ((counted, PAGE_SIZE), (some, SOME), (named, SOME)):
            found = search[:most].source(False).extra(docvalue_fields=["called"])
            together = together.add(found)
        holders, candidates, called = together.execute()
        return holders.hits.total.value, _fullest(plan, candidates), _named(plan, called, holders)

    def _did_you_mean(self, client: "Client", plan: Plan, query: Query) -> str:
        spellings = Spellings(client, self.alias, query.exclude)
        better = correct(query.text, plan, spellings.known, spellings.near)
        if not better:
            return ""
        asked = replace(query, text=better, facets=(), size=1, page=1, marks=False, fill=False)
        found = self._find(client, make_plan(better, query.rules), asked)
        return better if found.count else ""

    # ---- Writing ------------------------------------------------------------------

    def put(self, entries: Iterable[Entry]) -> None:
        """See `Engine.put`."""
        self._write([{"_id": e.key, "_source": to_source(e)} for e in entries])

    def remove(self, keys: Iterable[str]) -> None:
        """See `Engine.remove`."""
        self._write([{"_op_type": "delete", "_id": key} for key in keys])

    def replace_all(
        self, entries: Iterable[Entry], afresh: Callable[[set[str]], Iterable[Entry]] | None = None
    ) -> int:
        """See `Engine.replace_all`. Takes up a build that broke off."""
        with self._told():
            return Building(self.client, self.alias).run(entries, afresh)

    def _write(self, actions: list[dict[str, Any]]) -> None:
        """Write them and have readers see them: who let go of an entry relies on it."""
        if not actions:
            return
        with self._told():
            mark(self.client, self.alias, [action["_id"] for action in actions])
            told = streaming_bulk(
                self.client,
                actions,
                index=self.alias,
                require_alias=True,
                refresh=True,
                raise_on_error=False,
            )
            for fine, answer in told:
                result = next(iter(answer.values()))
                # One that is not there need not be taken out; but an index must be there.
                if not fine and result.get("result") != "not_found":
                    raise EngineUnavailable(f"The server refused an entry: {result.get('error')}")

    # ---- How it is ------------------------------------------------------------------

    def count(self) -> int:
        """See `Engine.count`."""
        with self._asking() as client:
            return client().count(index=self.alias)["count"]

    def is_current(self) -> bool:
        """See `Engine.is_current`."""
        self._vouched_until = 0.0
        try:
            with self._asking():
                return True
        except EngineUnavailable:
            return False

    def needs_building(self) -> bool:
        """See `Engine.needs_building`."""
        self._vouched_until = 0.0
        try:
            with self._asking():
                return False
        except NotBuilt:
            return True

    @contextmanager
    def _asking(self) -> Iterator["Client"]:
        """The server for one answer, within the budget, unless it is left to rest."""
        self.breaker.ask()
        budget = Budget(self.budget)
        with self._told():
            self._vouch(lambda: self._within(budget.left()))
            yield lambda: self._within(budget.left())
        self.breaker.answered()

    def _within(self, seconds: float) -> Elasticsearch:
        """The client with this time limit, rounded so that a few clients do for all."""
        steps = max(1, int(seconds * 20))
        if steps not in self._clients:
            self._clients[steps] = self.client.options(request_timeout=steps / 20)
        return self._clients[steps]

    def _vouch(self, client: "Client") -> None:
        """Raise NotBuilt unless the index is whole; looked up now and then."""
        if time.monotonic() < self._vouched_until:
            return
        if not is_finished(client(), self.alias):
            raise NotBuilt("The index is not complete.")
        self._vouched_until = time.monotonic() + VOUCHED_FOR

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The client's errors in the words of the protocol."""
        try:
            yield
        except NotFoundError as error:
            self.breaker.answered()
            self._vouched_until = 0.0
            raise NotBuilt("The index has not been built.") from error
        except (ApiError, TransportError) as error:
            # What it refuses is no sign that it is ill: one odd question must not stop all.
            if getattr(error, "status_code", 500) >= 429:
                self.breaker.failed()
            raise EngineUnavailable(_plainly(error)) from error
        except BulkIndexError as error:
            raise EngineUnavailable(str(error)) from error
        except TooLate:
            self.breaker.failed()
            raise


def _plainly(error: ApiError | TransportError) -> str:
    """What staff read and logs keep: nothing of the server's own words, which may repeat
    the question, or of its address."""
    if isinstance(error, ApiError):
        return f"The search server answered {error.status_code}, {error.error}."
    if isinstance(error, ConnectionTimeout):
        return "The search server took too long."
    return f"The search server cannot be reached ({type(error).__name__})."


Client = Callable[[], Elasticsearch]  # with the time that is left


def _fullest(plan: Plan, candidates: Any) -> list[str]:
    """The keys of these, the best first: what holds more of the wants, rarer ones."""
    held = [(hit, hit.meta.to_dict().get("matched_queries", ())) for hit in candidates]
    counts = Counter(name for _, names in held for name in names)
    worth = {str(n): rarity(counts[str(n)], len(held)) for n in range(len(plan.wants))}
    ranks = [(-hit.meta.score * sum(worth[n] for n in names), hit.meta.id) for hit, names in held]
    return [key for rank, key in sorted(ranks) if rank]


def _named(plan: Plan, called: Any, holders: Any) -> set[str]:
    """The keys of what has the longest name that stands in the question, or another name of
    a thing called so; none where one of them is among those found in full."""
    names = {hit.meta.id: set(hit.called) for hit in called}
    asked = set(plan.named)
    longest = set(longest_of(asked & set(chain.from_iterable(names.values()))))
    kin = set().union(*(mine for mine in names.values() if longest & mine))
    if any(kin & set(hit.called) for hit in holders):
        return set()
    return {key for key, mine in names.items() if kin & mine}


def _found(answer: Any) -> int:
    """How many were found, whatever is chosen in facets."""
    return answer.to_dict()["aggregations"]["found"]["doc_count"]


def _results(answer: Any, query: Query, *, loosened: bool, partly: Collection[str] = ()) -> Results:
    raw = answer.to_dict()
    count = raw["hits"]["total"]["value"]
    return Results(
        count=count,
        hits=tuple(hits.to_hit(hit, partly) for hit in raw["hits"]["hits"]),
        facets=hits.to_counts(raw["aggregations"], query),
        loosened=loosened and bool(count),
    )
