"""People and access: invitations, access requests, representatives, merged accounts."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from network.choices import (
    LIVE_MEMBERSHIP,
    OPEN_SIGN_UP,
    AccessStatus,
    CollaboratorRole,
    EmailEvidence,
    InvitationStatus,
    RepresentativeRole,
)
from network.models.links import EmailedLink, EmailedLinkQuerySet
from network.models.moves import Moving
from portal.models import both_or_neither


class InvitationQuerySet(EmailedLinkQuerySet):
    def waiting_at(self, addresses):
        """Return invitations to these addresses that can still be answered."""
        wanted = Q(sign_up__status__in=OPEN_SIGN_UP) | Q(membership__status__in=LIVE_MEMBERSHIP)
        return self.filter(
            wanted,
            status=InvitationStatus.SENT,
            link_ends_at__gt=timezone.now(),
            email__in=[address.lower() for address in addresses],
        )


class Invitation(EmailedLink):
    """An emailed invitation to work on a sign-up, or to represent a member.

    Exactly one of `sign_up` and `membership` is set. The token is never stored.
    """

    STATUSES = InvitationStatus
    LINK_PURPOSE = "invite"
    WAITING = InvitationStatus.SENT
    event_field = "invitation"

    sign_up = models.ForeignKey(
        "network.SignUp", models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    role = models.CharField(
        max_length=12,
        choices=RepresentativeRole.choices,
        blank=True,
        help_text="What they would be for a member.",
    )
    email = models.EmailField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=10,
        choices=InvitationStatus.choices,
        default=InvitationStatus.SENT,
        editable=False,
    )

    objects = InvitationQuerySet.as_manager()

    class Meta(EmailedLink.Meta):
        ordering = ["-sent_at"]
        constraints = [
            *EmailedLink.Meta.constraints,
            models.UniqueConstraint(
                fields=["sign_up", "email"],
                condition=Q(status=InvitationStatus.SENT),
                name="one_open_invitation_an_address",
            ),
            models.UniqueConstraint(
                fields=["membership", "email"],
                condition=Q(status=InvitationStatus.SENT),
                name="one_open_invitation_to_a_member",
            ),
            models.CheckConstraint(
                condition=Q(sign_up__isnull=False, membership__isnull=True, role="")
                | Q(sign_up__isnull=True, membership__isnull=False) & ~Q(role=""),
                name="invitation_to_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.sign_up or self.membership}"

    def event_about(self) -> dict[str, models.Model | None]:
        return {"invitation": self, "sign_up": self.sign_up, "membership": self.membership}

    @property
    def council(self):
        """The council that it is about."""
        return self.sign_up.council if self.sign_up else self.membership.council

    @property
    def is_wanted(self) -> bool:
        if self.sign_up:
            return self.sign_up.is_open
        return self.membership is not None and self.membership.is_live


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def with_leads(self):
        """Select everything that says who answers each request."""
        return self.select_related(
            "sign_up__council", "membership__council", "user"
        ).prefetch_related("sign_up__collaborators__user", "membership__representatives__user")

    def for_staff(self, user, asked_until: date):
        """Return open requests that staff may answer, but not this person's own.

        Args:
            user: A network manager.
            asked_until: If someone leads, only requests until this day, which they left unanswered.
        """
        leads = Q(sign_up__collaborators__role=CollaboratorRole.LEAD) | Q(
            membership__representatives__role=RepresentativeRole.LEAD,
            membership__representatives__ended_at=None,
        )
        led = models.Exists(AccessRequest.objects.filter(leads, pk=models.OuterRef("pk")))
        late = Q(asked_at__date__lte=asked_until)
        return self.filter(~Q(led) | late, status=AccessStatus.OPEN).exclude(user=user)

    def of_council(self, council):
        """Return requests to work on a council's sign-ups, or to represent it."""
        return self.filter(Q(sign_up__council=council) | Q(membership__council=council))

    def open_of(self, user):
        """Return this person's requests that nobody has answered."""
        return self.filter(user=user, status=AccessStatus.OPEN).select_related(
            "sign_up__council", "membership__council"
        )

    def waiting_for(self, user):
        """Return open requests that this person, as a lead, has to answer."""
        leads = Q(sign_up__collaborators__user=user, sign_up__collaborators__role="lead")
        represents = Q(
            membership__representatives__user=user,
            membership__representatives__role=RepresentativeRole.LEAD,
            membership__representatives__ended_at=None,
        )
        return self.filter(leads | represents, status=AccessStatus.OPEN).exclude(user=user)


class AccessRequest(Moving):
    """A request to work on a sign-up or to represent a member.

    Exactly one of `sign_up` and `membership` is set. We tell its lead without telling the
    person who asked who that is. If no one leads, staff decide.
    """

    STATUSES = AccessStatus
    event_field = "access_request"

    sign_up = models.ForeignKey(
        "network.SignUp", models.PROTECT, null=True, blank=True, related_name="access_requests"
    )
    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, null=True, blank=True, related_name="access_requests"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=160)
    message = models.CharField(max_length=300, blank=True)
    email_evidence = models.CharField(
        max_length=12, choices=EmailEvidence.choices, default=EmailEvidence.UNKNOWN
    )
    status = models.CharField(
        max_length=10,
        choices=AccessStatus.choices,
        default=AccessStatus.OPEN,
        editable=False,
    )
    asked_at = models.DateTimeField(auto_now_add=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sign_up__isnull=True) ^ Q(membership__isnull=True),
                name="access_to_one_thing",
            ),
            models.UniqueConstraint(
                fields=["user", "sign_up"],
                condition=Q(status=AccessStatus.OPEN),
                name="one_open_request_a_sign_up",
            ),
            models.UniqueConstraint(
                fields=["user", "membership"],
                condition=Q(status=AccessStatus.OPEN),
                name="one_open_request_a_membership",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.sign_up or self.membership}"

    @property
    def staff_url(self) -> str:
        """Where staff answer it."""
        return reverse("network_staff:access_request", args=[self.pk])

    @property
    def council(self):
        """Council the person says they work for."""
        return self.sign_up.council if self.sign_up else self.membership.council

    def event_about(self) -> dict[str, models.Model | None]:
        return {
            "access_request": self,
            "sign_up": self.sign_up,
            "membership": self.membership,
        }


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    def current(self):
        """Return people who act for a member now."""
        return self.filter(ended_at=None)


class Representative(models.Model):
    """A person with an account who acts for a member during a period."""

    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, related_name="representatives"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="representations"
    )
    role = models.CharField(max_length=12, choices=RepresentativeRole.choices)
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=300, null=True, blank=True)  # noqa: DJ001 (paired)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "user"],
                condition=Q(ended_at=None),
                name="one_role_a_person_a_membership",
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(ended_at=None, role=RepresentativeRole.LEAD),
                name="one_lead_a_membership",
            ),
            both_or_neither("representative_ended_why", "ended_at", "ended_why"),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.membership}"


class PersonMerge(models.Model):
    """Two accounts of one person became one: what the closed one held is now the other's.

    What happened before stays under the closed account, which nobody can enter.
    """

    closed = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="merged", primary_key=True
    )
    kept = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="merged_from")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    how = models.CharField(max_length=300, help_text="How staff know that it is one person.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(closed=models.F("kept")), name="two_accounts_are_merged"
            )
        ]

    def __str__(self) -> str:
        return f"{self.closed} is now {self.kept}"
