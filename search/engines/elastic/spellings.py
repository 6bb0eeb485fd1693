"""How entries on the cluster spell words: what `search.engines.spelling` needs to know."""

from collections.abc import Callable, Iterable

from elasticsearch import Elasticsearch
from elasticsearch_dsl import MultiSearch, Search
from elasticsearch_dsl.query import MultiMatch

from search.engines.elastic.queries import STEMMED, without
from search.engines.spelling import slips

MOST = 20  # spellings near a word


class Spellings:
    """The words of one index, without those of entries that may not be shown."""

    def __init__(self, client: Callable[[], Elasticsearch], index: str, exclude: Iterable[str]):
        self._client, self._index, self._exclude = client, index, exclude

    def known(self, words: Iterable[str]) -> set[str]:
        """Which of these words, or other forms of them, stand in a visible entry."""
        words = list(words)
        if not words:
            return set()
        together = MultiSearch(using=self._client(), index=self._index)
        for word in words:
            asked = without(MultiMatch(query=word, fields=STEMMED), self._exclude)
            together = together.add(Search().query(asked).extra(size=0, terminate_after=1))
        answers = together.execute()
        return {word for word, a in zip(words, answers, strict=True) if a.hits.total.value}

    def near(self, word: str) -> list[tuple[str, int]]:
        """Spellings near this one, with how many entries hold them. Of withdrawn ones too."""
        if not (edits := slips(word)):
            return []
        search = Search(using=self._client(), index=self._index).extra(size=0)
        search = search.suggest(
            "near",
            word,
            term={
                "field": "spelling",
                "suggest_mode": "always",
                "max_edits": edits,
                "prefix_length": 0,
                "min_word_length": len(word),
                "size": MOST,
                "sort": "score",
            },
        )
        [asked] = search.execute().suggest["near"][:1] or [None]
        return [(option.text, option.freq) for option in asked.options] if asked else []
