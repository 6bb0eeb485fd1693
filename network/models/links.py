"""Rows that one person answers through an emailed link."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from network.models.moves import Moving
from portal import links
from portal.models import both_or_neither

LINK_LASTS = timedelta(days=30)


class EmailedLinkQuerySet(models.QuerySet):
    def ended(self):
        """Return rows whose link expired without an answer."""
        return self.filter(status=self.model.WAITING, link_ends_at__lte=timezone.now())

    def next_end(self):
        """Return when the next link expires without an answer; None if no link is out."""
        out = self.filter(status=self.model.WAITING)
        return out.aggregate(first=models.Min("link_ends_at"))["first"]


class EmailedLink(Moving):
    """A row that one person answers through an emailed link.

    The link's token is never stored (see `portal.links`). A new link increases the generation,
    which expires every older link.
    """

    LINK_PURPOSE: str
    WAITING: str  # the status of a row whose link is out
    LASTS: timedelta = LINK_LASTS

    generation = models.PositiveIntegerField(
        default=0, editable=False, help_text="Moves when older links must die."
    )
    sent_at = models.DateTimeField(null=True, editable=False)
    link_ends_at = models.DateTimeField(null=True, editable=False)
    bounced_at = models.DateTimeField(
        null=True, editable=False, help_text="When the mail with the newest link came back."
    )

    class Meta:
        abstract = True
        constraints = [both_or_neither("%(class)s_sent_with_end", "sent_at", "link_ends_at")]

    def renew_link(self, *also: str) -> None:
        """Start a new link and save it with the fields named in `also`. Older links expire."""
        self.generation += 1
        self.sent_at = timezone.now()
        self.link_ends_at = self.sent_at + self.LASTS
        self.bounced_at = None
        ours = ["generation", "sent_at", "link_ends_at", "bounced_at"]
        self.save(update_fields=[*ours, *also])

    @property
    def token(self) -> str:
        """Token of the newest link, computed each time."""
        return links.make(self.LINK_PURPOSE, pk=self.pk, generation=self.generation)

    def is_link(self, token: str) -> bool:
        """Whether `token` is the newest link's, even if the link has expired."""
        return links.is_valid(token, self.LINK_PURPOSE, pk=self.pk, generation=self.generation)

    def was_link(self, token: str) -> bool:
        """Whether `token` is the token of this row's newest link or of an older one."""
        return links.was_valid(token, self.LINK_PURPOSE, pk=self.pk, generation=self.generation)

    def opens_with(self, token: str) -> bool:
        """Whether `token` is the newest link's, and its holder can still answer."""
        return self.is_link(token) and self.is_waited_for

    @property
    def link_has_ended(self) -> bool:
        """Whether no link works, because none was sent or the last one expired."""
        return self.link_ends_at is None or timezone.now() >= self.link_ends_at

    @property
    def is_wanted(self) -> bool:
        """Whether what the link asks for can still happen."""
        raise NotImplementedError

    @property
    def is_waited_for(self) -> bool:
        """Whether the link works and its holder has not answered."""
        return self.status == self.WAITING and not self.link_has_ended and self.is_wanted

    @property
    def may_be_renewed(self) -> bool:
        """Whether someone with an expired link can have a new one, at the address on file."""
        return self.is_waited_for
