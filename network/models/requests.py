"""Endorsement requests: one person asked through one link."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from network.choices import RequestStatus
from network.models.links import EmailedLinkQuerySet
from network.models.signing import Asking, Contact, Endorsement

if TYPE_CHECKING:
    from network.models.sign_ups import SignUp

# The applicant can send one reminder by hand to the same person in this time.
REMIND_AFTER = timedelta(hours=48)
# By when an answer is hoped for, unless the applicant chooses another day.
ANSWER_WITHIN = timedelta(days=14)


class EndorsementRequest(Asking):
    """One person asked to endorse through one link. The link's token is never stored."""

    STATUSES = RequestStatus
    LINK_PURPOSE = "endorse"
    WAITING = RequestStatus.SENT
    event_field = "endorsement_request"

    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, related_name="requests")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=160)
    email = models.EmailField()
    status = models.CharField(
        max_length=12,
        choices=RequestStatus.choices,
        default=RequestStatus.NOT_SENT,
        editable=False,
    )
    message = models.CharField(
        max_length=300, blank=True, help_text="A personal message from the applicant, plain text."
    )
    answer_by = models.DateField(
        null=True, blank=True, help_text="By when the applicant hopes for an answer."
    )
    chasers = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How many went out since the link was sent."
    )
    reminded_at = models.DateTimeField(
        null=True, editable=False, help_text="When the applicant last reminded by hand."
    )
    email_is_confirmed = models.BooleanField(
        default=False,
        editable=False,
        help_text="The applicant said that an unlikely address is right.",
    )
    proposed_name = models.CharField(max_length=120, blank=True)
    proposed_role = models.CharField(max_length=160, blank=True)
    proposed_email = models.EmailField(blank=True)

    objects = EmailedLinkQuerySet.as_manager()

    class Meta(Asking.Meta):
        ordering = ["-office", "pk"]
        constraints = [
            *Asking.Meta.constraints,
            models.UniqueConstraint(
                fields=["sign_up", "office"],
                condition=~Q(status__in=["cancelled", "superseded"]),
                name="one_request_an_office",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()} of {self.sign_up.council}"

    def get_office_display(self) -> str:  # type: ignore[no-redef]  # over the one that Django makes
        """Return the council's own name for the role, which depends on its governance."""
        return self.sign_up.office_name(self.office)

    def event_about(self) -> dict[str, models.Model | None]:
        return {"endorsement_request": self, "sign_up": self.sign_up}

    @property
    def council(self):
        """Council that the signature is for."""
        return self.sign_up.council

    @property
    def subject(self) -> "SignUp":
        """Object with the wording and the snapshot that a signature binds to."""
        return self.sign_up

    def contact(self) -> Contact:
        """Who leads the sign-up."""
        return self.sign_up.contact()

    def add_signature(self, **signature: object) -> Endorsement:
        """Store the signature given through this link."""
        return Endorsement.objects.create(
            request=self, sign_up=self.sign_up, office=self.office, **signature
        )

    @property
    def address_was_confirmed(self) -> bool:
        """Whether the applicant said that this address is right, be it for an earlier request."""
        requests = self.sign_up.requests.all()
        return any(each.email_is_confirmed and each.email == self.email for each in requests)

    @property
    def next_answer_by(self) -> date:
        """The chosen day if it is still to come; otherwise two weeks from today."""
        today = timezone.localdate()
        chosen = self.answer_by
        return chosen if chosen and chosen > today else today + ANSWER_WITHIN

    @property
    def is_to_be_asked(self) -> bool:
        """Whether no link works, because none was sent or the last one expired."""
        return self.status in {RequestStatus.NOT_SENT, RequestStatus.EXPIRED}

    @property
    def is_wanted(self) -> bool:
        return self.sign_up.may_be_signed

    @property
    def no_reminder_before(self) -> datetime | None:
        """Time before which the applicant cannot send another reminder; None if they can."""
        if self.reminded_at is None:
            return None
        again = self.reminded_at + REMIND_AFTER
        return again if timezone.now() < again else None

    @property
    def is_answered(self) -> bool:
        """Whether the person declined or said “not me”."""
        return self.status in {RequestStatus.DECLINED, RequestStatus.WRONG_PERSON}

    @property
    def signatory(self) -> "EndorsementRequest | Endorsement":
        """Object with the `name` and `role` that were signed, or those that we asked."""
        return self.endorsement if self.status == RequestStatus.SIGNED else self

    @property
    def asked_as(self) -> str:
        """Name and role we asked for, if the signature has others; else ""."""
        asked, signed = (f"{who.name}, {who.role}" for who in (self, self.signatory))
        return f"Asked as {asked}" if asked != signed else ""

    def before(self) -> "EndorsementRequest | None":
        """Return the request that this one replaced, after new wording or a voided signature."""
        earlier = EndorsementRequest.objects.filter(
            sign_up=self.sign_up_id,
            office=self.office,
            status=RequestStatus.SUPERSEDED,
            pk__lt=self.pk,
        )
        return earlier.select_related("endorsement__wording").order_by("-pk").first()
