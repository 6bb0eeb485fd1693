"""Which councils somebody means: by the search engine, or by what their names hold."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from network.models import Council
from network.models.councils import CouncilQuerySet
from search import inside

TYPES = ("council", "other-body")
NEAR = 8  # near matches to choose from: more are no help
ALIKE = 75  # of 100: "Strowd" is 83 like "Stroud"


@dataclass(frozen=True)
class LookedUp:
    """The councils, with `rank`: best first. `did_you_mean`: where there are none."""

    councils: CouncilQuerySet
    did_you_mean: str = ""

    def best_first(self) -> CouncilQuerySet:
        """In the order of how well they fit."""
        return self.councils.order_by("rank", "name", "pk")  # type: ignore[misc]  # annotated


def look_up(text: str) -> LookedUp:
    """Real councils that fit the text, abolished ones too.

    The engine knows their names, codes and places, the sector's words for them, and how
    they are spelled. Where it finds nothing in full or cannot answer, parts of names do.
    """
    found = inside.look(text, TYPES)
    real = Council.objects.real()
    if found and found.keys and not found.loosened:
        councils = real.filter(key__in=found.keys)
        return LookedUp(councils.annotate(rank=inside.rank("key", found.keys)))
    councils = real.named_like(text).annotate(rank=inside.rank("key", ()))
    return LookedUp(councils, found.did_you_mean if found else "")


def near(text: str) -> list[Council]:
    """Those that somebody may mean who typed what is no council's name, best first: what the
    words fit, else what they fit once corrected, else the names spelled most like them."""
    found = look_up(text)
    fits = list(found.best_first().findable()[:NEAR])
    if not fits and found.did_you_mean:
        fits = list(look_up(found.did_you_mean).best_first().findable()[:NEAR])
    return fits or _spelled_like(text)


def _spelled_like(text: str) -> list[Council]:
    """Without the engine, which may be down or not have heard of them yet."""
    councils = Council.objects.real().findable()
    called = {
        (pk, name): name
        for pk, *names in councils.values_list("pk", "name", "official_name")
        for name in names
    }
    like = process.extract(
        text, called, processor=default_process, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=NEAR
    )
    nearest = list(dict.fromkeys(pk for _, _, (pk, _) in like))
    known = councils.in_bulk(nearest)
    return [known[pk] for pk in nearest]
