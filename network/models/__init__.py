"""Models of joining and belonging, one noun per file."""

from network.models.check_ins import CheckIn, CheckInLine
from network.models.claims import Claim
from network.models.cohorts import Cohort
from network.models.decisions import FormalDecision
from network.models.departures import Removal, RemovalResponse, Withdrawal
from network.models.events import Event
from network.models.member_messages import MailOptOut, MemberMessage
from network.models.memberships import Membership
from network.models.moves import (
    AlreadyMember,
    AlreadyUnderWay,
    ChangedMeanwhile,
    InvalidMove,
    PageChanged,
    Refused,
    TooMany,
)
from network.models.notes import Message, Note
from network.models.offices import LaterEndorsement, OfficeChange
from network.models.people import AccessRequest, Invitation, PersonMerge, Representative
from network.models.periods import Absence, PreElectionPeriod
from network.models.profiles import ProfileChange
from network.models.questions import AskerBlock, Question
from network.models.requests import EndorsementRequest
from network.models.sign_ups import Collaborator, SignUp
from network.models.signing import Endorsement
from network.models.tasks import Champion, Practice, TaskSave, Upload, WantedChange
from network.models.trustees import ByTrustee, TrusteeRequest
from network.models.wordings import EndorsementWording

__all__ = [
    "Absence",
    "AccessRequest",
    "AlreadyMember",
    "AlreadyUnderWay",
    "AskerBlock",
    "ByTrustee",
    "Champion",
    "ChangedMeanwhile",
    "CheckIn",
    "CheckInLine",
    "Claim",
    "Cohort",
    "Collaborator",
    "Endorsement",
    "EndorsementRequest",
    "EndorsementWording",
    "Event",
    "FormalDecision",
    "InvalidMove",
    "Invitation",
    "LaterEndorsement",
    "MailOptOut",
    "MemberMessage",
    "Membership",
    "Message",
    "Note",
    "OfficeChange",
    "PageChanged",
    "PersonMerge",
    "Practice",
    "PreElectionPeriod",
    "ProfileChange",
    "Question",
    "Refused",
    "Removal",
    "RemovalResponse",
    "Representative",
    "SignUp",
    "TaskSave",
    "TooMany",
    "TrusteeRequest",
    "Upload",
    "WantedChange",
    "Withdrawal",
]
