"""Saved versions of tasks, and answers with a table of their own."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from councils.models import Council
from network.choices import ChampionKind, ProfilePart, SignUpTask, UploadKind
from network.models.memberships import Membership
from network.models.profiles import ProfileChange, private_files
from principles.models import Principle


def random_name(upload, filename: str) -> str:
    """Return an unguessable name. The action sets the extension of the checked type."""
    return f"{upload.kind}/{secrets.token_hex(16)}{PurePosixPath(filename).suffix.lower()}"


class TaskSaveQuerySet(models.QuerySet["TaskSave"]):
    def with_answers_before(self):
        """Annotate `answers_before`: the task's previous answers, or None for the first version."""
        before = TaskSave.objects.filter(
            sign_up=OuterRef("sign_up"), task=OuterRef("task"), version=OuterRef("version") - 1
        )
        return self.annotate(answers_before=Subquery(before.values("answers")[:1]))


class TaskSave(models.Model):
    """One saving of one task: who, when, and the answers at that time.

    The newest version shows whether someone else has saved the task since. Older ones show who
    changed what. Written once, never changed.
    """

    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, related_name="task_saves")
    task = models.CharField(max_length=20, choices=SignUpTask.choices)
    version = models.PositiveIntegerField(help_text="Counts from 1 in each task.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    answers = models.JSONField(help_text="By the names of the form's fields.")
    is_finished = models.BooleanField(
        default=False, help_text="The person said that this section is finished."
    )

    objects = TaskSaveQuerySet.as_manager()

    class Meta:
        ordering = ["task", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up", "task", "version"], name="one_save_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_task_display()}, version {self.version}"


class WantedChange(models.Model):
    """What staff asked a council to change in one task, until the task is completed again."""

    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, related_name="wanted_changes")
    task = models.CharField(max_length=20, choices=SignUpTask.choices)
    note = models.TextField()
    asked = models.ForeignKey("network.Event", models.PROTECT, related_name="wanted_changes")
    settled_at = models.DateTimeField(
        null=True, editable=False, help_text="Completed again, or asked for anew."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up", "task"],
                condition=Q(settled_at=None),
                name="one_wanted_change_a_task",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_task_display()}: {self.note}"


@dataclass(frozen=True)
class InPractice:
    """What a member says of one principle, and since when."""

    council: Council
    text: str
    on: date | None
    is_from_application: bool


class PracticeQuerySet(models.QuerySet["Practice"]):
    """Questions about many practices."""

    def said_now(self, principle: Principle) -> list[InPractice]:
        """Return what members of today say of a principle on their pages, newest first.

        What they published since they joined replaces what they wrote when they applied. None of
        a demonstration council. One query.
        """
        wrote = self.filter(sign_up=OuterRef("sign_up"), principle=principle)
        wrote = wrote.filter(may_be_published=True).exclude(text="")
        now = ProfileChange.objects.published().filter(part=ProfilePart.PRACTICE)
        now = now.filter(membership=OuterRef("pk"))
        members = Membership.objects.announced().live().filter(council__is_demonstration=False)
        members = members.select_related("council", "sign_up").annotate(
            wrote=Subquery(wrote.values("text")[:1]),
            answers=Subquery(now.values("answers")[:1]),
            changed_at=Subquery(now.values("published_at")[:1]),
        )
        spoke = members.exclude(wrote__isnull=True, answers__isnull=True)
        said = [_in_practice(membership, principle) for membership in spoke]
        said = [each for each in said if each.text]
        return sorted(said, key=lambda each: (each.on or date.min, each.council.pk), reverse=True)


def _in_practice(membership: Any, principle: Principle) -> InPractice:
    if membership.answers is not None:
        text = membership.answers.get(f"principle_{principle.number}", "")
        return InPractice(membership.council, text, _day(membership.changed_at), False)
    submitted = _day(membership.sign_up.submitted_at)
    return InPractice(membership.council, membership.wrote, submitted, True)


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


class Practice(models.Model):
    """How a council will put one principle into practice, in its own words. Optional."""

    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, related_name="practices")
    principle = models.ForeignKey("principles.Principle", models.PROTECT, related_name="practices")
    text = models.TextField(blank=True)
    may_be_published = models.BooleanField(default=False)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["principle__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up", "principle"], name="one_practice_a_principle"
            )
        ]

    def __str__(self) -> str:
        return f"{self.principle}: {self.sign_up}"


class Upload(models.Model):
    """A file uploaded by an officer: checked, renamed and stored without a public URL.

    Only `network` serves it, as a download, to people with access.
    """

    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, related_name="uploads")
    kind = models.CharField(max_length=10, choices=UploadKind.choices)
    file = models.FileField(storage=private_files, upload_to=random_name)
    name = models.CharField(max_length=120, help_text="As the officer called it.")
    content_type = models.CharField(max_length=80, help_text="As sniffed, not as claimed.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up", "kind"],
                condition=models.Q(replaced_at=None),
                name="one_upload_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("network:sign_up_file", args=[self.sign_up.reference, self.pk])

    @property
    def download_name(self) -> str:
        """File name for the download: ours, with the extension of the checked type."""
        ending = PurePosixPath(str(self.file.name)).suffix
        return f"{self.sign_up.reference}-{self.kind}{ending}"


class Champion(models.Model):
    """A councillor or officer champion, from a date until a date."""

    sign_up = models.ForeignKey(
        "network.SignUp", models.PROTECT, null=True, related_name="champions"
    )
    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, null=True, related_name="champions"
    )
    kind = models.CharField(max_length=10, choices=ChampionKind.choices)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=160, blank=True)
    may_be_published = models.BooleanField(default=False)
    email = models.EmailField(
        blank=True, help_text="Only if they agreed to be told by email. Never published."
    )
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up", "kind"],
                condition=Q(until=None),
                name="one_champion_of_a_kind_a_sign_up",
            ),
            models.UniqueConstraint(
                fields=["membership", "kind"],
                condition=Q(until=None),
                name="one_champion_of_a_kind_a_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.role}"
