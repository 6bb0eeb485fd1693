"""Lists of choices, and the transitions between statuses. Imports nothing of ours."""

from django.db import models


class Office(models.TextChoices):
    """Roles whose signatures the network asks for (domain.md 2.1)."""

    LEADER = "leader", "Leader"
    CHIEF_EXECUTIVE = "chief_executive", "Chief executive"


class ChampionKind(models.TextChoices):
    """Kinds of champion: councillor and officer (domain.md 2.1)."""

    POLITICAL = "political", "Councillor champion"
    OFFICER = "officer", "Officer champion"


#: Kinds by what the page called them that somebody signed: today, and until November 2026.
CHAMPION_KINDS = {kind.label: kind for kind in ChampionKind} | {
    "Lead councillor": ChampionKind.POLITICAL,
    "Senior officer": ChampionKind.OFFICER,
}


class Route(models.TextChoices):
    """Ways for a council to endorse; the network prescribes none (domain.md 2.1)."""

    SIGNATURES = "signatures", "Leader and chief executive sign"
    DECISION = "decision", "A formal decision"
    BOTH = "both", "Signatures and a formal decision"


class SignUpTask(models.TextChoices):
    """Tasks of a sign-up, in the order of the task list. Each is saved separately."""

    ABOUT_YOU = "about_you", "About you"
    ABOUT_COUNCIL = "about_council", "About the council"
    CHAMPIONS = "champions", "Champions"
    PRACTICE = "practice", "Each principle in practice"
    CONVERSATION = "conversation", "Community conversation"
    ROUTE = "route", "How your council endorses"
    ENDORSERS = "endorsers", "Your endorsers"
    DECISION = "decision", "The formal decision"
    PUBLICITY = "publicity", "Publicity"


class Governance(models.TextChoices):
    """Forms of governance, which decide the names of a council's roles (domain.md 2.4)."""

    LEADER = "leader", "Leader and cabinet"
    MAYOR = "mayor", "Elected mayor and cabinet"
    COMMITTEES = "committees", "Committees"
    OTHER = "other", "In another way"


def office_in_words(office: str, governance: str) -> str:
    """Return the name of a role in a council with this governance."""
    if office == Office.LEADER and governance == Governance.MAYOR:
        return "Elected mayor"
    return str(Office(office).label)


class ConversationStatus(models.TextChoices):
    """Stages of the conversation with the community."""

    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    AGREED = "agreed", "Held, and a statement agreed"


class DecisionBody(models.TextChoices):
    """Bodies of a council that take formal decisions (domain.md 2.4)."""

    LEAD_MEMBER = "lead_member", "Lead member alone"
    CABINET = "cabinet", "Cabinet or executive"
    MAYOR = "mayor", "Elected mayor"
    COMMITTEE = "committee", "Committee"
    FULL_COUNCIL = "full_council", "Full council"
    OTHER = "other", "Another body"


class CollaboratorRole(models.TextChoices):
    """Roles of people who work on a sign-up."""

    LEAD = "lead", "Lead contact"
    COLLEAGUE = "colleague", "Colleague"


class RepresentativeRole(models.TextChoices):
    """Roles of people who act for a member."""

    LEAD = "lead", "Lead"
    CONTRIBUTOR = "contributor", "Contributor"
    VIEWER = "viewer", "Viewer"


class EmailEvidence(models.TextChoices):
    """Evidence that someone works for the council; never proof."""

    MATCHED = "matched", "Email address is on one of the council’s domains"
    UNKNOWN = "unknown", "Email address is not on a domain we recognise"
    CALLED_BACK = "called_back", "Staff called the council’s main number"


class UploadKind(models.TextChoices):
    """Purposes of uploaded files."""

    LOGO = "logo", "The council’s logo"
    DECISION = "decision", "Unpublished decision"


class InvitationStatus(models.TextChoices):
    """Statuses of an invitation to a colleague."""

    SENT = "sent", "Invited"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Declined"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Link expired"


class AccessStatus(models.TextChoices):
    """Statuses of a request for access to a sign-up or a member."""

    OPEN = "open", "Waiting for an answer"
    GRANTED = "granted", "Approved"
    REFUSED = "refused", "Not approved"
    CLOSED = "closed", "No longer needed"


class Precision(models.TextChoices):
    """Precision of a date in a source."""

    DAY = "day", "To the day"
    MONTH = "month", "To the month"
    YEAR = "year", "To the year"
    NOT_KNOWN = "not_known", "Not known"


class DateMeans(models.TextChoices):
    """What happened on the first date that is known of a membership."""

    JOINED = "joined", "It joined"
    NAMED = "named", "It was named as a member, and may have joined before"


class SignUpStatus(models.TextChoices):
    """Statuses of a sign-up. TRANSITIONS lists the moves."""

    DRAFT = "draft", "Draft"
    AWAITING_ENDORSEMENT = "awaiting_endorsement", "Awaiting endorsement"
    SUBMITTED = "submitted", "Submitted"
    IN_REVIEW = "in_review", "In review"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


class RequestStatus(models.TextChoices):
    """Statuses of an endorsement request. "Opened" is not one: mail scanners open links."""

    NOT_SENT = "not_sent", "Not asked yet"
    SENT = "sent", "Asked"
    SIGNED = "signed", "Signed"
    DECLINED = "declined", "Declined"
    WRONG_PERSON = "wrong_person", "Not the right person"
    EXPIRED = "expired", "Link expired"
    CANCELLED = "cancelled", "Cancelled"
    SUPERSEDED = "superseded", "Replaced by a newer request"


class OfficeChangeStatus(models.TextChoices):
    """Statuses of a new office holder's endorsement after the council has endorsed."""

    VACANT = "vacant", "Vacant"
    NOT_ASKED = "not_asked", "Not asked yet"
    ASKED = "asked", "Asked to endorse"
    SIGNED = "signed", "Endorsed again"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Link expired"
    REPLACED = "replaced", "Replaced by a newer entry"


class MembershipStatus(models.TextChoices):
    """Statuses of a membership."""

    LIVE = "live", "Member"
    CHECK_IN_DUE = "check_in_due", "Yearly check-in due"
    OVERDUE = "overdue", "Yearly check-in overdue"
    PAUSED = "paused", "Paused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REMOVED = "removed", "Removed"
    ENDED_BY_REORGANISATION = "ended_by_reorganisation", "Ended by reorganisation"


class CheckInStatus(models.TextChoices):
    """Statuses of a member's yearly check-in."""

    OPEN = "open", "Waiting for the council"
    EXTENDED = "extended", "Waiting, with more time"
    CONFIRMED = "confirmed", "Confirmed"
    LAPSED = "lapsed", "Lapsed: the membership ended first"


class Interest(models.TextChoices):
    """How interested a council is, as staff judge it. Ours; never public. Moves either way."""

    NOT_IN_TOUCH = "not_in_touch", "Not in touch"
    IN_TOUCH = "in_touch", "In touch"
    INTERESTED = "interested", "Interested"
    PREPARING = "preparing", "Preparing to apply"
    ON_HOLD = "on_hold", "On hold"


class WithdrawalStatus(models.TextChoices):
    """Statuses of a member's request to leave."""

    ASKED = "asked", "Waiting for confirmation"
    CONFIRMED = "confirmed", "Confirmed"
    DONE = "done", "Left"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Not confirmed in time"


class MessageAbout(models.TextChoices):
    """What a message to members is about, which decides who can switch it off."""

    MEMBERSHIP = "membership", "Their membership: no one can switch it off"
    NEWS = "news", "News from the network: people can switch it off"


class MessageTo(models.TextChoices):
    """Whom of each council a message to members is for."""

    LEADS = "leads", "Lead contacts"
    ALL = "all", "Everyone with access"


class OptionalMail(models.TextChoices):
    """Emails that a council's people can switch off. What others ask them belongs here too."""

    NEWS = "news", "News from the network"
    CHECK_IN = "check_in", "Reminders of the yearly check-in, where someone else is lead contact"


class ProfilePart(models.TextChoices):
    """Parts of a member's profile. Each is changed and published separately."""

    TEXT = "text", "About the council"
    PRACTICE = "practice", "Each principle in practice"
    CONVERSATION = "conversation", "Community conversation"
    QUOTE = "quote", "Quotation"
    LINKS = "links", "Links and contact"
    LOGO = "logo", "Logo"


# Parts that staff read before they are public. The others are public at once.
MODERATED_PARTS = [
    ProfilePart.TEXT,
    ProfilePart.PRACTICE,
    ProfilePart.CONVERSATION,
    ProfilePart.QUOTE,
]


class ProfileChangeStatus(models.TextChoices):
    """Statuses of one version of a part of a profile."""

    DRAFT = "draft", "Saved, not sent"
    WAITING = "waiting", "Waiting to be read"
    SENT_BACK = "sent_back", "Sent back"
    PUBLISHED = "published", "Published"
    REPLACED = "replaced", "Replaced by a newer version"


class QuestionStatus(models.TextChoices):
    """Statuses of one officer's question to a member."""

    SENT = "sent", "Passed on"
    INTRODUCED = "introduced", "Introduced"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "No answer in 14 days"
    CLOSED = "closed", "Closed"


class AskerEvidence(models.TextChoices):
    """What we have confirmed about someone who asks a member a question."""

    DOMAIN = "domain", "They read email at an address of the council"
    REPRESENTS = "represents", "They act for the council on this site"


class RemovalStatus(models.TextChoices):
    """Statuses of the network's proposal to end a membership."""

    OPEN = "open", "Open"
    REMOVED = "removed", "Removed"
    DROPPED = "dropped", "Dropped"
    LAPSED = "lapsed", "Lapsed: the membership ended in another way"


class TrusteeAct(models.TextChoices):
    """What a trustee confirms where no second manager can. The braces are what it is about."""

    APPROVE_WORDING = "approve_wording", "Approve {} of the wording that councils sign"
    OPEN_REMOVAL = "open_removal", "Propose to end the membership of {}"
    DECIDE_REMOVAL = "decide_removal", "Decide on ending the membership of {}"
    ACCEPT = "accept", "Accept {} as a member of the network"
    DECLINE = "decline", "Decline the application of {}"
    TAKE_BACK_DECLINE = "take_back_decline", "Review the declined application of {} again"
    CONFIRM_DECISION = "confirm_decision", "Confirm the formal decision of {}"
    CONFIRM_SIGNATURE = "confirm_signature", "Confirm a signature for {}"
    REMOVE_SIGNATURE = "remove_signature", "Remove a signature for {}"
    CONFIRM_LATER = "confirm_later", "Confirm the signature of a new office holder of {}"
    REMOVE_LATER = "remove_later", "Remove the signature of a new office holder of {}"
    MOVE_ANNOUNCEMENT = "move_announcement", "Move or hold the announcement of {}"
    CONFIRM_LEAVING = "confirm_leaving", "Confirm that {} decided to leave the network"
    CHECK_STATEMENT = "check_statement", "Decide whether to publish the statement of {}"
    STOP_LEAVING = "stop_leaving", "Cancel the request of {} to leave the network"
    PUBLISH_PROFILE = "publish_profile", "Publish a change of the public page of {}"
    SEND_BACK_PROFILE = "send_back_profile", "Send a change of the public page back to {}"
    PUBLISH_LINES = "publish_lines", "Publish what {} said in its yearly check-in"
    GIVE_TIME = "give_time", "Give {} more time for its yearly check-in"
    INVITE_TO_CLAIM = "invite_to_claim", "Invite an officer to act for {}"


class TrusteeStatus(models.TextChoices):
    """Statuses of a request to a trustee to confirm something."""

    ASKED = "asked", "Waiting for the trustee"
    CONFIRMED = "confirmed", "Confirmed"
    DECLINED = "declined", "Not confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Settled in another way"
    EXPIRED = "expired", "No answer in time"


S, R, M = SignUpStatus, RequestStatus, MembershipStatus
N, A = InvitationStatus, AccessStatus
W = WithdrawalStatus
K = CheckInStatus
X = RemovalStatus
C = OfficeChangeStatus
P = ProfileChangeStatus
Q = QuestionStatus
T = TrusteeStatus

_MEMBERSHIP_ENDS = {M.WITHDRAWN, M.REMOVED, M.ENDED_BY_REORGANISATION}

TRANSITIONS: dict[type[models.TextChoices], dict[str, set[str]]] = {
    SignUpStatus: {
        S.DRAFT: {S.AWAITING_ENDORSEMENT, S.WITHDRAWN, S.EXPIRED},
        S.AWAITING_ENDORSEMENT: {S.SUBMITTED, S.WITHDRAWN, S.EXPIRED},
        S.SUBMITTED: {S.IN_REVIEW, S.WITHDRAWN},
        S.IN_REVIEW: {S.CHANGES_REQUESTED, S.ACCEPTED, S.DECLINED, S.WITHDRAWN},
        S.CHANGES_REQUESTED: {S.IN_REVIEW, S.WITHDRAWN, S.EXPIRED},
        S.ACCEPTED: set(),
        S.DECLINED: {S.IN_REVIEW},
        S.WITHDRAWN: set(),
        S.EXPIRED: set(),
    },
    RequestStatus: {
        R.NOT_SENT: {R.SENT, R.CANCELLED},
        R.SENT: {
            R.SIGNED,
            R.DECLINED,
            R.WRONG_PERSON,
            R.EXPIRED,
            R.CANCELLED,
            R.SUPERSEDED,
        },
        R.EXPIRED: {R.SENT, R.CANCELLED},
        R.SIGNED: {R.SUPERSEDED},
        R.DECLINED: {R.CANCELLED},
        R.WRONG_PERSON: {R.CANCELLED},
        R.CANCELLED: set(),
        R.SUPERSEDED: set(),
    },
    MembershipStatus: {
        M.LIVE: {M.CHECK_IN_DUE, M.PAUSED, *_MEMBERSHIP_ENDS},
        M.CHECK_IN_DUE: {M.LIVE, M.OVERDUE, M.PAUSED, *_MEMBERSHIP_ENDS},
        M.OVERDUE: {M.LIVE, M.CHECK_IN_DUE, M.PAUSED, *_MEMBERSHIP_ENDS},
        M.PAUSED: {M.LIVE, M.CHECK_IN_DUE, *_MEMBERSHIP_ENDS},
        M.WITHDRAWN: set(),
        M.REMOVED: set(),
        M.ENDED_BY_REORGANISATION: set(),
    },
    OfficeChangeStatus: {
        C.VACANT: {C.REPLACED},
        C.NOT_ASKED: {C.ASKED, C.REPLACED},
        C.ASKED: {C.SIGNED, C.DECLINED, C.EXPIRED, C.REPLACED},
        C.SIGNED: {C.REPLACED},
        C.DECLINED: {C.ASKED, C.REPLACED},
        C.EXPIRED: {C.ASKED, C.REPLACED},
        C.REPLACED: set(),
    },
    InvitationStatus: {
        N.SENT: {N.ACCEPTED, N.REFUSED, N.CANCELLED, N.EXPIRED},
        N.EXPIRED: {N.SENT, N.CANCELLED},
        N.ACCEPTED: set(),
        N.REFUSED: set(),
        N.CANCELLED: set(),
    },
    AccessStatus: {
        A.OPEN: {A.GRANTED, A.REFUSED, A.CLOSED},
        A.GRANTED: set(),
        A.REFUSED: set(),
        A.CLOSED: set(),
    },
    CheckInStatus: {
        K.OPEN: {K.EXTENDED, K.CONFIRMED, K.LAPSED},
        K.EXTENDED: {K.EXTENDED, K.CONFIRMED, K.LAPSED},
        K.CONFIRMED: set(),
        K.LAPSED: set(),
    },
    WithdrawalStatus: {
        W.ASKED: {W.CONFIRMED, W.CANCELLED, W.EXPIRED},
        W.CONFIRMED: {W.DONE, W.CANCELLED},
        W.DONE: set(),
        W.CANCELLED: set(),
        W.EXPIRED: set(),
    },
    ProfileChangeStatus: {
        P.DRAFT: {P.PUBLISHED, P.REPLACED},
        P.WAITING: {P.SENT_BACK, P.PUBLISHED, P.REPLACED},
        P.SENT_BACK: {P.REPLACED},
        P.PUBLISHED: {P.REPLACED},
        P.REPLACED: {P.PUBLISHED},
    },
    QuestionStatus: {
        Q.SENT: {Q.INTRODUCED, Q.DECLINED, Q.EXPIRED, Q.CLOSED},
        Q.INTRODUCED: set(),
        Q.DECLINED: set(),
        Q.EXPIRED: set(),
        Q.CLOSED: set(),
    },
    TrusteeStatus: {
        T.ASKED: {T.CONFIRMED, T.DECLINED, T.WITHDRAWN, T.SUPERSEDED, T.EXPIRED},
        T.CONFIRMED: set(),
        T.DECLINED: set(),
        T.WITHDRAWN: set(),
        T.SUPERSEDED: set(),
        T.EXPIRED: set(),
    },
    RemovalStatus: {
        X.OPEN: {X.REMOVED, X.DROPPED, X.LAPSED},
        X.REMOVED: set(),
        X.DROPPED: set(),
        X.LAPSED: set(),
    },
}


# An end that staff can take back. Until they do, the council may start another sign-up.
REVERSIBLE_ENDS = {S.DECLINED}


def still_open(statuses: type[models.TextChoices]) -> list[str]:
    """Return the states of a lifecycle that are not an end."""
    onward = TRANSITIONS[statuses].items()
    return [status for status, ways in onward if ways and status not in REVERSIBLE_ENDS]


OPEN_SIGN_UP = still_open(SignUpStatus)
LIVE_MEMBERSHIP = still_open(MembershipStatus)
WAITING_CHECK_IN = still_open(CheckInStatus)
LIVE_WITHDRAWAL = still_open(WithdrawalStatus)
# Statuses that wait for staff.
WITH_STAFF = [S.SUBMITTED, S.IN_REVIEW]
