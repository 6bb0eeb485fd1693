"""Builds of an index: a new one beside the old, swapped in when it is whole.

While a new index is built, its alias is `<name>-next`. Whoever changes an entry leaves a
mark there, and the builder reads marked entries afresh before and after the swap. So an old
text can neither overtake a newer one nor come back. The next build resumes one that broke
off, and indexes only what differs.
"""

import logging
import time
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError, TransportError
from elasticsearch.helpers import bulk, scan, streaming_bulk

from search.engines.elastic.mapping import analysis, mappings, settings, to_source
from search.engines.engine import Afresh
from search.engines.interface import EngineUnavailable, Entry

logger = logging.getLogger("search")

BATCH = 500
BUILDER_GONE = 60  # seconds without a sign of life
SIGNING = 10  # seconds between two signs of life while there is only waiting
PACKING = 3_600  # seconds that putting it together may take
MARK = "told:"  # the id of a mark is this and the entry's key


class Building:
    """One build of the index that will get the name `alias`."""

    def __init__(self, client: Elasticsearch, alias: str):
        self.client = client.options(request_timeout=60)
        self.alias, self.next = alias, f"{alias}-next"
        self.token = uuid.uuid4().hex

    def run(self, entries: Iterable[Entry], afresh: Afresh | None) -> int:
        """Build, swap and tidy up, and return how many entries there are."""
        index = self._claim()
        there = self._digests(index)
        self._write(index, self._differing(entries, there))
        self._write(index, ({"_op_type": "delete", "_id": key} for key in there))
        self._pack(index)
        self._catch_up(index, afresh)
        self.client.indices.put_settings(index=index, settings={"refresh_interval": "1s"})
        self._sign(index, finished=True)
        self._swap(index)
        self._catch_up(index, afresh)
        self.client.indices.update_aliases(
            actions=[{"remove": {"index": index, "alias": self.next, "must_exist": False}}]
        )
        return self.client.count(index=index)["count"]

    # ---- The index in the making --------------------------------------------------

    def _claim(self) -> str:
        """Return the index to fill: an unfinished one, or a new one."""
        name = self._unfinished()
        if name is None:
            name = f"{self.alias}-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}-{self.token[:4]}"
            self.client.indices.create(
                index=name,
                settings=settings(refresh_interval="-1", analysis=analysis()),
                mappings=mappings(),
                aliases={self.next: {}},
            )
        self._sign(name)
        return name

    def _unfinished(self) -> str | None:
        """Return an index whose builder has gone, if any.

        Raises:
            EngineUnavailable: Its builder is still at work.
        """
        with suppress(NotFoundError):
            for name, found in self.client.indices.get(index=self.next).items():
                seen = found["mappings"].get("_meta", {}).get("seen", 0)
                if time.time() - seen < BUILDER_GONE:
                    raise EngineUnavailable("The index is being built already.")
                if self.alias in found["aliases"]:  # swapped, but not told so
                    self.client.indices.delete_alias(index=name, name=self.next)
                    continue
                logger.info("Going on with the index %s", name)
                return name
        return None

    def _sign(self, index: str, *, finished: bool = False) -> None:
        """Leave a sign of life, so that others know a build is running."""
        meta = {"builder": self.token, "seen": int(time.time()), "finished": finished}
        self.client.indices.put_mapping(index=index, meta=meta)

    def _check(self, index: str) -> None:
        """Raise EngineUnavailable if another process has taken over the build."""
        found = self.client.indices.get_mapping(index=index)[index]["mappings"]
        if found.get("_meta", {}).get("builder") != self.token:
            raise EngineUnavailable("Another process builds the index now.")
        self._sign(index, finished=found["_meta"].get("finished", False))

    # ---- Its entries ------------------------------------------------------------

    def _digests(self, index: str) -> dict[str, str]:
        """Return what is in it already: the digest of what was written, by key."""
        self.client.indices.refresh(index=index)
        found = scan(self.client, index=index, _source=["digest"], size=BATCH)
        return {
            hit["_id"]: hit["_source"].get("digest", "")
            for hit in found
            if not hit["_id"].startswith(MARK)
        }

    def _differing(
        self, entries: Iterable[Entry], there: dict[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Return what must be written. What is left in `there` must be deleted."""
        for entry in entries:
            source = to_source(entry)
            if there.pop(entry.key, None) != source["digest"]:
                yield {"_id": entry.key, "_source": source}

    def _write(self, index: str, actions: Iterable[dict[str, Any]]) -> None:
        """Write in batches, each after a check that the build is still ours."""
        actions = iter(actions)
        while batch := list(islice(actions, BATCH)):
            self._check(index)
            told = streaming_bulk(
                self.client,
                batch,
                index=index,
                raise_on_error=False,
                max_retries=3,
                initial_backoff=1,
            )
            results = [next(iter(result.values())) for fine, result in told if not fine]
            if wrong := [result for result in results if result.get("status") != 404]:
                raise EngineUnavailable(f"The server refused {len(wrong)} entries: {wrong[0]}")

    def _pack(self, index: str) -> None:
        """Merge its segments into one, which answers faster (`search.bench`)."""
        client = self.client.options(request_timeout=PACKING)
        with ThreadPoolExecutor(1) as beside:
            packing = beside.submit(client.indices.forcemerge, index=index, max_num_segments=1)
            while wait([packing], timeout=SIGNING).not_done:
                self._check(index)
        if isinstance(problem := packing.exception(), TransportError):
            logger.warning("The index %s answers, if slower: it was not packed. %s", index, problem)
        else:
            packing.result()

    # ---- What changes meanwhile ---------------------------------------------------

    def _catch_up(self, index: str, afresh: Afresh | None) -> None:
        """Read marked entries afresh, until there is no mark."""
        while marks := self._marks(index):
            keys = {mark.removeprefix(MARK) for mark in marks}
            public = list(afresh(keys)) if afresh else []
            gone = keys - {entry.key for entry in public} if afresh else set()
            self._write(index, ({"_id": e.key, "_source": to_source(e)} for e in public))
            self._write(index, ({"_op_type": "delete", "_id": key} for key in gone))
            self._unmark(index, marks)
        self.client.indices.refresh(index=index)

    def _marks(self, index: str) -> dict[str, dict[str, Any]]:
        """Return the marks, each with its version."""
        self.client.indices.refresh(index=index)
        query = {"prefix": {"key": MARK}}
        found = scan(self.client, index=index, query={"query": query, "seq_no_primary_term": True})
        return {hit["_id"]: hit for hit in found}

    def _unmark(self, index: str, marks: dict[str, Any]) -> None:
        """Delete these marks, but none that was renewed meanwhile."""
        actions = [
            {
                "_op_type": "delete",
                "_id": id,
                "if_seq_no": hit["_seq_no"],
                "if_primary_term": hit["_primary_term"],
            }
            for id, hit in marks.items()
        ]
        bulk(self.client, actions, index=index, raise_on_error=False)

    def _swap(self, index: str) -> None:
        """Replace the old index by the new one, in one step."""
        old: list[str] = []
        with suppress(NotFoundError):
            old = [n for n in self.client.indices.get_alias(name=self.alias) if n != index]
        actions: list[dict[str, Any]] = [{"add": {"index": index, "alias": self.alias}}]
        actions += [{"remove_index": {"index": name}} for name in old]
        self.client.indices.update_aliases(actions=actions)


def is_finished(client: Elasticsearch, alias: str) -> bool:
    """Whether the index of this name was built to its end.

    Raises:
        NotFoundError: There is no such index.
    """
    found = client.indices.get_mapping(index=alias)
    return all(i["mappings"].get("_meta", {}).get("finished") for i in found.values())


def mark(client: Elasticsearch, alias: str, keys: Iterable[str]) -> None:
    """Tell a running build, if any, that these have changed."""
    name = f"{alias}-next"
    if not client.indices.exists_alias(name=name):
        return
    marks = [{"_id": f"{MARK}{key}", "_source": {"key": f"{MARK}{key}"}} for key in keys]
    bulk(client, marks, index=name, require_alias=True)
