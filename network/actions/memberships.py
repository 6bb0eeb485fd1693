"""A council's standing: made public, or recorded for before this site."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from network import emails
from network.actions.refusals import AlreadyMember
from network.models import Council, Event, Membership
from network.models.events import Actor
from portal.signals import public_changed


@transaction.atomic
def announce(membership: Membership, *, by: Actor) -> None:
    """Make a membership public, once."""
    made_public = Membership.objects.filter(pk=membership.pk, announced_at=None).update(
        announced_at=timezone.now()
    )
    if not made_public:
        return
    membership.refresh_from_db()
    Event.objects.record(
        "membership.announced",
        by=by,
        membership=membership,
        sign_up=membership.sign_up,
    )
    emails.membership_announced(membership)
    public_changed.send(sender=Council, instance=membership.council)


def announce_due(*, by: Actor = "tick") -> int:
    """Announce every membership whose date has come. Returns how many."""
    due = list(Membership.objects.due_for_announcement(timezone.localdate()))
    for membership in due:
        announce(membership, by=by)
    return len(due)


@transaction.atomic
def record_existing_membership(
    council: Council,
    *,
    by: Actor,
    joined_on: date | None,
    joined_precision: str,
    cohort: str = "",
    source_title: str = "",
    source_url: str = "",
    source_date: str = "",
    note: str = "",
) -> Membership:
    """Record a member of before this site: what a source says, no invented signature.

    Raises: AlreadyMember when the council has a live membership.
    """
    if council.live_membership():
        raise AlreadyMember(f"{council.name} is a member already.")
    membership = Membership.objects.create(
        council=council,
        joined_on=joined_on,
        joined_precision=joined_precision,
        cohort=cohort,
        source_title=source_title,
        source_url=source_url,
        source_date=source_date,
        note=note,
        announced_at=timezone.now(),
    )
    Event.objects.record("membership.recorded", by=by, membership=membership, why=source_title)
    public_changed.send(sender=Council, instance=council)
    return membership
