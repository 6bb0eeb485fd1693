"""Search inside a list that another part of the site shows: the rows an engine finds.

The list keeps its own filters, counts and rules of what is public; the engine only says
which of its rows fit the words, and in which order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from search.asking import ask
from search.engines import MOST_HITS, EngineUnavailable, Query

RANKED = 50  # the first of them keep their order; what follows goes by the list's own


@dataclass(frozen=True)
class Inside:
    """What fits, best first. `keys` are the entries' own without their prefix ("brd")."""

    keys: tuple[str | int, ...] = ()
    loosened: bool = False
    did_you_mean: str = ""


def look(text: str, types: Sequence[str]) -> Inside | None:
    """What of these types fits the words; None while the engine cannot say."""
    query = Query(text, {"type": tuple(types)}, facets=(), size=MOST_HITS, marks=False, fill=False)
    try:
        results = ask(query)
    except EngineUnavailable:
        return None
    keys = tuple(hit.key.partition(":")[2] for hit in results.hits)
    return Inside(keys, results.loosened, results.did_you_mean)


def rank(field: str, keys: Sequence[object]) -> Case:
    """An order for a queryset: as these keys of `field` come, all others after them."""
    places = [When(**{field: key}, then=Value(n)) for n, key in enumerate(keys[:RANKED])]
    return Case(*places, default=Value(RANKED), output_field=IntegerField())
