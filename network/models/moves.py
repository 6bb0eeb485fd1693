"""Status transitions: `move_to()` checks and records each one. Reasons for refusal."""

from typing import Any

from django.db import models, transaction

from network.choices import TRANSITIONS
from network.models.events import Actor, Event


class Refused(Exception):
    """Raised when an action is not possible. The message tells the person why."""


class InvalidMove(Refused):
    """Raised when a transition is not allowed."""


class Moving(models.Model):
    """A row with a `status` that follows a lifecycle. `event_field` is its name in Event."""

    event_field: str
    STATUSES: type[models.TextChoices]
    status: str  # each lifecycle has its own field

    class Meta:
        abstract = True

    def event_about(self) -> dict[str, models.Model | None]:
        """Return the rows that an event of this row refers to."""
        return {self.event_field: self}

    @property
    def staff_url(self) -> str:
        """Where staff find it: the page of the membership or the sign-up it belongs to."""
        about = self.event_about()
        parent = about.get("membership") or about.get("sign_up")
        return getattr(parent, "staff_url", "")

    def record(self, what: str, *, by: Actor, why: str = "", old: str = "", new: str = "") -> Event:
        """Write an event about this row: "sent" becomes "invitation.sent"."""
        return Event.objects.record(
            f"{self.event_field}.{what}", by=by, why=why, old=old, new=new, **self.event_about()
        )

    def can_move_to(self, status: str) -> bool:
        """Whether the transition table allows this status next."""
        return status in TRANSITIONS[self.STATUSES][self.status]

    def move_to(self, status: str, *, by: Actor, why: str = "", what: str = "") -> None:
        """Lock the row, change its status and write the event.

        Args:
            what: Name of the event if it differs from the status.

        Raises:
            InvalidMove: If the table does not allow it from the status in the database.
        """
        with transaction.atomic():
            fresh = type(self)._base_manager.select_for_update(no_key=True).get(pk=self.pk)
            if not fresh.can_move_to(status):
                now = self.STATUSES(fresh.status).label.lower()
                raise InvalidMove(
                    f"Someone changed this while you had the page open. Its status is now “{now}”."
                )
            self.record(what or status, by=by, why=why, old=fresh.status, new=str(status))
            self.status = status
            self.save(update_fields=["status"])  # type: ignore[misc]  # a field of each lifecycle


class AlreadyUnderWay(Refused):
    """Raised when the council has an open sign-up."""


class PageChanged(Refused):
    """Raised when the text to sign is no longer what the signatory read."""


class TooMany(Refused):
    """Raised when this person leads too many open sign-ups, because each blocks a council."""


class AlreadyMember(Refused):
    """Raised when the council has a live membership."""


class ChangedMeanwhile(Refused):
    """Raised when someone saved this task after the page was opened.

    `save` is their version: a TaskSave or a ProfileChange.
    """

    def __init__(self, save: Any):
        super().__init__(f"{save.by} saved this section while you had it open.")
        self.save = save
