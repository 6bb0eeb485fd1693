"""Emails about claims: the link to an officer, and what became of it."""

from functools import partial

from network.choices import InvitationStatus
from network.emails import samples
from network.emails.requests import ON_KEEP_IT_LOCAL, LinkMail
from network.emails.sign_ups import managers
from network.models import Claim, Event
from portal.links import absolute
from portal.mail.declarations import Mail, Recipients, Row, token_of

CLAIM = Row(Claim.objects.select_related("membership__council", "by"), samples.claim)
STAFF = Recipients(
    "The manager who invited them",
    lambda claim: [(claim.by.email,)] if claim.by.is_active else managers().values_list("email"),
)


def _about(claim: Claim, **about: object) -> dict[str, object]:
    return {
        "council": claim.council,
        "membership": claim.membership,
        "profile": absolute("network:council", claim.council.slug),
        "member_area": absolute("network:member", claim.council.slug),
        "staff_page": absolute("network_staff:claim", claim.council.slug),
    }


_to_staff = partial(Mail, to=STAFF, about={"claim": CLAIM}, context=_about)
CLAIM_LINK = LinkMail(
    "network.claim",
    "Existing member: invitation to act for it",
    Recipients("A named officer of the council"),
    about={"claim": CLAIM, "generation": 1},
    holds=lambda claim, generation: claim.generation == generation and claim.is_waited_for,
    context=lambda claim, generation: {
        **_about(claim),
        **ON_KEEP_IT_LOCAL,
        "link": absolute("network:claim", token_of(claim)),
    },
)
accepted_to_us = _to_staff("network.claim_accepted", "Existing member claimed")
WELCOME = Mail(
    "network.claim_welcome",
    "Existing member claimed: welcome",
    Recipients("The new lead contact", lambda claim: [(claim.email,)]),
    about={"claim": CLAIM},
    context=lambda claim: _about(claim) | {"next_on": claim.membership.next_check_in_on},
)
refused = _to_staff("network.claim_refused", "Existing member: not the right person")
BOUNCED = _to_staff(
    "network.claim_bounced",
    "Existing member: invitation not delivered",
    holds=lambda claim: claim.bounced_at and claim.status == InvitationStatus.SENT,
)


def claim(row: Claim) -> None:
    """Send the officer the link, once a generation."""
    generation = row.generation
    CLAIM_LINK.post(row.email, row.pk, generation, claim=row, generation=generation)


def accepted(row: Claim) -> None:
    """Welcome the new lead contact, and tell the manager who invited them."""
    WELCOME(row)
    accepted_to_us(row)


def bounced(row: Claim, event: Event) -> None:
    """Tell the manager that the link was not delivered, each time."""
    for address, *_ in STAFF.find(claim=row):
        BOUNCED.post(str(address), event.pk, claim=row)
