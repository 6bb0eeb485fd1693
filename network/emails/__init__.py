"""The words we send about joining: for each mail who gets it, and what it is about.

Each `<mail>` function puts a row into the outbox; the `_write_…` function beside it makes
the letter when the row is sent. Templates: `templates/emails/`. The admin's catalogue shows
each from a sample, in `samples.py`: a test asks for one a kind.
"""

from network.emails import samples as _samples  # noqa: F401  # registers them
from network.emails import samples_leadership as _samples_leadership  # noqa: F401  # these too
from network.emails import samples_leaving as _samples_leaving  # noqa: F401  # and these
from network.emails import samples_people as _samples_people  # noqa: F401  # these too
from network.emails import samples_removing as _samples_removing  # noqa: F401  # and these
from network.emails.addressing import managers
from network.emails.bouncing import endorsement_bounced
from network.emails.colleagues import (
    access_asked,
    access_closed,
    access_granted,
    access_refused,
    access_waits,
    colleague_left,
    colleague_removed,
    invitation,
    invitation_accepted,
    lead_changed,
)
from network.emails.deciding import (
    announcement_moved,
    announcement_waits,
    changes_requested,
    membership_announced,
    sign_up_accepted,
    sign_up_declined,
)
from network.emails.endorsing import (
    champions_changed,
    endorsement_chaser,
    endorsement_expired,
    endorsement_refused,
    endorsement_reminder,
    endorsement_request,
    endorsement_request_again,
    endorsement_signed,
    endorsement_waiting,
    preview_of_request,
    signature_reported,
    signature_struck_out,
    wording_moved,
)
from network.emails.joining import (
    changes_made,
    expired,
    idle,
    sign_up_started,
    sign_up_submitted,
    sign_up_withdrawn,
)
from network.emails.leadership import (
    again_bounced,
    again_refused,
    again_reminder,
    again_reported,
    again_request,
    again_request_once_more,
    again_signed,
    again_struck_out,
)
from network.emails.leaving import (
    leave_asked,
    leave_bounced,
    leave_confirm,
    leave_confirmed,
    leave_done,
    leave_statement,
    leave_stopped,
)
from network.emails.removing import removal_answered, removal_decided, removal_opened
from network.emails.representing import member_lead_changed, member_lead_passed_on

__all__ = [
    "access_asked",
    "access_closed",
    "access_granted",
    "access_refused",
    "access_waits",
    "again_bounced",
    "again_refused",
    "again_reminder",
    "again_reported",
    "again_request",
    "again_request_once_more",
    "again_signed",
    "again_struck_out",
    "announcement_moved",
    "announcement_waits",
    "champions_changed",
    "changes_made",
    "changes_requested",
    "colleague_left",
    "colleague_removed",
    "endorsement_bounced",
    "endorsement_chaser",
    "endorsement_expired",
    "endorsement_refused",
    "endorsement_reminder",
    "endorsement_request",
    "endorsement_request_again",
    "endorsement_signed",
    "endorsement_waiting",
    "expired",
    "idle",
    "invitation",
    "invitation_accepted",
    "lead_changed",
    "leave_asked",
    "leave_bounced",
    "leave_confirm",
    "leave_confirmed",
    "leave_done",
    "leave_statement",
    "leave_stopped",
    "managers",
    "member_lead_changed",
    "member_lead_passed_on",
    "membership_announced",
    "preview_of_request",
    "removal_answered",
    "removal_decided",
    "removal_opened",
    "sign_up_accepted",
    "sign_up_declined",
    "sign_up_started",
    "sign_up_submitted",
    "sign_up_withdrawn",
    "signature_reported",
    "signature_struck_out",
    "wording_moved",
]
