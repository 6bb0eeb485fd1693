"""What is signed, who is asked, and what they signed."""

import hashlib
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from network.choices import Office, RequestStatus
from network.models.moves import Moving
from network.models.signatures import Signature
from portal import links
from portal.models import both_or_neither

LINK_PURPOSE = "endorse"
REPORT_PURPOSE = "report"
# The applicant may remind somebody by hand once in this time.
REMIND_AFTER = timedelta(hours=48)


class WordingQuerySet(models.QuerySet["EndorsementWording"]):
    def newest(self) -> "EndorsementWording":
        """The version in force: the newest approved, or the newest draft where none is.
        A migration brings the first, so there always is one."""
        approved = self.exclude(approved_by_name="").exclude(approved_on=None)
        return approved.order_by("-version").first() or self.last_written()

    def last_written(self) -> "EndorsementWording":
        """The newest version, be it a draft."""
        return self.order_by("-version")[0]


class EndorsementWording(models.Model):
    """A version of what is signed. Once somebody was asked to sign it, it is frozen."""

    version = models.PositiveSmallIntegerField(unique=True)
    text = models.TextField(help_text="Paragraphs, parted by blank lines.")
    approved_by_name = models.CharField(
        max_length=120, blank=True, help_text="Who approved it for the network."
    )
    approved_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = WordingQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        draft = "" if self.is_approved else " (draft, not approved by the network)"
        return f"Version {self.version}{draft}"

    @property
    def is_approved(self) -> bool:
        return bool(self.approved_by_name and self.approved_on)

    @property
    def may_be_sent(self) -> bool:
        """Outside DEBUG no mail asks anybody to sign an unapproved wording."""
        return self.is_approved or settings.DEBUG

    @property
    def is_in_use(self) -> bool:
        """Somebody was asked to sign it, or a sign-up has pinned it: its text no longer changes."""
        return (
            self.sign_ups.exists()
            or self.office_changes.exists()
            or self.later_endorsements.exists()
        )

    @property
    def hash(self) -> str:
        """SHA-256 of the text as UTF-8, in hexadecimal: what signatures bind to."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def text_for(self, council: str) -> str:
        """The words as they read for one council: its name in the place kept for it."""
        return self.text.replace("{council}", council)


class EndorsementRequest(Moving):
    """One person asked to endorse, by one link. The link's token is never stored."""

    STATUSES = RequestStatus
    event_field = "endorsement_request"

    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, related_name="requests")
    office = models.CharField(max_length=16, choices=Office.choices)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=160)
    email = models.EmailField()
    status = models.CharField(
        max_length=12,
        choices=RequestStatus.choices,
        default=RequestStatus.NOT_SENT,
        editable=False,
    )
    generation = models.PositiveIntegerField(
        default=0, editable=False, help_text="Moves when older links must die."
    )
    sent_at = models.DateTimeField(null=True, editable=False)
    link_ends_at = models.DateTimeField(null=True, editable=False)
    message = models.CharField(
        max_length=300, blank=True, help_text="A line from the applicant, plain text."
    )
    chasers = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How many went out since the link was sent."
    )
    reminded_at = models.DateTimeField(
        null=True, editable=False, help_text="When the applicant last reminded by hand."
    )
    bounced_at = models.DateTimeField(null=True, editable=False)
    answer_why = models.TextField(blank=True, help_text="Why they said no, if they said so.")
    proposed_name = models.CharField(max_length=120, blank=True)
    proposed_role = models.CharField(max_length=160, blank=True)
    proposed_email = models.EmailField(blank=True)

    class Meta:
        ordering = ["-office", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up", "office"],
                condition=~Q(status__in=["cancelled", "superseded"]),
                name="one_request_an_office",
            ),
            both_or_neither("request_sent_with_end", "sent_at", "link_ends_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()} of {self.sign_up.council}"

    def get_office_display(self) -> str:  # type: ignore[no-redef]  # over the one that Django makes
        """As the council calls it, by how it is governed."""
        return self.sign_up.office_name(self.office)

    def event_about(self) -> dict[str, models.Model | None]:
        return {"endorsement_request": self, "sign_up": self.sign_up}

    @property
    def token(self) -> str:
        """The token of the present link; made afresh, never stored."""
        return links.make(LINK_PURPOSE, pk=self.pk, generation=self.generation)

    def opens_with(self, token: str) -> bool:
        """True when `token` is the present link's and the link has not ended."""
        live = self.status in {RequestStatus.SENT, RequestStatus.SIGNED}
        in_time = self.status == RequestStatus.SIGNED or not self.link_has_ended
        return (
            live
            and in_time
            and links.is_valid(token, LINK_PURPOSE, pk=self.pk, generation=self.generation)
        )

    def once_opened_with(self, token: str) -> bool:
        """True when `token` was a link of this request, even one that is dead now."""
        return links.was_valid(token, LINK_PURPOSE, pk=self.pk, generation=self.generation)

    @property
    def first_asked_on(self) -> date:
        """The day on which the first link went out; today where none has."""
        first = self.events.filter(what="endorsement_request.sent").order_by("pk").first()
        return timezone.localdate(first.at if first else None)

    @property
    def link_has_ended(self) -> bool:
        return self.link_ends_at is not None and timezone.now() >= self.link_ends_at

    @property
    def is_to_be_asked(self) -> bool:
        """True when no link is out: not asked yet, or the link has ended."""
        return self.status in {RequestStatus.NOT_SENT, RequestStatus.EXPIRED}

    @property
    def is_waited_for(self) -> bool:
        """True when the link is out and works: its holder may still answer."""
        asked = self.status == RequestStatus.SENT and not self.link_has_ended
        return asked and self.sign_up.may_be_signed

    @property
    def no_reminder_before(self) -> datetime | None:
        """Until when the applicant has to wait with the next reminder; None when not."""
        if self.reminded_at is None:
            return None
        again = self.reminded_at + REMIND_AFTER
        return again if timezone.now() < again else None

    @property
    def is_answered(self) -> bool:
        """True when its holder said no, or “not me”."""
        return self.status in {RequestStatus.DECLINED, RequestStatus.WRONG_PERSON}

    @property
    def signatory(self) -> "EndorsementRequest | Endorsement":
        """Who has `name` and `role` as they were signed; until then, as they were asked."""
        return self.endorsement if self.status == RequestStatus.SIGNED else self

    @property
    def asked_as(self) -> str:
        """Under which name and office they were asked, if they signed with others; else ""."""
        asked, signed = (f"{who.name}, {who.role}" for who in (self, self.signatory))
        return f"Asked as {asked}" if asked != signed else ""

    @property
    def may_be_renewed(self) -> bool:
        """True when a new link to the address on file makes sense."""
        return self.sign_up.may_be_signed and self.status in {
            RequestStatus.SENT,
            RequestStatus.EXPIRED,
        }

    def before(self) -> "EndorsementRequest | None":
        """The request that this one took the place of, since the wording has changed or
        the signature was struck out."""
        earlier = EndorsementRequest.objects.filter(
            sign_up=self.sign_up_id,
            office=self.office,
            status=RequestStatus.SUPERSEDED,
            pk__lt=self.pk,
        )
        return earlier.select_related("endorsement__wording").order_by("-pk").first()


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def counting(self):
        """Not struck out and not replaced by a newer asking."""
        return self.filter(struck_out_at=None, request__status=RequestStatus.SIGNED).order_by(
            "-office"
        )


class Endorsement(Signature):
    """One person's signature in a sign-up."""

    REPORT_PURPOSE = REPORT_PURPOSE

    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, related_name="endorsements")
    request = models.OneToOneField(EndorsementRequest, models.PROTECT, related_name="endorsement")
    office = models.CharField(max_length=16, choices=Office.choices)
    wording = models.ForeignKey(EndorsementWording, models.PROTECT, related_name="endorsements")
    assistant_name = models.CharField(
        max_length=120, blank=True, help_text="Who filled it in for the office holder."
    )
    agreed_how = models.CharField(
        max_length=300, blank=True, help_text="How the office holder agreed."
    )
    agreed_on = models.DateField(null=True, blank=True)

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            both_or_neither("struck_out_with_reason", "struck_out_at", "struck_out_why"),
            both_or_neither("signature_confirmed_by_at", "confirmed_by", "confirmed_at"),
        ]

    def get_office_display(self) -> str:  # type: ignore[no-redef]  # over the one that Django makes
        """As the council calls it, by how it is governed."""
        return self.sign_up.office_name(self.office)

    @property
    def needs_confirming(self) -> bool:
        """Staff have to ask the office holder, by another way than the link."""
        unseen = bool(self.assistant_name) or self.sign_up.was_decided_before(self)
        return self.is_disputed or (unseen and self.confirmed_at is None)

    @property
    def doubt(self) -> str:
        """Why staff cannot rely on it yet, in a sentence; "" when they can."""
        office = self.get_office_display().lower()
        if self.is_disputed:
            return (
                f"Somebody says that the {office}’s signature was not theirs: strike it out, "
                "or confirm that it was."
            )
        if self.needs_confirming and not self.assistant_name:
            return (
                f"The {office} signed after the council had been accepted, in the place of a "
                "signature that was struck out: confirm it with the office holder first."
            )
        if self.needs_confirming:
            return (
                f"An assistant filled in the {office}’s signature: confirm it with the "
                "office holder first."
            )
        return ""

    @property
    def counts(self) -> bool:
        """Not struck out and not replaced by a newer asking."""
        return self.struck_out_at is None and self.request.status == RequestStatus.SIGNED
