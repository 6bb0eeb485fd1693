"""The network's nouns, one a file."""

from network.models.champions import Champion
from network.models.councils import Council, CouncilAlias, CouncilDomain, Succession
from network.models.decisions import FormalDecision
from network.models.endorsements import (
    Endorsement,
    EndorsementRequest,
    EndorsementWording,
)
from network.models.events import Event
from network.models.leadership import LaterEndorsement, OfficeChange
from network.models.leaving import Withdrawal
from network.models.memberships import Membership
from network.models.moves import InvalidMove, Refused
from network.models.people import AccessRequest, Invitation, Representative
from network.models.periods import PreElectionPeriod
from network.models.removals import Removal, RemovalResponse
from network.models.sign_ups import Collaborator, SignUp
from network.models.tasks import Practice, TaskSave, Upload

__all__ = [
    "AccessRequest",
    "Champion",
    "Collaborator",
    "Council",
    "CouncilAlias",
    "CouncilDomain",
    "Endorsement",
    "EndorsementRequest",
    "EndorsementWording",
    "Event",
    "FormalDecision",
    "InvalidMove",
    "Invitation",
    "LaterEndorsement",
    "Membership",
    "OfficeChange",
    "Practice",
    "PreElectionPeriod",
    "Refused",
    "Removal",
    "RemovalResponse",
    "Representative",
    "SignUp",
    "Succession",
    "TaskSave",
    "Upload",
    "Withdrawal",
]
