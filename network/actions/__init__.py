"""What people do: each act is one function, all of it or nothing.

None sees a request; each writes its Events and puts its mails into the outbox in the
same transaction (DESIGN section 2).
"""

from network.actions import answers as _answers  # noqa: F401  # registers the keepers
from network.actions.endorsing import (
    ask_endorsers,
    endorse,
    expire_links,
    remove_endorser,
    save_endorser,
    send_new_link,
)
from network.actions.joining import (
    OPEN_AT_ONCE,
    start_sign_up,
    submit,
    what_is_missing,
    withdraw,
)
from network.actions.memberships import announce, announce_due, record_existing_membership
from network.actions.refusals import (
    AlreadyMember,
    AlreadyUnderWay,
    ChangedMeanwhile,
    PageChanged,
    TooMany,
)
from network.actions.reviewing import accept, approve_wording, decline, take_on
from network.actions.tasks import Answers, in_json, newest_save, save_task

__all__ = [
    "OPEN_AT_ONCE",
    "AlreadyMember",
    "AlreadyUnderWay",
    "Answers",
    "ChangedMeanwhile",
    "PageChanged",
    "TooMany",
    "accept",
    "announce",
    "announce_due",
    "approve_wording",
    "ask_endorsers",
    "decline",
    "endorse",
    "expire_links",
    "in_json",
    "newest_save",
    "record_existing_membership",
    "remove_endorser",
    "save_endorser",
    "save_task",
    "send_new_link",
    "start_sign_up",
    "submit",
    "take_on",
    "what_is_missing",
    "withdraw",
]
