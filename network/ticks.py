"""What falls due by itself in the network."""

from network import actions
from portal.ticks import due


@due("members announced")
def announce_members() -> int:
    """Announce accepted councils on their day."""
    return actions.announce_due()
