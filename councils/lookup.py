"""Finding councils: by any of their names, or by the domain of an email address."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from councils.models import Council, CouncilDomain, CouncilQuerySet
from search import list_search

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
    found = list_search.match(text, TYPES)
    real = Council.objects.real()
    if found and found.keys and not found.loosened:
        councils = real.filter(key__in=found.keys)
        return LookedUp(councils.annotate(rank=list_search.rank("key", found.keys)))
    councils = real.named_like(text).annotate(rank=list_search.rank("key", ()))
    return LookedUp(councils, found.did_you_mean if found else "")


def near(text: str, among: CouncilQuerySet) -> list[Council]:
    """Those that somebody may mean who typed what is no council's name, best first: what the
    words fit, else what they fit once corrected, else the names spelled most like them."""
    found = look_up(text)
    fits = list(found.best_first().filter(pk__in=among)[:NEAR])
    if not fits and found.did_you_mean:
        fits = list(look_up(found.did_you_mean).best_first().filter(pk__in=among)[:NEAR])
    return fits or _spelled_like(text, among)


def _spelled_like(text: str, councils: CouncilQuerySet) -> list[Council]:
    """Without the engine, which may be down or not have heard of them yet."""
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


def domain_of(email: str) -> str:
    """The part behind the last @, lower-case and in its ASCII form; "" where it has none."""
    domain = email.rpartition("@")[2].strip().lower().rstrip(".")
    try:
        return domain.encode("idna").decode() if domain else ""
    except UnicodeError:
        return ""


def councils_of(email: str):
    """The councils that use the address's domain, exactly or above a dot.

    x.bradford.gov.uk is Bradford's; notbradford.gov.uk is not (product.md 4.7).
    """
    labels = domain_of(email).split(".")
    candidates = [".".join(labels[i:]) for i in range(len(labels) - 1)]
    matches = CouncilDomain.objects.filter(domain__in=candidates)
    return Council.objects.filter(domains__in=matches).distinct()


def is_of(email: str, council: Council) -> bool:
    """True when the address's domain is one of this council's."""
    return councils_of(email).filter(pk=council.pk).exists()
