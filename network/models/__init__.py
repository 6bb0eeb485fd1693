"""The network's nouns, one a file."""

from network.models.champions import Champion
from network.models.councils import Council, CouncilAlias, CouncilDomain, Succession
from network.models.endorsements import (
    Endorsement,
    EndorsementRequest,
    EndorsementWording,
)
from network.models.events import Event
from network.models.memberships import Membership
from network.models.moves import InvalidMove, Refused
from network.models.sign_ups import Collaborator, SignUp

__all__ = [
    "Champion",
    "Collaborator",
    "Council",
    "CouncilAlias",
    "CouncilDomain",
    "Endorsement",
    "EndorsementRequest",
    "EndorsementWording",
    "Event",
    "InvalidMove",
    "Membership",
    "Refused",
    "SignUp",
    "Succession",
]
