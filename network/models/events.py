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

    def record_for(self, memberships, what: str, *, by: User, why: str) -> None:
        """Write the same event for each of many memberships, with one query."""
        rows = [
            Event(
                what=what, by=by, by_label=str(by), why=why, membership=m, sign_up_id=m.sign_up_id
            )
            for m in memberships
        ]
        Event._default_manager.bulk_create(rows, batch_size=500)

    def update(self, **changes):
        raise TypeError("Events are not edited.")

    def delete(self):
        raise TypeError("Events are not deleted.")


class Event(models.Model):
    """One entry of the history. The database refuses to change it (migrations 0002, 0017)."""

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
        indexes = [models.Index(fields=["at"], name="network_events_by_time")]

    def __str__(self) -> str:
        return f"{self.what} by {self.by_label}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("Events are not edited.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Events are not deleted.")

    def redact(self, fields: list[str]) -> None:
        """Save that words about a person gave way to "[erased]", which the database lets through.

        Args:
            fields: Of `by_label` and `why`, those that changed.
        """
        super().save(update_fields=fields)

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

    def get_what_display(self) -> str:
        """Return the same, for the copy of someone's data."""
        return self.sentence


SENTENCES = {
    "sign_up.started": "Started the application",
    **{f"sign_up.{task}": f"Saved “{task.label}”" for task in SignUpTask},
    "sign_up.logo_uploaded": "Uploaded the logo",
    "sign_up.logo_removed": "Removed the logo",
    "sign_up.decision_uploaded": "Uploaded the decision",
    "sign_up.decision_removed": "Removed the decision",
    "sign_up.awaiting_endorsement": "Asked for the endorsement",
    "sign_up.decided_alone": "Endorsed by a formal decision alone",
    "sign_up.line_kept": "Wrote a message to the endorsers",
    "sign_up.submitted": "Sent the application to the network",
    "sign_up.in_review": "Started the review",
    "sign_up.accepted": "Accepted",
    "sign_up.declined": "Declined",
    "sign_up.decline_taken_back": "Took back the decline",
    "sign_up.withdrawn": "Withdrew the application",
    "sign_up.changes_requested": "Asked for changes",
    "sign_up.sent_again": "Sent the application again, with changes",
    "sign_up.expired": "The application ended, because no one worked on it for 180 days",
    "sign_up.reminded": "Reminded the lead contact that no one has worked on it",
    "sign_up.colleague_left": "Left the application",
    "sign_up.colleague_removed": "Removed a colleague",
    "sign_up.lead_changed": "Changed the lead contact",
    "invitation.sent": "Invited a colleague",
    "invitation.accepted": "Accepted an invitation",
    "invitation.refused": "Declined an invitation",
    "invitation.cancelled": "Cancelled an invitation",
    "invitation.expired": "An invitation expired",
    "access_request.open": "Asked for access",
    "access_request.granted": "Approved a request for access",
    "access_request.refused": "Did not approve a request for access",
    "access_request.closed": "Closed a request for access",
    "access_request.staff_told": "Told the network team that no one had answered",
    "access_request.called_back": "Called the council’s main number about a request for access",
    "endorsement_request.address_confirmed": "Confirmed that an email address is correct",
    "endorsement_request.sent": "Sent a link",
    "endorsement_request.resent": "Sent a new link",
    "endorsement_request.sent_once_more": "Sent the same link again",
    "endorsement_request.reminded": "Reminded the endorser",
    "endorsement_request.chased": "Sent a reminder",
    "endorsement_request.declined": "Does not want to endorse",
    "endorsement_request.wrong_person": "Says that someone else should sign",
    "endorsement_request.signed": "Signed the endorsement",
    "endorsement_request.bounced": "The email could not be delivered",
    "endorsement_request.expired": "The link expired",
    "endorsement_request.superseded": "Replaced by a newer request",
    "endorsement_request.cancelled": "Cancelled the request",
    "endorsement.confirmed": "Confirmed the signature with the office holder",
    "endorsement.reported": "Says: “this was not me”",
    "endorsement.struck_out": "Removed the signature",
    "decision.confirmed": "Confirmed the formal decision",
    "sign_up.called_back": "Called the council about the applicant",
    "sign_up.wording_moved": "Changed the wording the council signs",
    "membership.made": "Created the membership",
    "membership.announced": "Announced the membership",
    "membership.withdrawn": "Withdrew the membership",
    "membership.removed": "The network ended the membership",
    "removal.opened": "Proposed to end the membership",
    "removal.answered": "Responded to the proposal to end the membership",
    "removal.removed": "Decided to end the membership",
    "removal.dropped": "Decided not to end the membership",
    "removal.lapsed": "The proposal lapsed, because the membership ended in another way",
    "withdrawal.asked": "Asked to leave the network",
    "withdrawal.sent_again": "Sent a new link to confirm the request to leave",
    "withdrawal.bounced": "The email about leaving could not be delivered",
    "withdrawal.confirmed": "Confirmed that the council is leaving",
    "withdrawal.declined": "Did not confirm that the council is leaving",
    "withdrawal.cancelled": "Cancelled the request to leave",
    "withdrawal.expired": "No one confirmed the request to leave in time",
    "withdrawal.done": "The council left the network",
    "withdrawal.statement_checked": "Checked the council’s statement",
    "membership.postponed": "Moved the announcement to another time",
    "membership.joined_cohort": "Put the council together with others for the announcement",
    "membership.left_cohort": "Took the council out of those announced together",
    "membership.held": "Put the announcement on hold",
    "membership.claimed": "Claimed the page of an existing member",
    "membership.check_in_due": "The yearly check-in is due",
    "membership.overdue": "The yearly check-in is overdue",
    "membership.paused": "Paused the membership, because no one confirmed the check-in",
    "membership.live": "The membership continues: the check-in is confirmed",
    "check_in.opened": "Opened the yearly check-in",
    "check_in.saved": "Saved answers of the check-in",
    "check_in.reminded": "Reminded the council of its check-in",
    "check_in.put_off": "Moved the check-in because of an election",
    "check_in.extended": "Gave more time for the check-in",
    "check_in.confirmed": "Confirmed the check-in",
    "check_in.lapsed": "The check-in lapsed, because the membership ended",
    "check_in.lines_published": "Made public what moved in the year",
    "claim.sent": "Invited an officer to act for an existing member",
    "claim.accepted": "Accepted the invitation to act for the member",
    "claim.refused": "Is not the right person to act for the member",
    "claim.cancelled": "Cancelled the invitation to act for the member",
    "claim.expired": "The invitation to act for the member expired",
    "membership.lead_changed": "Changed the council’s lead contact",
    "membership.role_changed": "Changed what someone can do for the council",
    "membership.representative_removed": "Took away someone’s access",
    "membership.representative_left": "Gave up their access",
    "membership.champion_named": "Named a champion",
    "membership.champion_corrected": "Corrected a champion’s details",
    "membership.champion_ended": "Recorded that a champion has stopped",
    "membership.champion_put_back": "Put back an earlier champion",
    "membership.recorded": "Recorded an existing member",
    "office_change.recorded": "Recorded a new holder of a role",
    "office_change.vacant": "Recorded that a role is vacant",
    "office_change.asked": "Asked the new leader or chief executive to endorse",
    "office_change.resent": "Sent the new leader or chief executive a new link",
    "office_change.signed": "The new leader or chief executive endorsed",
    "office_change.declined": "The new leader or chief executive does not want to endorse",
    "office_change.expired": "The link to the new leader or chief executive expired",
    "office_change.replaced": "Replaced by a newer entry",
    "office_change.bounced": "The email to the new leader or chief executive was not delivered",
    "office_change.reminded": "Reminded the lead contact of an unanswered request",
    "office_change.reported": "Says: “this was not me”",
    "office_change.confirmed": "Confirmed the signature with the office holder",
    "office_change.struck_out": "Removed the signature",
    "profile.saved": "Saved a draft for the public page",
    "profile.sent": "Sent a change of the public page to the network",
    "profile.published": "Published a change of the public page",
    "profile.sent_back": "Sent a change of the public page back",
    "profile.replaced": "Replaced an earlier version for the public page",
    "profile.put_back": "Put back an earlier version of the public page",
    "case_study.started": "Started a case study",
    "case_study.change_started": "Started a change of a case study",
    "case_study.sent": "Sent a case study to the network",
    "case_study.taken_back": "Took a case study back to change it",
    "case_study.withdrawn": "Withdrew a case study, or discarded a change of one",
    "case_study.sent_back": "Asked the council to change a case study",
    "case_study.published": "Published a case study of the council",
    "sign_up.assigned": "Gave the review to a manager",
    "sign_up.released": "Gave the review back",
    "sign_up.message": "Wrote to the council",
    "manager.away": "Said that a manager is away",
    "manager.back": "Said that a manager is back",
    "membership.message_sent": "Sent a message to members, this one among them",
    "note.erased": "Erased the words of an entry in the contact log",
    "confirmation.no_contact": "There was no one to ask whether a case study is still true",
    "confirmation.sent": "Asked whether a case study is still true",
    "confirmation.sent_again": "Sent a new link about a case study",
    "confirmation.bounced": "The email about a case study could not be delivered",
    "confirmation.answered": "Said how the work in a case study stands",
    "confirmation.expired": "No one said this year whether a case study is still true",
    "confirmation.cancelled": "Stopped asking about a case study that is not published",
    "confirmation.published": "Published what the council said about a case study",
    "confirmation.read": "Read what the council said about a case study",
    "question.sent": "Asked the member a question",
    "question.introduced": "Agreed to be introduced to someone who asked a question",
    "question.declined": "Did not take up a question",
    "question.expired": "No one answered a question in 14 days",
    "question.closed": "Closed a question",
    "question.bounced": "The email with a question could not be delivered",
    "question.reported": "Reported a question as abuse",
    "question.report_settled": "Looked into a question that was reported",
    "question.asker_blocked": "Stopped someone from asking members questions",
    "question.asker_unblocked": "Let someone ask members questions again",
    "membership.questions_on": "Lets other councils ask it questions",
    "membership.questions_off": "Takes no questions from other councils",
    "person.merged": "Merged two accounts of one person",
    "person.copied": "Made a copy of what is held about someone",
    "person.erased": "Erased someone’s personal data",
    "trustee.asked": "Asked a trustee to confirm",
    "trustee.sent_again": "Sent the trustee a new link",
    "trustee.reminded": "Reminded the trustee",
    "trustee.bounced": "The email to the trustee could not be delivered",
    "trustee.confirmed": "Confirmed as a trustee",
    "trustee.declined": "Did not confirm as a trustee",
    "trustee.withdrawn": "Withdrew the request to the trustee",
    "trustee.superseded": "The request to the trustee was settled in another way",
    "trustee.expired": "The trustee did not answer in time",
    "wording.approved": "Approved the wording",
    "wording.approval_recorded": "Recorded that the wording was approved",
    "wording.written": "Wrote a draft wording",
    "wording.rewritten": "Changed the draft wording",
}

# What network managers are told the next morning, if someone else did it.
NEWS = (
    "sign_up.submitted",
    "sign_up.sent_again",
    "sign_up.withdrawn",
    "sign_up.expired",
    "sign_up.accepted",
    "sign_up.declined",
    "membership.announced",
    "membership.withdrawn",
    "membership.removed",
    "office_change.signed",
    "removal.opened",
    "removal.dropped",
    "withdrawal.asked",
    "withdrawal.confirmed",
    "withdrawal.declined",
    "withdrawal.cancelled",
    "withdrawal.expired",
    "withdrawal.done",
)
