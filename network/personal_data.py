"""What joining and membership hold about people, and how long some of it is kept."""

from collections.abc import Iterable

from django.db.models import Q

from network.actions.notes import erase_old_notes
from network.models import Note, PersonMerge
from network.models.notes import KEPT_FOR
from portal.personal_data.declared import FOR_GOOD, LOG, NAMELESS
from portal.personal_data.registry import ERASED, NOBODY, Fate, Held, Person
from portal.retention import Period

APPLICATION = "To handle a council’s application, and to show later that it was properly made"
MEMBERSHIP = "To look after a council’s membership"
NO_END = "For good, as part of the record of a public body’s decision"
SIGNED = (
    "A signature is a council’s public act. Who signed it, in which role and when stays, as does "
    "the page that was signed. The network must confirm its legal basis."
)
ADDRESS_GOES = "That someone was asked, when and in which role."
ONLY_WORDS_GO = "Everything else in it, which is the council’s and not about you."


def merged_accounts(accounts: set[int]) -> Iterable[int]:
    """Return the closed accounts that became one of these."""
    closed = PersonMerge.objects.filter(kept__in=accounts)
    return closed.values_list("closed", flat=True)


def _account(what: str, model: str, *by: str, why: str = LOG, shows: tuple[str, ...] = ()) -> Held:
    """Declare rows that lead to an account, and so name nobody once it is closed."""
    return Held(what, model, why, FOR_GOOD, Fate.STAYS, stays=NAMELESS, found_by=by, shows=shows)


def _texts(what: str, model: str, *mentions: str, why: str = APPLICATION) -> Held:
    """Declare texts that can name someone."""
    return Held(
        what,
        model,
        why,
        NO_END,
        Fate.EMPTIED,
        stays=ONLY_WORDS_GO,
        mentions=mentions,
        is_for_staff=True,
    )


def _filled_in(person: Person) -> Q:
    """Find the applications in which someone entered their own name."""
    found = Q(pk__in=[])
    for name in person.names:
        found |= Q(applicant_name__iexact=name, task_saves__by__in=person.accounts)
    return found


HELD = [
    Held(
        "What you did for a council or for the network",
        "network.Event",
        LOG,
        FOR_GOOD,
        Fate.EMPTIED,
        stays="What happened and when, without your name.",
        found_by=("by",),
        shows=("at", "what", "by_label", "why"),
        empties={"by_label": ERASED},
    ),
    Held(
        "Entries of the history that name you",
        "network.Event",
        LOG,
        FOR_GOOD,
        Fate.EMPTIED,
        stays="What happened and when, without your name.",
        mentions=("why",),
        shows=("at", "what"),
        is_for_staff=True,
    ),
    _account(
        "Applications you work on",
        "network.Collaborator",
        "user",
        why=APPLICATION,
        shows=("sign_up", "role"),
    ),
    Held(
        "Your contact details in an application",
        "network.SignUp",
        APPLICATION,
        NO_END,
        Fate.EMPTIED,
        stays="The application itself, which is the council’s.",
        found_by=("applicant_name",),
        shows=("reference", "council", "applicant_job_title", "applicant_phone"),
        empties={"applicant_name": "", "applicant_job_title": "", "applicant_phone": ""},
        finds=_filled_in,
    ),
    _account("Applications you review", "network.SignUp", "owner", shows=("reference", "council")),
    _texts(
        "Texts of an application that name you",
        "network.SignUp",
        "profile",
        "conversation_partners",
        "conversation_outcome",
        "quote",
        "quote_by",
        "quote_approved_by",
        "logo_rights",
        "changes_wanted",
        "decision_reason",
    ),
    Held(
        "What you saved in an application",
        "network.TaskSave",
        APPLICATION,
        NO_END,
        Fate.EMPTIED,
        stays="The answers, which are the council’s, without your name and address.",
        found_by=("by",),
        mentions=("answers",),
        shows=("sign_up", "task", "at"),
    ),
    _account("Files you uploaded", "network.Upload", "by", shows=("sign_up", "kind", "name", "at")),
    _texts("What we asked a council to change", "network.WantedChange", "note"),
    _texts("Principles in practice that name you", "network.Practice", "text"),
    Held(
        "Invitations to work for a council",
        "network.Invitation",
        APPLICATION,
        NO_END,
        Fate.EMPTIED,
        stays=ADDRESS_GOES,
        found_by=("email",),
        shows=("sign_up", "membership", "role", "status", "sent_at"),
        empties={"email": NOBODY},
    ),
    _account(
        "Invitations you sent",
        "network.Invitation",
        "by",
        shows=("sign_up", "membership", "sent_at"),
    ),
    Held(
        "Your requests for access",
        "network.AccessRequest",
        "To decide who works for a council",
        NO_END,
        Fate.EMPTIED,
        stays="That an account asked, and what was decided.",
        found_by=("user",),
        shows=("sign_up", "membership", "name", "job_title", "message", "status", "asked_at"),
        empties={"name": ERASED, "job_title": ERASED, "message": ""},
    ),
    Held(
        "Your roles for member councils",
        "network.Representative",
        MEMBERSHIP,
        NO_END,
        Fate.STAYS,
        stays=NAMELESS,
        found_by=("user",),
        shows=("membership", "role", "since", "ended_at", "ended_why"),
    ),
    _account(
        "Accounts that were merged", "network.PersonMerge", "kept", "closed", "by", shows=("at",)
    ),
    _texts("How we knew that accounts were of one person", "network.PersonMerge", "how", why=LOG),
    Held(
        "Your champion role for a council",
        "network.Champion",
        "To name who speaks up for the principles, if you agreed",
        NO_END,
        Fate.EMPTIED,
        stays="That the council had a champion. What was signed beside your name stays as signed.",
        found_by=("email", "name"),
        shows=("sign_up", "membership", "kind", "role", "may_be_published", "since", "until"),
        empties={"name": ERASED, "role": "", "email": "", "may_be_published": False},
    ),
    Held(
        "Requests to you to endorse, which you answered with a signature",
        "network.EndorsementRequest",
        APPLICATION,
        NO_END,
        Fate.EMPTIED,
        stays=SIGNED,
        found_by=("email", "name"),
        shows=("sign_up", "role", "status", "sent_at", "message"),
        empties={"email": NOBODY, "message": ""},
        only=Q(status__in=["signed", "superseded"]),
    ),
    Held(
        "Requests to you to endorse, without a signature",
        "network.EndorsementRequest",
        APPLICATION,
        NO_END,
        Fate.EMPTIED,
        stays=ADDRESS_GOES,
        found_by=("email", "name"),
        mentions=("answer_why",),
        shows=("sign_up", "role", "status", "sent_at", "message"),
        empties={"email": NOBODY, "name": ERASED, "role": ERASED, "message": ""},
        only=~Q(status__in=["signed", "superseded"]),
    ),
    Held(
        "Where someone else named you as the right person to endorse",
        "network.EndorsementRequest",
        APPLICATION,
        NO_END,
        Fate.EMPTIED,
        stays="That someone else was named.",
        found_by=("proposed_email", "proposed_name"),
        shows=("sign_up", "proposed_role"),
        empties={"proposed_name": "", "proposed_role": "", "proposed_email": ""},
    ),
    Held(
        "Your signature",
        "network.Endorsement",
        "A council’s public endorsement",
        FOR_GOOD,
        Fate.STAYS,
        stays=SIGNED,
        found_by=("name", "request__email"),
        shows=("sign_up", "role", "signed_at", "snapshot", "struck_out_at", "struck_out_why"),
    ),
    Held(
        "Signatures that name you: as assistant, or as who confirmed them",
        "network.Endorsement",
        "To show how a signature was given and checked",
        FOR_GOOD,
        Fate.EMPTIED,
        stays=SIGNED,
        found_by=("confirmed_by",),
        mentions=("assistant_name", "agreed_how", "confirmed_how"),
        shows=("sign_up", "signed_at"),
        is_for_staff=True,
    ),
    Held(
        "Your signature as a new holder of a role",
        "network.LaterEndorsement",
        "A council’s public endorsement",
        FOR_GOOD,
        Fate.STAYS,
        stays=SIGNED,
        found_by=("name", "change__email"),
        shows=("change", "role", "signed_at", "snapshot", "struck_out_at", "struck_out_why"),
    ),
    Held(
        "Later signatures that name you",
        "network.LaterEndorsement",
        "To show how a signature was given and checked",
        FOR_GOOD,
        Fate.EMPTIED,
        stays=SIGNED,
        found_by=("confirmed_by",),
        mentions=("confirmed_how",),
        shows=("change", "signed_at"),
        is_for_staff=True,
    ),
    Held(
        "Your role as leader or chief executive, for which you signed",
        "network.OfficeChange",
        MEMBERSHIP,
        NO_END,
        Fate.EMPTIED,
        stays=SIGNED,
        found_by=("email", "name"),
        shows=("membership", "office", "role", "since", "status"),
        empties={"email": NOBODY},
        only=Q(endorsement__isnull=False),
    ),
    Held(
        "Your role as leader or chief executive",
        "network.OfficeChange",
        MEMBERSHIP,
        NO_END,
        Fate.EMPTIED,
        stays=ADDRESS_GOES,
        found_by=("email", "name"),
        mentions=("answer_why",),
        shows=("membership", "office", "role", "since", "status"),
        empties={"email": NOBODY, "name": ERASED, "role": ERASED},
        only=Q(endorsement__isnull=True) & ~Q(name=""),
    ),
    _account(
        "Formal decisions you confirmed",
        "network.FormalDecision",
        "confirmed_by",
        shows=("sign_up",),
    ),
    _texts("Formal decisions that name you", "network.FormalDecision", "body_name"),
    Held(
        "Invitations to act for an existing member",
        "network.Claim",
        MEMBERSHIP,
        NO_END,
        Fate.EMPTIED,
        stays=ADDRESS_GOES,
        found_by=("email", "name"),
        mentions=("answer_why", "verified_how"),
        shows=("membership", "job_title", "status", "sent_at"),
        empties={
            "email": NOBODY,
            "name": ERASED,
            "job_title": ERASED,
            "verified_how": ERASED,
            "answer_why": "",
        },
    ),
    _account(
        "Existing members you invited someone for", "network.Claim", "by", shows=("membership",)
    ),
    Held(
        "Yearly check-ins you filled in or confirmed",
        "network.CheckIn",
        MEMBERSHIP,
        NO_END,
        Fate.EMPTIED,
        stays="What the council confirmed, without your name and address.",
        found_by=("saved_by", "confirmed_by"),
        mentions=("spoke_to", "answers", "confirmed"),
        shows=("membership", "due_on", "confirmed_at"),
    ),
    _texts("Lines of a check-in that name you", "network.CheckInLine", "text", why=MEMBERSHIP),
    Held(
        "Changes of a council’s page, by you or naming you",
        "network.ProfileChange",
        "To publish what a council says of itself",
        NO_END,
        Fate.EMPTIED,
        stays="What the council says of itself, without your name and address.",
        found_by=("by", "decided_by"),
        mentions=("answers", "note", "source_title"),
        shows=("membership", "part", "at", "status"),
    ),
    Held(
        "A council’s request to leave, which we asked you to confirm",
        "network.Withdrawal",
        "To be sure that a council leaves of its own will",
        FOR_GOOD,
        Fate.EMPTIED,
        stays="Who confirmed it and in which role: leaving is a council’s public act too.",
        found_by=("email", "name", "confirmed_name"),
        shows=("membership", "role", "confirmed_role", "confirmed_at", "status"),
        empties={"email": NOBODY, "name": "", "role": ""},
        only=~Q(email=""),
    ),
    _account(
        "Requests to leave that you made or handled",
        "network.Withdrawal",
        "asked_by",
        "statement_checked_by",
        "decision_read_by",
        shows=("membership", "asked_at"),
    ),
    _texts(
        "Statements of councils that leave, if they name you",
        "network.Withdrawal",
        "statement",
        "statement_refused_why",
        why=MEMBERSHIP,
    ),
    _account(
        "Proposals to end a membership that you opened or decided",
        "network.Removal",
        "opened_by",
        "decided_by",
        shows=("membership",),
    ),
    _texts(
        "Proposals to end a membership that name you",
        "network.Removal",
        "grounds",
        "told_how",
        "decision_why",
        why=MEMBERSHIP,
    ),
    Held(
        "Responses to a proposal to end a membership, by you or naming you",
        "network.RemovalResponse",
        MEMBERSHIP,
        FOR_GOOD,
        Fate.EMPTIED,
        stays=NAMELESS,
        found_by=("by",),
        mentions=("text",),
        is_for_staff=True,
    ),
    _texts("What we note about a membership", "network.Membership", "note", why=MEMBERSHIP),
    Held(
        "Entries in our contact log that name you",
        "network.Note",
        "To know who we spoke to, and what is next",
        "The words 6 years; that there was an entry, for good",
        Fate.EMPTIED,
        stays="That there was an entry, on which day and by whom.",
        found_by=("who",),
        mentions=("who", "text", "next_step"),
        shows=("council", "on"),
        is_for_staff=True,
    ),
    _account(
        "Entries you wrote in our contact log",
        "network.Note",
        "by",
        "done_by",
        shows=("council", "on"),
    ),
    Held(
        "Messages to councils, by you or naming you",
        "network.Message",
        APPLICATION,
        NO_END,
        Fate.EMPTIED,
        stays=NAMELESS,
        found_by=("by",),
        mentions=("text",),
        shows=("sign_up", "at"),
        is_for_staff=True,
    ),
    _account(
        "Wordings whose approval you recorded or confirmed",
        "network.EndorsementWording",
        "approval_recorded_by",
        "approval_confirmed_by",
        shows=("version",),
    ),
    Held(
        "Wordings that you approved for the network",
        "network.EndorsementWording",
        "To show who approved what councils sign",
        FOR_GOOD,
        Fate.STAYS,
        stays="Councils rely on who approved the wording that they signed.",
        found_by=("approved_by_name",),
        mentions=("approval_evidence", "approved_alone_why"),
        shows=("version", "approved_on"),
    ),
    Held(
        "When you are away",
        "network.Absence",
        "So that someone stands in for you",
        "Until you are back",
        Fate.DELETED,
        found_by=("user",),
        shows=("since", "until"),
    ),
    _account("Who you stand in for", "network.Absence", "deputy", shows=("since", "until")),
]

PERIODS = [
    Period(
        "Words of the contact log",
        KEPT_FOR,
        "they were written",
        "Long enough to know what was agreed with a council over a term of office and a half",
        "Erases the words; that there was an entry, on which day and by whom, stays",
        Note.objects.older_than_kept,
        erase_old_notes,
    ),
]
