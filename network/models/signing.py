"""Signatures and requests to sign: who was asked, what they signed, and doubts about it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from network.choices import (
    CHAMPION_KINDS,
    LIVE_MEMBERSHIP,
    OPEN_SIGN_UP,
    Office,
    RequestStatus,
    SignUpStatus,
)
from network.models.events import Actor
from network.models.links import LINK_LASTS, EmailedLink
from network.models.wordings import EndorsementWording
from portal import links
from portal.models import both_or_neither

if TYPE_CHECKING:
    from network.models.requests import EndorsementRequest


@dataclass(frozen=True)
class Contact:
    """Who asks for an endorsement on a council's side, and how to reach them."""

    name: str
    job_title: str
    email: str
    phone: str
    is_known: bool  # whether the address is on a domain of the council, or staff rang

    @property
    def line(self) -> str:
        """Name and job title, as in a sentence."""
        return ", ".join(filter(None, [self.name, self.job_title]))


class Asking(EmailedLink):
    """A request to an office holder of a council to sign a wording, by one link."""

    office = models.CharField(max_length=16, choices=Office.choices)
    answer_why = models.TextField(blank=True, help_text="Why they said no, if they said so.")

    class Meta(EmailedLink.Meta):
        abstract = True

    @property
    def may_be_renewed(self) -> bool:
        """Whether a new link can be sent to the address on file."""
        return self.is_wanted and self.status in {self.WAITING, "expired"}

    def contact(self) -> Contact | None:
        """Who asks on the council's side; None if nobody does."""
        raise NotImplementedError

    def send_link(self, *also: str, by: Actor) -> None:
        """Start a new link, save it with the fields named in `also`, and write the event."""
        self.renew_link(*also)
        if self.status == self.WAITING:
            self.record("resent", by=by)
        else:
            self.move_to(self.WAITING, by=by)


class Signature(models.Model):
    """One person's signature, with what was on the page. Never edited, never deleted."""

    REPORT_PURPOSE: str
    event_field: str  # how Events about it begin
    wording: models.ForeignKey

    name = models.CharField(max_length=120)
    role = models.CharField(max_length=160)
    wording_hash = models.CharField(max_length=64)
    snapshot = models.JSONField(help_text="What the page showed: council, champions, route.")
    signed_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_how = models.CharField(max_length=300, blank=True)
    reported_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody said “this was not me”."
    )
    struck_out_at = models.DateTimeField(null=True, blank=True)
    struck_out_why = models.TextField(null=True, blank=True)  # noqa: DJ001 (paired)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}, {self.role}, {timezone.localtime(self.signed_at):%d %B %Y}"

    @property
    def council(self):
        """The council that was signed for."""
        return self.asked.council

    @property
    def staff_url(self):
        """Where staff look into it."""
        return self.asked.staff_url

    @property
    def is_disputed(self) -> bool:
        """Whether someone said “this was not me” and staff have not dealt with it."""
        if self.reported_at is None:
            return False
        return self.confirmed_at is None or self.confirmed_at < self.reported_at

    @property
    def report_token(self) -> str:
        """Token of the link that says “this was not me”; never stored."""
        return links.make(self.REPORT_PURPOSE, pk=self.pk, generation=0)

    def may_be_reported_with(self, token: str) -> bool:
        """Whether `token` is that link's."""
        return links.is_valid(token, self.REPORT_PURPOSE, pk=self.pk, generation=0)

    @property
    def report_link_has_ended(self) -> bool:
        return timezone.now() >= self.signed_at + LINK_LASTS

    @property
    def signed_text(self) -> str:
        """Wording as it appeared on the page that was signed."""
        return self.wording.text_for(self.snapshot["council"])


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def counting(self):
        """Return signatures that are neither voided nor replaced by a newer request."""
        return self.filter(struck_out_at=None, request__status=RequestStatus.SIGNED).order_by(
            "-office"
        )

    def to_confirm(self):
        """Return signatures that staff have to confirm: reported, or given by an assistant.

        Also those given after acceptance. Of sign-ups that are open or have a live membership.
        """
        reported = Q(reported_at__isnull=False)
        reported &= Q(confirmed_at=None) | Q(confirmed_at__lt=F("reported_at"))
        unseen = ~Q(assistant_name="")
        unseen |= Q(sign_up__status=SignUpStatus.ACCEPTED, signed_at__gt=F("sign_up__decided_at"))
        wanted = Q(sign_up__status__in=OPEN_SIGN_UP)
        wanted |= Q(sign_up__membership__status__in=LIVE_MEMBERSHIP)
        return self.counting().filter(wanted, reported | Q(unseen, confirmed_at=None))


class Endorsement(Signature):
    """One person's signature in a sign-up."""

    REPORT_PURPOSE = "report"
    event_field = "endorsement"

    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, related_name="endorsements")
    request = models.OneToOneField(
        "network.EndorsementRequest", models.PROTECT, related_name="endorsement"
    )
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
        """Return the council's own name for the role, which depends on its governance."""
        return self.sign_up.office_name(self.office)

    @property
    def asked(self) -> "EndorsementRequest":
        """Request that this signature answers."""
        return self.request

    @property
    def needs_confirming(self) -> bool:
        """Whether staff have to confirm it with the signatory by another way than the link."""
        unseen = bool(self.assistant_name) or self.sign_up.was_decided_before(self)
        return self.is_disputed or (unseen and self.confirmed_at is None)

    @property
    def doubt(self) -> str:
        """Why staff cannot rely on it yet, in a sentence; "" if they can."""
        office = self.get_office_display().lower()
        if self.is_disputed:
            return (
                f"Someone says that the {office}’s signature was not theirs. Remove it, or "
                "confirm that it was."
            )
        if self.needs_confirming and not self.assistant_name:
            return (
                f"The {office} signed after we had accepted the council, to replace a signature "
                "we removed. Confirm it with them first."
            )
        if self.needs_confirming:
            return (
                f"An assistant filled in the {office}’s signature. Confirm it with the {office} "
                "first."
            )
        return ""

    @property
    def has_other_champions(self) -> bool:
        """Whether other people are champions now than on the page that was signed."""
        then = {CHAMPION_KINDS[c["kind"]]: c["name"] for c in self.snapshot["champions"]}
        now = {c.kind: c.name for c in self.sign_up.current_champions()}
        return then != now

    @property
    def counts(self) -> bool:
        """Whether it is neither voided nor replaced by a newer request."""
        return self.struck_out_at is None and self.request.status == RequestStatus.SIGNED
