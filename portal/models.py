"""Models that every app needs: users, outgoing email, the site's operator, the base page."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Page, PageManager, PagePermissionTester, PageViewRestriction
from wagtail.search import index

from portal.content_checks import ContentChecksPanel
from portal.page_cache import keep
from portal.page_routes import PublicPages, any_restricted
from portal.pictures import Picture as Picture
from portal.pictures import Rendition as Rendition


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


class User(AbstractUser):  # type: ignore[django-manager-missing]  # of Wagtail's images
    """A person with an account; their email address is the user name."""

    username = None  # type: ignore[assignment]  # Django's own way to drop it
    email = models.EmailField("email address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PeopleManager] = PeopleManager()

    #: Whether their permissions are off until this session gives its second factor
    #: (`portal.security.second_factor`). Never set outside a request.
    permissions_wait: bool = False

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

    def has_perm(self, perm, obj=None) -> bool:
        """Whether they have a permission, in this session."""
        return not self.permissions_wait and super().has_perm(perm, obj)

    def has_module_perms(self, app_label) -> bool:
        """Whether they have any permission of an app, in this session."""
        return not self.permissions_wait and super().has_module_perms(app_label)

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class AccountEvent(models.Model):
    """A sign-in to someone's account or a change to it, which they see there. Kept for a year."""

    class Kind(models.TextChoices):
        """What happened, as the person reads it."""

        SIGNED_IN = "signed_in", "Signed in"
        WRONG_CODE = "wrong_code", "A wrong code was entered as the second step"
        EMAIL_CHANGED = "email_changed", "The email address was changed"
        EMAIL_REMOVED = "email_removed", "An email address was removed"
        PASSWORD_SET = "password_set", "A password was set"
        PASSWORD_CHANGED = "password_changed", "The password was changed"
        APP_ADDED = "app_added", "An authenticator app was set up"
        APP_REMOVED = "app_removed", "The authenticator app was removed"
        PASSKEY_ADDED = "passkey_added", "A passkey was added"
        PASSKEY_REMOVED = "passkey_removed", "A passkey was removed"
        RECOVERY_CODES = "recovery_codes", "New recovery codes were made"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    browser = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.get_kind_display()


class FixedPagePermissions(PagePermissionTester):
    """What staff can do with a page that has `fixed_because`; the same for superusers.

    Wagtail's menus, pages, bulk actions and checks before an action all ask this.
    """

    def can_delete(self, ignore_bulk=False):
        """Refuse."""
        return False

    def can_unpublish(self):
        """Refuse."""
        return False

    def can_move(self):
        """Refuse."""
        return False

    def can_move_to(self, destination):
        """Allow a change of order below the same parent, which changes no address."""
        return self.page.is_child_of(destination) and self.can_publish()

    def can_copy(self):
        """Refuse."""
        return False


class StarterPermissions(PagePermissionTester):
    """What staff can do with a starter page: whoever can add a page beside it can copy it."""

    def can_copy(self):
        """Allow, to those who can write such pages."""
        beside = self.page.get_parent().permissions_for_user(self.user)
        return super().can_copy() or beside.can_add_subpage()


class FixedPageNotice(HelpPanel):
    """A sentence at the top of the editing form: what cannot be done with this page, and why."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The notice on one page."""

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.content = format_html("<p>{}</p>", self.instance.fixed_notice)

        def is_shown(self):
            """Whether this page is fixed."""
            return bool(self.instance.fixed_because)


class StaffPanel(FieldPanel):
    """A choice of users that offers only those who work in the admin.

    The model does not limit them, so that a page can be published after its reviewer has left.
    """

    class BoundPanel(FieldPanel.BoundPanel):
        """The choice on one page."""

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            in_groups = User.groups.through.objects.values("user")
            works_here = models.Q(is_superuser=True) | models.Q(pk__in=in_groups)
            users = User.objects.filter(works_here, is_active=True)
            self.form.fields[self.field_name].queryset = users.order_by("first_name", "email")


class BasePage(Page):
    """A Wagtail page with a summary for cards and lists. Abstract.

    A page with `fixed_because` cannot be deleted, unpublished, moved, copied or given another
    address in the admin, because other pages and other sites rely on it.
    """

    listing_summary = models.CharField(
        max_length=300,
        blank=True,
        help_text="One or two sentences for cards, lists and search engines.",
    )
    review_date = models.DateField(
        "review by",
        null=True,
        blank=True,
        help_text="The day by which to check again that this page is true. It is then on the "
        "admin’s first page, and in a weekly email.",
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who checks it. If you choose no one, publishers are asked.",
    )

    #: Why this page is fixed, to complete a sentence; "" if it is not.
    fixed_because: str = ""

    #: The parameters that the page answers to; with any other it is not kept (ADR 0017).
    kept_parameters: ClassVar[tuple[str, ...]] = ()

    #: The rows to read together with it when it is served.
    served_with: ClassVar[tuple[str, ...]] = ()

    #: Slugs that it cannot have, because views answer there.
    taken_slugs: ClassVar[frozenset[str]] = frozenset()

    #: Whether the menu leads here only while a page below it is live. True of lists.
    leaves_menu_when_empty: bool = False

    objects = PageManager.from_queryset(PublicPages)()

    content_panels = [FixedPageNotice(), ContentChecksPanel(), *Page.content_panels]
    promote_panels = [
        MultiFieldPanel(["slug", "seo_title", "search_description"], "For search engines"),
        FieldPanel(
            "show_in_menus",
            help_text="Only pages directly below the home page can be in the site’s menu.",
        ),
        "listing_summary",
    ]
    settings_panels = [
        *Page.settings_panels,
        MultiFieldPanel(["review_date", StaffPanel("reviewer")], "Review"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("listing_summary")]

    class Meta:
        abstract = True

    @property
    def summary_text(self) -> str:
        """Text for cards, lists and search engines; "" if there is none."""
        return self.listing_summary or self.search_description

    @property
    def kicker(self) -> str:
        """What stands above the title on a card, for example what kind of page it is."""
        return ""

    @property
    def is_starter(self) -> bool:
        """Whether this is a draft to copy (`campaign.seed.starters`)."""
        return not self.live and self.slug.startswith("starter-")

    @property
    def fixed_notice(self) -> str:
        """What editors cannot do with this page, and why; "" if it is not fixed."""
        if not self.fixed_because:
            return ""
        return (
            "You can change the text of this page. You cannot delete, unpublish, move or copy "
            f"it, or change its slug, because {self.fixed_because}."
        )

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page, and let it be kept for whoever is not signed in."""
        return keep(request, super().serve(request, *args, **kwargs), *self.kept_parameters)

    def get_view_restrictions(self):
        """Return the restrictions of this page and of those above."""
        if any_restricted():
            return super().get_view_restrictions()
        return PageViewRestriction.objects.none()

    def fixed_slug(self) -> str | None:
        """Return the only slug this page can have, or None if editors choose it."""
        return None

    def permissions_for_user(self, user):
        """Return what this user can do with the page."""
        if self.fixed_because:
            return FixedPagePermissions(user, self)
        return (StarterPermissions if self.is_starter else PagePermissionTester)(user, self)

    def full_clean(self, *args, **kwargs):
        """Raise ValidationError that knows its page, because a list may hold several drafts."""
        try:
            super().full_clean(*args, **kwargs)
        except ValidationError as problem:
            problem.page = self
            raise

    def clean(self) -> None:
        """Raise ValidationError if a fixed page would get another slug or an end.

        And if a view answers at the page's address.
        """
        super().clean()
        if self.slug and self.slug.lower() in self.taken_slugs:
            why = f"“{self.slug}” is already used by another part of the site. Choose another slug."
            raise ValidationError({"slug": why})
        wanted = self.fixed_slug()
        if wanted and self.slug != wanted:
            raise ValidationError(
                {"slug": f"This page's address is fixed. Its slug is “{wanted}”."}
            )
        if self.fixed_because and self.expire_at:
            raise ValidationError(
                {"expire_at": f"This page cannot expire, because {self.fixed_because}"}
            )


class ListPage(BasePage):
    """A list at a fixed address, whose context has a `listing` with facets. Abstract."""

    ADDRESS: ClassVar[str]

    class Meta:
        abstract = True

    def fixed_slug(self) -> str:
        """Return the only part of the address."""
        return self.ADDRESS.strip("/")

    def serve(self, request, *args, **kwargs):
        """Return the list; as not found if the address has a filter that does not exist."""
        response = super().serve(request, *args, **kwargs)
        if response.context_data["listing"].choices.unknown:
            response.status_code = 404
        return response


@register_setting(icon="group")
class SiteOperator(BaseGenericSetting):
    """Who runs the site, shown in every footer and email (DESIGN section 4)."""

    name = models.CharField(max_length=120, blank=True)
    postal_address = models.CharField(max_length=250, blank=True)
    email = models.EmailField(blank=True)

    panels = ["name", "postal_address", "email"]

    class Meta:
        verbose_name = "who runs the site"

    @classmethod
    def current(cls) -> "SiteOperator":
        """Return the saved operator, or an empty, unsaved one.

        Wagtail's own `load` would write a row on a GET.
        """
        return cls.objects.first() or cls()

    @property
    def is_known(self) -> bool:
        """Whether someone has entered who runs the site."""
        return bool(self.name)

    @property
    def as_organisation(self) -> dict[str, str] | None:
        """The operator as data of schema.org; None, so that nobody is claimed, if unknown."""
        if not self.is_known:
            return None
        data = {"@type": "Organization", "name": self.name, "url": f"{settings.SITE_URL}/"}
        return data | ({"email": self.email} if self.email else {})

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
    concerns = models.CharField(
        max_length=160,
        blank=True,
        db_index=True,
        verbose_name="council",
        help_text="The name of the council it is about, if there is one.",
    )
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
        verbose_name = "email"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["status", "next_try_at"], name="outbox_due")]

    def __str__(self) -> str:
        return f"Email to {self.to}"

    @property
    def may_be_tried_again(self) -> bool:
        """Whether staff can send it again."""
        return self.status == self.Status.FAILED


class Mailing(models.Model):
    """One email to many people, for example a newsletter; see `portal.mail.bulk`."""

    class Status(models.TextChoices):
        """How far it has come."""

        SENDING = "sending", "Being sent"
        PAUSED = "paused", "Paused"
        STOPPED = "stopped", "Stopped"
        FINISHED = "finished", "Sent"

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.SENDING: {Status.PAUSED, Status.STOPPED, Status.FINISHED},
        Status.PAUSED: {Status.SENDING, Status.STOPPED},
        Status.STOPPED: set(),
        Status.FINISHED: set(),
    }

    kind = models.CharField(max_length=80)
    about = models.PositiveBigIntegerField(help_text="The primary key of what is sent.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SENDING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mailings")
    recipients = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    # Set when its deliveries are deleted (`portal.jobs.cleanup`).
    last_counts = models.JSONField(null=True, editable=False)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "about"], name="one_mailing_of_each")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}: {self.get_status_display()}"

    def counts(self) -> dict[str, int]:
        """Return how many emails have each status, and how many came back."""
        if self.last_counts is not None:
            return self.last_counts
        found = self.deliveries.order_by().values_list("status").annotate(n=models.Count("pk"))
        counts = dict.fromkeys(Delivery.Status.values, 0) | dict(found)
        counts["came_back"] = self.deliveries.filter(bounced_at__isnull=False).count()
        return counts


class Delivery(models.Model):
    """One email of a mailing to one recipient. It holds no address, so nothing is left of one."""

    class Status(models.TextChoices):
        """How far it has come."""

        PENDING = "pending", "Waiting to be sent"
        SENT = "sent", "Sent"
        SKIPPED = "skipped", "Not sent, because they left"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Not sent, because it was stopped"

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="deliveries")
    recipient = models.PositiveBigIntegerField(help_text="A primary key of the audience.")
    message_id = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=100, blank=True)
    provider_id = models.CharField(max_length=200, blank=True, db_index=True)
    bounced_at = models.DateTimeField(null=True)
    bounce_why = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "recipient"], name="one_delivery_per_recipient"
            )
        ]
        indexes = [models.Index(fields=["mailing", "status", "next_try_at"], name="deliveries_due")]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"


class SignOfLife(models.Model):
    """When something last worked: one row each, always written to again.

    The worker gives one before each of its jobs, and the health check to see that the database
    can be written to.
    """

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "signs of life"

    def __str__(self) -> str:
        return f"{self.name}: {self.at}"

    @classmethod
    def give(cls, name: str) -> None:
        """Record that it works now."""
        now = timezone.now()
        if not cls.objects.filter(name=name).update(at=now):
            cls.objects.get_or_create(name=name, defaults={"at": now})

    @classmethod
    def of(cls, name: str) -> datetime | None:
        """Return when it last worked, or None."""
        return cls.objects.filter(name=name).values_list("at", flat=True).first()


class JobRun(models.Model):
    """How one of the tick's jobs went: one row each, always written to again.

    An error is kept without its message, which could quote a name or an address.
    """

    job = models.CharField(max_length=120, primary_key=True)
    ran_at = models.DateTimeField()
    did = models.PositiveIntegerField(default=0, help_text="Rows, when it last changed any.")
    did_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row; 0 if it works.")
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.job


class Seeded(models.Model):
    """A piece of seeded content that was made, and is never made again; see `portal.seeding`."""

    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "seeded"

    def __str__(self) -> str:
        return self.key


class PageChange(models.Model):
    """One change of what the public sees; a new row makes every kept page stale.

    Rows are only added, so that no transaction waits for another.
    """

    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "change of a public page"
        verbose_name_plural = "changes of public pages"

    def __str__(self) -> str:
        return f"Change {self.pk}"


class MemberRequest(HttpRequest):
    """A request behind `login_required`, so that its user is signed in."""

    user: User
