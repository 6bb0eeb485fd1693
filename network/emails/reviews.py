"""Emails about decisions by staff, and about announcements."""

from network.emails.sign_ups import ACCEPTED, APPLICANT, EVENT, MANAGERS, SIGN_UP, of_sign_up
from network.models import Membership, SignUp
from portal.mail.declarations import Lookup

sign_up_accepted = of_sign_up(
    "network.sign_up_accepted",
    "Accepted",
    APPLICANT,
    about={"sign_up": ACCEPTED.but(announced_in_days=7)},
)
CHANGES_REQUESTED = of_sign_up(
    "network.changes_requested",
    "Asked for changes",
    APPLICANT,
    about={"sign_up": SIGN_UP, "wanted": EVENT.but(why="Please name the cabinet member in full.")},
)
sign_up_declined = of_sign_up("network.sign_up_declined", "Not accepted, and why", APPLICANT)


def changes_requested(sign_up: SignUp) -> None:
    """Tell the applicant what staff want changed, each time they do."""
    wanted = sign_up.events.filter(what="sign_up.changes_requested").latest("pk")
    CHANGES_REQUESTED(sign_up, wanted)


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
    """Tell the applicant, if there was one, that the membership is now public."""
    if membership.sign_up:
        ANNOUNCED(membership.sign_up)
