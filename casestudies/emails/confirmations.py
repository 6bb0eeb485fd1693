"""Emails about confirmations: the yearly link to someone who knows whether it is still true."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from casestudies.choices import ConfirmationStatus, Status
from casestudies.models import CaseStudyPage, Confirmation
from network.emails import samples
from network.emails.requests import ON_KEEP_IT_LOCAL, LinkMail
from portal.links import absolute
from portal.mail.declarations import Recipients, Row, token_of


def _invent() -> Confirmation:
    page = CaseStudyPage(
        id=1,
        title="Sampleford: lending the keys",
        slug="sampleford-lending-the-keys",
        council=samples.council(),
        status=Status.RUNNING,
        as_at="2025-11",
    )
    return Confirmation(
        pk=1,
        page=page,
        name="Robin Sample",
        email="robin@sampleford.example",
        status=ConfirmationStatus.SENT,
        link_ends_at=timezone.now() + timedelta(days=30),
    )


ASK = LinkMail(
    "casestudies.confirmation",
    "Case study: is this still true?",
    Recipients("The council’s lead contact, or the person editors named"),
    about={
        "confirmation": Row(Confirmation.objects.select_related("page__council"), _invent),
        "generation": 1,
    },
    holds=lambda confirmation, generation: (
        confirmation.generation == generation and confirmation.is_waited_for
    ),
    context=lambda confirmation, generation: {
        "council": confirmation.council,
        "page": confirmation.page,
        "address": f"{settings.SITE_URL}{confirmation.page.address}",
        "link": absolute("casestudies:still_true", token_of(confirmation)),
        **ON_KEEP_IT_LOCAL,
    },
)


def ask(row: Confirmation) -> None:
    """Send the newest link, once a generation.

    Raises:
        Refused: If the address has had too many links.
    """
    ASK.post(row.email, row.pk, row.generation, confirmation=row, generation=row.generation)
