"""What every app stands on: people who sign in, mail that waits, who runs the site."""

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
    """Makes users whose name is their email address."""

    def _create_user(self, email, password, **extra):
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username):
        """The person with this address, however it is written."""
        return super().get_by_natural_key(username.lower())

    def create_user(self, email, password=None, **extra):
        """A person with an account; no password means that they sign in by code."""
        return self._create_user(email, password, **extra)

    def create_superuser(self, email, password=None, **extra):
        """A person who may do everything in both admins."""
        return self._create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractUser):
    """A person with an account. The email address is the user name."""

    username = None  # type: ignore[assignment]  # Django's own way to drop it
    email = models.EmailField("email address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta(AbstractUser.Meta):
        # `save` writes small letters; this holds for `update` and for other programs, too.
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_address",
                violation_error_message="User with this Email address already exists.",
            )
        ]

    def clean(self) -> None:
        """Write the address in small letters before it is compared with others."""
        super().clean()
        self.email = self.email.lower()

    def save(self, *args, **kwargs) -> None:
        """The same for whatever comes by no form."""
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class BasePage(Page):
    """What every page of the site has besides Wagtail's own fields. Abstract."""

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
        """The sentence that stands for this page elsewhere; "" where none was written."""
        return self.listing_summary or self.search_description


@register_setting(icon="group")
class SiteOperator(BaseGenericSetting):
    """Who runs the site: stands in every footer and mail (DESIGN section 4)."""

    name = models.CharField(max_length=120, blank=True)
    postal_address = models.CharField(max_length=250, blank=True)
    email = models.EmailField(blank=True)

    panels = ["name", "postal_address", "email"]
    _ON_PAGES = "portal.SiteOperator"

    class Meta:
        verbose_name = "who runs the site"

    @classmethod
    def current(cls) -> "SiteOperator":
        """What was entered, or an empty one, unsaved. Wagtail's own `load` would write a
        row while somebody only reads a page."""
        return cls.objects.first() or cls()

    @classmethod
    def on_a_page(cls) -> "SiteOperator":
        """`current`, read once for many pages, since every one of them names it. What another
        process saved is seen ten seconds later."""
        return caches["pages"].get_or_set(cls._ON_PAGES, cls.current, timeout=10) or cls()

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self._forget()  # for what is read in this transaction
        transaction.on_commit(self._forget)  # and what others read during it

    def _forget(self) -> None:
        caches["pages"].delete(self._ON_PAGES)

    @property
    def is_known(self) -> bool:
        return bool(self.name)

    @property
    def line(self) -> str:
        """The footer's sentence; where nobody is named, that this is a demonstration."""
        if not self.is_known:
            return "Demonstration: not run by Locality"
        known = [self.name, self.postal_address, self.email]
        return "Run by " + ", ".join(part for part in known if part)


class OutboxMessage(models.Model):
    """One mail to one person about one event; see `portal.mail.outbox`.

    Holds which mail and which rows, never the text: an emailed token is made when the
    mail is sent (DESIGN section 5, points 2 and 8).
    """

    class Status(models.TextChoices):
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
        return self.status == self.Status.FAILED


class Seeded(models.Model):
    """A piece of the first content was made once, and is not made again: `portal.seeding`."""

    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "seeded"

    def __str__(self) -> str:
        return self.key


class MemberRequest(HttpRequest):
    """A request behind `login_required`: its user is signed in."""

    user: User
