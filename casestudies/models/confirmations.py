"""Whether a case study is still true: the yearly question, and who is asked it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from casestudies.choices import CONFIRMATION_TRANSITIONS, ConfirmationStatus, Status
from network.models import Membership
from network.models.links import EmailedLink, EmailedLinkQuerySet
from network.models.memberships import anniversary

OPEN = [ConfirmationStatus.NO_CONTACT, ConfirmationStatus.SENT]
LONGEST_SENTENCE = 300


def a_year_before(day: date) -> date:
    """Return the same day of the year before."""
    return anniversary(day, day.year - 1)


class NamedContact(models.Model):
    """Who is asked about a case study, if it is not the council's lead contact. Never public."""

    page = models.OneToOneField(
        "casestudies.CaseStudyPage", models.CASCADE, related_name="named_contact"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField()

    def __str__(self) -> str:
        return self.name


class ConfirmationQuerySet(EmailedLinkQuerySet):
    """Questions about many confirmations."""

    def open(self):
        """Return those that no one has answered this year."""
        return self.filter(status__in=OPEN)

    def with_contact(self):
        """Return those that were sent to someone and can be answered."""
        return self.filter(status=ConfirmationStatus.SENT)

    def without_contact(self):
        """Return those about which there is no one to ask."""
        return self.filter(status=ConfirmationStatus.NO_CONTACT)

    def to_read(self):
        """Return answers with a sentence, or that the work changed or ended, for an editor."""
        said = ~Q(sentence="") | Q(answer__in=[Status.CHANGED, Status.ENDED])
        return self.filter(said, status=ConfirmationStatus.ANSWERED, read_at=None)

    def with_public_sentence(self):
        """Return those whose sentence is public, the newest first."""
        return self.filter(sentence_is_public=True).order_by("-answered_at")


class Confirmation(EmailedLink):
    """One year's question to a contact: is this case study still true?

    The token of the link is never stored. What the contact says of the state of the work is
    public at once; the sentence waits until an editor has read it.
    """

    STATUSES = ConfirmationStatus
    LINK_PURPOSE = "confirmation"
    WAITING = ConfirmationStatus.SENT
    event_field = "confirmation"

    page = models.ForeignKey(
        "casestudies.CaseStudyPage", models.CASCADE, related_name="confirmations"
    )
    asked_on = models.DateField()
    name = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    status = models.CharField(
        max_length=10,
        choices=ConfirmationStatus.choices,
        default=ConfirmationStatus.NO_CONTACT,
        editable=False,
    )
    reminded_at = models.DateTimeField(null=True, editable=False)
    answer = models.CharField(max_length=10, choices=Status.choices, blank=True)
    sentence = models.CharField(max_length=LONGEST_SENTENCE, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    told_by = models.CharField(
        max_length=160, blank=True, help_text="Who told staff, if it was not answered by the link."
    )
    told_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    read_at = models.DateTimeField(null=True, editable=False)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    sentence_is_public = models.BooleanField(default=False, editable=False)

    objects = ConfirmationQuerySet.as_manager()

    class Meta(EmailedLink.Meta):
        ordering = ["-asked_on", "-pk"]
        constraints = [
            *EmailedLink.Meta.constraints,
            models.UniqueConstraint(
                fields=["page"],
                condition=Q(status__in=OPEN),
                name="one_open_confirmation_a_page",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=False) | ~Q(status=ConfirmationStatus.ANSWERED),
                name="answered_when_it_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page}, {self.asked_on}"

    def can_move_to(self, status: str) -> bool:
        """Whether the transition table allows this status next."""
        return status in CONFIRMATION_TRANSITIONS[self.status]

    def event_about(self) -> dict[str, models.Model | None]:
        """Return the council's membership, if it has one."""
        return {"membership": Membership.objects.live_of(self.council) if self.council else None}

    @property
    def council(self):
        """The council of the case study."""
        return self.page.council

    @property
    def is_wanted(self) -> bool:
        """Whether the case study is public."""
        return self.page.live

    @property
    def may_be_renewed(self) -> bool:
        """Whether someone with an expired link can have a new one this year."""
        asked = {ConfirmationStatus.SENT, ConfirmationStatus.EXPIRED}
        return self.status in asked and bool(self.email) and self.is_wanted

    @property
    def confirmed_on(self) -> date | None:
        """The day on which the council said it; None if it did not know."""
        if self.answered_at is None or self.answer == Status.UNKNOWN:
            return None
        return self.told_on or timezone.localdate(self.answered_at)

    @property
    def is_to_read(self) -> bool:
        """Whether an editor has something to read: see `ConfirmationQuerySet.to_read`."""
        says = bool(self.sentence) or self.answer in {Status.CHANGED, Status.ENDED}
        return says and self.read_at is None and self.status == ConfirmationStatus.ANSWERED

    @property
    def staff_url(self) -> str:
        """Where editors look after it."""
        return reverse("case_study_confirmations:one", args=[self.page_id])


class FormerCaseStudy(models.Model):
    """What readers find at the address of a case study that is no longer published."""

    slug = models.SlugField(max_length=255, unique=True, allow_unicode=True)
    page = models.ForeignKey(
        "casestudies.CaseStudyPage", models.SET_NULL, null=True, related_name="former"
    )
    title = models.CharField(max_length=255)
    council = models.ForeignKey("councils.Council", models.SET_NULL, null=True, related_name="+")
    since = models.DateField()
    why = models.CharField(
        "why it is no longer published",
        max_length=300,
        blank=True,
        help_text="Readers see this, with the title and the council. If you leave it blank, they "
        "read only that a case study is no longer published.",
    )

    class Meta:
        ordering = ["-since", "slug"]
        verbose_name = "former case study"
        verbose_name_plural = "former case studies"

    def __str__(self) -> str:
        return self.title
