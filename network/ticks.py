"""What falls due by itself in the network."""

from network import actions
from portal.ticks import due


@due("links ended")
def expire_links() -> int:
    """Say of links that are too old that they have ended."""
    return actions.expire_links()


@due("endorsers reminded")
def chase_endorsers() -> int:
    """Remind those who were asked to sign and have not answered."""
    return actions.chase_due()


@due("members announced")
def announce_members() -> int:
    """Announce accepted councils on their day."""
    return actions.announce_due()


@due("files without a row swept")
def sweep_orphans() -> int:
    """Delete what was written for a row that never came to be."""
    return actions.sweep_orphans()


@due("invitations ended")
def expire_invitations() -> int:
    """Say of invitations that are too old that they have ended."""
    return actions.expire_invitations()


@due("idle sign-ups reminded")
def remind_idle() -> int:
    """Write to whoever leads a sign-up that nobody has touched for long."""
    return actions.remind_idle()


@due("idle sign-ups ended")
def expire_idle() -> int:
    """End sign-ups that nobody has touched for 180 days, after a warning."""
    return actions.expire_idle()


@due("requests to be let in that staff were told of")
def tell_staff_who_waits() -> int:
    """Tell staff of whom a lead has not answered in five working days."""
    return actions.tell_staff_who_waits()


@due("members that left")
def let_members_leave() -> int:
    """End memberships whose council's confirmed day of leaving has come."""
    return actions.leave_due()


@due("leavings that nobody confirmed")
def expire_leavings() -> int:
    """Say of leavings whose link is too old that the council stays."""
    return actions.expire_leavings()


@due("links to new office holders ended")
def expire_again_links() -> int:
    """Say of links to new office holders that are too old that they have ended."""
    return actions.expire_again_links()


@due("leads reminded of offices that changed hands")
def remind_of_offices() -> int:
    """Remind whoever leads for a member of an office that nobody has endorsed from."""
    return actions.remind_of_offices()
