"""The engine for a cluster: Elasticsearch 8, one index behind an alias."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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

from search.engines.elastic import hits
from search.engines.elastic.breaker import BUDGET, Breaker, Budget, TooLate
from search.engines.elastic.building import Building, is_finished, mark
from search.engines.elastic.mapping import WINDOW, layout, to_source
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
from search.engines.elastic.spellings import ClusterSpellings
from search.engines.engine import Afresh, Engine
from search.engines.interface import (
    FACETS,
    MOST_HITS,
    PAGE_SIZE,
    EngineUnavailable,
    Entry,
    NotBuilt,
    Query,
    Results,
)
from search.engines.plan import Plan
from search.engines.suggestions import CANDIDATES, Candidate

SOME = 50  # entries with some of the words, of which the best fill up a page
VOUCHED_FOR = 10  # seconds for which a whole index is taken to stay whole
# Seconds that each step of a write may take. Whoever writes holds marks, or on SQLite the whole
# database, for which others wait.
WRITING = 2
WARMING = 10  # seconds that an answer may take while no reader waits for it
WARM_UP = ("local spend", "bradfrod", "community anchor organisations", "housing")

Client = Callable[[], Elasticsearch]  # with the time that is left


class ElasticsearchEngine(Engine):
    """Search on a cluster.

    The name of an index depends on its mapping, so this code never reads an index that it
    does not understand.
    """

    def __init__(self, url: str, name: str = "keep-it-local", budget: float = BUDGET):
        hosts = url.replace(",", " ").split()
        self.client = Elasticsearch(
            hosts, max_retries=len(hosts) - 1, retry_on_timeout=False, request_timeout=WRITING
        )
        self.url, self.name = url, name
        self.alias = f"{name}-{layout()}"
        self.budget = budget
        self.breaker = Breaker(self.is_warm)
        self._vouched_until = 0.0
        self._clients: dict[int, Elasticsearch] = {}  # by their time limit

    def is_warm(self) -> bool:
        """Whether it answers in half a reader's time, after it was asked a few times.

        An index that is missing takes no time either: only a build helps.
        """
        patient = ElasticsearchEngine(self.url, self.name, WARMING)
        patient.breaker = Breaker(None)
        until = time.monotonic() + WARMING
        try:
            while time.monotonic() < until:
                began = time.monotonic()
                for text in WARM_UP:
                    patient.search(Query(text, facets=FACETS))
                    patient.suggest(text, CANDIDATES)
                if time.monotonic() - began < self.budget / 2 * len(WARM_UP):
                    return True
        except NotBuilt:
            return True
        except EngineUnavailable:
            return False
        finally:
            patient.client.close()
        return False

    # ---- Asking -----------------------------------------------------------------

    def _find(self, client: Client, plan: Plan, query: Query) -> Results:
        """Find whole words; then, for less than a page, prefixes and some of the words."""
        full = holding_all(plan)
        answer = self._ask(client, plan, query, full)
        found = answer.to_dict()["aggregations"]["found"]["doc_count"]  # whatever is chosen
        several = len(plan.wants) > 1
        if found >= PAGE_SIZE or not (several or plan.prefix):
            return hits.to_results(answer, query, loosened=not found)
        if plan.prefix:
            full = going_on(plan)
        found, some, named = self._rest(client, plan, query, full)
        room = max(0, PAGE_SIZE - found) if several and (query.fill or not found) else 0
        best = some[:room]
        some = [key for key in best if not found or key not in named]
        if best or plan.prefix:
            wanted = filled_up(plan, full, some, set(best) - set(some)) if best else full
            answer = self._ask(client, plan, query, wanted, unfinished=True)
        return hits.to_results(answer, query, loosened=not found, partly=some)

    def _ask(
        self, client: Client, plan: Plan, query: Query, wanted: Any, *, unfinished: bool = False
    ) -> Any:
        """Return the answer for the page, or for the last one if there are fewer pages."""
        size = max(1, min(query.size, MOST_HITS))
        page = max(1, min(query.page, WINDOW // size))
        wanted = ranked(plan, wanted)
        for _ in range(2):
            search = EntrySearch(client(), self.alias, plan, query, wanted, unfinished=unfinished)
            answer = search[(page - 1) * size : page * size].execute()
            count = answer.hits.total.value
            if answer.hits or not count or page == 1:
                break
            page = -(-count // size)
        return answer

    def _rest(
        self, client: Client, plan: Plan, query: Query, full: Any
    ) -> tuple[int, list[str], set[str]]:
        """Ask what else may fill a page.

        Returns:
            How many entries are found in full. The keys of those that hold some of the words,
            the best first. The keys of those named as a part of the question, unless one of
            those found in full has such a name.
        """
        counted = Search().query(without(full, query.exclude)).extra(track_total_hits=True)
        some = Search().query(without(ranked(plan, holding_some(plan, full)), query.exclude))
        namesakes = Search().query(without(called_as_a_part(plan), query.exclude))
        together = MultiSearch(using=client(), index=self.alias)
        for search, most in ((counted, PAGE_SIZE), (some, SOME), (namesakes, SOME)):
            keys = search[:most].source(False).extra(docvalue_fields=["called"])
            together = together.add(keys)
        holders, candidates, called = together.execute()
        found, named = holders.hits.total.value, hits.named(plan, called, holders)
        return found, hits.fullest(plan, candidates), named

    def _spellings(self, client: Client, exclude: frozenset[str]) -> ClusterSpellings:
        return ClusterSpellings(client, self.alias, exclude)

    def _candidates(
        self, client: Client, words: list[str], types: tuple[str, ...], exclude: frozenset[str]
    ) -> list[Candidate]:
        search = suggestions(client(), self.alias, words, types, exclude)
        answer = search[:CANDIDATES].execute().to_dict()
        return [hits.to_suggestion(hit) for hit in answer["hits"]["hits"]]

    # ---- Writing ------------------------------------------------------------------

    def put(self, entries: Iterable[Entry]) -> None:
        """See `Engine.put`."""
        self._write([{"_id": e.key, "_source": to_source(e)} for e in entries])

    def remove(self, keys: Iterable[str]) -> None:
        """See `Engine.remove`."""
        self._write([{"_op_type": "delete", "_id": key} for key in keys])

    def replace_all(self, entries: Iterable[Entry], afresh: Afresh | None = None) -> int:
        """See `Engine.replace_all`. Resumes a build that broke off."""
        with self._translated():
            return Building(self.client, self.alias).run(entries, afresh)

    def _write(self, actions: list[dict[str, Any]]) -> None:
        """Write, and wait until readers see it: whoever withdrew an entry relies on it."""
        if not actions:
            return
        with self._translated():
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
                # A missing entry need not be removed, but a missing index is an error.
                if not fine and result.get("result") != "not_found":
                    raise EngineUnavailable(f"The server refused an entry: {result.get('error')}")

    # ---- Health ---------------------------------------------------------------------

    def count(self) -> int:
        """See `Engine.count`."""
        with self._asking() as client:
            return client().count(index=self.alias)["count"]

    def is_current(self) -> bool:
        """See `Engine.is_current`."""
        self._vouched_until = 0.0
        return super().is_current()

    def needs_building(self) -> bool:
        """See `Engine.needs_building`."""
        self._vouched_until = 0.0
        try:
            with self._asking():
                return False
        except NotBuilt:
            return True

    @contextmanager
    def _asking(self) -> Iterator[Client]:
        """Open the server for one answer, within a `Budget`, unless the breaker is open."""
        self.breaker.ask()
        budget = Budget(self.budget)

        def client() -> Elasticsearch:
            # Rounded, so that a few clients do for all.
            steps = max(1, int(budget.left() * 20))
            if steps not in self._clients:
                self._clients[steps] = self.client.options(request_timeout=steps / 20)
            return self._clients[steps]

        with self._translated():
            if time.monotonic() >= self._vouched_until:
                if not is_finished(client(), self.alias):
                    raise NotBuilt("The index is not complete.")
                self._vouched_until = time.monotonic() + VOUCHED_FOR
            yield client
        self.breaker.answered()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise the client's errors as `EngineUnavailable`.

        Staff read and logs keep the message. It has nothing of the server's own words or
        address, because the words may repeat the question.
        """
        try:
            yield
        except NotFoundError as error:
            self.breaker.answered()
            self._vouched_until = 0.0
            raise NotBuilt("The index has not been built.") from error
        except ApiError as error:
            # A refused question is no sign of illness: one odd question must not stop all.
            if error.status_code >= 429:
                self.breaker.failed()
            message = f"The search server answered {error.status_code}, {error.error}."
            raise EngineUnavailable(message) from error
        except TransportError as error:
            self.breaker.failed()
            if isinstance(error, ConnectionTimeout):
                raise EngineUnavailable("The search server took too long.") from error
            message = f"The search server cannot be reached ({type(error).__name__})."
            raise EngineUnavailable(message) from error
        except BulkIndexError as error:
            raise EngineUnavailable(str(error)) from error
        except TooLate:
            self.breaker.failed()
            raise
