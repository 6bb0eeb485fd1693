"""Questions: an officer of a council asks a member something, and we pass it on."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from network.choices import AskerEvidence, QuestionStatus
from network.models.links import EmailedLink, EmailedLinkQuerySet

ANSWER_WITHIN = timedelta(days=14)
LONGEST_QUESTION = 1500

# The caps are our own. A month is 30 days.
MONTH = timedelta(days=30)
A_YEAR = timedelta(days=365)
FROM_ONE_PERSON = 3
TO_ONE_MEMBER = 5

#: How long we keep the words of a question, and who asked it, once it has ended.
WORDS_KEPT = timedelta(days=90)


class QuestionQuerySet(EmailedLinkQuerySet):
    """Questions about many questions."""

    def open(self):
        """Return those that wait for an answer."""
        return self.filter(status=QuestionStatus.SENT)

    def of_this_month(self):
        """Return those that were asked in the last 30 days."""
        return self.filter(asked_at__gt=timezone.now() - MONTH)

    def reported(self):
        """Return those that a member reported as abuse, and staff have not settled."""
        return self.exclude(reported_at=None).filter(report_settled_at=None)

    def to_erase(self):
        """Return those whose words we no longer need."""
        old = self.filter(ended_at__lte=timezone.now() - WORDS_KEPT, erased_at=None)
        return old.exclude(reported_at__isnull=False, report_settled_at=None)


class Question(EmailedLink):
    """One question to a member, passed on by email without an address.

    Whoever answers does it by the link, whose token is never stored. After a yes both are
    introduced; until then neither learns the other's address. Nothing of it is public.
    """

    STATUSES = QuestionStatus
    LINK_PURPOSE = "question"
    WAITING = QuestionStatus.SENT
    LASTS = ANSWER_WITHIN
    event_field = "question"

    membership = models.ForeignKey("network.Membership", models.PROTECT, related_name="questions")
    asked_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="questions_asked"
    )
    asker_council = models.ForeignKey("councils.Council", models.PROTECT, related_name="+")
    asker_name = models.CharField(max_length=120, blank=True)
    asker_job_title = models.CharField(max_length=160, blank=True)
    asker_email = models.EmailField(blank=True)
    evidence = models.CharField(max_length=10, choices=AskerEvidence.choices)
    text = models.TextField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    status = models.CharField(
        max_length=10,
        choices=QuestionStatus.choices,
        default=QuestionStatus.SENT,
        editable=False,
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    reported_at = models.DateTimeField(
        null=True, editable=False, help_text="The member said that it is abuse: staff may read it."
    )
    report_settled_at = models.DateTimeField(null=True, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta(EmailedLink.Meta):
        ordering = ["-asked_at", "-pk"]
        constraints = [
            *EmailedLink.Meta.constraints,
            models.UniqueConstraint(
                fields=["membership", "by"],
                condition=Q(status=QuestionStatus.SENT),
                name="one_open_question_to_a_member",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(status=QuestionStatus.SENT),
                name="question_ended_when_it_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asker_council} to {self.membership.council}"

    def event_about(self) -> dict[str, models.Model | None]:
        return {"membership": self.membership, "sign_up": self.membership.sign_up}

    @property
    def council(self):
        """The council that is asked."""
        return self.membership.council

    @property
    def is_wanted(self) -> bool:
        """Whether the council is a member of today, and who asked still has an account."""
        return self.membership.is_public_and_live and self.by is not None and self.by.is_active

    @property
    def may_be_renewed(self) -> bool:
        """Never: a question closes after its days."""
        return False


class AskerBlock(models.Model):
    """Staff's stop for someone who misuses questions. It ends, and is never deleted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks_as_asker"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    why = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="one_block_an_asker"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)
