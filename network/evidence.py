"""What an email address says about where someone works: evidence, never proof."""

from councils.lookup import is_of
from councils.models import Council
from network.choices import EmailEvidence


def of(email: str, council: Council) -> EmailEvidence:
    """Return what the address by itself says about working for this council."""
    return EmailEvidence.MATCHED if is_of(email, council) else EmailEvidence.UNKNOWN
