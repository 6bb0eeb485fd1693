"""Lookup of councils by any of their names, and by the domain of an email address."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from councils.models import Council, CouncilDomain, CouncilQuerySet
from search import list_search

TYPES = ("council", "other-body")
NEAR = 8  # near matches to choose from; more do not help
ALIKE = 75  # of 100: "Strowd" is 83 like "Stroud"


@dataclass(frozen=True)
class LookedUp:
    """The councils that fit a text.

    Attributes:
        councils: Annotated with `rank`, lowest first.
        did_you_mean: A corrected text, if there are no councils.
    """

    councils: CouncilQuerySet
    did_you_mean: str = ""

    def best_first(self) -> CouncilQuerySet:
        """Return the councils, best match first."""
        return self.councils.order_by("rank", "name", "pk")  # type: ignore[misc]  # annotated


def look_up(text: str) -> LookedUp:
    """Return the real councils that fit a text, abolished ones too.

    The search engine knows their names, codes, places and spelling, and the sector's words for
    them. If it finds no full match or is unavailable, parts of names count.
    """
    found = list_search.match(text, TYPES)
    real = Council.objects.real()
    if found and found.keys and not found.loosened:
        councils = real.filter(key__in=found.keys)
        return LookedUp(councils.annotate(rank=list_search.rank("key", found.keys)))
    councils = real.named_like(text).annotate(rank=list_search.rank("key", ()))
    return LookedUp(councils, found.did_you_mean if found else "")


def near(text: str, among: CouncilQuerySet) -> list[Council]:
    """Return up to NEAR councils that someone may mean by a mistyped name, best match first.

    Tries the words, then the words corrected by search, then the most similar spelling.

    Args:
        text: What was typed.
        among: The councils to choose from.
    """
    found = look_up(text)
    fits = list(found.best_first().filter(pk__in=among)[:NEAR])
    if not fits and found.did_you_mean:
        fits = list(look_up(found.did_you_mean).best_first().filter(pk__in=among)[:NEAR])
    return fits or _spelled_like(text, among)


def _spelled_like(text: str, councils: CouncilQuerySet) -> list[Council]:
    """Return the most similar names; needs no engine, which may be down or out of date."""
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
    """Return an address's domain, in lower-case ASCII; "" if it has no valid one."""
    domain = email.rpartition("@")[2].strip().lower().rstrip(".")
    try:
        return domain.encode("idna").decode() if domain else ""
    except UnicodeError:
        return ""


def councils_of(email: str):
    """Return the councils that use the address's domain or a parent of it.

    x.bradford.gov.uk is Bradford's; notbradford.gov.uk is not (product.md 4.7).
    """
    labels = domain_of(email).split(".")
    candidates = [".".join(labels[i:]) for i in range(len(labels) - 1)]
    matches = CouncilDomain.objects.filter(domain__in=candidates)
    return Council.objects.filter(domains__in=matches).distinct()


def is_of(email: str, council: Council) -> bool:
    """Return whether the address's domain is one of this council's."""
    return councils_of(email).filter(pk=council.pk).exists()
