"""From a plan to queries for Elasticsearch."""

import zlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from elasticsearch_dsl import FacetedSearch, Q, Search, TermsFacet
from elasticsearch_dsl.query import (
    Bool,
    Boosting,
    CombinedFields,
    ConstantScore,
    DisMax,
    FunctionScore,
    MatchPhrase,
    MultiMatch,
    Prefix,
    Term,
    Terms,
)
from elasticsearch_dsl.query import Query as Asked

from search.engines.highlights import CLOSE, OPEN, storable
from search.engines.interface import FACETS, Query
from search.engines.plan import Expression, Plan, Want
from search.engines.words import fold

WEIGHTS = {"title": 10, "names": 4, "summary": 3, "body": 1, "asked": 1}
SHOWN = ("title", "names", "summary", "body")
# Of a phrase the best field counts, where of words all fields count together and level off.
PHRASE_WEIGHTS = {"title": 2, "names": 1.7, "summary": 1.5, "body": 1, "asked": 1}
HEADS = ["title.exact^10", "names.exact^3"]

# More than any rank of words, so that the kinds of finds keep apart.
CALLED_SO, HOLDS_ALL, HOLDS_START, LAST = 4000.0, 2000.0, 1000.0, 100.0
NAMED = 6.0
INSTEAD = 0.3
ASKED = 0.5  # of the rank, for what holds all the words only with those that people ask in
UNLIKE = 1e-5

BEST = [{"_score": "desc"}, {"key": "asc"}]
ORDERS = {"newest": [{"date": "desc"}, *BEST], "title": [{"title_order": "asc"}, {"key": "asc"}]}

MOST_VALUES = 1_000  # of a facet
PIECE = 200  # letters of the body shown


class EntrySearch(FacetedSearch):
    """A search for what is wanted, with the facets and choices of a query."""

    facets: dict[str, Any]
    fields = list(SHOWN)  # without any, `highlight` is never called

    def __init__(
        self,
        client: Any,
        index: str,
        plan: Plan,
        query: Query,
        wanted: Asked,
        *,
        unfinished: bool = False,
    ):
        self.using, self.index = client, index
        self._plan, self._wanted, self._marks = plan, wanted, query.marks
        self._start = plan.prefix if unfinished else ""
        chosen = {
            name: [storable(value) for value in values]
            for name, values in query.chosen.items()
            if name in FACETS and values
        }
        self.facets = {
            name: TermsFacet(field=name, size=MOST_VALUES)
            for name in dict.fromkeys([*query.facets, *chosen])
        }
        self._excluded = query.exclude
        super().__init__(query.text, chosen, ORDERS.get(query.sort, BEST))

    def search(self) -> Search:
        """Set what holds for every answer."""
        found = super().search().source(excludes=["body", "asked", "called", "heads", "spelling"])
        return found.extra(track_total_hits=True).params(
            allow_partial_search_results=False,
            # Replicas rank a little differently, so ask one replica for one question.
            preference=f"q{zlib.crc32(self._plan.name.encode())}",
        )

    def query(self, search: Search, query: Any) -> Search:
        """Ask for what is wanted, without excluded keys."""
        return search.query(without(self._wanted, self._excluded))

    def aggregate(self, search: Search) -> None:
        """Count facets, and all that was found, whatever is chosen."""
        super().aggregate(search)
        search.aggs.bucket("found", "filter", filter=Q("match_all"))

    def highlight(self, search: Search) -> Search:
        """Mark the words asked for, if the query wants marks."""
        if not self._marks:
            return search
        fields = {name: self._marking(name) for name in SHOWN}
        marks = {"pre_tags": [OPEN], "post_tags": [CLOSE], "type": "unified", "fields": fields}
        return search.extra(highlight=marks)

    def _marking(self, name: str) -> dict[str, Any]:
        """Return how one field is marked: all of a short text, of the body the best piece.

        With as little as will do, because marking is most of the work.
        """
        marked = [
            MatchPhrase(**{f"{name}.exact" if e.as_written else name: e.text})
            for e in self._plan.expressions
        ]
        if self._start:
            marked.append(Prefix(**{f"{name}.exact": fold(self._start)}))
        how: dict[str, Any] = {"highlight_query": Bool(should=marked).to_dict()}
        if self._start or any(e.as_written for e in self._plan.expressions):
            how["matched_fields"] = [name, f"{name}.exact"]
        if name == "body":
            return how | {"number_of_fragments": 1, "fragment_size": PIECE, "order": "score"}
        return how | {"number_of_fragments": 0}


def without(wanted: Asked, keys: Iterable[str]) -> Asked:
    """Return the same without these keys."""
    if not keys:
        return wanted
    return Bool(must=[wanted], must_not=[Terms(key=sorted(keys))])


def holding_all(plan: Plan) -> Asked:
    """Match everything that is wanted, whole words only."""
    in_own_text = Bool(filter=[_want(want, SHOWN) for want in plan.wants])
    asked = [_expression(e, fields=["asked"]) for e in plan.expressions]
    helped = Bool(filter=[Bool(should=asked)], must_not=[in_own_text])
    others = {"filter": helped.to_dict(), "weight": ASKED}
    return _weighed(Bool(must=[_want(want) for want in plan.wants]), others)


def going_on(plan: Plan) -> Asked:
    """Match everything, and after it what has the last word only as a prefix."""
    strict = holding_all(plan)
    rest = [_want(want) for want in plan.wants if want != Want((Expression(plan.prefix),))]
    unfinished = _weighed(Bool(must=[*rest, _begins(plan.prefix)]))
    ways = [strict, ConstantScore(filter=strict, boost=HOLDS_START), unfinished]
    return Bool(should=ways, minimum_should_match=1)


def holding_some(plan: Plan, otherwise: Asked) -> Asked:
    """Match any of the words and all that was quoted, but nothing found `otherwise`.

    The wants that a hit holds are the names of its matched queries.
    """
    topics = Bool(should=[_expression(e) for e in plan.topics], minimum_should_match=1)
    return Bool(
        must=[_weighed(topics)],
        filter=[_want(want) for want in plan.wants if want.is_quoted],
        should=[
            ConstantScore(filter=_want(want), boost=0, _name=str(number))
            for number, want in enumerate(plan.wants)
        ],
        must_not=[otherwise],
    )


def called_as_a_part(plan: Plan) -> Asked:
    """Match what is named as a part of the question, or as all of it."""
    return Bool(filter=[Terms(called=list(plan.named))])


def filled_up(plan: Plan, full: Asked, some: Iterable[str], named: Collection[str] = ()) -> Asked:
    """Match what is found in full, and after it `some`, in their order.

    `named` come among those in full, ranked by their names alone.
    """
    few = [
        ConstantScore(filter=Term(key=key), boost=LAST - number) for number, key in enumerate(some)
    ]
    if named:
        among = HOLDS_ALL + HOLDS_START if plan.prefix else HOLDS_ALL
        few.append(ConstantScore(filter=Terms(key=sorted(named)), boost=among))
    return Bool(should=[full, ConstantScore(filter=full, boost=HOLDS_ALL), *few])


def ranked(plan: Plan, found: Asked) -> Asked:
    """Raise entries with the words as typed in a title or name.

    More so if a name is a part of the question, and most if it is the whole question. What
    means something else comes last.
    """
    lifts = [
        CombinedFields(query=" ".join(plan.typed), fields=HEADS),
        ConstantScore(filter=Terms(called=list(plan.named)), boost=NAMED),
        ConstantScore(filter=Term(called=plan.name), boost=CALLED_SO),
    ]
    lifted = Bool(must=[found], should=lifts)
    if not plan.unlike:
        return lifted
    other = Bool(should=[_phrase(Expression(text, as_written=True)) for text in plan.unlike])
    return Boosting(positive=lifted, negative=other, negative_boost=UNLIKE)


def _weighed(query: Asked, *more: dict[str, Any]) -> Asked:
    """Match the same, with ranks multiplied by the weights of their entries, and by `more`."""
    weight = {"field_value_factor": {"field": "weight", "missing": 1}}
    return FunctionScore(query=query, functions=[weight, *more])


def _want(want: Want, fields: Iterable[str] = WEIGHTS) -> Asked:
    typed = Bool(must=[_expression(e, fields=fields) for e in want.typed])
    if not want.instead:
        return typed
    instead = [_expression(e, INSTEAD, fields) for e in want.instead]
    return DisMax(queries=[typed, *instead])


def _expression(
    expression: Expression, boost: float = 1.0, fields: Iterable[str] = WEIGHTS
) -> Asked:
    if not expression.text.isalnum():
        return _phrase(expression, boost, fields)
    weighed = _fields(expression, fields, WEIGHTS)
    return CombinedFields(query=expression.text, fields=weighed, boost=boost)


def _phrase(expression: Expression, boost: float = 1.0, fields: Iterable[str] = WEIGHTS) -> Asked:
    weighed = _fields(expression, fields, PHRASE_WEIGHTS)
    return MultiMatch(query=expression.text, type="phrase", fields=weighed, boost=boost)


def _fields(
    expression: Expression, names: Iterable[str], weights: Mapping[str, float]
) -> list[str]:
    """Return where an expression is looked for, with the weight of each field."""
    form = ".exact" if expression.as_written else ""
    return [f"{name}{form}^{weights[name]}" for name in names]


def _begins(word: str) -> Asked:
    """Match a word that begins so."""
    start = fold(word)
    return DisMax(
        queries=[
            Prefix(**{f"{name}.exact": {"value": start, "boost": weight}})
            for name, weight in WEIGHTS.items()
        ]
    )


def suggestions(
    client: Any, index: str, words: list[str], types: Iterable[str], exclude: Iterable[str]
) -> Search:
    """Search for things with a name that continues these words."""
    text = " ".join(words)
    names = Q("match", heads={"query": text, "operator": "and"})
    begun = [
        ConstantScore(filter=Term(called=text), boost=20),
        ConstantScore(filter=Prefix(called={"value": text}), boost=10),
    ]
    wanted = Bool(must=[names], should=begun)
    if types := list(types):
        wanted = Bool(must=[wanted], filter=[Terms(type=[storable(t) for t in types])])
    found = Search(using=client, index=index).query(without(wanted, exclude)).source(False)
    # Read only the column `offer`, no stored document.
    return found.extra(stored_fields="_none_", docvalue_fields=["offer"], track_total_hits=False)
