"""Search within a list that another app shows: which of its rows match, and their order.

The list keeps its own filters, counts and rules of what is public. Search only says which
rows match the words, and how well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from search.engines.asking import ask
from search.engines.interface import MOST_HITS, EngineUnavailable, Query

RANKED = 50  # the first of them keep their order, the rest follow the list's own


@dataclass(frozen=True)
class Matches:
    """What matches, best first. `keys` are those of entries, without their prefix ("brd")."""

    keys: tuple[str | int, ...] = ()
    loosened: bool = False
    did_you_mean: str = ""


def match(text: str, types: Sequence[str]) -> Matches | None:
    """Find entries of these types.

    Returns:
        The matches, or None while the engine is unavailable.
    """
    query = Query(text, {"type": tuple(types)}, facets=(), size=MOST_HITS, marks=False, fill=False)
    try:
        results = ask(query)
    except EngineUnavailable:
        return None
    keys = tuple(hit.key.partition(":")[2] for hit in results.hits)
    return Matches(keys, results.loosened, results.did_you_mean)


def rank(field: str, keys: Sequence[object]) -> Case:
    """Return an order for a queryset: as these keys of `field` come, all others after them."""
    places = [When(**{field: key}, then=Value(n)) for n, key in enumerate(keys[:RANKED])]
    return Case(*places, default=Value(RANKED), output_field=IntegerField())
