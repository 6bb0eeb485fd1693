"""What an email address says about where somebody works: evidence, never proof."""

from network.choices import EmailEvidence
from network.models import Council, CouncilDomain


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


def of(email: str, council: Council) -> EmailEvidence:
    """What the address says by itself about working for this council."""
    return EmailEvidence.MATCHED if is_of(email, council) else EmailEvidence.UNKNOWN
