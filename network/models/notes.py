"""What staff write down about a council for themselves, and what they write to it."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from councils.models import CouncilQuerySet
from network.choices import Interest
from portal.models import both_or_neither

KEPT_FOR = timedelta(days=6 * 365)


class NoteQuerySet(models.QuerySet["Note"]):
    def steps(self):
        """Return the notes with a next step that no one has done, the soonest first."""
        return self.exclude(next_step_on=None).filter(done_at=None).order_by("next_step_on", "pk")

    def due_by(self, day: date):
        """Return the notes whose next step is to be done by a day, the soonest first."""
        return self.steps().filter(next_step_on__lte=day)

    def older_than_kept(self):
        """Return the notes whose words are no longer kept."""
        return self.filter(erased_at=None, written_at__lt=timezone.now() - KEPT_FOR)


class Note(models.Model):
    """An entry of a council's log, which only staff read. Its words can be erased, never changed.

    The log also says how interested the council is, and what staff do next about it.
    """

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="notes")
    sign_up = models.ForeignKey(
        "network.SignUp", models.PROTECT, null=True, blank=True, related_name="notes"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    on = models.DateField(help_text="The day of the call, meeting or email.")
    who = models.CharField(max_length=160, blank=True, help_text="Who staff spoke to.")
    text = models.TextField(blank=True)
    stage = models.CharField(
        max_length=12,
        choices=Interest.choices,
        blank=True,
        help_text="How interested the council is since then; empty where that has not changed.",
    )
    next_step = models.CharField(max_length=200, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_step_on=None) | ~Q(next_step="") | Q(erased_at__isnull=False),
                name="next_step_has_words_and_day",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(text="", who="", next_step=""),
                name="erased_note_has_no_words",
            ),
            both_or_neither("note_done_by_somebody", "done_at", "done_by"),
        ]
        indexes = [
            models.Index(
                fields=["next_step_on"],
                condition=Q(done_at=None, next_step_on__isnull=False),
                name="next_steps",
            )
        ]

    def __str__(self) -> str:
        return f"{self.council}, {self.on:%d %B %Y}"

    @property
    def is_to_do(self) -> bool:
        """Whether its next step waits."""
        return self.next_step_on is not None and self.done_at is None

    @property
    def is_late(self) -> bool:
        """Whether the day of its next step is over."""
        day = self.next_step_on if self.is_to_do else None
        return day is not None and day < timezone.localdate()


def with_log(councils: CouncilQuerySet):
    """Annotate councils with what the log says: `interest`, `last_contact`, `next_step_on`."""
    log = Note.objects.filter(council=OuterRef("pk"))
    return councils.annotate(
        interest=Subquery(log.exclude(stage="").order_by("-on", "-pk").values("stage")[:1]),
        last_contact=Subquery(log.order_by("-on", "-pk").values("on")[:1]),
        next_step_on=Subquery(log.steps().values("next_step_on")[:1]),
    )


class Message(models.Model):
    """What staff wrote to the people who work on a sign-up. Kept with it; never edited."""

    sign_up = models.ForeignKey("network.SignUp", models.PROTECT, related_name="messages")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"To {self.sign_up}, {timezone.localtime(self.at):%d %B %Y}"

    @property
    def council(self):
        """The council it was written to."""
        return self.sign_up.council
