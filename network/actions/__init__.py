"""What people do: each act is one function, all of it or nothing.

None sees a request; each writes its Events and puts its mails into the outbox in the
same transaction (DESIGN section 2).
"""

from network.actions import answers as _answers  # noqa: F401  # registers the keepers
from network.actions import bounces as _bounces  # noqa: F401  # registers what mails that came back do
from network.actions.access import (
    ask_access,
    grant_access,
    grant_the_lead,
    record_asker_call_back,
    refuse_access,
    represent,
    tell_staff_who_waits,
)
from network.actions.asking import (
    ask_endorsers,
    ask_instead,
    cancel_request,
    keep_message,
    remind,
    save_endorser,
    send_link_on_file,
    send_new_link,
    what_would_leave,
)
from network.actions.chasing import chase_due, expire_links
from network.actions.colleagues import (
    accept_invitation,
    cancel_invitation,
    expire_invitations,
    hand_over,
    invite,
    is_for,
    leave,
    refuse_invitation,
    remove_colleague,
)
from network.actions.decisions import confirm_decision
from network.actions.endorsing_again import (
    confirm_later_endorsement,
    endorse_again,
    refuse_again,
    report_later_endorsement,
    strike_out_later_endorsement,
)
from network.actions.idling import expire_idle, remind_idle
from network.actions.joining import (
    OPEN_AT_ONCE,
    start_sign_up,
    submit,
    what_is_missing,
    withdraw,
)
from network.actions.leadership import (
    ask_office_holder,
    expire_again_links,
    record_office_change,
    remind_of_offices,
    send_again_on_file,
)
from network.actions.leaving import (
    ask_to_leave,
    cancel_leaving,
    check_statement,
    confirm_leave_decision,
    confirm_leaving,
    decline_leaving,
    expire_leavings,
    leave_due,
    send_leave_link,
)
from network.actions.memberships import (
    announce,
    announce_due,
    postpone,
    record_existing_membership,
)
from network.actions.refusals import (
    AlreadyMember,
    AlreadyUnderWay,
    ChangedMeanwhile,
    PageChanged,
    TooMany,
)
from network.actions.removing import decide_removal, open_removal, respond_to_removal
from network.actions.representing import hand_over_member
from network.actions.reviewing import (
    accept,
    confirm_signature,
    decline,
    record_call_back,
    request_changes,
    take_on,
    what_forbids_acceptance,
)
from network.actions.signing import (
    Assistant,
    endorse,
    not_the_right_person,
    report_signature,
    say_no,
)
from network.actions.tasks import Answers, in_json, newest_save, save_task
from network.actions.uploads import keep_upload, remove_upload, sweep_orphans
from network.actions.wording import (
    approve_wording,
    move_to_wording,
    rewrite_wording,
    strike_out,
    write_wording,
)

__all__ = [
    "OPEN_AT_ONCE",
    "AlreadyMember",
    "AlreadyUnderWay",
    "Answers",
    "Assistant",
    "ChangedMeanwhile",
    "PageChanged",
    "TooMany",
    "accept",
    "accept_invitation",
    "announce",
    "announce_due",
    "approve_wording",
    "ask_access",
    "ask_endorsers",
    "ask_instead",
    "ask_office_holder",
    "ask_to_leave",
    "cancel_invitation",
    "cancel_leaving",
    "cancel_request",
    "chase_due",
    "check_statement",
    "confirm_decision",
    "confirm_later_endorsement",
    "confirm_leave_decision",
    "confirm_leaving",
    "confirm_signature",
    "decide_removal",
    "decline",
    "decline_leaving",
    "endorse",
    "endorse_again",
    "expire_again_links",
    "expire_idle",
    "expire_invitations",
    "expire_leavings",
    "expire_links",
    "grant_access",
    "grant_the_lead",
    "hand_over",
    "hand_over_member",
    "in_json",
    "invite",
    "is_for",
    "keep_message",
    "keep_upload",
    "leave",
    "leave_due",
    "move_to_wording",
    "newest_save",
    "not_the_right_person",
    "open_removal",
    "postpone",
    "record_asker_call_back",
    "record_call_back",
    "record_existing_membership",
    "record_office_change",
    "refuse_access",
    "refuse_again",
    "refuse_invitation",
    "remind",
    "remind_idle",
    "remind_of_offices",
    "remove_colleague",
    "remove_upload",
    "report_later_endorsement",
    "report_signature",
    "represent",
    "request_changes",
    "respond_to_removal",
    "rewrite_wording",
    "save_endorser",
    "save_task",
    "say_no",
    "send_again_on_file",
    "send_leave_link",
    "send_link_on_file",
    "send_new_link",
    "start_sign_up",
    "strike_out",
    "strike_out_later_endorsement",
    "submit",
    "sweep_orphans",
    "take_on",
    "tell_staff_who_waits",
    "what_forbids_acceptance",
    "what_is_missing",
    "what_would_leave",
    "withdraw",
    "write_wording",
]
