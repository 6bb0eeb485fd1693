"""How entries on the cluster spell words."""

from collections.abc import Callable, Iterable

from elasticsearch import Elasticsearch
from elasticsearch_dsl import MultiSearch, Search
from elasticsearch_dsl.query import MultiMatch

from search.engines.elastic.queries import WEIGHTS, without
from search.engines.spelling import SAMPLE

MOST = 20  # spellings near a word


class ClusterSpellings:
    """See `search.engines.spelling.Spellings`."""

    def __init__(self, client: Callable[[], Elasticsearch], index: str, exclude: Iterable[str]):
        self._client, self._index, self._exclude = client, index, exclude

    def known(self, words: Iterable[str]) -> set[str]:
        """Return those that stand, in some form, in an entry that may be shown."""
        words = list(words)
        if not words:
            return set()
        together = MultiSearch(using=self._client(), index=self._index)
        for word in words:
            asked = without(MultiMatch(query=word, fields=list(WEIGHTS)), self._exclude)
            together = together.add(Search().query(asked).extra(size=0, terminate_after=1))
        answers = together.execute()
        return {word for word, a in zip(words, answers, strict=True) if a.hits.total.value}

    def texts(self, word: str) -> list[str]:
        """Return the texts of some entries that hold exactly this word and may be shown."""
        holding = without(
            MultiMatch(query=word, fields=[f"{name}.exact" for name in WEIGHTS]), self._exclude
        )
        search = Search(using=self._client(), index=self._index).query(holding)
        found = search[:SAMPLE].source(list(WEIGHTS)).execute().to_dict()["hits"]["hits"]
        return [
            "\n".join(
                "\n".join(value) if isinstance(value, list) else value
                for value in hit["_source"].values()
            )
            for hit in found
        ]

    def near(self, word: str, slips: int) -> list[tuple[str, int]]:
        """Return spellings within so many slips, with how many entries hold each."""
        search = Search(using=self._client(), index=self._index).extra(size=0)
        search = search.suggest(
            "near",
            word,
            term={
                "field": "spelling",
                "suggest_mode": "always",
                "max_edits": slips,
                "prefix_length": 0,
                "min_word_length": len(word),
                "size": MOST,
                "sort": "score",
            },
        )
        found = search.execute().suggest["near"]
        return [(option.text, option.freq) for asked in found[:1] for option in asked.options]
