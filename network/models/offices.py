"""New leaders and chief executives of members, and their endorsements."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from councils.lookup import is_of
from network.choices import OfficeChangeStatus, office_in_words
from network.models.links import EmailedLinkQuerySet
from network.models.memberships import Membership
from network.models.signing import Asking, Contact, Signature
from network.models.wordings import EndorsementWording
from portal.models import both_or_neither

# Six months from the day the change was recorded (product.md 4.4).
ENDORSE_AGAIN_WITHIN = timedelta(days=183)
NO_ANSWER_YET = [
    OfficeChangeStatus.VACANT,
    OfficeChangeStatus.NOT_ASKED,
    OfficeChangeStatus.ASKED,
    OfficeChangeStatus.EXPIRED,
]


class OfficeChangeQuerySet(EmailedLinkQuerySet):
    def current(self):
        """Return the newest change of each office."""
        return self.exclude(status=OfficeChangeStatus.REPLACED)

    def of_members_today(self):
        """How each office of today's members stands now, with what staff's pages show."""
        rows = self.current().filter(membership__in=Membership.objects.announced().live())
        return rows.select_related("membership__council", "membership__sign_up", "endorsement")

    def overdue(self):
        """Return changes in live members that no one has answered for six months."""
        today = timezone.localdate()
        return self.unanswered().filter(recorded_at__date__lt=today - ENDORSE_AGAIN_WITHIN)

    def unanswered(self):
        """Return changes in live members if the office is vacant or its holder has not answered."""
        members = Membership.objects.announced().live()
        return self.filter(status__in=NO_ANSWER_YET, membership__in=members)


class OfficeChange(Asking):
    """A change of the leader or chief executive after the council endorsed, or a vacancy.

    Earlier endorsements stay as they are. The newest row of an office is current, and a
    correction is a newer row. The link's token is never stored.
    """

    STATUSES = OfficeChangeStatus
    LINK_PURPOSE = "endorse again"
    WAITING = OfficeChangeStatus.ASKED
    event_field = "office_change"

    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, related_name="office_changes"
    )
    since = models.DateField()
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    status = models.CharField(
        max_length=10,
        choices=OfficeChangeStatus.choices,
        default=OfficeChangeStatus.NOT_ASKED,
        editable=False,
    )
    wording = models.ForeignKey(
        EndorsementWording,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="office_changes",
        help_text="What the present link asks to sign.",
    )
    reminders = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How often the lead was reminded."
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = OfficeChangeQuerySet.as_manager()

    class Meta(Asking.Meta):
        ordering = ["-office", "-pk"]
        constraints = [
            *Asking.Meta.constraints,
            models.UniqueConstraint(
                fields=["membership", "office"],
                condition=~Q(status=OfficeChangeStatus.REPLACED),
                name="one_standing_an_office",
            ),
            models.CheckConstraint(
                condition=Q(name="", role="", email="") | ~(Q(name="") | Q(role="") | Q(email="")),
                name="office_vacant_or_held_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()} of {self.membership.council}"

    def get_office_display(self) -> str:  # type: ignore[no-redef]  # over the one that Django makes
        """Return the council's own name for the role, if known."""
        return office_in_words(self.office, self.governance)

    def event_about(self) -> dict[str, models.Model | None]:
        membership = self.membership
        return {
            "office_change": self,
            "membership": membership,
            "sign_up": membership.sign_up,
        }

    @property
    def council(self):
        return self.membership.council

    @property
    def governance(self) -> str:
        return self.membership.governance

    @property
    def is_vacant(self) -> bool:
        return not self.name

    @property
    def may_be_asked(self) -> bool:
        """Whether its holder can be sent a link: not signed yet, in a live member."""
        S = self.STATUSES
        return self.is_wanted and self.status in {S.NOT_ASKED, S.ASKED, S.EXPIRED, S.DECLINED}

    @property
    def is_wanted(self) -> bool:
        return self.membership.is_public_and_live

    @property
    def is_waited_for(self) -> bool:
        """Whether the link works and is for the wording in force."""
        return super().is_waited_for and self.wording_id == EndorsementWording.objects.newest().pk

    @property
    def subject(self) -> "OfficeChange":
        """Object with the wording and the snapshot that a signature binds to."""
        return self

    def contact(self) -> Contact | None:
        """Who leads for the member; None if nobody does."""
        lead = self.membership.lead()
        if lead is None:
            return None
        return Contact(
            name=str(lead),
            job_title="",
            email=lead.email,
            phone="",
            is_known=is_of(lead.email, self.council),
        )

    def add_signature(self, **signature: object) -> "LaterEndorsement":
        """Store the signature given through this link."""
        return LaterEndorsement.objects.create(change=self, **signature)

    @property
    def due_on(self):
        """Date by which the holder should endorse."""
        return timezone.localdate(self.recorded_at + ENDORSE_AGAIN_WITHIN)

    @property
    def is_overdue(self) -> bool:
        """Whether the six months are over. Only staff see it, and nothing follows automatically."""
        return self.status in NO_ANSWER_YET and self.due_on < timezone.localdate()

    @property
    def pinned_wording(self) -> EndorsementWording:
        """Wording that the current link asks for. Requires that the holder was asked."""
        if self.wording is None:
            raise ValueError(f"{self} has not been asked.")
        return self.wording

    @property
    def snapshot(self) -> dict[str, object]:
        """Return what the holder sees beside the wording: council, champions, approval."""
        champions = self.membership.champions.filter(until=None)
        return {
            "draft": not self.pinned_wording.is_approved,
            "council": self.council.official_name,
            "champions": [
                {"kind": c.get_kind_display(), "name": c.name, "role": c.role} for c in champions
            ],
        }

    @property
    def fingerprint(self) -> str:
        """SHA-256 hash, in hexadecimal, of wording and snapshot: all that a signature binds to."""
        return self.pinned_wording.fingerprint_with(self.snapshot)


class LaterEndorsementQuerySet(models.QuerySet["LaterEndorsement"]):
    def of(self, membership: Membership):
        """Return the endorsements given in a member, oldest first."""
        rows = self.filter(change__membership=membership).order_by("signed_at", "pk")
        return rows.select_related("wording", "change__membership__sign_up")

    def to_confirm(self):
        """Return those in live members that staff have to confirm with the office holder."""
        unsure = Q(confirmed_at=None) | Q(confirmed_at__lt=F("reported_at"))
        current = Q(change__membership__in=Membership.objects.announced().live())
        return self.filter(unsure, current, struck_out_at=None)


class LaterEndorsement(Signature):
    """An endorsement by someone who took office after the council had endorsed.

    It is public once staff have confirmed it with the office holder by another way than the
    link, because no review of a sign-up would notice a forged one.
    """

    REPORT_PURPOSE = "report again"
    event_field = "office_change"

    change = models.OneToOneField(OfficeChange, models.PROTECT, related_name="endorsement")
    wording = models.ForeignKey(
        EndorsementWording, models.PROTECT, related_name="later_endorsements"
    )

    objects = LaterEndorsementQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            both_or_neither("later_struck_out_with_reason", "struck_out_at", "struck_out_why"),
            both_or_neither("later_confirmed_by_at", "confirmed_by", "confirmed_at"),
        ]

    def get_office_display(self) -> str:
        """Return the council's own name for the role, if known."""
        return self.change.get_office_display()

    @property
    def asked(self) -> OfficeChange:
        """Request that this signature answers."""
        return self.change

    @property
    def needs_confirming(self) -> bool:
        """Whether staff have to confirm it with the office holder by another way than the link."""
        return self.struck_out_at is None and (self.confirmed_at is None or self.is_disputed)

    @property
    def is_public(self) -> bool:
        return self.struck_out_at is None and not self.needs_confirming
