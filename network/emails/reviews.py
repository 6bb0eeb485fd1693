"""Mails to the applicant about what staff decided."""

from network.emails.recipients import APPLICANT
from network.emails.sign_ups import ACCEPTED, EVENT, SIGN_UP, of_sign_up
from network.models import SignUp

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
