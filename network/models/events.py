"""History: who did what, when, why and to which row. Written once, never changed."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.dateformat import format as format_date

from network.choices import SignUpTask
from portal.models import User

Actor = User | str


class EventQuerySet(models.QuerySet["Event"]):
    def record(self, what: str, *, by: Actor, why: str = "", **about) -> "Event":
        """Write an event.

        Args:
            what: Dotted name, for example "sign_up.submitted".
            by: A user, or a label such as "leader, by link" or "tick".
            about: `old` and `new` states, and the rows concerned by field name.
        """
        person = by if isinstance(by, User) else None
        return self.create(what=what, by=person, by_label=str(by), why=why, **about)

    def update(self, **changes):
        raise TypeError("Events are not edited.")

    def delete(self):
        raise TypeError("Events are not deleted.")


class Event(models.Model):
    """One entry of the history. The database refuses to change it (migration 0002)."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=254)
    what = models.CharField(max_length=60)
    why = models.TextField(blank=True)
    old = models.CharField(max_length=30, blank=True)
    new = models.CharField(max_length=30, blank=True)
    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, null=True, related_name="events")
    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, null=True, related_name="events"
    )
    endorsement_request = models.ForeignKey(
        "network.EndorsementRequest", models.PROTECT, null=True, related_name="events"
    )
    wording = models.ForeignKey(
        "network.EndorsementWording", models.PROTECT, null=True, related_name="events"
    )

    invitation = models.ForeignKey(
        "network.Invitation", models.PROTECT, null=True, related_name="events"
    )
    access_request = models.ForeignKey(
        "network.AccessRequest", models.PROTECT, null=True, related_name="events"
    )
    office_change = models.ForeignKey(
        "network.OfficeChange", models.PROTECT, null=True, related_name="events"
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.what} by {self.by_label}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("Events are not edited.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Events are not deleted.")

    @property
    def council(self):
        """The council it is about, or None."""
        row = self.sign_up or self.membership
        return row.council if row else None

    @property
    def at_in_words(self) -> str:
        """When it happened, in London's time."""
        return format_date(timezone.localtime(self.at), "j F Y, H:i")

    @property
    def sentence(self) -> str:
        """What happened, in a sentence for staff and applicants."""
        return SENTENCES.get(self.what, self.what.replace("_", " ").replace(".", ": "))


SENTENCES = {
    "sign_up.started": "Started the sign-up",
    **{f"sign_up.{task}": f"Saved “{task.label}”" for task in SignUpTask},
    "sign_up.logo_uploaded": "Uploaded the logo",
    "sign_up.logo_removed": "Removed the logo",
    "sign_up.decision_uploaded": "Uploaded the decision",
    "sign_up.decision_removed": "Removed the decision",
    "sign_up.awaiting_endorsement": "Asked for the endorsement",
    "sign_up.decided_alone": "Endorsed by a formal decision alone",
    "sign_up.line_kept": "Wrote a message to the endorsers",
    "sign_up.submitted": "Sent the sign-up to the network",
    "sign_up.in_review": "Took on the review",
    "sign_up.accepted": "Accepted",
    "sign_up.declined": "Declined",
    "sign_up.decline_taken_back": "Took back that it was declined",
    "sign_up.withdrawn": "Withdrew the sign-up",
    "sign_up.changes_requested": "Asked for changes",
    "sign_up.sent_again": "Sent it again with changes",
    "sign_up.expired": "The draft ended, untouched for 180 days",
    "sign_up.reminded": "Reminded an idle draft’s lead",
    "sign_up.colleague_left": "Left the sign-up",
    "sign_up.colleague_removed": "Removed a colleague",
    "sign_up.lead_changed": "Handed the lead over",
    "invitation.sent": "Invited a colleague",
    "invitation.accepted": "Accepted an invitation",
    "invitation.refused": "Said no to an invitation",
    "invitation.cancelled": "Took an invitation back",
    "invitation.expired": "An invitation ended",
    "access_request.open": "Asked for access",
    "access_request.granted": "Gave somebody access",
    "access_request.refused": "Refused somebody access",
    "access_request.closed": "Closed a request for access",
    "access_request.staff_told": "Told the network that nobody had answered",
    "access_request.called_back": "Rang the council’s main number about who asks",
    "endorsement_request.address_confirmed": "Confirmed that an address is right",
    "endorsement_request.sent": "Sent a link",
    "endorsement_request.resent": "Sent a new link",
    "endorsement_request.sent_once_more": "Sent the same link once more",
    "endorsement_request.reminded": "Reminded the endorser",
    "endorsement_request.chased": "Sent a reminder",
    "endorsement_request.declined": "Does not wish to endorse",
    "endorsement_request.wrong_person": "Says that somebody else signs",
    "endorsement_request.signed": "Signed the endorsement",
    "endorsement_request.bounced": "The mail came back",
    "endorsement_request.expired": "The link ended",
    "endorsement_request.superseded": "Replaced by a newer request",
    "endorsement_request.cancelled": "Cancelled the request",
    "endorsement.confirmed": "Confirmed the signature with the office holder",
    "endorsement.reported": "Says: “this was not me”",
    "endorsement.struck_out": "Struck out the signature",
    "decision.confirmed": "Confirmed the formal decision",
    "sign_up.called_back": "Rang the council about the applicant",
    "sign_up.wording_moved": "Moved to another wording",
    "membership.made": "Made the membership",
    "membership.announced": "Announced the membership",
    "membership.withdrawn": "Withdrew the membership",
    "membership.removed": "The network ended the membership",
    "removal.opened": "Opened a removal",
    "removal.answered": "Responded to the removal",
    "removal.removed": "Decided to remove the member",
    "removal.dropped": "Dropped the removal",
    "removal.lapsed": "The removal lapsed",
    "withdrawal.asked": "Asked to leave the network",
    "withdrawal.sent_again": "Sent a new link to confirm the leaving",
    "withdrawal.bounced": "The mail to confirm the leaving came back",
    "withdrawal.confirmed": "Confirmed that the council leaves",
    "withdrawal.declined": "Did not confirm that the council leaves",
    "withdrawal.cancelled": "Stopped the leaving",
    "withdrawal.expired": "The leaving was not confirmed in time",
    "withdrawal.done": "The leaving took effect",
    "withdrawal.statement_checked": "Checked the statement about leaving",
    "membership.postponed": "Moved the announcement to another day",
    "membership.held": "Held the announcement",
    "membership.lead_changed": "Handed the member’s lead over",
    "membership.recorded": "Recorded a membership of before this site",
    "office_change.recorded": "Recorded that an office changed hands",
    "office_change.vacant": "Recorded that an office is vacant",
    "office_change.asked": "Asked the new office holder to endorse",
    "office_change.resent": "Sent the new office holder a new link",
    "office_change.signed": "The new office holder endorsed",
    "office_change.declined": "The new office holder does not wish to endorse",
    "office_change.expired": "The new office holder’s link ended",
    "office_change.replaced": "Replaced by a newer entry",
    "office_change.bounced": "The mail to the new office holder came back",
    "office_change.reminded": "Reminded whoever leads of an office",
    "office_change.reported": "Says: “this was not me”",
    "office_change.confirmed": "Confirmed the signature with the office holder",
    "office_change.struck_out": "Struck out the signature",
    "wording.approved": "Approved the wording",
    "wording.approval_recorded": "Recorded that the wording was approved",
    "wording.written": "Wrote a wording",
    "wording.rewritten": "Changed a draft of the wording",
}
