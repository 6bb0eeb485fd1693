"""Mails about the announcement of a membership."""

from network.emails.recipients import APPLICANT, MANAGERS
from network.emails.sign_ups import ACCEPTED, EVENT, of_sign_up
from network.models import Membership
from portal.mail.declarations import Lookup

ANNOUNCED = of_sign_up("network.membership_announced", "Announced: public now", APPLICANT)
announcement_waits = of_sign_up(
    "network.announcement_waits",
    "An announcement waits for us",
    MANAGERS,
    once=lambda sign_up: (sign_up.pk, sign_up.membership.announce_on),
    lookups={
        "doubts": Lookup(
            lambda sign_up: sign_up.doubts(),
            lambda: ["The council’s way of endorsing is not complete."],
        )
    },
    holds=lambda sign_up, doubts: doubts and not sign_up.membership.announced_at,
)
announcement_moved = of_sign_up(
    "network.announcement_moved",
    "The announcement has moved",
    APPLICANT,
    about={
        "sign_up": ACCEPTED.but(announced_in_days=14),
        "moved": EVENT.but(why="The leader asked us to wait until the council has met."),
    },
    holds=lambda sign_up, moved: not sign_up.membership.announced_at,
)


def membership_announced(membership: Membership) -> None:
    """Tell the applicant, if there was one, that the council is a member in public."""
    if membership.sign_up:
        ANNOUNCED(membership.sign_up)
