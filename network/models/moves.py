"""Status transitions: `move_to()` checks and records each change, and what an action may refuse."""

from typing import TYPE_CHECKING

from django.db import models, transaction

from network.choices import TRANSITIONS
from network.models.events import Actor, Event

if TYPE_CHECKING:
    from network.models.tasks import TaskSave


class Refused(Exception):
    """An act is not possible; the text says why, in words for the person."""


class InvalidMove(Refused):
    """There is no arrow from the present state to the one asked for."""


class Moving(models.Model):
    """A row with a `status` of a lifecycle. `event_field` is its name in Event."""

    event_field: str
    STATUSES: type[models.TextChoices]
    status: str  # each lifecycle has its own field

    class Meta:
        abstract = True

    def event_about(self) -> dict[str, models.Model | None]:
        """The rows that an Event of this row names."""
        return {self.event_field: self}

    def record(self, what: str, *, by: Actor, why: str = "", old: str = "", new: str = "") -> Event:
        """Write an Event of this row, such as "sent" for "invitation.sent"."""
        return Event.objects.record(
            f"{self.event_field}.{what}", by=by, why=why, old=old, new=new, **self.event_about()
        )

    def can_move_to(self, status: str) -> bool:
        """True when the table has an arrow from here to there."""
        return status in TRANSITIONS[self.STATUSES][self.status]

    def move_to(self, status: str, *, by: Actor, why: str = "", what: str = "") -> None:
        """Change the status and write the Event, called after the status or as `what` says
        where one state is come to in several ways.

        Raises: InvalidMove when the table has no such arrow from where the row, read
        again and locked, now stands.
        """
        with transaction.atomic():
            fresh = type(self)._base_manager.select_for_update(no_key=True).get(pk=self.pk)
            if not fresh.can_move_to(status):
                now = self.STATUSES(fresh.status).label.lower()
                raise InvalidMove(f"This has moved on meanwhile: it is “{now}” now.")
            self.record(what or status, by=by, why=why, old=fresh.status, new=str(status))
            self.status = status
            self.save(update_fields=["status"])  # type: ignore[misc]  # a field of each lifecycle


class AlreadyUnderWay(Refused):
    """The council has an open sign-up."""


class PageChanged(Refused):
    """What the signatory read is no longer what would be signed."""


class TooMany(Refused):
    """This person leads as many open sign-ups as one may: each keeps others out."""


class AlreadyMember(Refused):
    """The council has a live membership."""


class ChangedMeanwhile(Refused):
    """Somebody saved this task after the page was opened: `save` is theirs."""

    def __init__(self, save: "TaskSave"):
        super().__init__(f"{save.by} saved this section while you had it open.")
        self.save = save
