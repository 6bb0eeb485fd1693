"""The cluster's engine where things go wrong, and while its index is built anew."""

import socket
import threading
import time
from contextlib import contextmanager
from itertools import pairwise

import pytest
from elasticsearch import ConnectionTimeout, Elasticsearch

from search.engines.asking import get_engine
from search.engines.elastic import ElasticsearchEngine, building, mapping
from search.engines.elastic.breaker import LONGEST_REST, Breaker, Budget, TooLate
from search.engines.interface import EngineUnavailable, Query
from search.models import StaleEntry
from search.tests.factories import EntryFactory, content_page
from search.views.results import find

NOBODY = "http://127.0.0.1:1"
IndicesClient = type(Elasticsearch(NOBODY).indices)
ANCHOR = Query("anchor")


def keys(engine, query=ANCHOR):
    return [hit.key for hit in engine.search(query).hits]


class Clock:
    """Time that passes when told to."""

    now = 100.0

    def __call__(self):
        return self.now


@contextmanager
def silent_server():
    """Takes connections and never says a word. Gives its address and who came."""
    came = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take():
            while True:
                try:
                    came.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", came
        server.shutdown(socket.SHUT_RDWR)
    for connection in came:
        connection.close()


# ---- Down, slow, better again -------------------------------------------------------


def test_a_server_that_is_down_is_told():
    engine = ElasticsearchEngine(NOBODY)
    assert not engine.is_current()
    for act in (
        lambda: engine.search(ANCHOR),
        lambda: engine.suggest("anc", 5),
        lambda: engine.put([EntryFactory()]),
        lambda: engine.remove(["a"]),
        lambda: engine.replace_all([]),
        engine.needs_building,  # that it is down is no reason to build anew
        engine.count,
    ):
        with pytest.raises(EngineUnavailable, match=r"cannot be reached|rest"):
            act()


def test_a_server_that_hangs_is_given_up_and_then_left_alone():
    with silent_server() as (address, came):
        engine = ElasticsearchEngine(address, budget=0.2)
        with pytest.raises(EngineUnavailable, match="too long"):
            engine.search(ANCHOR)
        with pytest.raises(EngineUnavailable, match="rest"):
            engine.search(ANCHOR)
        assert len(came) == 1


def within_patience(true) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_closed(breaker) -> bool:
    try:
        breaker.ask()
    except EngineUnavailable:
        return False
    return True


def test_server_that_failed_is_asked_by_a_thread_until_it_is_well():
    answers = [False, ZeroDivisionError(), True]

    def is_well() -> bool:
        if isinstance(answer := answers.pop(0) if answers else False, Exception):
            raise answer
        return answer

    breaker = Breaker(is_well, rest=0.01)
    assert is_closed(breaker)
    for _ in range(5):  # of many readers at once
        breaker.failed()
    assert not is_closed(breaker)
    within_patience(lambda: is_closed(breaker))
    assert answers == []
    breaker.failed()
    assert not is_closed(breaker)
    breaker.answered()


def test_server_that_hangs_is_asked_by_one_thread_and_by_no_reader():
    asked, go_on = [], threading.Event()

    def hang():
        asked.append(True)
        return go_on.wait(20)

    breaker = Breaker(hang, rest=0.01)
    breaker.failed()
    within_patience(lambda: asked)
    for _ in range(5):
        breaker.failed()
        assert not is_closed(breaker)
    assert len(asked) == 1
    go_on.set()
    within_patience(lambda: is_closed(breaker))


def test_answer_to_a_reader_who_asked_before_ends_the_rest():
    breaker = Breaker(lambda: False, rest=60)
    breaker.failed()
    breaker.answered()
    assert is_closed(breaker)
    within_patience(lambda: breaker._healer is None)


def test_server_rests_longer_each_time_but_never_for_good():
    times = []

    def note() -> bool:
        times.append(time.monotonic())
        return len(times) == 5

    breaker = Breaker(note, rest=0.02)
    breaker.failed()
    within_patience(lambda: is_closed(breaker))
    pauses = [after - before for before, after in pairwise(times)]
    assert pauses[-1] > 4 * pauses[0]
    assert LONGEST_REST <= 15


def test_server_that_is_slow_at_first_is_warmed_before_readers_ask_it(elastic, monkeypatch):
    """Each of the first answers takes longer than a reader waits, as after a start."""
    engine = ElasticsearchEngine(elastic.url, elastic.name, budget=0.8)
    slow = [1.0] * 6
    perform = engine.client.transport.__class__.perform_request

    def cold(self, method, target, **how):
        if "_search" in target and slow:
            wait = min(slow.pop(), how["request_timeout"])
            time.sleep(wait)
            if wait < 1:
                raise ConnectionTimeout("cold")
        return perform(self, method, target, **how)

    monkeypatch.setattr(engine.client.transport.__class__, "perform_request", cold)
    with pytest.raises(EngineUnavailable):
        engine.search(ANCHOR)
    within_patience(lambda: is_closed(engine.breaker))
    assert not slow, "the breaker closed while it was cold"
    engine.search(ANCHOR)


def test_one_answer_has_one_budget_however_many_questions_it_takes():
    clock = Clock()
    budget = Budget(0.8, clock)
    assert budget.left() == pytest.approx(0.8)
    clock.now += 0.5
    assert budget.left() == pytest.approx(0.3)
    clock.now += 0.3
    with pytest.raises(TooLate):
        budget.left()


@pytest.mark.django_db
def test_the_page_answers_and_the_site_says_so_while_the_server_is_down(home, settings, client):
    content_page(home, title="Anchor")
    settings.ELASTICSEARCH_URL = NOBODY
    results = find(ANCHOR)
    assert results.limited
    assert results.count == 1
    page = client.get("/search/?q=anchor")
    assert page.status_code == 200
    assert "Anchor" in page.content.decode()
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["search"]) == (503, "not ok")


@pytest.mark.django_db
def test_what_is_withdrawn_while_the_server_is_down_is_not_found_when_it_is_back(
    home, settings, elastic
):
    page = content_page(home, title="Anchor")
    key = f"page:{page.pk}"
    elastic.put([EntryFactory(key=key, title="Anchor")])
    settings.ELASTICSEARCH_URL = NOBODY
    page.unpublish()
    assert StaleEntry.objects.filter(key=key).exists()
    assert find(ANCHOR).count == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.engines.asking.get_engine", lambda: elastic)
        assert keys(elastic) == [key], "the server still has it"
        assert find(ANCHOR).count == 0
        assert not find(ANCHOR).limited


def test_without_an_address_there_is_no_such_engine(settings):
    settings.ELASTICSEARCH_URL = ""
    with pytest.raises(EngineUnavailable):
        get_engine("elasticsearch")


# ---- Building anew ------------------------------------------------------------------


@pytest.fixture
def engine(unbuilt_elastic, monkeypatch):
    monkeypatch.setattr(building, "BATCH", 2)
    monkeypatch.setattr(building, "BUILDER_GONE", 0)
    return unbuilt_elastic


def some(*keys, **fields):
    return [EntryFactory(key=key, title=f"anchor {key}", **fields) for key in keys]


def broken_off(entries):
    yield from entries
    raise RuntimeError("broken off")


def indexes(engine):
    return set(engine.client.indices.get(index=f"{engine.name}-*"))


def test_an_index_of_another_mapping_is_not_read(engine, monkeypatch):
    engine.replace_all(some("a"))
    monkeypatch.setattr(mapping, "OPENING", 100)
    newer = ElasticsearchEngine(engine.url, engine.name, engine.budget)
    assert newer.alias != engine.alias
    assert newer.needs_building()
    assert not newer.is_current()
    with pytest.raises(EngineUnavailable, match="not been built"):
        newer.search(ANCHOR)
    newer.replace_all(some("b"))
    assert (keys(engine), keys(newer)) == (["a"], ["b"])


def test_a_half_built_index_answers_nobody(engine):
    with pytest.raises(RuntimeError):
        engine.replace_all(broken_off(some("a", "b", "c", "d")))
    assert not engine.is_current()
    with pytest.raises(EngineUnavailable):
        engine.search(ANCHOR)


def test_an_index_that_was_put_in_place_by_hand_half_built_answers_nobody(engine):
    with pytest.raises(RuntimeError):
        engine.replace_all(broken_off(some("a", "b", "c")))
    [index] = indexes(engine)
    engine.client.indices.put_alias(index=index, name=engine.alias)
    assert not engine.is_current()
    with pytest.raises(EngineUnavailable, match="complete"):
        engine.search(ANCHOR)
    engine.replace_all(some("d"))
    assert keys(engine) == ["d"]


def test_a_build_that_broke_off_is_taken_up_where_it_was(engine, monkeypatch):
    entries = some("a", "b", "c", "d", "e")
    with pytest.raises(RuntimeError):
        engine.replace_all(broken_off(entries[:4]))
    written = []
    bulk = building.streaming_bulk

    def recorded(client, batch, **options):
        written.extend(action["_id"] for action in batch)
        return bulk(client, batch, **options)

    monkeypatch.setattr(building, "streaming_bulk", recorded)
    changed = EntryFactory(key="b", title="anchor anew")
    assert engine.replace_all([entries[0], changed, entries[3], entries[4]]) == 4
    assert sorted(written) == ["b", "c", "e"], "only what differs"
    assert sorted(keys(engine)) == ["a", "b", "d", "e"]
    assert len(indexes(engine)) == 1


def test_the_old_index_serves_while_the_new_one_breaks_off(engine):
    engine.replace_all(some("old"))
    with pytest.raises(RuntimeError):
        engine.replace_all(broken_off(some("a", "b", "c")))
    assert keys(engine) == ["old"]
    engine.put(some("more"))
    assert sorted(keys(engine)) == ["more", "old"]


def test_a_new_index_is_in_one_piece(engine):
    engine.replace_all(some("a", "b", "c", "d", "e"))
    told = engine.client.indices.segments(index=engine.alias)
    [index] = told["indices"].values()
    [[copy]] = index["shards"].values()
    assert len(copy["segments"]) == 1


def test_a_build_shows_signs_of_life_while_the_index_is_packed(engine, monkeypatch):
    monkeypatch.setattr(building, "SIGNING", 0.01)
    signs = []
    check = building.Building._check
    monkeypatch.setattr(
        building.Building, "_check", lambda self, index: signs.append(1) or check(self, index)
    )
    pack = IndicesClient.forcemerge
    monkeypatch.setattr(
        IndicesClient, "forcemerge", lambda self, **how: time.sleep(0.3) or pack(self, **how)
    )
    engine.replace_all(some("a"))
    assert len(signs) > 3


def test_an_index_that_could_not_be_packed_answers_all_the_same(engine, monkeypatch, caplog):
    def cut_off(self, **how):
        raise ConnectionTimeout("A proxy cut it off.")

    monkeypatch.setattr(IndicesClient, "forcemerge", cut_off)
    engine.replace_all(some("a"))
    assert keys(engine) == ["a"]
    assert "not packed" in caplog.text


def test_what_changes_while_it_is_built_is_neither_lost_nor_overtaken(engine):
    """The builder has read "b" and "c" before they change, as a slow one would."""
    engine.replace_all(some("a", "b", "c"))
    live = {e.key: e for e in some("a", "b", "c", "d")}

    def read():
        yield live["a"]
        yield live["b"]
        yield live["c"]
        yield live["d"]
        live["b"] = EntryFactory(key="b", title="anchor anew")
        engine.put([live["b"]])
        del live["c"]
        engine.remove(["c"])

    engine.replace_all(read(), afresh=lambda keys: [live[k] for k in keys if k in live])
    assert sorted(keys(engine)) == ["a", "b", "d"]
    assert keys(engine, Query("anew")) == ["b"]
    assert engine.count() == 3


def test_two_builds_at_once_are_one_too_many(engine, monkeypatch):
    monkeypatch.setattr(building, "BUILDER_GONE", 60)

    def read():
        yield from some("a")
        with pytest.raises(EngineUnavailable, match="being built"):
            engine.replace_all(some("b"))

    engine.replace_all(read())
    assert keys(engine) == ["a"]


def test_a_builder_whose_work_was_taken_over_stops(engine):
    def read():
        yield from some("a", "b")
        engine.replace_all(some("z"))
        yield from some("c", "d")

    with pytest.raises(EngineUnavailable):
        engine.replace_all(read())
    assert keys(engine) == ["z"]


def test_writing_makes_no_index_of_its_own(engine):
    with pytest.raises(EngineUnavailable):
        engine.put(some("a"))
    assert indexes(engine) == set()
