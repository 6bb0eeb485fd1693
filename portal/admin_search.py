"""Wagtail's search backend for the admin, hardened against unusual input.

On SQLite a quotation mark or NUL raises OperationalError and a blank query AttributeError
(wagtail #13227). On PostgreSQL NUL raises DataError. This backend cleans each query before
compiling it, and a query without any word finds nothing.

    WAGTAILSEARCH_BACKENDS = {
        "default": {"BACKEND": "portal.admin_search", "SEARCH_CONFIG": "english"}
    }

SEARCH_CONFIG is PostgreSQL's stemmer. On SQLite a migration of `search` makes the table stem
its words, and this backend also looks up an unfinished word by its stem.
"""

import re
from typing import Any

from django.db.models import QuerySet
from modelsearch.backends.base import BaseSearchBackend
from modelsearch.backends.database import SearchBackend as stock_backend
from modelsearch.query import (
    MATCH_NONE,
    And,
    Boost,
    Fuzzy,
    MatchAll,
    Not,
    Or,
    Phrase,
    PlainText,
    SearchQuery,
)

SHORTEST_STEM = 4  # letters
LONGEST_ENDING = 6

_UNWANTED = re.compile('[\x00-\x1f"\ud800-\udfff]')
_WORD = re.compile(r"\w")


def clean(query: SearchQuery) -> SearchQuery:
    """Return the query with plain words only, or MATCH_NONE if no word is left."""
    if isinstance(query, (PlainText, Phrase, Fuzzy)):
        return _clean_words(query)
    if isinstance(query, (And, Or)):
        return _clean_several(query)
    if isinstance(query, Not):
        inner = clean(query.subquery)
        # Negating "nothing" would find everything, although no word was typed.
        return MATCH_NONE if _is_nothing(inner) else Not(inner)
    if isinstance(query, Boost):
        inner = clean(query.subquery)
        return MATCH_NONE if _is_nothing(inner) else Boost(inner, query.boost)
    return query


def _clean_words(query: PlainText | Phrase | Fuzzy) -> SearchQuery:
    words = _UNWANTED.sub(" ", query.query_string).split()
    text = " ".join(word for word in words if _WORD.search(word))
    if not text:
        return MATCH_NONE
    if isinstance(query, PlainText):
        return PlainText(text, operator=query.operator, boost=query.boost)
    if isinstance(query, Fuzzy):
        return Fuzzy(text, operator=query.operator, unaccent=query.unaccent)
    return Phrase(text)


def _clean_several(query: And | Or) -> SearchQuery:
    parts = [clean(part) for part in query.subqueries]
    kept = [part for part in parts if not _is_nothing(part)]
    if not kept or (isinstance(query, And) and len(kept) < len(parts)):
        return MATCH_NONE
    return kept[0] if len(kept) == 1 else type(query)(kept)


def _is_nothing(query: SearchQuery) -> bool:
    return isinstance(query, Not) and isinstance(query.subquery, MatchAll)


def SearchBackend(params: dict[str, Any]) -> BaseSearchBackend:
    """Return Wagtail's backend for the main database, with compilers that clean queries.

    Wagtail looks for this name in a BACKEND module.
    """
    backend = stock_backend(params)
    for name in ("query_compiler_class", "autocomplete_query_compiler_class"):
        if compiler := getattr(backend, name):
            setattr(backend, name, _cleaning(compiler))
    return backend


def _cleaning(compiler: Any) -> Any:
    """Return a subclass of Wagtail's compiler that cleans its query first."""
    on_sqlite = compiler.__module__.startswith("modelsearch.backends.database.sqlite")

    class CleaningCompiler(compiler):
        query: SearchQuery
        queryset: QuerySet

        def __init__(self, *args: Any, **kwargs: Any):
            super().__init__(*args, **kwargs)
            self.query = clean(self.query)
            if _is_nothing(self.query):
                self.queryset = self.queryset.none()

        def build_search_query_content(self, query: SearchQuery, **kwargs: Any) -> Any:
            if isinstance(query, PlainText) and on_sqlite and self.LAST_TERM_IS_PREFIX:
                return _unfinished(query)
            return super().build_search_query_content(query, **kwargs)

    return CleaningCompiler


def _unfinished(query: PlainText) -> Any:
    """Match the last word as a prefix or by a stem, for example "procurem" as "procur"."""
    # This module needs a model that PostgreSQL does not have.
    from modelsearch.backends.database.sqlite.query import (  # noqa: PLC0415
        Lexeme,
        SearchQueryExpression,
    )

    *words, last = query.query_string.split()
    found = SearchQueryExpression(Lexeme(last, prefix=True))
    for length in range(max(SHORTEST_STEM, len(last) - LONGEST_ENDING), len(last)):
        found |= SearchQueryExpression(Lexeme(last[:length]))
    for word in words:
        one = SearchQueryExpression(Lexeme(word))
        found = found | one if query.operator.upper() == "OR" else found & one
    return found
