"""Offices that change hands in a member, and their new holders' endorsements."""

import hashlib
import json
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from network.choices import Office, OfficeChangeStatus, office_in_words
from network.models.memberships import Membership
from network.models.moves import Moving
from network.models.signing import Signature
from network.models.wordings import EndorsementWording
from portal import links
from portal.models import both_or_neither

AGAIN_PURPOSE = "endorse again"
# Six months, counted from the day on which the change was recorded (product.md 4.4).
ENDORSE_AGAIN_WITHIN = timedelta(days=183)
HOLDS_A_LINK = [OfficeChangeStatus.ASKED, OfficeChangeStatus.SIGNED]
NO_ANSWER_YET = [
    OfficeChangeStatus.VACANT,
    OfficeChangeStatus.NOT_ASKED,
    OfficeChangeStatus.ASKED,
    OfficeChangeStatus.EXPIRED,
]


class OfficeChangeQuerySet(models.QuerySet["OfficeChange"]):
    def current(self):
        """How each office stands now."""
        return self.exclude(status=OfficeChangeStatus.REPLACED)

    def unanswered(self):
        """In a member of today: vacant, or its holder has not answered."""
        members = Membership.objects.announced().live()
        return self.filter(status__in=NO_ANSWER_YET, membership__in=members)


class OfficeChange(Moving):
    """Since when an office has another holder than the one who endorsed, or none.

    The earlier endorsement is history that nothing here touches. The newest of an office is
    how it stands; a correction is a newer one. A link's token is never stored.
    """

    STATUSES = OfficeChangeStatus
    event_field = "office_change"

    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, related_name="office_changes"
    )
    office = models.CharField(max_length=16, choices=Office.choices)
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
    generation = models.PositiveIntegerField(
        default=0, editable=False, help_text="Moves when older links must die."
    )
    sent_at = models.DateTimeField(null=True, editable=False)
    link_ends_at = models.DateTimeField(null=True, editable=False)
    bounced_at = models.DateTimeField(null=True, editable=False)
    answer_why = models.TextField(blank=True, help_text="Why they said no, if they said so.")
    reminders = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How often the lead was reminded."
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = OfficeChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-office", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "office"],
                condition=~Q(status=OfficeChangeStatus.REPLACED),
                name="one_standing_an_office",
            ),
            models.CheckConstraint(
                condition=Q(name="", role="", email="") | ~(Q(name="") | Q(role="") | Q(email="")),
                name="office_vacant_or_held_by_somebody",
            ),
            both_or_neither("again_sent_with_end", "sent_at", "link_ends_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()} of {self.membership.council}"

    def get_office_display(self) -> str:  # type: ignore[no-redef]  # over the one that Django makes
        """As the council calls it, where that is known."""
        sign_up = self.membership.sign_up
        return office_in_words(self.office, sign_up.governance if sign_up else "")

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
    def is_vacant(self) -> bool:
        return not self.name

    @property
    def may_be_asked(self) -> bool:
        """Its holder can be sent a link: not signed yet, in a member of today."""
        may = {self.STATUSES.NOT_ASKED, self.STATUSES.ASKED, self.STATUSES.EXPIRED}
        return self.membership.is_public_and_live and self.status in {
            *may,
            self.STATUSES.DECLINED,
        }

    @property
    def may_be_renewed(self) -> bool:
        """A new link to the address on file makes sense to who holds an old one."""
        asked = {self.STATUSES.ASKED, self.STATUSES.EXPIRED}
        return self.membership.is_public_and_live and self.status in asked

    @property
    def token(self) -> str:
        """The token of the present link; made afresh, never stored."""
        return links.make(AGAIN_PURPOSE, pk=self.pk, generation=self.generation)

    def is_present_link(self, token: str) -> bool:
        """True when `token` is the newest link's, whether it still opens anything or not."""
        return self.generation > 0 and links.is_valid(
            token, AGAIN_PURPOSE, pk=self.pk, generation=self.generation
        )

    def was_link(self, token: str) -> bool:
        """True when `token` was a link of this row, even one that is dead now."""
        return self.generation > 0 and links.was_valid(
            token, AGAIN_PURPOSE, pk=self.pk, generation=self.generation
        )

    @property
    def link_has_ended(self) -> bool:
        return self.link_ends_at is not None and timezone.now() >= self.link_ends_at

    @property
    def is_waited_for(self) -> bool:
        """The link is out and works: not ended, and for the wording that is in force."""
        return (
            self.status == self.STATUSES.ASKED
            and not self.link_has_ended
            and self.membership.is_public_and_live
            and self.wording_id == EndorsementWording.objects.newest().pk
        )

    @property
    def due_on(self):
        """By when the holder is asked to have endorsed."""
        return timezone.localdate(self.recorded_at + ENDORSE_AGAIN_WITHIN)

    @property
    def is_overdue(self) -> bool:
        """The six months are over. Staff see it; nothing happens by itself."""
        return self.status in NO_ANSWER_YET and self.due_on < timezone.localdate()

    @property
    def pinned_wording(self) -> EndorsementWording:
        """What the present link asks to sign. Only for one that was asked."""
        if self.wording is None:
            raise ValueError(f"{self} has not been asked.")
        return self.wording

    @property
    def snapshot(self) -> dict[str, object]:
        """What the holder sees beside the wording: council, champions, and whether the network
        had approved it."""
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
        """SHA-256, in hexadecimal, of wording and snapshot: all that a signature binds to."""
        shown = json.dumps([self.pinned_wording.hash, self.snapshot], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()


class LaterEndorsementQuerySet(models.QuerySet["LaterEndorsement"]):
    def of(self, membership: Membership):
        """Those given in a member, the first first."""
        rows = self.filter(change__membership=membership).order_by("signed_at", "pk")
        return rows.select_related("wording", "change__membership__sign_up")


class LaterEndorsement(Signature):
    """The signature of who came to an office after the council had endorsed.

    Public once staff have asked the office holder by another way than the link: nobody
    decides on a sign-up here, so nobody else would look at it.
    """

    REPORT_PURPOSE = "report again"

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
        """As the council calls it, where that is known."""
        return self.change.get_office_display()

    @property
    def needs_confirming(self) -> bool:
        """Staff have to ask the office holder, by another way than the link."""
        return self.struck_out_at is None and (self.confirmed_at is None or self.is_disputed)

    @property
    def is_public(self) -> bool:
        return self.struck_out_at is None and not self.needs_confirming
