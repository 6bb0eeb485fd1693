"""The figures that `python -m search.bench` prints."""

import pytest

from search import bench
from search.engines.elastic import ElasticsearchEngine
from search.relevance.judging import Question


@pytest.fixture
def table(monkeypatch, capsys):
    """Measure an index of 20 entries by two questions, and return the lines printed."""
    monkeypatch.setenv("BENCH_SIZES", "20")
    monkeypatch.setattr(bench, "questions", lambda: [Question(t, {}) for t in ("spend", "grants")])

    def table(url):
        monkeypatch.setenv("ELASTICSEARCH_URL", url)
        bench.main()
        return capsys.readouterr().out.splitlines()

    return table


def test_bench_measures_the_embedded_engine_and_says_what_it_does_not(table):
    lines = table("")
    assert "Embedded engine: 2 judged questions" in lines[1]
    size, *figures = lines[3].split()
    assert size == "20"
    assert len(figures) == 5
    assert all(float(figure) >= 0 for figure in figures)
    assert "Elasticsearch is NOT measured" in lines[5]


def test_bench_measures_elasticsearch_and_leaves_no_index(table, elasticsearch_url):
    lines = table(elasticsearch_url)
    assert [line.split()[0] for line in lines if line.strip()].count("20") == 2
    client = ElasticsearchEngine(elasticsearch_url).client
    assert not client.indices.get(index="bench-*")


def test_synthetic_entries_are_the_same_for_one_seed():
    words = ["spend", "grants", "anchor", "charity"]
    assert list(bench.synthetic(3, words)) == list(bench.synthetic(3, words))
    assert len({entry.key for entry in bench.synthetic(3, words)}) == 3
