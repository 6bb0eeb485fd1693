"""Claims: someone at the council of an existing member is invited to act for it here."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from network.choices import EmailEvidence, InvitationStatus
from network.models.links import EmailedLink, EmailedLinkQuerySet


class ClaimQuerySet(EmailedLinkQuerySet):
    def waiting_at(self, addresses):
        """Return claims sent to these addresses that can still be answered."""
        return self.filter(
            status=InvitationStatus.SENT,
            link_ends_at__gt=timezone.now(),
            email__in=[address.lower() for address in addresses],
        ).select_related("membership__council", "by")

    def open(self):
        """Return claims that are out, or whose link expired without an answer."""
        return self.filter(status__in=[InvitationStatus.SENT, InvitationStatus.EXPIRED])


class Claim(EmailedLink):
    """Staff's invitation to a named officer to act for an existing member.

    Only someone who has confirmed the address can answer; the link alone gives no access. The
    token is never stored. Whoever says yes leads for the member, and its years count from then.
    """

    STATUSES = InvitationStatus
    LINK_PURPOSE = "claim"
    WAITING = InvitationStatus.SENT
    event_field = "claim"

    membership = models.ForeignKey("network.Membership", models.PROTECT, related_name="claims")
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=160)
    email = models.EmailField()
    email_evidence = models.CharField(max_length=12, choices=EmailEvidence.choices)
    verified_how = models.TextField(help_text="How staff know that this is the right person.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=10,
        choices=InvitationStatus.choices,
        default=InvitationStatus.SENT,
        editable=False,
    )
    answer_why = models.CharField(
        max_length=300, blank=True, help_text="What the person says who is not the right one."
    )

    objects = ClaimQuerySet.as_manager()

    class Meta(EmailedLink.Meta):
        ordering = ["-pk"]
        constraints = [
            *EmailedLink.Meta.constraints,
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(status=InvitationStatus.SENT),
                name="one_open_claim_a_membership",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.membership}"

    def event_about(self) -> dict[str, models.Model | None]:
        return {"membership": self.membership, "sign_up": self.membership.sign_up}

    @property
    def council(self):
        return self.membership.council

    @property
    def is_wanted(self) -> bool:
        """Whether nobody has claimed it, or left it without a lead."""
        return self.membership.is_public_and_live and self.membership.lead() is None

    @property
    def staff_url(self) -> str:
        """Where staff look after it."""
        return reverse("network_staff:claim", args=[self.council.slug])
