"""Who may do what about the mailing list. Actions check the person here."""

from network.permissions import require as require


def can_write(user) -> bool:
    """Whether they may write newsletters and send one to themselves."""
    return user.is_active and user.has_perm("campaign.change_newsletter")


def can_send(user) -> bool:
    """Whether they may send a newsletter to supporters, and pause or stop it."""
    return user.is_active and user.has_perm("campaign.send_newsletter")
