"""Models that every app needs: users, outgoing email, the site's operator, the base page."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.cache import caches
from django.db import models, transaction
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Page
from wagtail.search import index


def both_or_neither(name: str, *fields: str) -> models.CheckConstraint:
    """Return a check that the named nullable fields are all set or all empty."""
    none = models.Q(**{f"{field}__isnull": True for field in fields})
    every = models.Q(**{f"{field}__isnull": False for field in fields})
    return models.CheckConstraint(condition=none | every, name=name)


class PeopleManager(UserManager["User"]):
    """A manager for users who are named by their email address."""

    def get_by_natural_key(self, username):
        """Return the user with this address, in capitals or not."""
        return super().get_by_natural_key(username.lower())

    def create_user(self, email, password=None, **extra):
        """Create a user; without a password they can only sign in by code."""
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **extra):
        """Create a user with every permission."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractUser):
    """A person with an account; their email address is the user name."""

    username = None  # type: ignore[assignment]  # Django's own way to drop it
    email = models.EmailField("email address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta(AbstractUser.Meta):
        # `save` makes the address lower-case; this also covers `update` and other programs.
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_address",
                violation_error_message="User with this Email address already exists.",
            )
        ]

    def clean(self) -> None:
        """Make the address lower-case before it is compared with others."""
        super().clean()
        self.email = self.email.lower()

    def save(self, *args, **kwargs) -> None:
        """Save with the address in lower case, whether or not a form cleaned it."""
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class BasePage(Page):
    """A Wagtail page with a summary for cards and lists. Abstract."""

    listing_summary = models.CharField(
        max_length=300,
        blank=True,
        help_text="One or two sentences for cards, lists and search engines.",
    )

    promote_panels = [*Page.promote_panels, "listing_summary"]
    search_fields = [*Page.search_fields, index.SearchField("listing_summary")]

    class Meta:
        abstract = True

    @property
    def summary_text(self) -> str:
        """Text for cards, lists and search engines; "" if there is none."""
        return self.listing_summary or self.search_description


@register_setting(icon="group")
class SiteOperator(BaseGenericSetting):
    """Who runs the site, shown in every footer and email (DESIGN section 4)."""

    name = models.CharField(max_length=120, blank=True)
    postal_address = models.CharField(max_length=250, blank=True)
    email = models.EmailField(blank=True)

    panels = ["name", "postal_address", "email"]
    _CACHE_KEY = "portal.SiteOperator"

    class Meta:
        verbose_name = "who runs the site"

    @classmethod
    def current(cls) -> "SiteOperator":
        """Return the saved operator, or an empty, unsaved one.

        Wagtail's own `load` would write a row on a GET.
        """
        return cls.objects.first() or cls()

    @classmethod
    def cached(cls) -> "SiteOperator":
        """Return the operator from the cache of this process, at most ten seconds old."""
        return caches["pages"].get_or_set(cls._CACHE_KEY, cls.current, timeout=10) or cls()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and clear the cache now and after the transaction."""
        super().save(*args, **kwargs)
        self._clear_cache()
        transaction.on_commit(self._clear_cache)  # another request may have filled it

    def _clear_cache(self) -> None:
        caches["pages"].delete(self._CACHE_KEY)

    @property
    def is_known(self) -> bool:
        """Whether someone has entered who runs the site."""
        return bool(self.name)

    @property
    def line(self) -> str:
        """Footer's sentence; without an operator it says this is a demonstration."""
        if not self.is_known:
            return "Demonstration: not run by Locality"
        known = [self.name, self.postal_address, self.email]
        return "Run by " + ", ".join(part for part in known if part)


class OutboxMessage(models.Model):
    """One email to one person about one event; see `portal.mail.outbox`.

    Holds the kind of email and the rows it is about, never the text, because tokens are made
    when the email is sent (DESIGN section 5, points 2 and 8).
    """

    class Status(models.TextChoices):
        """How far an email has come."""

        PENDING = "pending", "Waiting to be sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "No longer true, not sent"

    kind = models.CharField(max_length=80)
    event = models.CharField(
        max_length=160, unique=True, help_text="One row an event: a second is refused."
    )
    about = models.JSONField(default=dict, help_text="Primary keys, by name.")
    to = models.EmailField()
    message_id = models.CharField(max_length=120, unique=True)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.PENDING, editable=False
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    provider_id = models.CharField(
        max_length=200, blank=True, help_text="What the mail provider calls it, if it said so."
    )
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_why = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = "mail"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["status", "next_try_at"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    @property
    def may_be_tried_again(self) -> bool:
        """Whether staff can send it again."""
        return self.status == self.Status.FAILED


class Seeded(models.Model):
    """A piece of seeded content that was made, and is never made again; see `portal.seeding`."""

    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "seeded"

    def __str__(self) -> str:
        return self.key


class MemberRequest(HttpRequest):
    """A request behind `login_required`, so that its user is signed in."""

    user: User
