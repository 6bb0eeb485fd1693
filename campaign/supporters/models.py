"""Supporters, and people who say that they asked their council to join."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from campaign.choices import SUPPORTER_TRANSITIONS, SupporterStatus, Topic
from network.models.moves import InvalidMove
from portal import links

CONFIRM_WITHIN = timedelta(days=7)
# How long we keep someone who gets no more news, in case they left by mistake.
KEEP_FOR = timedelta(days=30)
ONLY = 1  # the one generation of links that last as long as the row
MONTHS = 3


class SupporterQuerySet(models.QuerySet["Supporter"]):
    def reached(self) -> "SupporterQuerySet":
        """Return those who get our news."""
        return self.filter(status=SupporterStatus.CONFIRMED)

    def interested_in(self, topics: list[str]) -> "SupporterQuerySet":
        """Return those who chose one of these topics, or none at all, which means every one."""
        if not topics:
            return self
        chose = SupporterTopic.objects.filter(supporter=models.OuterRef("pk"))
        return self.filter(
            ~models.Exists(chose) | models.Exists(chose.filter(topic__in=topics)),
        )

    def to_erase(self) -> "SupporterQuerySet":
        """Return those who never confirmed, and those who have had no news for a while."""
        now = timezone.now()
        waiting = Q(status=SupporterStatus.ASKED, status_at__lt=now - CONFIRM_WITHIN)
        stay = [SupporterStatus.ASKED, SupporterStatus.CONFIRMED]
        return self.filter(waiting | Q(status_at__lt=now - KEEP_FOR) & ~Q(status__in=stay))


class Supporter(models.Model):
    """An individual on the mailing list, confirmed by email.

    No link's token is stored (`portal.links`). There are no events: what is held about someone
    goes when they leave, so `status_at` and `confirmed_at` are all that shows consent.
    """

    email = models.EmailField("email address")
    name = models.CharField(max_length=120, blank=True)
    council = models.ForeignKey(
        "councils.Council", models.PROTECT, null=True, blank=True, related_name="supporters"
    )
    status = models.CharField(
        max_length=10,
        choices=SupporterStatus.choices,
        default=SupporterStatus.ASKED,
        editable=False,
    )
    status_at = models.DateTimeField("since", default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField("confirmed", null=True, editable=False)
    generation = models.PositiveIntegerField(
        default=0, editable=False, help_text="Moves when older links to confirm must die."
    )

    objects = SupporterQuerySet.as_manager()

    class Meta:
        ordering = ["-status_at", "-pk"]
        indexes = [models.Index(fields=["status", "status_at"], name="supporter_by_status")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_supporter_per_address"),
            models.CheckConstraint(
                name="confirmed_supporter_has_a_time",
                condition=~Q(status=SupporterStatus.CONFIRMED) | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        # Wagtail's log keeps this after the row has been erased, so it names nobody.
        return f"Supporter {self.pk}"

    @property
    def topic_values(self) -> list[str]:
        """The topics they chose, in our order."""
        chosen = {row.topic for row in self.topics.all()}
        return [topic.value for topic in Topic if topic in chosen]

    @property
    def topic_labels(self) -> list[str]:
        """The topics they chose, in words; all of them if they chose none."""
        chosen = self.topic_values
        return [topic.label for topic in Topic if topic in chosen or not chosen]

    @property
    def is_on_the_list(self) -> bool:
        """Whether they get our news."""
        return self.status == SupporterStatus.CONFIRMED

    def choose(self, topics: Iterable[str]) -> None:
        """Replace the topics they chose. Every topic is the same as none."""
        chosen = set(topics) & set(Topic.values)
        self.topics.all().delete()
        if chosen != set(Topic.values):
            SupporterTopic.objects.bulk_create(
                SupporterTopic(supporter=self, topic=topic) for topic in sorted(chosen)
            )

    @property
    def possible_moves(self) -> set[str]:
        """The statuses that the table allows next."""
        return SUPPORTER_TRANSITIONS[self.status]

    def move_to(self, status: str) -> None:
        """Change the status of a locked row.

        Raises:
            InvalidMove: If the table does not allow it.
        """
        if status not in self.possible_moves:
            raise InvalidMove("Someone changed this while you had the page open.")
        self.status, self.status_at = status, timezone.now()
        if status == SupporterStatus.CONFIRMED:
            self.confirmed_at = self.status_at
        self.save(update_fields=["status", "status_at", "confirmed_at"])

    # ---- Links -------------------------------------------------------------------------
    @property
    def confirm_token(self) -> str:
        """Token of the newest link to confirm; it works for a week."""
        return links.make("supporter", pk=self.pk, generation=self.generation)

    def confirms_with(self, token: str) -> bool:
        """Whether `token` is the newest link's, and not too old."""
        is_newest = links.is_valid(token, "supporter", pk=self.pk, generation=self.generation)
        return is_newest and not self.is_late

    def was_asked_with(self, token: str) -> bool:
        """Whether `token` is that of the newest link to confirm or of an older one."""
        return links.was_valid(token, "supporter", pk=self.pk, generation=self.generation)

    @property
    def is_late(self) -> bool:
        """Whether the link to confirm has expired."""
        return timezone.now() >= self.status_at + CONFIRM_WITHIN

    @property
    def preferences_token(self) -> str:
        """Token of a link to their preferences, which works for at least 2 months."""
        return links.make(_preferences(timezone.localdate()), pk=self.pk, generation=ONLY)

    def opens_preferences_with(self, token: str) -> bool:
        """Whether `token` is that of a link to their preferences that has not expired."""
        month = timezone.localdate().replace(day=1)
        for _ in range(MONTHS):
            if links.is_valid(token, _preferences(month), pk=self.pk, generation=ONLY):
                return True
            month = (month - timedelta(days=1)).replace(day=1)
        return False

    @property
    def unsubscribe_token(self) -> str:
        """Token of the link in every newsletter; all it can do is end our news, at any time."""
        return links.make("unsubscribe", pk=self.pk, generation=ONLY)


def is_unsubscribe_token(token: str) -> bool:
    """Whether this was the link of someone, who may have been erased since."""
    pk = links.row_of(token)
    return pk is not None and links.is_valid(token, "unsubscribe", pk=pk, generation=ONLY)


def _preferences(day: date | datetime) -> str:
    return f"preferences {day:%Y-%m}"


class SupporterTopic(models.Model):
    """A topic that a supporter chose."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="topics")
    topic = models.CharField(max_length=10, choices=Topic.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["supporter", "topic"], name="one_topic_per_supporter")
        ]

    def __str__(self) -> str:
        return self.get_topic_display()


class CouncilAskQuerySet(models.QuerySet["CouncilAsk"]):
    def confirmed(self) -> "CouncilAskQuerySet":
        """Return what was confirmed by email, which is what we count."""
        return self.filter(confirmed_at__isnull=False)

    def to_erase(self) -> "CouncilAskQuerySet":
        """Return what nobody confirmed in time."""
        return self.filter(confirmed_at=None, asked_at__lt=timezone.now() - CONFIRM_WITHIN)


class CouncilAsk(models.Model):
    """Someone says that they asked their council to join the network.

    Once it is confirmed the address is erased; `digest` is left, so that nobody counts twice.
    """

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="asks")
    email = models.EmailField(blank=True)
    digest = models.CharField(max_length=64)
    wants_news = models.BooleanField(default=False)
    generation = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    objects = CouncilAskQuerySet.as_manager()

    class Meta:
        verbose_name = "request to a council"
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["council", "digest"], name="one_ask_per_address"),
            models.CheckConstraint(
                name="ask_holds_an_address_until_confirmed",
                condition=Q(confirmed_at__isnull=True) & ~Q(email="")
                | Q(confirmed_at__isnull=False, email=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council} was asked to join"

    @property
    def token(self) -> str:
        """Token of the newest link."""
        return links.make("council ask", pk=self.pk, generation=self.generation)

    def opens_with(self, token: str) -> bool:
        """Whether `token` is the newest link's, and can still confirm or take back."""
        is_newest = links.is_valid(token, "council ask", pk=self.pk, generation=self.generation)
        return is_newest and (self.confirmed_at is not None or not self.is_late)

    def was_asked_with(self, token: str) -> bool:
        """Whether `token` is that of the newest link or of an older one."""
        return links.was_valid(token, "council ask", pk=self.pk, generation=self.generation)

    @property
    def is_late(self) -> bool:
        """Whether the link to confirm has expired."""
        return timezone.now() >= self.asked_at + CONFIRM_WITHIN


def digest_of(email: str) -> str:
    """Return a code made from an address with LINK_KEY, from which nobody can tell the address."""
    message = f"council ask\n{email.lower()}".encode()
    return hmac.new(settings.LINK_KEY.encode(), message, hashlib.sha256).hexdigest()
