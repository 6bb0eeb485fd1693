"""Changes of a member's profile: each version of each part, and how far it has come."""

import secrets
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models
from django.db.models import Q
from django.urls import reverse

from network.choices import MODERATED_PARTS, ProfileChangeStatus, ProfilePart
from network.models.memberships import Membership
from network.models.moves import Moving
from portal.models import both_or_neither

OPEN = [ProfileChangeStatus.DRAFT, ProfileChangeStatus.WAITING, ProfileChangeStatus.SENT_BACK]


def private_files() -> Storage:
    """Return the storage for uploads. It has no public URL."""
    return FileSystemStorage(location=settings.UPLOADS_ROOT, base_url=None)


def random_profile_name(change, filename: str) -> str:
    """Return an unguessable name. The action sets the extension of the checked type."""
    return f"profile/{secrets.token_hex(16)}{PurePosixPath(filename).suffix.lower()}"


class ProfileChangeQuerySet(models.QuerySet["ProfileChange"]):
    """Questions about many changes."""

    def published(self):
        """Return what is public now: at most one version of each part of a member."""
        return self.filter(status=ProfileChangeStatus.PUBLISHED)

    def open(self):
        """Return what the council has saved and is not public: drafts, waiting, sent back."""
        return self.filter(status__in=OPEN)

    def of_members_today(self):
        """Return changes of today's members, each with its council and who wrote it."""
        members = Membership.objects.announced().live()
        rows = self.filter(membership__in=members)
        return rows.select_related("membership__council", "membership__sign_up", "by")

    def waiting(self):
        """Return what waits for staff to read it, the oldest first."""
        return self.of_members_today().filter(status=ProfileChangeStatus.WAITING).order_by("at")

    def newest(self, membership: Membership, part: str) -> "ProfileChange | None":
        """Return the last version of one part, whatever its status."""
        rows = self.filter(membership=membership, part=part).select_related("by")
        return rows.order_by("-version").first()


class ProfileChange(Moving):
    """One version of one part of a member's profile. What it says is written once.

    The newest published version of a part is what the public reads. Before there is one, the
    public reads what the council wrote when it applied; that is never changed
    (`network.profile`, ADR 0021).
    """

    STATUSES = ProfileChangeStatus
    event_field = "profile"

    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, related_name="profile_changes"
    )
    part = models.CharField(max_length=20, choices=ProfilePart.choices)
    version = models.PositiveIntegerField(help_text="Counts from 1 in each part.")
    status = models.CharField(
        max_length=10,
        choices=ProfileChangeStatus.choices,
        default=ProfileChangeStatus.DRAFT,
        editable=False,
    )
    answers = models.JSONField(help_text="By the names of the form's fields.")
    file = models.FileField(
        storage=private_files, upload_to=random_profile_name, blank=True, help_text="The logo."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Nobody, if we wrote it ourselves from public sources.",
    )
    at = models.DateTimeField(auto_now_add=True)
    source_title = models.CharField(max_length=300, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    source_date = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True, help_text="What staff asked to change.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ProfileChangeQuerySet.as_manager()

    class Meta:
        ordering = ["part", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "part", "version"], name="one_profile_change_a_version"
            ),
            models.UniqueConstraint(
                fields=["membership", "part"],
                condition=Q(status=ProfileChangeStatus.PUBLISHED),
                name="one_published_version_a_part",
            ),
            models.UniqueConstraint(
                fields=["membership", "part"],
                condition=Q(status__in=OPEN),
                name="one_open_version_a_part",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(source_title=""),
                name="profile_change_has_author_or_source",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProfileChangeStatus.PUBLISHED) | Q(published_at__isnull=False),
                name="published_profile_change_says_when",
            ),
            both_or_neither("profile_change_decided_by_at", "decided_by", "decided_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} of {self.council}, version {self.version}"

    def event_about(self) -> dict[str, models.Model | None]:
        return {"membership": self.membership, "sign_up": self.membership.sign_up}

    @property
    def council(self):
        """The council whose profile it is about."""
        return self.membership.council

    def before(self) -> "ProfileChange | None":
        """Return what was public of this part before this public version, or None."""
        rows = self.membership.profile_changes.filter(
            part=self.part, published_at__lt=self.published_at
        )
        return rows.order_by("-published_at").first()

    @property
    def is_moderated(self) -> bool:
        """Whether staff read it before it is public."""
        return self.part in MODERATED_PARTS

    @property
    def is_from_us(self) -> bool:
        """Whether we wrote it ourselves, from public sources."""
        return bool(self.source_title)

    @property
    def staff_url(self) -> str:
        """Where staff read it."""
        return reverse("network_staff:profile_change", args=[self.pk])

    @property
    def download_name(self) -> str:
        """File name of the logo: ours, with the extension of the checked type."""
        ending = PurePosixPath(str(self.file.name)).suffix
        return f"{self.membership.council.slug}-logo{ending}"
